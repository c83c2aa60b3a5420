"""Retention in months and years, and duties on a date of the year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.govshare.rules import duties, profiles
from ckanext.govshare.rules.calendar import WorkingCalendar

CALENDAR = WorkingCalendar.load()


@pytest.mark.parametrize(
    ("logged", "months", "end"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2024, 2, 29), 120, date(2034, 2, 28)),
        (date(2025, 1, 15), 6, date(2025, 7, 15)),
    ],
)
def test_retention_ends_on_the_corresponding_day_or_the_end_of_the_month(logged, months, end):
    assert duties.retention_end(logged, months) == end
    assert duties.purge_from(logged, months) == end + timedelta(days=1)


def test_retention_of_the_profiles():
    assert profiles.get("nanyang").logs.retention_months.value == 6
    assert profiles.get("yunnan").logs.retention_months.value == 120
    assert profiles.get("linyi").logs.retention_months is None


def test_retention_needs_a_month():
    with pytest.raises(ValueError, match="at least one month"):
        duties.retention_end(date(2025, 1, 1), 0)


@given(
    st.dates(date(2004, 1, 1), date(2040, 1, 1)),
    st.integers(1, 240),
)
def test_a_period_of_months_ends_in_its_month(logged, months):
    end = duties.retention_end(logged, months)
    assert (end.year * 12 + end.month) - (logged.year * 12 + logged.month) == months
    # The corresponding day, or the last day of a shorter month.
    assert end.day == logged.day or ((end + timedelta(days=1)).day == 1 and end.day < logged.day)


@pytest.mark.parametrize(
    ("when", "year", "last_day", "remind_for"),
    [
        ("01-last", 2025, date(2025, 1, 31), date(2025, 1, 27)),  # Spring Festival
        ("01-last", 2026, date(2026, 1, 31), date(2026, 1, 30)),  # a Saturday
        ("02-last", 2026, date(2026, 2, 28), date(2026, 2, 28)),  # a make-up Saturday
        ("03-last", 2024, date(2024, 3, 31), date(2024, 3, 29)),  # a Sunday
        ("01-15", 2024, date(2024, 1, 15), date(2024, 1, 12)),  # the 14th is a Sunday
        ("01-15", 2026, date(2026, 1, 15), date(2026, 1, 14)),
        ("02-last", 2024, date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_duty_on_a_date(when, year, last_day, remind_for):
    duty = duties.duty(when, year, CALENDAR)
    assert (duty.last_day, duty.remind_for) == (last_day, remind_for)
    assert duty.moment.date() == last_day + timedelta(days=1)


@pytest.mark.parametrize("when", ["13-01", "1-15", "02-", "last", "00-last"])
def test_an_unreadable_date_is_refused(when):
    with pytest.raises(ValueError, match="neither MM-DD nor MM-last"):
        duties.duty(when, 2026, CALENDAR)
