"""Comments inside the office; the applicant never sees them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.cases.model import Case, metadata

table = sa.Table(
    "govshare_case_note",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)


def add(case: Case, given: Mapping[str, Any]) -> Case:
    model.Session.execute(table.insert().values(
        id=str(uuid.uuid4()), case_id=case.id, by=given["by"], at=sa.func.now(),
        text=str(given["text"]).strip(),
    ))
    return case


def of(case_id: str) -> list[dict[str, Any]]:
    rows = model.Session.execute(
        sa.select(table).where(table.c.case_id == case_id).order_by(table.c.at)
    )
    return [{"by": r.by, "at": r.at.isoformat(), "text": r.text} for r in rows]
