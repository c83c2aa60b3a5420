"""The acts on an application: who, when, with what, and what comes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import access
from ckanext.govshare.cases import model as cases
from ckanext.govshare.ledger import chain
from ckanext.govshare.ledger.model import event
from ckanext.govshare.notify.model import table as messages
from tests.cases.city import COLUMNS, call

BASIS = [{"title": "某条例", "article": "第三条", "level": "law"}]


def _refused(code, call_):
    with pytest.raises(tk.ValidationError) as caught:
        call_()
    assert code in caught.value.error_dict


def _history(case) -> list[str]:
    rows = model.Session.execute(
        sa.select(event.c.kind).where(event.c.subject_id == case["id"]).order_by(event.c.seq)
    )
    return [row.kind.removeprefix("case.") for row in rows]


def _live(city) -> list[access.Grant]:
    return access.live_grants(city.applicant, city.dataset, datetime.now(UTC))


@pytest.mark.requirement("NY-46c")
def test_approval_gives_the_grant_at_once(city):
    """Prepared by one, signed by another: the grant is live in the same transaction."""
    case = city.prepared()
    case = city.act(city.reviewer, case, "approve")
    assert case["state"] == "delivered"
    (grant,) = _live(city)
    assert (grant.columns, grant.mode, grant.case_id) == (COLUMNS, "file", case["id"])
    assert grant.valid_to > datetime.now(UTC) + timedelta(days=180)
    assert _history(case) == [
        "submitted", "received", "take", "prepare", "approve", "deliver",
    ]
    assert chain.verify().broken_seq is None


@pytest.mark.requirement("NY-46d")
def test_refusal_needs_reason_and_basis(city):
    """Without a reason, or without a basis, nobody can even prepare a refusal."""
    case = city.taken()
    for code, given in [
        ("reason_needed", {}),
        ("reason_needed", {"basis": BASIS}),
        ("basis_needed", {"reason": "不符合条件"}),
    ]:
        _refused(code, lambda g=given: city.act(
            city.publisher, case, "prepare", decision="refuse", **g))
    city.act(city.publisher, case, "prepare", decision="refuse", reason="不符合条件", basis=BASIS)
    case = city.act(city.head, case, "refuse")
    assert case["state"] == "refused"
    seen = call(city.applicant, "govshare_case_show", id=case["id"])["decision"]
    assert (seen["reason"], seen["basis"][0]["title"]) == ("不符合条件", "某条例")
    assert "by" not in seen
    assert _live(city) == []


def test_reason_of_the_catalogue_brings_its_basis(city):
    """A reason chosen from the catalogue carries its citation."""
    case = city.prepared("refuse", reasons=["personal_privacy"])
    assert "个人隐私" in case["proposal"]["reason"]
    assert case["proposal"]["basis"][0]["article"] == "第十五条"
    _refused("reasons", lambda: city.act(
        city.publisher, case, "prepare", decision="refuse", reasons=["because"]))


def test_part_needs_a_word_on_every_item(city):
    """Each item is granted or refused with its reason; the grant holds the granted ones only."""
    case = city.taken()
    one, two, three = COLUMNS
    for given in (
        {"granted": [one], "refused": {two: "超出用途"}},
        {"granted": [one, two], "refused": {two: "超出用途", three: "超出用途"}},
        {"granted": [], "refused": dict.fromkeys(COLUMNS, "超出用途")},
        {"granted": COLUMNS, "refused": {}},
    ):
        _refused("items_split", lambda g=given: city.act(
            city.publisher, case, "prepare", decision="approve_in_part", basis=BASIS, **g))
    _refused("item_reason_needed", lambda: city.act(
        city.publisher, case, "prepare", decision="approve_in_part", basis=BASIS,
        granted=[one, two], refused={three: " "}))
    city.act(city.publisher, case, "prepare", decision="approve_in_part", basis=BASIS,
             granted=[one, two], refused={three: "超出用途"}, months=3, max_reads=5, mode="api",
             calls_per_minute="9", calls_per_day=90)
    case = city.act(city.reviewer, case, "approve_in_part")
    (grant,) = _live(city)
    assert (grant.columns, grant.max_reads, grant.mode) == ([one, two], 5, "api")
    assert (grant.calls_per_minute, grant.calls_per_day) == (9, 90)
    assert case["decision"]["refused"] == {three: "超出用途"}


def test_nobody_prepares_and_signs_alone(city):
    """Who prepared the decision cannot sign it; without a prepared one nobody signs."""
    case = city.act(city.reviewer, city.submit(), "take")
    _refused("four_eyes", lambda: city.act(city.reviewer, case, "approve"))
    city.act(city.reviewer, case, "prepare", decision="approve")
    _refused("four_eyes", lambda: city.act(city.reviewer, case, "approve"))
    assert city.act(city.head, case, "approve")["state"] == "delivered"


def test_signature_is_for_what_was_seen(city):
    """A decision that changed since it was read is not signed by accident."""
    case = city.prepared()
    seen = case["proposal"]["digest"]
    city.act(city.publisher, case, "prepare", decision="approve", months=60)
    _refused("proposal", lambda: city.act(city.reviewer, case, "approve", proposal=seen))
    _refused("decision", lambda: city.act(city.reviewer, case, "refuse"))


def test_nobody_decides_on_their_own_case(city):
    """An official who applies as a citizen handles nothing of that case."""
    case = city.submit(user=city.reviewer)
    _refused("own_case", lambda: city.act(city.reviewer, case, "take"))
    city.act(city.publisher, case, "take")
    _refused("own_case", lambda: city.act(city.reviewer, case, "prepare", decision="approve"))
    city.act(city.publisher, case, "prepare", decision="approve")
    _refused("own_case", lambda: city.act(city.reviewer, case, "approve"))
    shown = call(city.reviewer, "govshare_case_show", id=case["id"])
    assert shown["acts"] == ["withdraw"]
    assert "notes" not in shown


@pytest.mark.requirement("NY-46e")
def test_extension_is_the_heads_once_capped_and_from_the_first_due_day(city):
    """Only the head consents, before the first due day, once, ten working days at most."""
    case = city.taken()
    first = case["due_day"]
    _refused("extension_too_long", lambda: city.act(
        city.publisher, case, "ask_extension", days=11, reason="复杂"))
    _refused("reason", lambda: city.act(city.publisher, case, "ask_extension", days=10))
    city.act(city.publisher, case, "ask_extension", days=10, reason="复杂")
    _refused("not_yours", lambda: city.act(city.reviewer, case, "consent"))
    extended = city.act(city.head, case, "consent")
    assert extended["state"] == "extended"
    assert extended["first_due_day"] == first
    days = extended["clock"]["extension"]["days"]
    assert days[0] | {"zh": "", "en": ""} == {
        "day": first, "counted": False, "number": None, "code": "first_due", "zh": "", "en": "",
        "provisional": False,
    }
    assert sum(d["counted"] for d in days) == 10
    assert extended["due_day"] == days[-1]["day"]
    _refused("not_now", lambda: city.act(
        city.publisher, case, "ask_extension", days=1, reason="再"))
    told = model.Session.execute(sa.select(messages.c.to_user).where(
        messages.c.kind == "case_extended", messages.c.subject_id == case["id"])).scalars().all()
    assert city.applicant in told


def test_head_does_not_consent_to_the_own_wish(city):
    """A head who asks for more time needs another head."""
    case = city.act(city.head, city.submit(), "take")
    city.act(city.head, case, "ask_extension", days=5, reason="复杂")
    _refused("asked_by_self", lambda: city.act(city.head, case, "consent"))


def test_declined_extension_leaves_the_first_due_day(city):
    """A declined wish changes no date, and can be made again."""
    case = city.taken()
    city.act(city.publisher, case, "ask_extension", days=5, reason="复杂")
    after = city.act(city.head, case, "decline", reason="可以按期完成")
    assert (after["due_day"], after["state"]) == (case["due_day"], "in_review")
    again = city.act(city.publisher, case, "ask_extension", days=3, reason="仍复杂")
    assert again["state"] == "extension_requested"


def test_no_extension_after_the_first_due_moment(city, monkeypatch):
    """Once the first period is over the head's consent comes too late."""
    case = city.taken()
    city.act(city.publisher, case, "ask_extension", days=5, reason="复杂")
    moment = datetime.fromisoformat(case["due_moment"])
    monkeypatch.setattr("ckanext.govshare.cases.judge.now", lambda: moment)
    _refused("too_late_to_extend", lambda: city.act(city.head, case, "consent"))


def test_overdue_on_the_open_layer_decides_nothing(city, monkeypatch):
    """A late case is overdue, stays open to a decision, and is never deemed approved."""
    case = city.prepared()
    late = datetime.fromisoformat(case["due_moment"])
    monkeypatch.setattr("ckanext.govshare.cases.judge.now", lambda: late - timedelta(seconds=1))
    assert not call(city.applicant, "govshare_case_show", id=case["id"])["overdue"]
    monkeypatch.setattr("ckanext.govshare.cases.judge.now", lambda: late)
    shown = call(city.applicant, "govshare_case_show", id=case["id"])
    assert (shown["overdue"], shown["state"]) == (True, "in_review")
    assert shown["days_left"] < 0
    assert _live(city) == []
    assert city.act(city.reviewer, case, "approve")["overdue"]


def test_supplement_comes_back_with_its_changes(city):
    """The applicant completes the form; the office sees what changed; the clock went on."""
    case = city.taken()
    _refused("reason_needed", lambda: city.act(city.publisher, case, "return_for_supplement"))
    back = city.act(city.publisher, case, "return_for_supplement", reason="请说明用途")
    assert back["due_day"] == case["due_day"]
    _refused("not_yours", lambda: city.act(city.publisher, case, "resubmit", purpose="x"))
    city.act(city.applicant, case, "resubmit", purpose="研究救助与就业的关系", items=COLUMNS[:2])
    seen = call(city.publisher, "govshare_case_show", id=case["id"])
    assert {c["field"] for c in seen["supplement"]["changes"]} == {"purpose", "items"}
    assert seen["state"] == "in_review"
    assert seen["form"]["months"] == 6


def test_prepared_decision_dies_with_a_supplement(city):
    """What was prepared for the old form cannot be signed for the new one."""
    case = city.prepared()
    city.act(city.publisher, case, "return_for_supplement", reason="请说明用途")
    city.act(city.applicant, case, "resubmit", purpose="另一用途")
    _refused("four_eyes", lambda: city.act(city.reviewer, case, "approve"))


def test_withdrawal_is_the_applicants(city):
    """The applicant, and nobody else, takes the case back; nothing can be decided then."""
    case = city.taken()
    _refused("not_yours", lambda: city.act(city.publisher, case, "withdraw"))
    assert city.act(city.applicant, case, "withdraw")["state"] == "withdrawn"
    _refused("not_now", lambda: city.act(city.publisher, case, "prepare", decision="approve"))


def test_comments_stay_inside(city):
    """A comment is seen by the office and not by the applicant."""
    case = city.taken()
    city.act(city.publisher, case, "comment", text="先核实")
    assert call(city.head, "govshare_case_show", id=case["id"])["notes"][0]["text"] == "先核实"
    assert "notes" not in call(city.applicant, "govshare_case_show", id=case["id"])


def test_assigned_to_an_office_holder_only(city):
    """A case is given to somebody who holds an office for it."""
    case = city.taken()
    _refused("handler", lambda: city.act(city.publisher, case, "assign", handler=city.stranger))
    city.act(city.publisher, case, "assign", handler=city.reviewer)
    assert cases.get(case["id"]).handler == city.reviewer


def test_repeated_request_changes_nothing(city):
    """The same act with the same key is done once."""
    case = city.taken()
    for _ in range(2):
        city.act(city.publisher, case, "comment", text="一次", request_key="k1")
    assert len(call(city.head, "govshare_case_show", id=case["id"])["notes"]) == 1


def test_other_departments_and_strangers_see_no_case(make_city):
    """The offices of one department open nothing in another."""
    one, other = make_city(), make_city()
    case = one.submit()
    for user in (other.publisher, other.head, other.applicant):
        with pytest.raises(tk.NotAuthorized):
            other.act(user, case, "take")


def test_sysadmin_has_no_way_in(city):
    """Being a sysadmin shows no case and decides none."""
    from ckan.tests import factories

    case, root = city.prepared(), factories.Sysadmin()["name"]
    with pytest.raises(tk.NotAuthorized):
        call(root, "govshare_case_show", id=case["id"])
    with pytest.raises(tk.NotAuthorized):
        city.act(root, case, "approve")


@pytest.mark.requirement("LY-15b")
def test_renewal_is_a_new_application(city):
    """A renewal is linked to the old case and has its own clock; the old grant lives on."""
    case = city.act(city.reviewer, city.prepared(), "approve")
    (old,) = _live(city)
    renewal = city.submit(renews=old.id)
    assert renewal["linked_case"] == case["id"]
    assert renewal["number"] != case["number"]
    assert [g.id for g in _live(city)] == [old.id]
    _refused("renews", lambda: city.submit(user=city.stranger, renews=old.id))
