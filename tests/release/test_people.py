"""Who may do what: every act by every person, and no release by one person."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.offices.model import table as office_table
from ckanext.govshare.release import signing
from ckanext.govshare.release.model import Release, new_id

from .conftest import appoint, fill, person

ALL = ("publisher", "confidentiality_reviewer", "head", "reviewer", "authority", "auditor",
       "citizen", "elsewhere", "sysadmin")  # fmt: skip

# act → who is not stopped by their office in the state where the act is due.
MAY = {
    "govshare_release_show": {"publisher", "confidentiality_reviewer", "head", "reviewer",
                              "authority", "auditor"},
    "govshare_release_scan": {"publisher", "reviewer", "authority"},
    "govshare_release_plan_update": {"publisher"},
    "govshare_release_transform": {"publisher"},
    "govshare_release_sign": {"publisher"},
    "govshare_release_review": {"confidentiality_reviewer"},
    "govshare_release_return": {"confidentiality_reviewer"},
    "govshare_release_withdraw": {"publisher", "head", "authority"},
    "govshare_release_comment": {"publisher", "confidentiality_reviewer", "head", "reviewer",
                                 "authority"},
    "govshare_release_preview": {"publisher", "confidentiality_reviewer", "reviewer", "authority"},
    "govshare_publication_request": {"publisher"},
    "govshare_publication_decide": {"authority"},
    "govshare_publication_show": {"publisher", "confidentiality_reviewer", "head", "reviewer",
                                  "authority", "auditor"},
}  # fmt: skip
"""In review, with the publisher's signature there: it is the confidentiality reviewer's turn."""
DATA = {
    "govshare_release_plan_update": {"plan": {"tables": []}},
    "govshare_release_sign": {"digest": "a" * 64},
    "govshare_release_review": {"digest": "b" * 64, "decision": "sign"},
    "govshare_release_return": {"reason": "r"},
    "govshare_release_withdraw": {"reason": "r"},
    "govshare_release_comment": {"text": "t"},
    "govshare_publication_decide": {"state": "published"},
}


def sysadmin() -> str:
    user = model.Session.get(model.User, person("sysadmin"))
    user.sysadmin = True
    model.Session.commit()
    return user.id


@pytest.fixture
def in_review(town) -> Release:
    """A release at the confidentiality reviewer's turn."""
    release = Release(
        id=new_id(), dataset_id=town.dataset, resource_id=town.resource, number=1,
        state="in_review", source="form", filename="x.csv", raw_digest="c" * 64, digest="a" * 64,
        plan={"tables": []}, plan_digest="d" * 64, renditions={}, preparers=[],
        open_class="unconditional",
    )
    model.Session.add(release)
    model.Session.flush()
    signing.write(release, "publisher", "somebody-else", "sign")
    model.Session.commit()
    return release


CASES = [(act, who, False) for act in MAY for who in ALL] + [
    # Reading and remarks are the auth function's alone; every act asks again by itself.
    (act, who, True)
    for act in MAY
    if not act.endswith(("_show", "_comment"))
    for who in ("citizen", "sysadmin")
]


@pytest.mark.parametrize(("act", "who", "trusted"), CASES)
def test_office_opens_and_nothing_else(town, in_review, act, who, trusted):
    """Every act by every person; `ignore_auth` and being a sysadmin open none of the acts."""
    people = {**town.people, "sysadmin": sysadmin() if who == "sysadmin" else ""}
    subject = in_review.id
    if act.startswith("govshare_publication"):
        subject = town.dataset
        fill(subject)
    context = {"user": people[who], "ignore_auth": trusted}
    try:
        tk.get_action(act)(context, {"id": subject, **DATA.get(act, {})})
        stopped = False
    except tk.NotAuthorized:
        stopped = True
    except tk.ValidationError:
        stopped = False
    assert stopped == (who not in MAY[act])


def test_visitor_reads_nothing(town, in_review):
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("govshare_release_show")({"user": ""}, {"id": in_review.id})
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("govshare_release_list")({"user": ""}, {})


def test_list_shows_the_own_departments_only(town, in_review):
    found = town.call("publisher", "govshare_release_list")
    assert [r["id"] for r in found["results"]] == [in_review.id]
    assert town.call("elsewhere", "govshare_release_list")["count"] == 0
    assert town.call("authority", "govshare_release_list", dataset_id=town.dataset)["count"] == 1


def test_inbox_follows_the_turn(town, in_review):
    def waits(who: str) -> bool:
        url = tk.url_for("govshare_release.show", id=in_review.id)
        return url in [e["url"] for e in town.call(who, "govshare_release_inbox")]

    assert waits("confidentiality_reviewer")
    assert not any(waits(who) for who in ("publisher", "head", "authority", "citizen"))
    town.call("confidentiality_reviewer", "govshare_release_review", id=in_review.id,
              decision="sign", digest="a" * 64)
    assert waits("authority")
    assert not waits("confidentiality_reviewer")


@pytest.mark.requirement("NY-54b")
def test_confidentiality_review_cannot_be_left_out(town, in_review):
    """NY 54: the authority cannot sign before the named reviewer has."""
    with pytest.raises(tk.NotAuthorized, match=r"another office|尚未轮到"):
        town.call("authority", "govshare_release_review", id=in_review.id, decision="sign",
                  digest="a" * 64)


@pytest.mark.parametrize("prepared", [True, False])
def test_one_person_in_two_offices_signs_once(town, in_review, prepared):
    """Whoever prepared or signed the release cannot review it, whatever offices they hold."""
    both = town.people["publisher"]
    appoint(both, "confidentiality_reviewer", town.org)
    if prepared:
        in_review.preparers = [both]
    else:
        in_review.state = "transformed"
    model.Session.commit()
    if not prepared:
        town.call("publisher", "govshare_release_sign", id=in_review.id, digest="a" * 64)
    refusal = r"prepared this|signed this|由您经办|已以其他岗位签署"
    with pytest.raises(tk.ValidationError, match=refusal):
        town.call("publisher", "govshare_release_review", id=in_review.id, decision="sign",
                  digest="a" * 64)


def test_head_signs_where_the_site_asks(town, in_review, monkeypatch):
    monkeypatch.setitem(tk.config, "govshare.release.head_signoff", True)
    shown = town.call("confidentiality_reviewer", "govshare_release_review", id=in_review.id,
                      decision="sign", digest="a" * 64)
    assert shown["turn"] == "head"
    shown = town.call("head", "govshare_release_review", id=in_review.id, decision="sign",
                      digest="a" * 64)
    assert shown["turn"] == "authority"


def test_office_that_ended_signs_nothing(town, in_review):
    """Read from the database at the act, not from a session."""
    model.Session.execute(
        sa.update(office_table).values(valid_to=sa.func.now())
        .where(office_table.c.user_id == town.people["confidentiality_reviewer"])
    )
    model.Session.commit()
    with pytest.raises(tk.NotAuthorized):
        town.call("confidentiality_reviewer", "govshare_release_review", id=in_review.id,
                  decision="sign", digest="a" * 64)
