"""What is due and what is overdue: recurring duties, records with a day, yearly reports, cases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from ckan import model, plugins

from ckanext.govshare.oversight.kinds import every
from ckanext.govshare.oversight.model import Record, find, table
from ckanext.govshare.rules import profiles
from ckanext.govshare.rules.calendar import WorkingCalendar
from ckanext.govshare.rules.clocks import SHANGHAI, day_of
from ckanext.govshare.rules.duties import duty, retention_end

AHEAD = timedelta(days=30)  # how long before its day a duty is listed and reminded of
REPORT = "yearly_report"

DEPARTMENTS = sa.text("""
    select id, created from "group" where is_organization and state = 'active'
""")
# Only those who have people at work here owe anything.
STAFFED = sa.text("""
    select distinct org_id from govshare_office
    where org_id is not null and valid_from <= now() and (valid_to is null or valid_to > now())
""")
LAST = sa.text("""
    select kind, org_id, max(data ->> 'held') from govshare_oversight
    where data ? 'held' group by kind, org_id
""")
REPORTED = sa.text("""
    select org_id, (data ->> 'year')::int from govshare_oversight
    where kind = 'yearly_report' and data ? 'submitted'
""")
LATE_CASES = sa.text("""
    select org_id, kind, number, id, due_day from govshare_case
    where answered_at is null and due_moment <= :now and state <> 'draft'
    order by due_moment
""")


class Due(NamedTuple):
    """`org_id` None: the portal's own. `day` is the last day in time; `record` of what has one."""

    what: str
    org_id: str | None
    day: date
    rule: str
    record: str | None = None
    number: str | None = None
    case: str | None = None
    year: int | None = None

    def overdue(self, today: date) -> bool:
        return today > self.day


def standing(now: datetime, org_ids: set[str] | None = None) -> list[Due]:
    """Everything due within `AHEAD` or overdue at `now`, the oldest day first.

    :param org_ids: only these departments and nothing of the portal as a whole; None: all
    """
    today = day_of(now)
    near = [
        d for d in (*_recurring(), *_open_records(), *_reports(today))
        if d.day <= today + AHEAD
    ]
    found = [*near, *_late_cases(now)]
    if org_ids is not None:
        found = [d for d in found if d.org_id in org_ids]
    return sorted(found, key=lambda d: (d.day, d.what, d.org_id or ""))


def _departments() -> dict[str, date]:
    """Those with people in office, and the day since when they are here."""
    staffed = set(model.Session.scalars(STAFFED))
    return {
        row.id: row.created.date()
        for row in model.Session.execute(DEPARTMENTS) if row.id in staffed
    }


def _recurring() -> list[Due]:
    """A duty never done is counted from the day when the department came to the portal."""
    last = {(row[0], row[1]): date.fromisoformat(row[2]) for row in model.Session.execute(LAST)}
    departments = _departments()
    beginning = min(departments.values(), default=None)
    found = []
    for kind in every().values():
        if kind.months is None or beginning is None:
            continue
        owing = {None: beginning} if kind.scope == "portal" else departments
        found += [
            Due(kind.code, org, retention_end(last.get((kind.code, org), since), kind.months),
                kind.rule)
            for org, since in owing.items()
        ]
    return found


def _open_records() -> list[Due]:
    records: list[Record] = find(table.c.state == "open", table.c.due.is_not(None))
    return [
        Due(r.kind, r.org_id, r.due, every()[r.kind].rule, r.id, r.number)
        for r in records if r.due and r.kind in every()
    ]


def _reports(today: date) -> list[Due]:
    """The reports on last year: the departments' to the authority, the authority's upward.

    The site's own regulation says the day (NY 60, YN 40, ZS 35); where it is silent, none is due.
    """
    oversight, calendar = profiles.site().oversight, WorkingCalendar.load()
    done = {(row[0], row[1]) for row in model.Session.execute(REPORTED)}
    about = today.year - 1
    owing: list[tuple[str | None, Any]] = []
    if oversight.department_report:
        # Who came after the year had ended has nothing to report on it.
        owing += [
            (org, oversight.department_report)
            for org, since in _departments().items() if since.year <= about
        ]
    if oversight.authority_report:
        owing.append((None, oversight.authority_report))
    return [
        Due(REPORT, org, duty(said.value, today.year, calendar).last_day, said.rule, year=about)
        for org, said in owing if (org, about) not in done
    ]


def _late_cases(now: datetime) -> list[Due]:
    if not plugins.plugin_loaded("govshare_cases"):
        return []
    return [
        Due(row.kind, row.org_id, row.due_day, "", number=row.number, case=row.id)
        for row in model.Session.execute(LATE_CASES, {"now": now.astimezone(SHANGHAI)})
    ]
