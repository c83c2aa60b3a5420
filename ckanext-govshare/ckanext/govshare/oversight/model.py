"""The one table of supervision records. The database lets a record grow and be closed, no more."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

table = sa.Table(
    "govshare_oversight",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("org_id", sa.Text),
    sa.Column("dataset_id", sa.Text),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due", sa.Date),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    sa.Column("created_by", sa.Text),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Column("closed_by", sa.Text),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("code_digest", sa.Text),
)

numbers = sa.Sequence("govshare_oversight_number")


@dataclass(frozen=True)
class Record:
    """One record. `org_id` is None for the portal as a whole; `due` is the last day in time.

    `sealed` holds a complainant's particulars, encrypted; `code_digest` the SHA-256 of the code by
    which that person finds the answer.
    """

    id: str
    number: str
    kind: str
    org_id: str | None
    dataset_id: str | None
    data: dict[str, Any]
    state: str
    due: date | None
    created: datetime
    created_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    sealed: bytes | None
    code_digest: str | None


def now() -> datetime:
    return datetime.now(UTC)


def add(kind: str, data: dict[str, Any], **values: Any) -> Record:
    """A new open record in the caller's transaction."""
    number = model.Session.execute(sa.select(numbers.next_value())).scalar_one()
    row = model.Session.execute(
        table.insert().returning(table).values(
            id=str(uuid.uuid4()), number=f"JD{now():%Y}{number:06d}", kind=kind, data=data,
            state="open", created=now(), **values,
        )
    ).one()
    return Record(*row)


def get(record_id: str, *, lock: bool = False) -> Record | None:
    """The record by id or number; with `lock` its row is held until the commit."""
    wanted = sa.select(table).where(sa.or_(table.c.id == record_id, table.c.number == record_id))
    row = model.Session.execute(wanted.with_for_update() if lock else wanted).first()
    return Record(*row) if row else None


def change(record_id: str, **values: Any) -> Record:
    """Write to the locked row, in the caller's transaction."""
    row = model.Session.execute(
        table.update().where(table.c.id == record_id).values(**values).returning(table)
    ).one()
    return Record(*row)


def find(*conditions: Any, limit: int | None = None, offset: int = 0) -> list[Record]:
    """Records that meet all conditions, newest first."""
    wanted = (
        sa.select(table).where(*conditions)
        .order_by(table.c.created.desc(), table.c.id).limit(limit).offset(offset)
    )
    return [Record(*row) for row in model.Session.execute(wanted)]


def count(*conditions: Any) -> int:
    return model.Session.execute(
        sa.select(sa.func.count()).select_from(table).where(*conditions)
    ).scalar_one()
