"""How all running clocks stand, judged once for each distinct clock.

A million cases share a few thousand clocks: the database groups, the rules judge each group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.cases import clock, judge
from ckanext.govshare.cases.model import OPEN_STATES, table
from ckanext.govshare.rules.clocks import Due
from ckanext.govshare.rules.facts import Facts

SOON = 3  # working days

Verdict = Literal["in_time", "due_soon", "overdue", "deemed_approved", "escalated"]

# A clock that runs: the condition of the index `govshare_case_running`.
RUNNING = sa.and_(
    table.c.answered_at.is_(None), table.c.due_moment.is_not(None), table.c.state.in_(OPEN_STATES)
)
SHARED = (
    table.c.org_id, table.c.kind, table.c.layer, table.c.state, table.c.profile,
    table.c.borrowed_from, table.c.profile_version, table.c.due_day, table.c.due_moment,
    table.c.provisional,
)


@dataclass(frozen=True)
class Standing:
    """`cases` cases of one department whose clocks end together, and what holds of them now.

    `deemed_approved` (LY 13) and `escalated` (ZS 22) are what time has done on the share layer,
    written down or not; `overdue` is a fact to report and decides nothing.
    """

    org_id: str
    kind: str
    due_day: date
    days_left: int
    verdict: Verdict
    cases: int


def judged(now: datetime) -> Iterator[Standing]:
    """Every running clock, judged at `now` by the rules of its own case."""
    for row in model.Session.execute(sa.select(*SHARED, sa.func.count()).where(RUNNING)
                                     .group_by(*SHARED)):
        left = clock.working_days(now, row.due_day)
        yield Standing(row.org_id, row.kind, row.due_day, left, _verdict(row, left, now), row[-1])


def by_department(now: datetime) -> list[dict[str, Any]]:
    """`[{"organization_id", "in_time", "due_soon", "overdue", …}]`, the most overdue first."""
    found: dict[str, dict[str, int]] = {}
    for one in judged(now):
        counts = found.setdefault(one.org_id, dict.fromkeys(Verdict.__args__, 0))
        counts[one.verdict] += one.cases
    lines = [{"organization_id": org_id, **counts} for org_id, counts in found.items()]
    return sorted(lines, key=lambda line: (-line["overdue"], -line["due_soon"]))


def _verdict(row: Any, left: int, now: datetime) -> Verdict:
    due = Due(row.due_day, row.due_moment, (), row.provisional, "", row.due_day, 1)
    profile = clock.kept_profile(row.profile, row.borrowed_from, row.profile_version)
    facts = Facts(profile=profile, layer=row.layer, now=now, due=due)
    made = judge.MACHINES[row.kind].lapse(row.state, facts)
    if made:
        return made.target  # type: ignore[return-value]  # the machine's two targets by time
    if due.is_overdue(now):
        return "overdue"
    return "due_soon" if left <= SOON else "in_time"
