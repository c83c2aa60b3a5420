"""Everything that waits for one person, from every room, in the order of the due day."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.govshare.rules.calendar import WorkingCalendar

log = logging.getLogger(__name__)
INBOX = re.compile(r"govshare_\w+_inbox")
CHINA = ZoneInfo("Asia/Shanghai")
FAR = 250  # working days; beyond that no number is shown


@dataclass(frozen=True)
class Task:
    """One thing to do. `days_left` counts working days; negative when overdue."""

    kind: str
    title: str
    url: str
    office: str
    due: date | None
    since: str
    days_left: int | None


def tasks() -> list[Task]:
    """All tasks of the person logged in, the most urgent first, those without a date last."""
    found = [_task(entry) for name in _inboxes() for entry in _ask(name)]
    return sorted(found, key=lambda t: (t.due is None, t.due or date.max, t.since))


def _inboxes() -> list[str]:
    """The inbox actions of the rooms present, by their agreed name."""
    return sorted(
        {
            name
            for plugin in p.PluginImplementations(p.IActions)
            for name in plugin.get_actions()
            if INBOX.fullmatch(name)
        }
    )


def _ask(name: str) -> list[dict[str, Any]]:
    """A room that fails must not take the whole workbench with it."""
    try:
        return tk.get_action(name)({}, {})
    except tk.NotAuthorized:
        return []
    except Exception:
        log.exception("the workbench could not read %s", name)
        tk.h.flash_error(tk._("A part of the workbench cannot be shown just now."))
        return []


def _task(entry: dict[str, Any]) -> Task:
    due = _day(entry.get("due"))
    return Task(
        kind=str(entry.get("kind", "")),
        title=entry["title"],
        url=entry["url"],
        office=str(entry.get("office") or ""),
        due=due,
        since=str(entry.get("since") or ""),
        days_left=None if due is None else days_left(datetime.now(CHINA).date(), due),
    )


def _day(value: Any) -> date | None:
    """A due day from a date, a moment or its ISO text."""
    if not value:
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def days_left(today: date, due: date) -> int | None:
    """Working days after today up to and with the due day; negative: working days since then."""
    if abs((due - today).days) > FAR:
        return None
    calendar = WorkingCalendar.load()
    first, last = sorted((today, due))
    count = sum(
        calendar.is_working(first + timedelta(n)) for n in range(1, (last - first).days + 1)
    )
    return count if due >= today else -max(count, 1)
