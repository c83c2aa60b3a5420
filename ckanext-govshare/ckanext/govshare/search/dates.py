"""Solr's date maths: `NOW-1YEAR/DAY`, `2024-01-01T00:00:00Z+6MONTHS`, and dates cut short
(`2024-05`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dateutil.relativedelta import relativedelta

from .schema import BadValueError, micros

_UNITS = {
    "YEAR": "years",
    "MONTH": "months",
    "DAY": "days",
    "DATE": "days",
    "HOUR": "hours",
    "MINUTE": "minutes",
    "SECOND": "seconds",
    "MILLI": "milliseconds",
}
_STEP = re.compile(
    r"([+\-])(\d{1,6})(YEAR|MONTH|DAY|DATE|HOUR|MINUTE|SECOND|MILLI)S?|/(YEAR|MONTH|DAY|DATE|HOUR|MINUTE|SECOND)S?"
)
_START = re.compile(
    r"NOW|(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d)(?::(\d\d)(?::(\d\d)(\.\d+)?)?)?)?(Z|[+\-]\d\d:\d\d)?"
)
_ORDER = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_LEAST = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0}


def _truncate(moment: datetime, unit: str) -> datetime:
    unit = "day" if unit == "DATE" else unit.lower()
    after = _ORDER[_ORDER.index(unit) + 1 :]
    for part in after:
        moment = moment.replace(**{part: _LEAST[part]})  # pyright: ignore[reportArgumentType]
    return moment


def bounds(text: str) -> tuple[int, int]:
    """First and last microsecond that `text` names; the same unless the date is cut short."""
    bad = BadValueError(f"Invalid Date in Date Math String:'{text[:100]}'")
    start = _START.match(text)
    if start is None:
        raise bad
    try:
        if start[0] == "NOW":
            first = last = datetime.now(UTC)
        else:
            first, last = _named(start)
        at = start.end()
        while at < len(text):
            step = _STEP.match(text, at)
            if step is None:
                raise bad
            at = step.end()
            first, last = _apply(first, step), _apply(last, step)
        return micros(first), micros(last)
    except (ValueError, OverflowError) as error:
        raise bad from error


def _apply(moment: datetime, step: re.Match[str]) -> datetime:
    if step[4]:
        return _truncate(moment, step[4])
    amount = int(step[1] + step[2])
    if step[3] == "MILLI":
        return moment + relativedelta(microseconds=amount * 1000)
    return moment + relativedelta(**{_UNITS[step[3]]: amount})  # pyright: ignore[reportArgumentType]


def _named(start: re.Match[str]) -> tuple[datetime, datetime]:
    if start[8] not in (None, "Z"):
        moment = datetime.fromisoformat(start[0])
        return moment, moment
    given = [int(start[n]) for n in range(1, 7) if start[n] is not None]
    first = datetime(*(given + [1, 1][len(given) - 1 :])[: max(3, len(given))], tzinfo=UTC)  # type: ignore[arg-type]
    if start[7]:
        first = first.replace(microsecond=int(float(start[7]) * 1_000_000))
        return first, first
    if len(given) == 6:
        return first, first
    unit = ("years", "months", "days", "hours", "minutes")[len(given) - 1]
    try:
        whole = relativedelta(**{unit: 1})  # pyright: ignore[reportArgumentType]
        return first, first + whole - relativedelta(microseconds=1)
    except (ValueError, OverflowError):
        return first, datetime.max.replace(tzinfo=UTC)
