"""The public way to complain: a number, a code, an answer, and nothing readable at rest."""

from __future__ import annotations

import itertools
import re

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.oversight import complaint
from ckanext.govshare.oversight import model as store
from tests.cases.city import call, make_user

GIVEN = {
    "subject": "leak", "text": "网页上能看到他人的住址", "name": "李四", "contact": "13800000000",
}
ADDRESS = itertools.count(1)


def sent(user=None, **changes):
    return call(user, "govshare_complaint_submit", **{**GIVEN, **changes})


@pytest.fixture(autouse=True)
def _another_sender(portal, monkeypatch):
    """Each test is a sender of its own, for the limit counts by address."""
    monkeypatch.setattr(complaint.limit, "take", lambda *_: None)


@pytest.mark.requirement("YN-29c")
def test_anybody_complains_and_finds_the_answer(city):
    """Without an account: state and age at once, the answer when there is one."""
    mine = sent()
    look = {"number": mine["number"], "code": mine["code"]}
    waiting = call(None, "govshare_complaint_look", **look)
    assert (waiting["state"], waiting["age_days"], waiting["answer"]) == ("open", 0, None)
    record = store.get(mine["number"])
    call(city.authority, "govshare_complaint_answer", id=record.id, answer="已撤下并通知本人")
    found = call(None, "govshare_complaint_look", **look)
    assert (found["state"], found["answer"]) == ("closed", "已撤下并通知本人")
    with pytest.raises(tk.ValidationError):
        call(city.authority, "govshare_complaint_answer", id=record.id, answer="再答")


def test_nobody_finds_it_without_the_code():
    mine, other = sent(), sent()
    for number, code in (
        (mine["number"], other["code"]), (mine["number"], "x"), ("JD2026999999", mine["code"]),
    ):
        with pytest.raises(tk.ObjectNotFound):
            call(None, "govshare_complaint_look", number=number, code=code)


def test_what_the_sender_wrote_is_not_readable_in_the_database():
    """Neither the row nor any event or message holds text, name or contact."""
    mine = sent()
    record = store.get(mine["number"])
    rows = [str(tuple(model.Session.execute(sa.select(store.table).where(
        store.table.c.id == record.id)).one()))]
    for table, column in (("govshare_event", "data"), ("govshare_message", "values")):
        rows += map(str, model.Session.scalars(
            sa.text(f"select {column} from {table} where subject_id = :id"), {"id": record.id}))
    assert not [w for w in (*GIVEN.values(), mine["code"]) if w != "leak" and w in str(rows)]
    assert complaint.keys().unseal(record.sealed)["contact"] == GIVEN["contact"]


def test_only_the_authority_sees_how_to_reach_the_sender(city):
    """The auditor reads what was written; heads and operators do not see complaints at all."""
    record = store.get(sent()["number"])
    show = {"id": record.id}
    whole = call(city.authority, "govshare_supervision_show", **show)["sealed"]
    assert (whole["text"], whole["name"]) == (GIVEN["text"], GIVEN["name"])
    assert call(city.auditor, "govshare_supervision_show", **show)["sealed"] == {
        "text": GIVEN["text"]
    }
    for user in (city.head, city.publisher, city.applicant):
        with pytest.raises(tk.NotAuthorized):
            call(user, "govshare_supervision_show", **show)
    with pytest.raises(tk.NotAuthorized):
        call(city.auditor, "govshare_complaint_answer", **show, answer="x")


def test_a_signed_in_sender_is_told_of_the_answer(city):
    sender = make_user("sender")
    record = store.get(sent(sender)["number"])
    call(city.authority, "govshare_complaint_answer", id=record.id, answer="已处理")
    kinds = model.Session.scalars(
        sa.text("select kind from govshare_message where to_user = :u"), {"u": sender}
    ).all()
    assert kinds == ["complaint_answered"]


@pytest.mark.parametrize("changes", [
    {"subject": "weather"}, {"subject": ""}, {"text": " "}, {"text": "x" * 4001},
    {"contact": "1" * 201},
])
def test_an_incomplete_complaint_is_told_by_field(changes):
    with pytest.raises(tk.ValidationError) as caught:
        sent(**changes)
    assert set(caught.value.error_dict) == set(changes)


def test_old_complaints_lose_what_senders_wrote(city):
    """Number and answer stay; what was written and who wrote it go."""
    record = store.get(sent()["number"])
    call(city.authority, "govshare_complaint_answer", id=record.id, answer="已处理")
    complaint.erase_old(store.get(record.id).closed_at)
    assert store.get(record.id).sealed
    assert complaint.erase_old(store.now()) >= 1
    kept = store.get(record.id)
    assert (kept.sealed, kept.data["answer"]) == (None, "已处理")
    assert call(city.authority, "govshare_supervision_show", id=record.id)["sealed"] == {}


@pytest.mark.requirement("YN-29c")
def test_the_page_takes_it_and_keeps_what_was_typed(app, city):
    """The form is public; a mistake loses nothing; number and code are shown."""
    assert "4000" in app.get("/complaint/").body
    again = app.post("/complaint/", data={"text": "只有正文"}).body
    assert "只有正文" in again
    page = app.post("/complaint/", data=GIVEN).body
    number, code = re.findall(r"<code>([^<]+)</code>", page)
    seen = app.post("/complaint/answer", data={"number": number, "code": code}).body
    assert number in seen
    assert GIVEN["text"] not in seen
    wrong = app.post("/complaint/answer", data={"number": number, "code": "no"}).body
    assert "alert-danger" in wrong


def test_a_sender_who_floods_is_stopped(app, monkeypatch):
    """Six in an hour from one address: the sixth is refused; another address is heard."""
    monkeypatch.undo()
    here, there = (f"198.51.100.{next(ADDRESS)}" for _ in range(2))
    tk.config["ckan.site_id"], site = f"t{store.now():%H%M%S%f}", tk.config["ckan.site_id"]
    try:
        def send(address):
            return app.post(
                "/complaint/", data=GIVEN, environ_overrides={"REMOTE_ADDR": address}
            ).body

        codes = [bool(re.search(r"<code>", send(here))) for _ in range(complaint.SENT + 1)]
        assert codes == [True] * complaint.SENT + [False]
        assert "<code>" in send(there)
    finally:
        tk.config["ckan.site_id"] = site
