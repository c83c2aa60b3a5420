"""Grants: judged from the row at every question, stopped by the authority only."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import access
from ckanext.govshare.access.model import table
from ckanext.govshare.ledger.model import event
from ckanext.govshare.notify.model import table as messages

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _portal(app):
    with app.flask_app.test_request_context():
        yield
        model.Session.rollback()
        model.Session.remove()


def _user() -> str:
    user = model.User(name=f"u-{uuid.uuid4().hex[:10]}")
    model.Session.add(user)
    model.Session.commit()
    return user.id


def _grant(holder: str, **changes) -> access.Grant:
    values = {
        "case_id": "case", "dataset_id": "data", "holder": holder, "columns": ["a"],
        "mode": "file", "purpose": "研究", "valid_from": NOW, "valid_to": NOW + timedelta(days=1),
        "max_reads": None, **changes,
    }
    grant = access.issue(**values)
    model.Session.commit()
    return grant


def _appointed(office: str) -> str:
    user = _user()
    tk.get_action("govshare_office_appoint")(
        {"ignore_auth": True}, {"user": user, "office": office}
    )
    return user


def _do(user: str, act: str, grant: access.Grant, **given) -> dict:
    return tk.get_action(f"govshare_grant_{act}")({"user": user}, {"id": grant.id, **given})


STOP = {"ground": "over_scope", "reason": "超范围使用", "evidence": "日志"}


@pytest.mark.requirement("LY-15a")
@pytest.mark.parametrize(
    ("offset", "live"),
    [
        (timedelta(microseconds=-1), False),
        (timedelta(0), True),
        (timedelta(days=1, microseconds=-1), True),
        (timedelta(days=1), False),
    ],
)
def test_period_is_judged_to_the_microsecond(offset, live):
    """A grant counts from its first instant and not at its last; no job has to end it."""
    holder = _user()
    _grant(holder)
    assert bool(access.live_grants(holder, "data", NOW + offset)) is live


def test_grant_is_for_its_holder_and_dataset():
    """Nobody else, no visitor, no other dataset."""
    holder = _user()
    _grant(holder)
    assert access.live_grants(_user(), "data", NOW) == []
    assert access.live_grants(None, "data", NOW) == []
    assert access.live_grants(holder, "other", NOW) == []


def test_last_read_is_taken_once(app):
    """Eight readers at once on a grant of three reads: three are served."""
    holder = _user()
    grant = _grant(holder, max_reads=3)
    taken: list[bool] = []

    def read() -> None:
        with app.flask_app.app_context():
            taken.append(access.take_read(grant.id, NOW))
            model.Session.commit()
            model.Session.remove()

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 5 + [True] * 3
    assert access.live_grants(holder, "data", NOW) == []
    assert access.get(grant.id).standing(NOW) == "used-up"


@pytest.mark.requirement("NY-41", "LY-14b")
def test_authority_stops_and_resumes_at_once():
    """Suspended: the next question gets no grant. Ground, reason and evidence are demanded."""
    holder, authority = _user(), _appointed("authority")
    grant = _grant(holder)
    for name in STOP:
        with pytest.raises(tk.ValidationError):
            _do(authority, "suspend", grant, **{**STOP, name: ""})
    _do(authority, "suspend", grant, **STOP)
    assert access.live_grants(holder, "data", NOW) == []
    assert not access.take_read(grant.id, NOW)
    with pytest.raises(tk.ValidationError):
        _do(authority, "suspend", grant, **STOP)
    _do(authority, "resume", grant, reason="已整改")
    assert access.live_grants(holder, "data", NOW)
    shown = tk.get_action("govshare_grant_show")({"user": holder}, {"id": grant.id})
    assert [(s["act"], s["reason"]) for s in shown["stops"]] == [
        ("suspend", "超范围使用"), ("resume", "已整改"),
    ]


def test_ended_is_for_good():
    """The holder may give a grant up; nobody brings it back."""
    holder, authority = _user(), _appointed("authority")
    grant = _grant(holder)
    _do(holder, "end", grant, reason="不再需要")
    assert access.live_grants(holder, "data", NOW) == []
    with pytest.raises(tk.ValidationError):
        _do(authority, "resume", grant, reason="x")


@pytest.mark.parametrize("act", ["suspend", "resume", "end"])
@pytest.mark.parametrize("office", [None, "auditor", "operator"])
def test_nobody_else_stops_a_grant(office, act):
    """Neither a stranger nor an auditor nor an operator."""
    grant = _grant(_user())
    actor = _appointed(office) if office else _user()
    with pytest.raises(tk.NotAuthorized):
        _do(actor, act, grant, **STOP)
    assert access.get(grant.id).state == "active"


def test_authority_does_not_judge_its_own_grant():
    """An authority that holds a grant can neither suspend nor resume it."""
    authority = _appointed("authority")
    grant = _grant(authority)
    with pytest.raises(tk.NotAuthorized):
        _do(authority, "suspend", grant, **STOP)


def test_stop_is_an_event_and_a_message_without_the_words_in_the_ledger():
    """The event says ground and ids; the free words stay out of it; the holder is told."""
    holder, authority = _user(), _appointed("authority")
    grant = _grant(holder)
    _do(authority, "suspend", grant, **STOP)
    written = model.Session.execute(sa.select(event).where(event.c.subject_id == grant.id)).one()
    assert (written.kind, written.data["ground"]) == ("grant.suspended", "over_scope")
    assert "超范围" not in str(written)
    told = model.Session.execute(sa.select(messages).where(messages.c.to_user == holder)).one()
    assert (told.kind, told.values["reason"]) == ("grant_suspended", "超范围使用")


def test_cancel_ends_only_what_has_not_begun():
    """What was foreseen for a case ends with it; what runs goes on."""
    holder, case = _user(), str(uuid.uuid4())
    later = datetime.now(UTC) + timedelta(days=1)
    future = _grant(holder, case_id=case, valid_from=later, valid_to=later + timedelta(days=9))
    running = _grant(holder, case_id=case)
    access.cancel(case, datetime.now(UTC))
    model.Session.commit()
    assert access.get(future.id).state == "ended"
    assert access.get(running.id).state == "active"


def test_list_shows_own_grants_only():
    """Others' grants are for those who handle or supervise them."""
    holder, other = _user(), _user()
    grant = _grant(holder)
    show = tk.get_action("govshare_grant_list")
    assert [g["id"] for g in show({"user": holder}, {})] == [grant.id]
    assert show({"user": other}, {}) == []
    for asked in ({"all": True}, {"dataset_id": "data"}, {"case_id": "case"}):
        with pytest.raises(tk.NotAuthorized):
            show({"user": other}, asked)
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("govshare_grant_show")({"user": other}, {"id": grant.id})
    count = model.Session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    assert len(show({"user": _appointed("auditor")}, {"all": True})) == min(count, 1000)
