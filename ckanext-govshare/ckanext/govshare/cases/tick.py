"""The messenger of time: reminds, tells what has lapsed, counts again after a new notice.

It decides nothing. Run late, twice or never, nobody's right changes; each thing is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare import access, ledger
from ckanext.govshare.cases import clock, digest, erasure, grants, judge, lapse, news
from ckanext.govshare.cases.model import Case, change, find, get, table, told_table
from ckanext.govshare.cases.standing import RUNNING, SOON
from ckanext.govshare.rules import clocks

BATCH = 5000


def run() -> dict[str, int]:
    """Do all of it, one case a transaction; says how many cases each part touched."""
    done = {what: _each(cases, do) for what, (cases, do) in work(judge.now()).items()}
    now = judge.now()
    return {**done, "erased": erasure.run(now), "digests": digest.run(now)}


def work(now: datetime) -> dict[str, tuple[list[Case], Callable[[Case], bool]]]:
    """What waits to be done at `now`: by kind, a batch of the cases, the most urgent first."""
    late = (RUNNING, table.c.due_moment <= now)
    near = (RUNNING, table.c.due_moment > now, table.c.due_moment <= now + timedelta(3 * SOON))
    return {
        "recounted": (_found(RUNNING, _counted_otherwise()), _recount),
        "lapsed": (_found(*late, table.c.layer == "share"), _lapse),
        "overdue": (_found(*late, _untold("overdue")), _overdue),
        "due_soon": (_found(*near, _untold("due-soon")), _due_soon),
    }


def _counted_otherwise() -> Any:
    """The condition that the clock was counted by another calendar, as the index can answer it."""
    kept, holds = table.c.clock["due"]["calendar_version"].astext, clock.calendar().version
    return sa.or_(kept < holds, kept > holds)


def _found(*conditions: Any) -> list[Case]:
    return find(*conditions, order=table.c.due_moment, limit=BATCH)


def _untold(what: str) -> Any:
    """The condition that this was not told yet of the due day that holds now."""
    told = sa.func.concat(f"{what}:", table.c.due_day)
    return ~sa.exists().where(told_table.c.case_id == table.c.id, told_table.c.what == told)


def _tell(case: Case, what: str) -> str:
    """Remember that this is told; gives the key under which each person is told it once."""
    key = f"{what}:{case.due_day}"
    model.Session.execute(
        insert(told_table).values(case_id=case.id, what=key).on_conflict_do_nothing()
    )
    return f"{what}:{case.id}:{case.due_day}"


def _lapse(case: Case) -> bool:
    return lapse.settle(case) != case


def _each(cases: Iterable[Case], do: Callable[[Case], bool]) -> int:
    touched = 0
    for seen in cases:
        case = get(seen.id, lock=True)
        touched += bool(case and case.answered_at is None and do(case))
        model.Session.commit()
    return touched


def _overdue(case: Case) -> bool:
    if case.due_moment is None or judge.now() < case.due_moment:
        return False
    once = _tell(case, "overdue")
    news.tell_office("case_overdue", case, ("reviewer", "head", "authority"), once=once)
    return True


def _due_soon(case: Case) -> bool:
    left = clock.days_left(case, judge.now())
    if left is None or not 0 <= left <= SOON:
        return False
    once = _tell(case, "due-soon")
    news.tell_office("case_due_soon", case, ("reviewer", "head"), once=once, days=left)
    return True


def _recount(case: Case) -> bool:
    """Count a running clock by the new calendar; whoever is concerned is told of a moved day."""
    before = clock.running(case)
    if before is None or case.clock is None or case.clock["name"] == "step_in":
        return False
    found = clocks.recount(before, clock.calendar())
    if found.effect == "none":
        return False
    case = change(case.id, **clock.recounted(case, found.after))
    if case.layer == "share":
        access.cancel(case.id, judge.now())
        grants.foresee(case)
    if found.effect == "moved":
        once = f"recounted:{case.id}:{found.after.calendar_version}"
        was = before.day.isoformat()
        news.tell_applicant("case_recounted", case, once=once, before=was)
        news.tell_office("case_recounted", case, ("head",), once=once, before=was)
    ledger.append(
        "case.recounted", actor=None, subject=("case", case.id),
        data={
            "before": before.day.isoformat(), "after": found.after.day.isoformat(),
            "effect": found.effect, "calendar": found.after.calendar_version,
        },
    )
    return True
