"""The outbox: one row per message and person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

table = sa.Table(
    "govshare_message",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("to_user", sa.Text, nullable=False),
    sa.Column("subject_type", sa.Text),
    sa.Column("subject_id", sa.Text),
    sa.Column("values", JSONB, nullable=False),
    sa.Column("once", sa.Text),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    sa.Column("read_at", sa.DateTime(timezone=True)),
    sa.Column("mail", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
    sa.Column("mailed_at", sa.DateTime(timezone=True)),
)

hooks = sa.Table(
    "govshare_message_hook",
    metadata,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True)
class Message:
    """`mail` is `waiting`, `sent`, `none` (no mail wanted or possible) or `given-up`.

    `once` names what must not be told twice, for instance `overdue:<case>`.
    """

    id: str
    kind: str
    to_user: str
    subject_type: str | None
    subject_id: str | None
    values: dict[str, Any]
    once: str | None
    created: datetime
    read_at: datetime | None
    mail: str
    attempts: int
    next_try: datetime
    mailed_at: datetime | None
