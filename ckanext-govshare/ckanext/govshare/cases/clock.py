"""A case's clock: counted by the rules, kept with its whole explanation."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB, insert

from ckanext.govshare import config_dir
from ckanext.govshare.cases.model import Case, metadata
from ckanext.govshare.rules import clocks, profiles
from ckanext.govshare.rules.calendar import WorkingCalendar
from ckanext.govshare.rules.clocks import Due
from ckanext.govshare.rules.profiles import ClockName, LayerName, Profile

profile_table = sa.Table(
    "govshare_case_profile",
    metadata,
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("content", JSONB, nullable=False),
)


def calendar() -> WorkingCalendar:
    """The working calendar; a new or changed notice takes effect at once in every process."""
    folder = config_dir() / "calendar"
    files = sorted(folder.glob("*.toml"))
    return _calendar(tuple((f.name, (at := f.stat()).st_mtime_ns, at.st_size) for f in files))


@lru_cache(maxsize=2)
def _calendar(_files: tuple[tuple[str, int, int], ...]) -> WorkingCalendar:
    return WorkingCalendar.load()


def start(
    profile: Profile, layer: LayerName, name: ClockName, at: datetime, *, running: bool = True
) -> dict[str, Any]:
    """The columns of a case whose clock `name` starts at `at`.

    Where the profile sets no limit the portal's own aim is kept for the page, and nothing is
    due: `due_day` and `due_moment` stay empty.
    """
    rule = profile.clock(layer, name)
    limit = rule.limit_wd.value if rule else profiles.ADVISORY_WD[name]
    due = clocks.due(at, limit, calendar())
    clock = {
        "name": name,
        "rule": rule.limit_wd.rule if rule else "",
        "article": {"zh": rule.limit_wd.words.zh, "en": rule.limit_wd.words.en} if rule else {},
        "limit": limit,
        "advisory": rule is None,
        "start_assumed": bool(rule and rule.start.assumed),
        "due": due.as_json(),
        "extension": None,
    }
    if rule is None or not running:
        return {
            "clock": clock, "due_day": None, "due_moment": None, "first_due_day": None,
            "provisional": False,
        }
    return {"clock": clock, **_columns(due), "first_due_day": due.day}


def extended(case: Case, days: int) -> dict[str, Any]:
    """The columns after an extension by `days`, counted from the first due day (NY 46)."""
    first = running(case)
    if first is None or case.clock is None:
        raise ValueError("the case has no clock to extend")
    longer = clocks.extend(first, days, calendar())
    return {"clock": {**case.clock, "extension": longer.as_json()}, **_columns(longer)}


def recounted(case: Case, after: Due) -> dict[str, Any]:
    """The columns after the same clock was counted by another calendar."""
    first = after.extends or after
    longer = after.as_json() if after.extends else None
    clock = {**(case.clock or {}), "due": first.as_json(), "extension": longer}
    return {"clock": clock, **_columns(after), "first_due_day": first.day}


def running(case: Case) -> Due | None:
    """The clock that decides, as it was counted; None where no regulation sets one."""
    if case.clock is None or case.clock["advisory"] or case.due_moment is None:
        return None
    first = Due.from_json(case.clock["due"])
    longer = case.clock["extension"]
    return Due.from_json(longer, extends=first) if longer else first


def days_left(case: Case, now: datetime) -> int | None:
    """Working days until the due day; None where no clock runs (any more)."""
    if case.due_day is None or case.answered_at is not None:
        return None
    return working_days(now, case.due_day)


def working_days(now: datetime, due_day: date) -> int:
    """Working days from today to the due day, 0 on the day itself, negative once it is over."""
    return _working_days(clocks.day_of(now), due_day, calendar())


@lru_cache(maxsize=4096)
def _working_days(today: date, due_day: date, days: WorkingCalendar) -> int:
    first, last = sorted((today, due_day))
    between = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    count = sum(days.is_working(day) for day in between)
    # The first overdue day may be a rest day; overdue is overdue all the same.
    return -max(count, 1) if today > due_day else count


def keep_profile(profile: Profile) -> str:
    """Keep the profile as it is today: a case is judged by the rules of its day of receipt."""
    model.Session.execute(
        insert(profile_table)
        .values(
            version=profile.version, code=profile.code, content=profile.model_dump(mode="json")
        )
        .on_conflict_do_nothing()
    )
    return profile.version


def profile_of(case: Case) -> Profile:
    """The profile of the case's day of receipt."""
    return kept_profile(case.profile, case.borrowed_from, case.profile_version)


@lru_cache(maxsize=64)
def kept_profile(code: str, borrowed_from: str | None, version: str) -> Profile:
    """The profile as it read when it had this version."""
    current = profiles.get(code, borrowed_from)
    if current.version == version:
        return current
    content = model.Session.execute(
        sa.select(profile_table.c.content).where(profile_table.c.version == version)
    ).scalar_one()
    return Profile.model_validate(content)


def _columns(due: Due) -> dict[str, Any]:
    return {"due_day": due.day, "due_moment": due.moment, "provisional": due.provisional}

