"""The versions of a file and what each changed, and how it was desensitized.

Read from the releases; only of what may be described to everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import gate
from ckanext.govshare.release import words
from ckanext.govshare.release.model import Release, Signature

ENDED = ("released", "replaced", "withdrawn")
OFFICES = ("publisher", "head", "reviewer", "confidentiality_reviewer", "authority")


@dataclass(frozen=True)
class Version:
    """`more`: rows more (or fewer) than the version before; None where either is not known."""

    number: int
    state: str
    released: datetime
    rows: int | None
    more: int | None
    added: list[str]
    removed: list[str]
    treated: list[tuple[str, str]]
    signed: list[tuple[str, datetime]]


def of(resource_id: str) -> list[Version]:
    """The versions that were ever released, the newest first; empty for what is closed."""
    if not gate.decide(gate.Actor(None), resource_id, "describe").allowed:
        return []
    found = model.Session.execute(
        sa.select(
            Release.id, Release.number, Release.state, Release.released_at, Release.columns,
            sa.func.jsonb_path_query_array(Release.evidence, "$.tables[*].output.rows"),
            sa.func.jsonb_path_query_array(
                Release.evidence, "$.tables[*].columns[*] ? (@.dropped == false && @.changed > 0)"
            ),
        )
        .where(Release.resource_id == resource_id, Release.state.in_(ENDED))
        .where(Release.released_at.is_not(None))
        .order_by(Release.number)
    ).all()
    signed = _signed([row[0] for row in found])
    versions, names, rows = [], None, None
    for id_, number, state, released, columns, counts, treated in found:
        now, count = [c["name"] for c in columns or ()], sum(counts) if counts else None
        versions.append(Version(
            number, state, released, count,
            count - rows if count is not None and rows is not None else None,
            [] if names is None else [n for n in now if n not in names],
            [] if names is None else [n for n in names if n not in now],
            [(c["name"], _action(c)) for c in treated or ()],
            signed.get(id_, []),
        ))  # fmt: skip
        names, rows = now, count
    return versions[::-1]


def _action(column: dict[str, Any]) -> str:
    code = column["action"]["action"]
    return words.actions().get(code) or code


def _signed(ids: list[str]) -> dict[str, list[tuple[str, datetime]]]:
    """Which offices signed each release, and when; no names."""
    found: dict[str, list[tuple[str, datetime]]] = {}
    query = (
        sa.select(Signature.release_id, Signature.office, Signature.at)
        .where(Signature.release_id.in_(ids), Signature.decision == "sign")
        .order_by(Signature.at)
    )
    for release_id, office, at in model.Session.execute(query):
        found.setdefault(release_id, []).append((office, at))
    return found
