"""The table of grants and the questions the gate asks of it at every read."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB

MODES = ("file", "api", "verify")

metadata = sa.MetaData()

table = sa.Table(
    "govshare_grant",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("dataset_id", sa.Text, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("columns", JSONB(none_as_null=True)),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
    sa.Column("valid_to", sa.DateTime(timezone=True)),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("max_reads", sa.Integer),
    sa.Column("reads", sa.Integer, nullable=False),
    sa.Column("trace", sa.Text, nullable=False),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    sa.Column("calls_per_minute", sa.Integer),
    sa.Column("calls_per_day", sa.Integer),
)

# People who are shut out for a time, whatever their grants say.
blocks = sa.Table(
    "govshare_block",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    sa.Column("until", sa.DateTime(timezone=True)),
)


@dataclass(frozen=True)
class Grant:
    """`columns` are names within the dataset's tables, None means all of them.

    `state` is what people did (active, suspended, ended); that a grant has expired or is used
    up follows from `valid_to` and `reads`. `trace` stands in the name of each delivered file, so
    that a copy that keeps it names its grant (NY 63(4)). Without limits of calls of its own the
    site's hold.
    """

    id: str
    case_id: str
    dataset_id: str
    holder: str
    columns: list[str] | None
    mode: str
    purpose: str
    valid_from: datetime
    valid_to: datetime | None
    state: str
    max_reads: int | None
    reads: int
    trace: str
    created: datetime
    calls_per_minute: int | None
    calls_per_day: int | None

    def standing(self, now: datetime) -> str:
        """`waiting`, `live`, `used-up`, `suspended`, `expired` or `ended` at this moment."""
        if self.state == "ended":
            return "ended"
        if self.valid_to is not None and self.valid_to <= now:
            return "expired"
        if self.state == "suspended":
            return "suspended"
        if self.valid_from > now:
            return "waiting"
        if self.max_reads is not None and self.reads >= self.max_reads:
            return "used-up"
        return "live"


def issue(
    *,
    case_id: str,
    dataset_id: str,
    holder: str,
    columns: list[str] | None,
    mode: str,
    purpose: str,
    valid_from: datetime,
    valid_to: datetime | None,
    max_reads: int | None,
    calls_per_minute: int | None = None,
    calls_per_day: int | None = None,
) -> Grant:
    """Write a grant in the caller's transaction. Only a decided case may call this (NY 46).

    The caller appends the event of the decision and commits.
    """
    row = model.Session.execute(
        table.insert().returning(table).values(
            id=str(uuid.uuid4()), case_id=case_id, dataset_id=dataset_id, holder=holder,
            columns=columns, mode=mode, purpose=purpose, valid_from=valid_from,
            valid_to=valid_to, state="active", max_reads=max_reads, reads=0,
            trace=secrets.token_hex(8), created=sa.func.now(),
            calls_per_minute=calls_per_minute, calls_per_day=calls_per_day,
        )
    ).one()
    return Grant(*row)


def cancel(case_id: str, now: datetime) -> None:
    """End what was foreseen for this case and has not begun by `now`; the caller commits."""
    model.Session.execute(
        table.update()
        .where(table.c.case_id == case_id, table.c.valid_from > now)
        .values(state="ended")
    )


def get(grant_id: str, *, lock: bool = False) -> Grant | None:
    """The grant, with its row locked until the commit if `lock`."""
    wanted = sa.select(table).where(table.c.id == grant_id)
    row = model.Session.execute(wanted.with_for_update() if lock else wanted).first()
    return Grant(*row) if row else None


def live_grants(user_id: str | None, dataset_id: str, now: datetime) -> list[Grant]:
    """The grants under which this user may read this dataset at `now`; newest first.

    Judged from the rows alone: no ticker, cache or job decides about a read.
    """
    if not user_id:
        return []
    rows = model.Session.execute(
        sa.select(table)
        .where(table.c.holder == user_id, table.c.dataset_id == dataset_id, *_live(now))
        .order_by(table.c.created.desc())
    )
    return [Grant(*row) for row in rows]


def take_read(grant_id: str, now: datetime) -> bool:
    """Count one read against the grant, in the caller's transaction.

    False when the grant is no longer live or its last read is taken: then nothing may leave.
    Two readers at once cannot both take the last one.
    """
    taken = model.Session.execute(
        table.update()
        .where(table.c.id == grant_id, *_live(now))
        .values(reads=table.c.reads + 1)
        .returning(table.c.id)
    ).first()
    return taken is not None


def _live(now: datetime) -> list[Any]:
    return [
        table.c.state == "active",
        table.c.valid_from <= now,
        sa.or_(table.c.valid_to.is_(None), table.c.valid_to > now),
        sa.or_(table.c.max_reads.is_(None), table.c.reads < table.c.max_reads),
        ~sa.exists().where(
            blocks.c.user_id == table.c.holder, blocks.c.since <= now,
            sa.or_(blocks.c.until.is_(None), blocks.c.until > now)),
    ]
