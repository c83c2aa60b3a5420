"""What everybody may know of cases: why data were refused, how long departments take."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.cases import dataset, reasons
from ckanext.govshare.cases.model import find, table
from ckanext.govshare.rules.clocks import day_of

USE = sa.text("""
    select p.owner_org, count(distinct p.id) as datasets, sum(r.bytes) as bytes,
        count(*) filter (where r.way = 'download') as downloads,
        count(*) filter (where r.way <> 'download') as calls
    from govshare_read r join resource e on e.id = r.resource_id
    join package p on p.id = e.package_id and p.state = 'active'
    join govshare_publication u on u.dataset_id = p.id and u.state = 'published'
    where p.owner_org is not null group by p.owner_org
""")
ANSWERED = ("approve", "approve_in_part", "refuse")


def refusals() -> list[dict[str, Any]]:
    """Refused cases, newest first. Nothing of the applicant, and only reasons of the catalogue:
    an official's own words could name a person."""
    cases = find(
        table.c.kind == "application", table.c.layer == "open",
        table.c.decision["act"].astext.in_(("refuse", "approve_in_part")),
        order=table.c.answered_at.desc(),
    )
    return [
        {
            "number": case.number,
            "answered": day_of(case.answered_at).isoformat() if case.answered_at else None,
            "dataset": dataset.title(case.dataset_id),
            "dataset_id": case.dataset_id,
            "department": _department(case.org_id),
            "in_part": (case.decision or {})["act"] == "approve_in_part",
            "reasons": [reasons.catalogue()[code] for code in (case.decision or {})["reasons"]],
            "basis": [_cited(entry) for entry in (case.decision or {})["basis"]],
        }
        for case in cases
    ]


def answer_times() -> list[dict[str, Any]]:
    """By department: answers given, how many in time, cases that are overdue now."""
    answered = table.c.answered_at.is_not(None) & table.c.decision["act"].astext.in_(ANSWERED)
    in_time = answered & (
        table.c.due_moment.is_(None) | (table.c.answered_at < table.c.due_moment)
    )
    late = table.c.answered_at.is_(None) & (table.c.due_moment <= sa.func.now())
    rows = model.Session.execute(
        sa.select(
            table.c.org_id,
            sa.func.count().filter(answered).label("answered"),
            sa.func.count().filter(in_time).label("in_time"),
            sa.func.count().filter(late).label("overdue"),
            sa.func.avg(table.c.answered_at - table.c.received_at).filter(answered).label("mean"),
        )
        .where(table.c.kind == "application", table.c.received_at.is_not(None))
        .group_by(table.c.org_id)
    )
    found = [
        {
            "department": _department(row.org_id),
            "answered": row.answered,
            "in_time": row.in_time,
            "overdue": row.overdue,
            "mean_days": round(row.mean.total_seconds() / 86400, 1) if row.mean else None,
        }
        for row in rows
    ]
    return sorted(found, key=lambda line: line["department"])


def use() -> list[dict[str, Any]]:
    """By department: how many datasets were read, how often, how many bytes (LY 19, YN 28).

    Reads of unconditional and of granted data, per way; no reader is named.
    """
    rows = model.Session.execute(USE)
    found = [
        {
            "department": _department(row.owner_org), "datasets": row.datasets,
            "downloads": row.downloads, "calls": row.calls, "bytes": int(row.bytes or 0),
        }
        for row in rows
    ]
    return sorted(found, key=lambda line: line["department"])


def _department(org_id: str) -> str:
    organization = model.Group.get(org_id)
    return organization.display_name if organization else org_id


def _cited(entry: dict[str, Any]) -> str:
    return f"《{entry.get('title', '')}》{entry.get('article', '')}"
