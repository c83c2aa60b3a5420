"""The table of offices and the three questions asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

ORGANIZATION_OFFICES = ("publisher", "reviewer", "confidentiality_reviewer", "head")
PORTAL_OFFICES = ("authority", "auditor", "operator")

metadata = sa.MetaData()

table = sa.Table(
    "govshare_office",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("org_id", sa.Text),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("appointed_by", sa.Text),
    sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
    sa.Column("valid_to", sa.DateTime(timezone=True)),
)


@dataclass(frozen=True)
class Office:
    """One appointment. `org_id` is None for the offices of the portal."""

    id: str
    user_id: str
    org_id: str | None
    office: str
    appointed_by: str | None
    valid_from: datetime
    valid_to: datetime | None


def holds(user_id: str | None, office: str, org_id: str | None = None) -> bool:
    """Whether this active user holds the office now: in `org_id`, or anywhere without one.

    Being a sysadmin is no office.
    """
    if not user_id:
        return False
    return bool(_live(table.c.user_id == user_id, table.c.office == office, *_within(org_id)))


def of(user_id: str | None) -> list[Office]:
    """The offices this user holds now."""
    return _live(table.c.user_id == user_id) if user_id else []


def holders(office: str, org_id: str | None = None) -> list[str]:
    """The ids of the users who hold the office now."""
    return sorted({o.user_id for o in _live(table.c.office == office, *_within(org_id))})


def live_now() -> Any:
    """The condition that an appointment counts at this moment, by the database's clock."""
    now = sa.func.now()
    return sa.and_(
        table.c.valid_from <= now,
        sa.or_(table.c.valid_to.is_(None), table.c.valid_to > now),
    )


def _within(org_id: str | None) -> list[Any]:
    return [table.c.org_id == org_id] if org_id else []


def _live(*conditions: Any) -> list[Office]:
    user = model.User.__table__  # type: ignore[attr-defined]
    rows = model.Session.execute(
        sa.select(table)
        .join(user, user.c.id == table.c.user_id)
        .where(user.c.state == "active", live_now(), *conditions)
        .order_by(table.c.valid_from)
    )
    return [Office(*row) for row in rows]
