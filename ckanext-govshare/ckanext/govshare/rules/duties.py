"""Periods in months and years, and duties on a date of the year.

These do not run in working days: logs are kept for months or years (Civil Code art. 202), and
yearly reports are due on a date (Nanyang art. 60, Yunnan art. 40, Zhongshan art. 35).
"""

from __future__ import annotations

import calendar as months
import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from .calendar import WorkingCalendar
from .clocks import SHANGHAI

DATE_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(last|0[1-9]|[12]\d|3[01])")


def retention_end(logged: date, period_months: int) -> date:
    """The last day a record must be kept: the corresponding day, or the end of the month."""
    if period_months < 1:
        raise ValueError(f"a retention has at least one month, not {period_months}")
    return logged + relativedelta(months=period_months)


def purge_from(logged: date, period_months: int) -> date:
    """The first day on which the record may be removed."""
    return retention_end(logged, period_months) + timedelta(days=1)


class Duty(NamedTuple):
    """A yearly duty: `last_day` still in time, `remind_for` the working day to aim at,
    `moment` the first overdue instant."""

    last_day: date
    remind_for: date
    moment: datetime


def duty(when: str, year: int, calendar: WorkingCalendar) -> Duty:
    """The duty `MM-last` (…月底前) or `MM-DD` (…日前) in a year.

    月底前 includes the last day of the month. "1月15日前" may or may not include the 15th: the
    reminder aims at the day before, and overdue starts after it. No regulation moves such a date
    to the next working day; on a rest day the reminder aims at the last working day before.
    """
    match = DATE_OF_YEAR.fullmatch(when)
    if not match:
        raise ValueError(f"{when!r} is neither MM-DD nor MM-last")
    month, day = int(match[1]), match[2]
    if day == "last":
        last_day = date(year, month, months.monthrange(year, month)[1])
        aim = last_day
    else:
        last_day = date(year, month, int(day))
        aim = last_day - timedelta(days=1)
    moment = datetime.combine(last_day + timedelta(days=1), time.min, SHANGHAI)
    return Duty(last_day, calendar.last_working_day(aim), moment)
