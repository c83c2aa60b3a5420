"""Working days of the offices of the People's Republic of China.

A working day is a day on which offices work under the yearly notice of the General Office of
the State Council: Monday to Friday without the statutory and the moved rest days, and with the
make-up days (调休上班日) on Saturdays and Sundays. The notices of 2004–2026 are in the package
`holidays`; a newer notice is a file in `config/calendar/` and needs no new package.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, NamedTuple, Self

import holidays
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ckanext.govshare import config_dir

from .words import Words

# The years whose notice the pinned `holidays` holds; the tests compare them with a second package.
FIRST_NOTICED, LAST_NOTICED = 2004, 2026
# How many years after them are guessed from the statutory holidays (always provisional).
GUESSED = 10

SATURDAY = 5

REASONS = {
    "weekday": Words("工作日", "working day"),
    "make_up": Words("调休上班日", "make-up working day"),
    "weekend": Words("周末休息日", "weekend"),
    "holiday": Words("法定节假日（{name}）", "public holiday ({name})"),
    "moved_rest": Words("调休放假日", "rest day moved by the notice"),
}

ReasonCode = Literal["weekday", "make_up", "weekend", "holiday", "moved_rest"]


class CalendarError(ValueError):
    """A notice in `config/calendar/` that cannot be used. The message names file and field."""


class Rest(BaseModel):
    """A rest period of a notice, both ends included."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first: date
    last: date
    zh: str
    en: str

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first or self.last - self.first > timedelta(days=31):
            raise ValueError(f"rest period {self.first} to {self.last}: last must follow first")
        return self

    def days(self) -> Iterable[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


class Notice(BaseModel):
    """One notice on holidays. `scope = "year"` settles the whole year, `"change"` only the days
    it names (as in January 2020, when the Spring Festival was prolonged)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    year: int = Field(ge=2001, le=2100)
    scope: Literal["year", "change"] = "year"
    number: str = Field(min_length=1)
    title: str = Field(min_length=1)
    issued: date
    rest: tuple[Rest, ...] = ()
    work: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _days_belong(self) -> Self:
        rest = {day for period in self.rest for day in period.days()}
        both = sorted(rest.intersection(self.work))
        if both:
            raise ValueError(f"{both[0]} is both a rest day and a working day")
        far = [day for day in rest.union(self.work) if abs(day.year - self.year) > 1]
        if far:
            raise ValueError(f"{min(far)} is not near the year {self.year} of the notice")
        if self.scope == "year" and not rest:
            raise ValueError("the notice of a whole year has rest periods")
        return self


class Why(NamedTuple):
    """Why a day is a working day or not: a code for machines, words for people, the notice."""

    code: ReasonCode
    words: Words
    notice: str = ""


WEEKDAY = Why("weekday", REASONS["weekday"])
WEEKEND = Why("weekend", REASONS["weekend"])


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """The calendar: exceptions from Monday to Friday, and the years that rest on a notice."""

    exceptions: dict[date, Why]
    noticed: frozenset[int]
    version: str

    @classmethod
    def load(cls, folder: Path | None = None) -> WorkingCalendar:
        """The package's years with the notices of `folder` (`config/calendar/`) on top.

        Raises CalendarError when a notice file is wrong.
        """
        return cls.of(read_notices(folder or config_dir() / "calendar"))

    @classmethod
    def of(cls, notices: Iterable[Notice]) -> WorkingCalendar:
        notices = sorted(notices, key=lambda notice: (notice.issued, notice.year))
        exceptions = _package_days()
        noticed = set(range(FIRST_NOTICED, LAST_NOTICED + 1))
        for notice in notices:
            if notice.scope == "year" and notice.year not in noticed:
                # The notice replaces what was guessed about that year.
                exceptions = {d: w for d, w in exceptions.items() if d.year != notice.year}
                noticed.add(notice.year)
            exceptions.update(_notice_days(notice))
        said = "\n".join(f"{day} {why.code}" for day, why in sorted(exceptions.items()))
        digest = hashlib.sha256(f"{said}\n{sorted(noticed)}".encode()).hexdigest()
        return cls(exceptions, frozenset(noticed), digest[:16])

    def is_working(self, day: date) -> bool:
        why = self.exceptions.get(day)
        return why.code == "make_up" if why else day.weekday() < SATURDAY

    def why(self, day: date) -> Why:
        return self.exceptions.get(day) or (WEEKDAY if day.weekday() < SATURDAY else WEEKEND)

    def is_provisional(self, year: int) -> bool:
        """True when no notice for the year is known: the days are a guess (weekdays and
        statutory holidays) and nothing irreversible may rest on them."""
        return year not in self.noticed

    def last_working_day(self, day: date) -> date:
        """The day itself or the nearest working day before it."""
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day


def read_notices(folder: Path) -> list[Notice]:
    """All notices of a folder of TOML files, each with a list `notice`."""
    notices: list[Notice] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8")).get("notice", [])
            notices += [Notice.model_validate(table) for table in tables]
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CalendarError(f"{path.name}: not readable as TOML in UTF-8: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "notice"
            raise CalendarError(f"{path.name}: {where}: {first['msg']}") from error
    return notices


def _package_days() -> dict[date, Why]:
    """Exceptions from Monday to Friday as `holidays` knows or guesses them."""
    years = range(FIRST_NOTICED, LAST_NOTICED + 1 + GUESSED)
    zh = holidays.country_holidays("CN", years=years, language="zh_CN")
    en = holidays.country_holidays("CN", years=years, language="en_US")
    days: dict[date, Why] = {}
    for day, name in zh.items():
        moved = "调休" in name
        words = REASONS["moved_rest"] if moved else REASONS["holiday"]
        chinese, english = words.fill(name=name).zh, words.fill(name=en[day]).en
        days[day] = Why("moved_rest" if moved else "holiday", Words(chinese, english))
    for day in zh.weekend_workdays:
        days[day] = Why("make_up", REASONS["make_up"])
    return {day: why for day, why in days.items() if day.year >= FIRST_NOTICED}


def _notice_days(notice: Notice) -> dict[date, Why]:
    days: dict[date, Why] = {}
    for period in notice.rest:
        words = Words(
            REASONS["holiday"].fill(name=period.zh).zh, REASONS["holiday"].fill(name=period.en).en
        )
        days |= {day: Why("holiday", words, notice.number) for day in period.days()}
    days |= {day: Why("make_up", REASONS["make_up"], notice.number) for day in notice.work}
    return days
