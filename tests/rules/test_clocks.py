"""Clocks in working days: worked examples, properties, extension, step-in, recount."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.govshare.rules import clocks, profiles
from ckanext.govshare.rules.calendar import Notice, Rest, WorkingCalendar
from ckanext.govshare.rules.words import Words

TABLE = json.loads((Path(__file__).parent / "deadline-vectors.json").read_text(encoding="utf-8"))
VECTORS = TABLE["vectors"]
CALENDAR = WorkingCalendar.load()

starts = st.dates(date(2004, 1, 1), date(2026, 9, 30))
limits = st.integers(1, 60)


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clocks.SHANGHAI)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_vector(vector):
    due = clocks.due_from(date.fromisoformat(vector["start"]), vector["working_days"], CALENDAR)
    assert due.day.isoformat() == vector["due"]
    assert [entry.day.isoformat() for entry in due.days if entry.counted] == vector["counted"]
    made_up = [entry.day.isoformat() for entry in due.days if entry.code == "make_up"]
    assert made_up == vector["makeup_days_counted"]
    assert not due.provisional


@pytest.mark.parametrize("vector", TABLE["not_computable"])
def test_a_period_that_reaches_an_unnoticed_year_is_provisional(vector):
    due = clocks.due_from(date.fromisoformat(vector["start"]), vector["working_days"], CALENDAR)
    assert due.provisional
    assert any(entry.provisional for entry in due.days)


CLOCK_OF_VECTOR = {
    "E1a": ("nanyang", "open", "reply"),
    "E3": ("linyi", "share", "reply"),
    "E4a": ("zhongshan", "share", "reply"),
    "E4b": ("zhongshan", "share", "delivery"),
    "E4c": ("zhongshan", "share", "step_in"),
    "E5a": ("nanyang", "open", "catalogue_update"),
    "E5b": ("nanyang", "open", "catalogue_review"),
    "E6a": ("yunnan", "share", "data_update"),
    "E6b": ("yunnan", "share", "catalogue_update"),
    "E6c": ("yunnan", "share", "attribute_change"),
    "E7a": ("tengzhou", "share", "reply"),
    "E7b": ("tengzhou", "share", "catalogue_update"),
    "E8": ("zhongshan", "open", "publish"),
    "E9a": ("nanyang", "share", "correction_verify"),
    "E9b": ("nanyang", "share", "correction_fix"),
}


@pytest.mark.requirement("NY-46b")
@pytest.mark.parametrize("name", CLOCK_OF_VECTOR)
def test_the_profile_leads_to_the_worked_example(name):
    """Limit and article come from the profile, the due day from the calendar."""
    vector = next(entry for entry in VECTORS if entry["id"] == name)
    code, layer, clock = CLOCK_OF_VECTOR[name]
    rule = profiles.get(code).clock(layer, clock)
    assert rule.limit_wd.article == vector["article"]
    due = clocks.due_from(date.fromisoformat(vector["start"]), rule.limit_wd.value, CALENDAR)
    assert due.day.isoformat() == vector["due"]
    assert due.calendar_version == CALENDAR.version


def test_the_date_of_receipt_is_the_date_in_china():
    received = datetime(2026, 3, 16, 16, 30, tzinfo=UTC)
    assert clocks.due(received, 10, CALENDAR).start == date(2026, 3, 17)


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        clocks.due(datetime(2026, 3, 16), 10, CALENDAR)


def test_a_limit_without_days_is_refused():
    with pytest.raises(ValueError, match="at least one working day"):
        clocks.due_from(date(2026, 3, 16), 0, CALENDAR)


def test_overdue_begins_at_midnight_in_china():
    due = clocks.due(shanghai(2026, 9, 18, 10), 10, CALENDAR)
    assert due.day == date(2026, 10, 9)
    assert not due.is_overdue(shanghai(2026, 10, 9, 23, 59, 59))
    assert due.is_overdue(shanghai(2026, 10, 10))
    assert due.is_overdue(datetime(2026, 10, 9, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    ("received", "first", "second"),
    [
        (shanghai(2026, 9, 18, 10), date(2026, 10, 9), date(2026, 10, 22)),
        (shanghai(2026, 11, 22, 9), date(2026, 12, 4), date(2026, 12, 18)),
    ],
)
def test_an_extension_counts_from_the_first_due_day(received, first, second):
    due = clocks.due(received, 10, CALENDAR)
    longer = clocks.extend(due, 10, CALENDAR)
    assert (due.day, longer.day) == (first, second)
    assert longer.days[0].code == "first_due" and not longer.days[0].counted
    assert longer.extends == due


def test_an_extension_is_not_extended_again():
    longer = clocks.extend(clocks.due_from(date(2026, 9, 18), 10, CALENDAR), 5, CALENDAR)
    with pytest.raises(ValueError, match="not extended again"):
        clocks.extend(longer, 5, CALENDAR)


def test_an_extension_into_an_unnoticed_year_is_provisional():
    first = clocks.due_from(date(2026, 12, 10), 10, CALENDAR)
    assert not first.provisional
    assert clocks.extend(first, 10, CALENDAR).provisional


def test_step_in_has_a_legal_date_and_an_earlier_target():
    reply = clocks.due_from(date(2026, 4, 27), 5, CALENDAR)
    stepped = clocks.step_in(reply, 5, CALENDAR)
    assert stepped.overdue_on == date(2026, 5, 8)
    assert stepped.legal.day == date(2026, 5, 14)
    assert stepped.target.day == date(2026, 5, 13)


def test_step_in_on_a_provisional_reply_is_provisional():
    reply = clocks.due_from(date(2026, 12, 28), 5, CALENDAR)
    assert clocks.step_in(reply, 5, CALENDAR).legal.provisional


def test_a_pause_skips_its_days_and_says_why():
    words = Words("征求第三方意见", "third party consulted")
    pause = clocks.Pause(date(2026, 3, 4), date(2026, 3, 6), words)
    plain = clocks.due_from(date(2026, 3, 2), 5, CALENDAR)
    paused = clocks.due_from(date(2026, 3, 2), 5, CALENDAR, [pause])
    assert (plain.day, paused.day) == (date(2026, 3, 9), date(2026, 3, 12))
    skipped = [entry for entry in paused.days if entry.code == "paused"]
    assert [entry.day for entry in skipped] == [date(2026, 3, day) for day in (4, 5, 6)]
    assert skipped[0].words == words


def notice(year: int, issued: date, rest: list[tuple[date, date]], work: list[date], **more):
    periods = tuple(Rest(first=first, last=last, zh="休", en="rest") for first, last in rest)
    return Notice(
        year=year,
        number="示例",
        title="示例",
        issued=issued,
        rest=periods,
        work=tuple(work),
        **more,
    )


def test_a_stored_clock_reads_back_whole():
    pause = clocks.Pause(date(2026, 9, 21), date(2026, 9, 22), Words("暂停", "paused"))
    first = clocks.due_from(date(2026, 9, 18), 10, CALENDAR, [pause])
    longer = clocks.extend(first, 5, CALENDAR)
    stored = json.loads(json.dumps([first.as_json(), longer.as_json()]))
    again = clocks.Due.from_json(stored[0])
    assert again == first
    assert clocks.Due.from_json(stored[1], extends=again) == longer


NEXT_YEAR = notice(
    2027,
    date(2026, 11, 25),
    [(date(2027, 1, 1), date(2027, 1, 4))],
    [date(2026, 12, 26)],
)


def test_a_new_notice_confirms_moves_or_only_records():
    newer = WorkingCalendar.of([NEXT_YEAR])
    # Reaches 2027: provisional before, firm after; 4 January is a rest day now, 26 December works.
    reaching = clocks.due_from(date(2026, 12, 18), 10, CALENDAR)
    recount = clocks.recount(reaching, newer)
    assert recount.before.provisional and not recount.after.provisional
    assert recount.after.calendar_version == newer.version
    assert (reaching.day, recount.after.day) == (date(2027, 1, 4), date(2026, 12, 31))
    assert recount.effect == "moved"
    # A day of the current year moves too: 26 December has become a working day.
    assert clocks.recount(
        clocks.due_from(date(2026, 12, 21), 5, CALENDAR), newer
    ).after.day == date(2026, 12, 26)
    # Nothing of the period changed.
    early = clocks.recount(clocks.due_from(date(2026, 11, 2), 5, CALENDAR), newer)
    assert early.effect == "recorded" and early.after.day == early.before.day
    assert clocks.recount(early.after, newer).effect == "none"


def test_a_provisional_day_that_stays_is_confirmed():
    newer = WorkingCalendar.of(
        [notice(2027, date(2026, 11, 25), [(date(2027, 1, 1), date(2027, 1, 3))], [])]
    )
    clock = clocks.due_from(date(2026, 12, 18), 10, CALENDAR)
    recount = clocks.recount(clock, newer)
    assert recount.effect == "confirmed"
    assert recount.after.day == clock.day


def test_an_extension_is_recounted_from_its_recounted_first_period():
    newer = WorkingCalendar.of([NEXT_YEAR])
    clock = clocks.extend(clocks.due_from(date(2026, 12, 14), 10, CALENDAR), 10, CALENDAR)
    after = clocks.recount(clock, newer).after
    first = clocks.due_from(date(2026, 12, 14), 10, newer)
    assert after == clocks.extend(first, 10, newer)


def test_the_first_overdue_moment_follows_every_due_day():
    due = clocks.due_from(date(2026, 9, 18), 10, CALENDAR)
    assert due.moment == shanghai(2026, 10, 10)
    assert due.as_json()["days"][0]["code"] == "start"


@given(start=starts, limit=limits)
def test_a_due_day_is_a_working_day_after_the_start(start, limit):
    due = clocks.due_from(start, limit, CALENDAR)
    assert CALENDAR.is_working(due.day)
    assert due.day > start


@given(start=starts, limit=limits)
def test_exactly_the_limit_is_counted_and_the_start_is_not(start, limit):
    due = clocks.due_from(start, limit, CALENDAR)
    counted = [entry for entry in due.days if entry.counted]
    assert [entry.number for entry in counted] == list(range(1, limit + 1))
    assert due.days[0].day == start and not due.days[0].counted
    assert counted[-1].day == due.day == due.days[-1].day
    # Every day of the period is explained, in order, none twice.
    expected = [start + timedelta(days=n) for n in range((due.day - start).days + 1)]
    assert [entry.day for entry in due.days] == expected


@given(start=starts, later=st.integers(0, 40), limit=limits)
def test_a_later_receipt_is_never_due_earlier(start, later, limit):
    early = clocks.due_from(start, limit, CALENDAR)
    late = clocks.due_from(start + timedelta(days=later), limit, CALENDAR)
    assert early.day <= late.day


@given(start=starts, limit=limits)
def test_a_longer_limit_is_due_later(start, limit):
    shorter = clocks.due_from(start, limit, CALENDAR)
    assert shorter.day < clocks.due_from(start, limit + 1, CALENDAR).day


@given(start=starts, limit=limits, k=st.integers(1, 10))
def test_an_extension_is_the_longer_limit(start, limit, k):
    """Counted from the first due day, k days more are the k days that follow in the count."""
    first = clocks.due_from(start, limit, CALENDAR)
    assert clocks.extend(first, k, CALENDAR).day == clocks.due_from(start, limit + k, CALENDAR).day


@given(start=starts, limit=limits)
def test_the_first_overdue_instant_is_the_end_of_the_due_day(start, limit):
    due = clocks.due_from(start, limit, CALENDAR)
    assert clocks.day_of(due.moment) == due.day + timedelta(days=1)
    assert clocks.day_of(due.moment - timedelta(microseconds=1)) == due.day
