"""Statutory clocks in working days: when a limit ends, and which days were counted.

The start day is not counted (Civil Code art. 201), the last day is (art. 1259), and it ends at
24:00 (art. 203) in Asia/Shanghai. All five regulations count in working days and none names a
pause; the model knows pauses because other rules do (Disclosure Regulations art. 33).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from .calendar import WorkingCalendar
from .words import Words

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)

START = Words("起始日，不计入", "start day, not counted")
FIRST_DUE = Words("原期限届满日，不计入", "end of the first period, not counted")


class Pause(NamedTuple):
    """Days, both included, on which a clock stands still; `words` say why."""

    first: date
    last: date
    words: Words

    def as_json(self) -> dict[str, str]:
        first, last = self.first.isoformat(), self.last.isoformat()
        return {"first": first, "last": last, "zh": self.words.zh, "en": self.words.en}

    @classmethod
    def from_json(cls, data: dict[str, str]) -> Pause:
        first, last = date.fromisoformat(data["first"]), date.fromisoformat(data["last"])
        return cls(first, last, Words(data["zh"], data["en"]))


class Day(NamedTuple):
    """One day of a period. `number` is its place in the count, or None when it was skipped.

    `code` is a reason of the calendar, or `start`, `first_due`, `paused`.
    """

    day: date
    number: int | None
    code: str
    words: Words
    provisional: bool = False

    @property
    def counted(self) -> bool:
        return self.number is not None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Day:
        words = Words(data["zh"], data["en"])
        day = date.fromisoformat(data["day"])
        return cls(day, data["number"], data["code"], words, data["provisional"])

    def as_json(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat(),
            "counted": self.counted,
            "number": self.number,
            "code": self.code,
            "zh": self.words.zh,
            "en": self.words.en,
            "provisional": self.provisional,
        }


@dataclass(frozen=True)
class Due:
    """The end of a limit: the last day in time, the first overdue instant, and the count.

    `provisional` means that a day of the period lies in a year without an official notice.
    An extension keeps the period that it prolongs in `extends`.
    """

    day: date
    moment: datetime
    days: tuple[Day, ...]
    provisional: bool
    calendar_version: str
    start: date
    limit: int
    pauses: tuple[Pause, ...] = ()
    extends: Due | None = None

    def is_overdue(self, now: datetime) -> bool:
        return now >= self.moment

    @property
    def all_days(self) -> tuple[Day, ...]:
        """The days of the first period and of its extension, each day once."""
        return self.extends.days + self.days[1:] if self.extends else self.days

    def as_json(self) -> dict[str, Any]:
        return {
            "due": self.day.isoformat(),
            "moment": self.moment.isoformat(),
            "start": self.start.isoformat(),
            "limit": self.limit,
            "provisional": self.provisional,
            "calendar_version": self.calendar_version,
            "days": [day.as_json() for day in self.days],
            "pauses": [pause.as_json() for pause in self.pauses],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], extends: Due | None = None) -> Due:
        """A clock as it was stored with its case; `extends` is the stored first period."""
        return cls(
            day=date.fromisoformat(data["due"]),
            moment=datetime.fromisoformat(data["moment"]),
            days=tuple(Day.from_json(day) for day in data["days"]),
            provisional=data["provisional"],
            calendar_version=data["calendar_version"],
            start=date.fromisoformat(data["start"]),
            limit=data["limit"],
            pauses=tuple(Pause.from_json(pause) for pause in data["pauses"]),
            extends=extends,
        )


def day_of(moment: datetime) -> date:
    """The date in China of an instant. A moment without a time zone is refused: it would be a
    guess, and a guess of eight hours moves a due date."""
    if moment.tzinfo is None:
        raise ValueError("the moment has no time zone")
    return moment.astimezone(SHANGHAI).date()


def due(
    received: datetime, limit: int, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> Due:
    """When `limit` working days end that start with what happened at `received`."""
    return due_from(day_of(received), limit, calendar, pauses)


def due_from(
    start: date, limit: int, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> Due:
    """As `due`, for a start that is a day and not an instant (an overdue date, a due day)."""
    if limit < 1:
        raise ValueError(f"a limit has at least one working day, not {limit}")
    days = [Day(start, None, "start", START, calendar.is_provisional(start.year))]
    count, day = 0, start
    while count < limit:
        day += ONE_DAY
        entry = _judge(day, count + 1, calendar, pauses)
        count += entry.counted
        days.append(entry)
    return Due(
        day=day,
        moment=datetime.combine(day + ONE_DAY, time.min, SHANGHAI),
        days=tuple(days),
        provisional=any(entry.provisional for entry in days),
        calendar_version=calendar.version,
        start=start,
        limit=limit,
        pauses=tuple(pauses),
    )


def _judge(day: date, number: int, calendar: WorkingCalendar, pauses: Sequence[Pause]) -> Day:
    provisional = calendar.is_provisional(day.year)
    for pause in pauses:
        if pause.first <= day <= pause.last:
            return Day(day, None, "paused", pause.words, provisional)
    why = calendar.why(day)
    counted = number if calendar.is_working(day) else None
    return Day(day, counted, why.code, why.words, provisional)


def extend(first: Due, k: int, calendar: WorkingCalendar) -> Due:
    """`k` working days more, counted from the end of the first period (Nanyang art. 45, 46).

    The first due day is not counted again; the day of the head's consent moves nothing.
    """
    if first.extends:
        raise ValueError("an extension is not extended again")
    longer = due_from(first.day, k, calendar, first.pauses)
    head = longer.days[0]._replace(code="first_due", words=FIRST_DUE)
    return replace(
        longer,
        days=(head, *longer.days[1:]),
        provisional=first.provisional or longer.provisional,
        extends=first,
    )


class StepIn(NamedTuple):
    """The authority's clock after an overdue reply, in both readings (Zhongshan art. 22).

    `overdue_on` is the calendar day after the due day. `legal` counts from it; `target` is the
    stricter reading, from the due day itself, which the portal shows as the aim.
    """

    overdue_on: date
    legal: Due
    target: Due


def step_in(reply: Due, limit: int, calendar: WorkingCalendar) -> StepIn:
    overdue_on = reply.day + ONE_DAY
    legal, target = (due_from(day, limit, calendar) for day in (overdue_on, reply.day))
    return StepIn(
        overdue_on,
        replace(legal, provisional=legal.provisional or reply.provisional),
        replace(target, provisional=target.provisional or reply.provisional),
    )


class Recount(NamedTuple):
    """What a newer calendar makes of a running clock. `effect` is what people must be told."""

    before: Due
    after: Due
    effect: Literal["none", "recorded", "confirmed", "moved"]


def recount(clock: Due, calendar: WorkingCalendar) -> Recount:
    """Count a stored clock again after a new notice: same start, same limit, same pauses.

    `moved`: the due day is another one. `confirmed`: a provisional date has become firm.
    `recorded`: only the calendar's version changed. `none`: the calendar is the same.
    """
    if clock.calendar_version == calendar.version:
        return Recount(clock, clock, "none")
    if clock.extends:
        after = extend(recount(clock.extends, calendar).after, clock.limit, calendar)
    else:
        after = due_from(clock.start, clock.limit, calendar, clock.pauses)
    if after.day != clock.day:
        return Recount(clock, after, "moved")
    now_firm = clock.provisional and not after.provisional
    return Recount(clock, after, "confirmed" if now_firm else "recorded")
