"""How long records are kept, and their removal afterwards: NY 33 (6 months), YN 28 (10 years).

What is removed is always the oldest part of the chain. The event of the removal names the last
removed event and its hash, so the rest verifies from there, and the database lets nothing go that
no such event names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from dateutil.relativedelta import relativedelta

from ckanext.govshare.ledger import chain
from ckanext.govshare.ledger.model import event as table
from ckanext.govshare.rules import profiles
from ckanext.govshare.rules.clocks import SHANGHAI, day_of
from ckanext.govshare.rules.duties import purge_from

# Where no profile in use says how long: as long as the strictest of the five (YN 28).
SILENT_MONTHS = 120

KEPT_PROFILES = sa.text("""
    select max((content -> 'logs' -> 'retention_months' ->> 'value')::int)
    from govshare_case_profile
""")


@dataclass(frozen=True)
class Purge:
    """`events` events up to and with number `upto` were removed; 0 when nothing was old enough."""

    events: int
    upto: int


def months() -> int:
    """How long records are kept: the longest of the profiles in use, or what the site adds.

    In use are the site's own profile, the one it borrows from, and those of the cases it keeps.
    """
    site = profiles.site()
    in_use = [site, *([profiles.get(site.borrowed_from)] if site.borrowed_from else [])]
    said = [p.logs.retention_months.value for p in in_use if p.logs.retention_months]
    if model.Session.execute(sa.text("select to_regclass('govshare_case_profile')")).scalar():
        said.append(model.Session.execute(KEPT_PROFILES).scalar() or 0)
    return max(max(said, default=0) or SILENT_MONTHS, tk.config["govshare.ledger.retention_months"])


def over_before(now: datetime) -> datetime:
    """What happened before this instant need not be kept any more."""
    period, today = months(), day_of(now)
    last = today - relativedelta(months=period)
    while purge_from(last, period) > today:
        last -= timedelta(days=1)
    return datetime.combine(last + timedelta(days=1), time.min, SHANGHAI)


def purge(actor: str | None = None) -> Purge:
    """Remove what need not be kept any more; the caller commits."""
    session = model.Session
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(chain.CHAIN_LOCK)))
    limit = over_before(chain.now())
    # A clock that once stood wrong may have left a young event before an old one: it stays.
    young = session.execute(sa.select(sa.func.min(table.c.seq)).where(table.c.at >= limit)).scalar()
    last = session.execute(
        sa.select(table.c.seq, table.c.hash)
        .where(table.c.at < limit, *([table.c.seq < young] if young else []))
        .order_by(table.c.seq.desc()).limit(1)
    ).first()
    if last is None:
        return Purge(0, 0)
    chain.append(
        chain.PURGED, actor=actor, subject=("ledger", str(last.seq)),
        data={"upto": last.seq, "hash": last.hash, "before": limit.isoformat(),
              "months": months()},
    )
    removed = session.execute(
        table.delete().where(table.c.seq <= last.seq).returning(table.c.seq)
    )
    return Purge(len(removed.all()), last.seq)
