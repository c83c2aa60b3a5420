"""What a source may do: the authority's approval, its sealed credentials, one large removal."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB, insert

from ckanext.govshare.sealing import KeyFile
from harvesters import frame, network

KEYS = KeyFile("harvest")
TABLE = sa.table(
    "govshare_harvest_source",
    sa.column("source_id"), sa.column("approved_by"), sa.column("approved_at"),
    sa.column("approved_state"), sa.column("sealed"), sa.column("removal_allowed"),
    sa.column("filing", JSONB), sa.column("secret_names", JSONB),
)
SHOW = sa.text("""
    select approved_by, approved_at, approved_state, filing, sealed, secret_names, removal_allowed
    from govshare_harvest_source where source_id = :source
""")


@dataclass(frozen=True)
class Consent:
    """How a source stands. `approved`: by the data authority, as the source is now."""

    approved: bool
    by: str | None
    at: str | None
    filing: dict[str, Any] | None
    secret_names: list[str]
    removal_allowed: bool


def show(source: frame.Source) -> Consent:
    """What is decided about the source; never a secret."""
    row = model.Session.execute(SHOW, {"source": source.id}).first()
    if row is None:
        return Consent(False, None, None, None, [], False)
    return Consent(
        row.approved_state == state(source), row.approved_by,
        row.approved_at.isoformat() if row.approved_at else None, row.filing,
        list(row.secret_names), row.removal_allowed,
    )


def waits(source: frame.Source) -> bool:
    """Whether it may not run before the data authority has approved it as it is now."""
    return frame.needs_approval(source) and not show(source).approved


def state(source: frame.Source) -> str:
    """Digest of what is approved: address, way of collection, settings, how often."""
    facts = [source.url, source.type, source.config or "", source.frequency]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def networks(source: frame.Source, allow: list[str]) -> list[network.Network]:
    """The private networks that the source may reach: those approved with it, no others."""
    return network.allowed(allow) if show(source).approved else []


def approve(source: frame.Source, by: str | None, filing: dict[str, Any]) -> None:
    """The source may run as it is now; a change needs a new approval. The caller commits."""
    _set(source.id, approved_by=by, approved_at=sa.func.now(), approved_state=state(source),
         filing=filing)


def keep_secret(source_id: str, values: dict[str, str]) -> None:
    """Replace the credentials; nothing shows them again. The caller commits."""
    values = {name: value for name, value in values.items() if value}
    _set(source_id, sealed=KEYS.seal(values) if values else None,
         secret_names=sorted(values))


def secret(source_id: str) -> dict[str, str]:
    """The credentials, for the connection alone."""
    row = model.Session.execute(SHOW, {"source": source_id}).first()
    return KEYS.unseal(row.sealed) if row else {}


def allow_removal(source_id: str, *, allowed: bool) -> None:
    """Whether the next run may miss more records than the source's share. The caller commits."""
    _set(source_id, removal_allowed=allowed)


def _set(source_id: str, **values: Any) -> None:
    row = insert(TABLE).values(source_id=source_id, **values)
    model.Session.execute(row.on_conflict_do_update(index_elements=["source_id"], set_=values))
