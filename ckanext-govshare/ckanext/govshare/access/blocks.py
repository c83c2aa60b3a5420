"""Who is shut out for a time: no new application, and no grant of theirs opens anything (LY 14)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.access.model import blocks as table


def blocked(user_id: str, now: datetime) -> bool:
    """Whether the user is shut out at `now`."""
    return model.Session.execute(
        sa.select(table.c.id).where(table.c.user_id == user_id, *holds(now)).limit(1)
    ).first() is not None


def add(user_id: str, by: str, reason: str, until: datetime | None) -> str:
    """Shut out from now on; the caller appends the event and commits."""
    made = str(uuid.uuid4())
    model.Session.execute(table.insert().values(
        id=made, user_id=user_id, by=by, reason=reason, since=sa.func.now(), until=until))
    return made


def end(block_id: str) -> str | None:
    """Let in again; gives the user, None when no such block holds."""
    return model.Session.execute(
        table.update().where(
            table.c.id == block_id,
            sa.or_(table.c.until.is_(None), table.c.until > sa.func.now()),
        ).values(until=sa.func.now()).returning(table.c.user_id)
    ).scalar()


def listed(now: datetime) -> list[dict[str, Any]]:
    """The blocks that hold, newest first."""
    rows = model.Session.execute(
        sa.select(table).where(*holds(now)).order_by(table.c.since.desc()))
    users = {row: model.User.get(row.user_id) for row in rows}
    return [
        {
            "id": row.id, "user_id": row.user_id, "user": user.name if user else None,
            "reason": row.reason, "since": row.since.isoformat(),
            "until": row.until.isoformat() if row.until else None,
        }
        for row, user in users.items()
    ]


def holds(now: datetime) -> list[Any]:
    return [table.c.since <= now, sa.or_(table.c.until.is_(None), table.c.until > now)]
