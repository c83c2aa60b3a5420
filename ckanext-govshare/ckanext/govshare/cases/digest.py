"""Once each working day, from 08:00 in China, tell those in office which time limits run."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time

from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare import notify, offices
from ckanext.govshare.cases import clock, parties, standing
from ckanext.govshare.cases.model import told_table
from ckanext.govshare.rules.clocks import SHANGHAI, day_of

HOUR = time(8)


def run(now: datetime) -> int:
    """Send the digest of the day, if it is time and it was not sent; gives how many got one.

    All in one transaction: killed in between, the next run sends it whole.
    """
    day = day_of(now)
    if now.astimezone(SHANGHAI).time() < HOUR or not clock.calendar().is_working(day):
        return 0
    first = model.Session.execute(
        insert(told_table).values(case_id="digest", what=day.isoformat())
        .on_conflict_do_nothing().returning(told_table.c.what)
    ).first()
    sent = 0
    for user_id, counts in _people(now).items() if first else ():
        sent += notify.send(
            "digest", user_id, ("inbox", ""),
            {"day": day.isoformat(), "waiting": counts.total(),
             "soon": counts["due_soon"], "overdue": counts["overdue"]},
            once=f"digest:{day.isoformat()}",
        )
    model.Session.commit()
    return sent


def _people(now: datetime) -> dict[str, Counter[str]]:
    """Who is told, with how their time limits stand: those of the own departments; the authority
    those of all. Who has none is not told."""
    found: dict[str, Counter[str]] = {}
    total: Counter[str] = Counter()
    for line in standing.by_department(now):
        org_id = line.pop("organization_id")
        total.update(line)
        for user_id in {u for office in parties.HANDLING for u in offices.holders(office, org_id)}:
            found.setdefault(user_id, Counter()).update(line)
    for user_id in offices.holders("authority") if total else ():
        found[user_id] = total
    return found
