"""What time alone decides: on the share layer only, at the instant, whether or not a job runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.govshare import access
from ckanext.govshare.cases import model as cases
from ckanext.govshare.cases import tick
from ckanext.govshare.ledger.model import event
from ckanext.govshare.notify.model import table as messages
from ckanext.govshare.rules import profiles
from tests.cases.city import COLUMNS, USCC, appoint, call, make_organization


def _shared(city, at) -> dict:
    """An application of another department, received on a day whose due day is firm."""
    at(datetime(2026, 9, 1, 2, tzinfo=UTC))
    appoint(city.applicant, "publisher", make_organization("教育局"))
    return city.submit(
        layer="share", applicant_kind="department", applicant_name="教育局", uscc=USCC,
        contact_name="李四", id_number="", business="学籍", need="核对",
    )


def _grants(city, moment) -> list[access.Grant]:
    return access.live_grants(city.applicant, city.dataset, moment)


def _kinds(case) -> list[str]:
    rows = model.Session.execute(
        sa.select(event.c.kind).where(event.c.subject_id == case["id"]).order_by(event.c.seq)
    )
    return [row.kind for row in rows]


@pytest.mark.requirement("LY-13b")
def test_silence_is_consent_from_the_first_overdue_instant(city, under, at):
    """The grant begins by itself at 00:00 after the due day, and not a microsecond before."""
    under("linyi")
    case = _shared(city, at)
    due = datetime.fromisoformat(case["due_moment"])
    assert _grants(city, due - timedelta(microseconds=1)) == []
    (grant,) = _grants(city, due)
    assert (grant.columns, grant.valid_to > due) == (COLUMNS, True)
    at(due)
    seen = call(city.applicant, "govshare_case_show", id=case["id"])
    assert (seen["state"], seen["decision"]["act"]) == ("delivered", "deem_approved")
    assert _kinds(case)[-1] == "case.deem_approved"
    rule = model.Session.execute(
        sa.select(event.c.rule).where(
            event.c.subject_id == case["id"], event.c.kind == "case.deem_approved")
    ).scalar_one()
    assert rule == "linyi 13"


def test_decision_in_time_ends_what_silence_would_have_given(city, under, at):
    """Refused or withdrawn in time: nothing begins when the time has run out."""
    under("linyi")
    case = _shared(city, at)
    due = datetime.fromisoformat(case["due_moment"])
    city.act(city.publisher, case, "take")
    city.act(city.publisher, case, "prepare", decision="refuse", reason="与职责无关")
    city.act(city.reviewer, case, "refuse")
    assert _grants(city, due + timedelta(days=1)) == []


def test_nobody_decides_after_the_law_has(city, under, at):
    """A refusal that comes late finds the case deemed approved."""
    under("linyi")
    case = _shared(city, at)
    city.act(city.publisher, case, "take")
    city.act(city.publisher, case, "prepare", decision="refuse", reason="与职责无关")
    at(datetime.fromisoformat(case["due_moment"]))
    with pytest.raises(Exception, match=r"not_now|lapsed"):
        city.act(city.reviewer, case, "refuse")


def test_tick_once_twice_or_never_changes_no_right(city, under, at):
    """The messenger writes the state down and tells it once; the grant was there before it."""
    under("linyi")
    case = _shared(city, at)
    due = datetime.fromisoformat(case["due_moment"])
    at(due + timedelta(hours=9))
    (before,) = _grants(city, due + timedelta(hours=9))
    tick.run()
    tick.run()
    (after,) = _grants(city, due + timedelta(hours=9))
    assert after == before
    assert _kinds(case).count("case.deem_approved") == 1
    told = model.Session.execute(
        sa.select(messages.c.to_user).where(
            messages.c.kind == "case_deemed_approved", messages.c.subject_id == case["id"])
    ).scalars().all()
    assert told == [city.applicant]


@pytest.mark.requirement("ZS-22e", "ZS-C1")
def test_authority_steps_in_with_its_own_clock(city, under, at):
    """Neither answer nor reason: from the overdue day on only the authority can provide."""
    under("zhongshan")
    case = _shared(city, at)
    city.act(city.publisher, case, "take")
    city.act(city.publisher, case, "prepare", decision="approve")
    at(datetime.fromisoformat(case["due_moment"]))
    seen = call(city.authority, "govshare_case_show", id=case["id"])
    assert (seen["state"], seen["clock"]["name"], seen["clock"]["limit"]) == (
        "escalated", "step_in", 5)
    with pytest.raises(Exception, match="not_now"):
        city.act(city.reviewer, case, "approve")
    with pytest.raises(Exception, match="not_yours"):
        city.act(city.head, case, "provide")
    assert city.act(city.authority, case, "provide")["state"] == "delivered"
    assert _grants(city, datetime.now(UTC) + timedelta(days=1)) or _grants(
        city, datetime.fromisoformat(case["due_moment"]))


@pytest.mark.parametrize("code", profiles.CODES)
def test_no_open_case_is_ever_deemed_or_stepped_into(city, under, at, code):
    """Whatever the regulation, a citizen's overdue case stays what it was."""
    under(code)
    at(datetime(2026, 9, 1, 2, tzinfo=UTC))
    case = city.submit()
    assert _grants(city, datetime(2027, 6, 1, tzinfo=UTC)) == []
    at(datetime(2027, 6, 1, tzinfo=UTC))
    tick.run()
    assert cases.get(case["id"]).state == "accepted"
    assert _grants(city, datetime(2027, 6, 1, tzinfo=UTC)) == []


def test_reminders_come_once_each(city, at):
    """Due soon and overdue are told once to those concerned, however often the tick runs."""
    case = city.submit()
    due = datetime.fromisoformat(case["due_moment"])
    for moment in (due - timedelta(hours=20), due - timedelta(hours=19), due, due + timedelta(1)):
        at(moment)
        tick.run()
    rows = model.Session.execute(
        sa.select(messages.c.kind, messages.c.to_user).where(messages.c.subject_id == case["id"])
    ).all()
    late = [user for kind, user in rows if kind == "case_overdue"]
    soon = [user for kind, user in rows if kind == "case_due_soon"]
    assert sorted(soon) == sorted({city.reviewer, city.head})
    assert len(late) == len(set(late))
    assert {city.reviewer, city.head, city.authority} <= set(late)


def test_new_notice_moves_a_running_clock_and_says_so(city, at, monkeypatch):
    """A notice that makes a counted day a rest day moves the due day, and everybody learns it."""
    from dataclasses import replace

    from ckanext.govshare.cases import clock
    from ckanext.govshare.rules.calendar import REASONS, Why

    case = city.submit()
    old = clock.calendar()
    day = cases.get(case["id"]).due_day
    rest = {**old.exceptions, day: Why("moved_rest", REASONS["moved_rest"])}
    monkeypatch.setattr(clock, "calendar", lambda: replace(old, exceptions=rest, version="newer"))
    tick.run()
    after = cases.get(case["id"])
    assert after.due_day > day
    assert _kinds(case)[-1] == "case.recounted"
    told = model.Session.execute(
        sa.select(messages.c.to_user).where(
            messages.c.kind == "case_recounted", messages.c.subject_id == case["id"])
    ).scalars().all()
    assert city.applicant in told
    # The other cases of the database go back to the calendar that holds.
    monkeypatch.undo()
    tick.run()
    assert cases.get(case["id"]).due_day == day
