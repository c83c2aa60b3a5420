"""Once each working day, from 08:00 in China, tell those in office what waits for them."""

from __future__ import annotations

from datetime import datetime, time

from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare import notify, offices
from ckanext.govshare.cases import clock, parties, reading
from ckanext.govshare.cases.model import told_table
from ckanext.govshare.cases.standing import SOON
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
    sent = sum(_tell(user, now) for user in _people()) if first else 0
    model.Session.commit()
    return sent


def _people() -> list[str]:
    offices_told = (*parties.HANDLING, "authority")
    return sorted({user for office in offices_told for user in offices.holders(office)})


def _tell(user_id: str, now: datetime) -> bool:
    """One person's digest; none when nothing waits."""
    cases = [case for case, _office in reading.waiting_for(user_id)]
    if not cases:
        return False
    left = [clock.days_left(case, now) for case in cases]
    late = sum(reading.overdue(case, now) for case in cases)
    soon = sum(n is not None and 0 <= n <= SOON for n in left)
    day = day_of(now).isoformat()
    return notify.send(
        "digest", user_id, ("inbox", ""),
        {"day": day, "waiting": len(cases), "soon": soon, "overdue": late},
        once=f"digest:{day}",
    )
