"""Contents, releases, signatures, notes and publications. The gate reads these tables.

A release is one desensitized version of a resource. Its state says where it stands:
``quarantined → scanned → transformed → in_review → released → replaced | withdrawn``,
aside ``held`` (a person must decide) and ``returned`` (the department must change something).
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

QUARANTINE, VAULT = "quarantine", "vault"

#: States in which a release is still on its way to a decision.
OPEN_STATES = ("quarantined", "scanned", "transformed", "in_review", "held", "returned")
STATES = (*OPEN_STATES, "released", "replaced", "withdrawn")

OPEN_CLASSES = ("unconditional", "conditional", "non-open")
PUBLICATION_STATES = ("draft", "requested", "published", "suspended", "withdrawn")


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def new_id() -> str:
    return str(uuid.uuid4())


class Content(tk.BaseModel):
    """Bytes known by their SHA-256; `place` says in which of the two roots they lie."""

    __tablename__ = "govshare_content"

    digest: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    media_type: Mapped[str] = mapped_column(sa.Text)
    place: Mapped[str] = mapped_column(sa.Text)


class Release(tk.BaseModel):
    """One version of a resource, from the raw file to its end.

    `raw_digest` is never served. `digest` and `renditions` are what the signatures stand for;
    they are null until the transformation has run. `plan`, `columns` and `evidence` hold no raw
    value. `problem` is ``{"code", "message", "where"}`` while the release is held; `work` is
    ``{"step", "since", "tries"}`` while a background job has it.
    """

    __tablename__ = "govshare_release"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    dataset_id: Mapped[str] = mapped_column(sa.Text)
    resource_id: Mapped[str] = mapped_column(sa.Text)
    number: Mapped[int] = mapped_column(sa.Integer)
    state: Mapped[str] = mapped_column(sa.Text)
    source: Mapped[str] = mapped_column(sa.Text)
    filename: Mapped[str] = mapped_column(sa.Text)
    raw_digest: Mapped[str] = mapped_column(sa.Text)
    digest: Mapped[str | None] = mapped_column(sa.Text)
    renditions: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    format: Mapped[str | None] = mapped_column(sa.Text)
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    plan_digest: Mapped[str | None] = mapped_column(sa.Text)
    engine: Mapped[str | None] = mapped_column(sa.Text)
    columns: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    open_class: Mapped[str | None] = mapped_column(sa.Text)
    created: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=now)
    created_by: Mapped[str | None] = mapped_column(sa.Text)
    released_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    ended_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    ended_reason: Mapped[str | None] = mapped_column(sa.Text)
    preparers: Mapped[list[str]] = mapped_column(JSONB, default=list)
    findings: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    work: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    due_since: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=now)


class Signature(tk.BaseModel):
    """What one person decided in one office, over exactly this digest and plan.

    `declassified` (脱密) is the confidentiality reviewer's finding; it is not desensitization
    (脱敏) and null in every other office.
    """

    __tablename__ = "govshare_signature"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    release_id: Mapped[str] = mapped_column(sa.Text)
    office: Mapped[str] = mapped_column(sa.Text)
    user_id: Mapped[str] = mapped_column(sa.Text)
    decision: Mapped[str] = mapped_column(sa.Text)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    digest: Mapped[str | None] = mapped_column(sa.Text)
    plan_digest: Mapped[str | None] = mapped_column(sa.Text)
    declassified: Mapped[bool | None] = mapped_column(sa.Boolean)
    standing: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=now)


class Note(tk.BaseModel):
    """A comment that officials leave for one another on a release, or on one column of it."""

    __tablename__ = "govshare_release_note"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    release_id: Mapped[str] = mapped_column(sa.Text)
    user_id: Mapped[str] = mapped_column(sa.Text)
    column: Mapped[str | None] = mapped_column("column_name", sa.Text)
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=now)


class Publication(tk.BaseModel):
    """Whether a dataset's metadata are public. No row means draft."""

    __tablename__ = "govshare_publication"

    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    state: Mapped[str] = mapped_column(sa.Text)
    by: Mapped[str] = mapped_column("by", sa.Text)
    at: Mapped[dt.datetime] = mapped_column("at", sa.DateTime(timezone=True), default=now)
    reason: Mapped[str | None] = mapped_column(sa.Text)


def release(release_id: str, *, lock: bool = False) -> Release | None:
    """The release; with `lock`, its row is held until the transaction ends."""
    query = sa.select(Release).where(Release.id == release_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return model.Session.scalars(query).first()


def released(resource_id: str) -> Release | None:
    """The one release of the resource that may be served, if any."""
    query = sa.select(Release).where(
        Release.resource_id == resource_id, Release.state == "released"
    )
    return model.Session.scalars(query).first()


def publication_state(dataset_id: str) -> str:
    row = model.Session.get(Publication, dataset_id)
    return row.state if row else "draft"
