"""What the catalogue remembers: versions, the responsibility list, and matters under way."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

MOMENT = sa.DateTime(timezone=True)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class CatalogueVersion(tk.BaseModel):
    """One version of the whole catalogue: numbered without gaps, `datasets` says what changed.

    The responsibility list of the same number is made in the same transaction (Nanyang art. 22).
    """

    __tablename__ = "govshare_catalogue_version"

    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(MOMENT, default=now)
    actor: Mapped[str | None] = mapped_column(sa.Text)
    org_id: Mapped[str | None] = mapped_column(sa.Text)
    cause: Mapped[str] = mapped_column(sa.Text)
    matter_id: Mapped[str | None] = mapped_column(sa.Text)
    datasets: Mapped[list[str]] = mapped_column(JSONB, default=list)


class EntryVersion(tk.BaseModel):
    """One version of an entry: `changes` is ``{element: [before, after]}``.

    `norm` names the compilation norm and the digest of the schema that it was checked by.
    """

    __tablename__ = "govshare_entry_version"

    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(MOMENT, default=now)
    actor: Mapped[str | None] = mapped_column(sa.Text)
    cause: Mapped[str] = mapped_column(sa.Text)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    norm: Mapped[str] = mapped_column(sa.Text)
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class Responsibility(tk.BaseModel):
    """One item of the responsibility list, from one version of the catalogue up to another."""

    __tablename__ = "govshare_responsibility"

    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    from_number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    to_number: Mapped[int | None] = mapped_column(sa.Integer)
    org_id: Mapped[str] = mapped_column(sa.Text)
    update_cycle: Mapped[str] = mapped_column(sa.Text)


class Matter(tk.BaseModel):
    """Something that departments and the authority settle about the catalogue.

    `org_id` is whose matter it is, `other_org` the department on the other side. `clock` is a
    `Due` as JSON; without one no regulation sets a limit. `late`: the department missed it.
    `history` is ``[{"act", "by", "at", "state", …}]``.
    """

    __tablename__ = "govshare_matter"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=lambda: str(uuid.uuid4()))
    kind: Mapped[str] = mapped_column(sa.Text)
    org_id: Mapped[str] = mapped_column(sa.Text)
    other_org: Mapped[str | None] = mapped_column(sa.Text)
    dataset_id: Mapped[str | None] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.Text)
    form: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    clock: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    due_day: Mapped[dt.date | None] = mapped_column(sa.Date)
    due_moment: Mapped[dt.datetime | None] = mapped_column(MOMENT)
    rule: Mapped[str | None] = mapped_column(sa.Text)
    late: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    opened_by: Mapped[str | None] = mapped_column(sa.Text)
    opened_at: Mapped[dt.datetime] = mapped_column(MOMENT, default=now)
    closed_at: Mapped[dt.datetime | None] = mapped_column(MOMENT)
    history: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)


def matter(matter_id: str, *, lock: bool = False) -> Matter:
    """:raises tk.ObjectNotFound: there is no such matter."""
    query = sa.select(Matter).where(Matter.id == matter_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = model.Session.scalars(query).first()
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such matter."))
    return found
