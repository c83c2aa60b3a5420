"""The overdue register of the catalogue: what is late, since when, and which breach it may be.

Nothing here decides: a person judges whether a line becomes a case.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.rules import clocks, profiles
from ckanext.govshare.rules.calendar import WorkingCalendar

from . import law, matters
from . import model as store
from .model import Matter

#: The first raw file of each resource that no release has followed yet.
WAITING = sa.text("""
    select p.id dataset_id, p.title, p.owner_org organization_id, p.extras, min(l.created) since
    from govshare_release l join package p on p.id = l.dataset_id
    where p.state = 'active' and (cast(:org as text) is null or p.owner_org = :org)
      and l.state in ('quarantined', 'scanned', 'transformed', 'in_review', 'held', 'returned')
      and coalesce(p.extras ->> 'open_class', '') in ('unconditional', 'conditional')
      and not exists (select from govshare_release n where n.resource_id = l.resource_id
        and n.state = 'released' and n.number > l.number)
    group by p.id order by since
""")
Rows = list[dict[str, Any]]


def publications(org: str | None = None) -> Rows:
    """Data that came in and are not open yet, with their due day.

    Zhongshan art. 27: within 20 working days from formation or change, unless other law sets a
    limit (`publish_limit`, with its basis). Yunnan art. 16 gives 10 for sharing.
    """
    profile, calendar = profiles.site(), WorkingCalendar.load()
    rule = profile.clock("open", "publish") or profile.clock("share", "data_update")
    found: Rows = []
    for row in model.Session.execute(WAITING, {"org": org}).mappings():
        limit, cited = (rule.limit_wd.value, rule.limit_wd.rule) if rule else (None, None)
        extras = row["extras"]
        special, basis = extras.get("publish_limit"), extras.get("publish_limit_basis")
        if special and basis:
            limit, cited = int(special), basis
        if limit is None:
            continue
        due = clocks.due(formed(extras, row["since"]), limit, calendar)
        found.append({
            "dataset_id": row["dataset_id"], "title": row["title"],
            "organization_id": row["organization_id"], "due": due.day.isoformat(),
            "moment": due.moment, "rule": cited,
        })  # fmt: skip
    return found


def formed(extras: dict[str, str], received: dt.datetime) -> dt.datetime:
    """When the data were formed or changed at the source, as far as anybody said."""
    try:
        said = dt.datetime.fromisoformat(extras.get("source_changed_at") or "")
    except ValueError:
        return received
    said = said if said.tzinfo else said.replace(tzinfo=dt.UTC)
    return min(said, received)


def register(org: str | None, unconfirmed: Rows, uncovered: Rows, outside: Rows) -> Rows:
    """Late matters, late publications, and defects that are breaches by themselves."""
    now, profile = store.now(), profiles.site()
    found: Rows = []

    def add(what: str, row: dict[str, Any], breach: str) -> None:
        found.append({
            "what": what, "title": row["title"], "organization_id": row["organization_id"],
            "dataset_id": row.get("dataset_id"), "due": row.get("due"),
            "breach": law.breach(breach, profile),
        })  # fmt: skip

    conditions = [Matter.closed_at.is_(None), Matter.due_moment <= now]
    for matter in matters.find(*conditions, *([Matter.org_id == org] if org else [])):
        line = {"title": matters.title(matter), "organization_id": matter.org_id,
                "dataset_id": matter.dataset_id, "due": str(matter.due_day)}  # fmt: skip
        add(matter.kind, line, "catalogue")
    for row in publications(org):
        if now >= row["moment"]:
            add("publication", row, "data")
    yearly = profile.catalogue.full_maintenance_per_year
    if yearly and law.breach("catalogue", profile):
        today = clocks.day_of(now)
        for row in unconfirmed if today.month == 12 else ():
            add("confirmation", {**row, "due": f"{today.year}-12-31"}, "catalogue")
    for what, rows, breach in (
        ("coverage", uncovered, "omission"), ("outside-link", outside, "other_channel"),
    ):
        for row in rows if law.breach(breach, profile) else ():
            add(what, row, breach)
    return found
