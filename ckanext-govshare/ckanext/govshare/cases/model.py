"""The table of cases: everything with a statutory clock that somebody applied for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB, insert

# States in which somebody still owes an answer, of all kinds of case.
OPEN_STATES = (
    "submitted", "accepted", "in_review", "extension_requested", "extended", "supplement",
    "escalated", "filed", "received", "agreed", "change_proposed", "dispatched", "verifying",
    "confirmed", "rejected", "correcting", "corrected", "disputed",
    "coordinating", "referred",
)

metadata = sa.MetaData()

table = sa.Table(
    "govshare_case",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("layer", sa.Text, nullable=False),
    sa.Column("dataset_id", sa.Text, nullable=False),
    sa.Column("org_id", sa.Text, nullable=False),
    sa.Column("applicant", sa.Text, nullable=False),
    sa.Column("handler", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("profile", sa.Text, nullable=False),
    sa.Column("borrowed_from", sa.Text),
    sa.Column("profile_version", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True)),
    sa.Column("due_day", sa.Date),
    sa.Column("due_moment", sa.DateTime(timezone=True)),
    sa.Column("first_due_day", sa.Date),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("clock", JSONB(none_as_null=True)),
    sa.Column("form", JSONB, nullable=False),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("proposal", JSONB(none_as_null=True)),
    sa.Column("extension", JSONB(none_as_null=True)),
    sa.Column("supplement", JSONB(none_as_null=True)),
    sa.Column("decision", JSONB(none_as_null=True)),
    sa.Column("linked_case", sa.Text),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
)

request_table = sa.Table(
    "govshare_case_request",
    metadata,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)

number_table = sa.Table(
    "govshare_case_number",
    metadata,
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)

# `what` is `overdue:<due day>` or `due-soon:<due day>`: another due day is told anew.
told_table = sa.Table(
    "govshare_case_told",
    metadata,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
)


@dataclass(frozen=True)
class Case:
    """One case as the row says it.

    `due_moment` is the first overdue instant, None where no regulation sets a clock.
    `form` holds what was asked for; who asks is in `sealed`, encrypted. `proposal` is the
    decision that one person prepared and another one signs.
    """

    id: str
    number: str | None
    kind: str
    layer: str
    dataset_id: str
    org_id: str
    applicant: str
    handler: str | None
    state: str
    profile: str
    borrowed_from: str | None
    profile_version: str
    received_at: datetime | None
    due_day: date | None
    due_moment: datetime | None
    first_due_day: date | None
    provisional: bool
    clock: dict[str, Any] | None
    form: dict[str, Any]
    sealed: bytes | None
    proposal: dict[str, Any] | None
    extension: dict[str, Any] | None
    supplement: dict[str, Any] | None
    decision: dict[str, Any] | None
    linked_case: str | None
    answered_at: datetime | None
    created: datetime


def get(case_id: str, *, lock: bool = False) -> Case | None:
    """The case by id or number; with `lock` its row waits for nobody else until the commit."""
    wanted = sa.select(table).where(sa.or_(table.c.id == case_id, table.c.number == case_id))
    row = model.Session.execute(wanted.with_for_update() if lock else wanted).first()
    return Case(*row) if row else None


def find(*conditions: Any, order: Any = None, limit: int = 1000) -> list[Case]:
    """Cases that meet all conditions, newest first if no other order is asked."""
    wanted = sa.select(table).where(*conditions).limit(limit)
    ordered = wanted.order_by(table.c.created.desc() if order is None else order)
    return [Case(*row) for row in model.Session.execute(ordered)]


def add(values: dict[str, Any]) -> Case:
    row = model.Session.execute(table.insert().values(**values).returning(table)).one()
    return Case(*row)


def change(case_id: str, **values: Any) -> Case:
    """Write to the locked row of a case, in the caller's transaction."""
    row = model.Session.execute(
        table.update().where(table.c.id == case_id).values(**values).returning(table)
    ).one()
    return Case(*row)


def repeated(user_id: str, key: str | None, case_id: str) -> str | None:
    """The case that this user's request with this key made or changed before, if it did.

    Else the key is taken in the caller's transaction. A second request that comes while the
    first still runs waits here for its commit.
    """
    if not key:
        return None
    taken = model.Session.execute(
        insert(request_table)
        .values(user_id=user_id, key=key, case_id=case_id, at=sa.func.now())
        .on_conflict_do_nothing()
        .returning(request_table.c.case_id)
    ).first()
    if taken:
        return None
    return model.Session.execute(
        sa.select(request_table.c.case_id).where(
            request_table.c.user_id == user_id, request_table.c.key == key
        )
    ).scalar_one()


def next_number(prefix: str) -> str:
    """`<prefix>-0001` and on, without gaps: the counter belongs to the caller's transaction."""
    statement = insert(number_table).values(prefix=prefix, last=1)
    last = model.Session.execute(
        statement.on_conflict_do_update(
            index_elements=["prefix"], set_={"last": number_table.c.last + 1}
        ).returning(number_table.c.last)
    ).scalar_one()
    return f"{prefix}-{last:04d}"
