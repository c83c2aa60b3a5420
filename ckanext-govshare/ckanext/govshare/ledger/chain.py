"""Append to the chain and check it.

The hash of an event is the SHA-256 of the JSON list of its fields, the hash of the event before
it included: whoever changes, inserts or removes one event breaks every link behind it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.ledger.model import event as table

GENESIS = "0" * 64
PURGED = "ledger.purged"
CHAIN_LOCK = 0x676F7673  # one writer at a time; released with the transaction


@dataclass(frozen=True)
class Event:
    """One act. `actor` is a user id, or None when nobody but time or a machine acted."""

    seq: int
    id: str
    at: datetime
    actor: str | None
    office: str | None
    kind: str
    subject_type: str | None
    subject_id: str | None
    data: dict[str, Any]
    rule: str | None
    prev_hash: str
    hash: str

    def computed_hash(self) -> str:
        """The hash these fields ought to have."""
        return _digest(
            self.seq, self.id, self.at, self.actor, self.office, self.kind,
            self.subject_type, self.subject_id, self.data, self.rule, self.prev_hash,
        )


@dataclass(frozen=True)
class Verification:
    """`broken_seq` is the first event that does not fit; None when the chain is whole."""

    events: int
    last_hash: str
    broken_seq: int | None = None
    why: str | None = None


def append(
    kind: str,
    *,
    actor: str | None,
    office: str | None = None,
    subject: tuple[str, str] | None = None,
    data: dict[str, Any] | None = None,
    rule: str | None = None,
    session: Any = None,
) -> Event:
    """Write an event in the caller's transaction; the caller commits.

    Take row locks before calling: the chain lock is the last one a transaction takes, and it
    lasts until the commit. `data` holds ids, dates and figures, never a personal value.

    :param kind: `<noun>.<what happened>`, for instance `case.refused`.
    :param rule: the rule the act rests on, for instance `NY 46`.
    :raises TypeError: when `data` cannot be written down exactly (floats, objects).
    """
    session = session or model.Session
    data = data or {}
    _reject_inexact(data)
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(CHAIN_LOCK)))
    # Pending objects first, so that the event never stands without what it tells.
    session.flush()
    last = session.execute(
        sa.select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)
    ).first()
    seq, prev_hash = (last.seq + 1, last.hash) if last else (1, GENESIS)
    subject_type, subject_id = subject or (None, None)
    fields = (
        seq, str(uuid.uuid4()), now(), actor, office, kind,
        subject_type, subject_id, data, rule, prev_hash,
    )
    event = Event(*fields, hash=_digest(*fields))
    session.execute(table.insert().values(**asdict(event)))
    return event


def now() -> datetime:
    """The one source of time for events."""
    return datetime.now(UTC)


def events(session: Any, statement: sa.Select[Any]) -> Iterator[Event]:
    """The events of a select over the table, streamed."""
    rows = session.execute(statement, execution_options={"yield_per": 5000})
    for row in rows:
        yield Event(*row)


def verify(session: Any = None) -> Verification:
    """Walk the whole chain from its first event and stop at the first broken link.

    After a lawful removal (`retention.purge`) the first event is the one behind the last removed,
    whose hash the event of the removal, itself in the chain, has kept.
    """
    session = session or model.Session
    count = 0
    expected, previous = _beginning(session)
    for event in events(session, sa.select(table).order_by(table.c.seq)):
        why = _fault(event, expected, previous)
        if why:
            return Verification(count, previous, event.seq, why)
        count, previous, expected = count + 1, event.hash, event.seq + 1
    return Verification(count, previous)


def _beginning(session: Any) -> tuple[int, str]:
    """The number of the first event there must be, and the hash that it follows."""
    removed = session.execute(
        sa.select(table.c.data).where(table.c.kind == PURGED)
        .order_by(table.c.seq.desc()).limit(1)
    ).scalar()
    return (removed["upto"] + 1, removed["hash"]) if removed else (1, GENESIS)


def _fault(event: Event, expected: int, previous: str) -> str | None:
    if event.seq != expected:
        return f"event {expected} is missing"
    if event.prev_hash != previous:
        return "does not follow the event before it"
    if event.computed_hash() != event.hash:
        return "its content is not what was written"
    return None


def _digest(*fields: Any) -> str:
    plain = [f.astimezone(UTC).isoformat() if isinstance(f, datetime) else f for f in fields]
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _reject_inexact(value: Any) -> None:
    """JSONB keeps text, whole numbers, booleans, lists and dicts to the letter; nothing else."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"an event's keys are text, not {type(key).__name__}")
            _reject_inexact(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _reject_inexact(item)
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"an event cannot hold a {type(value).__name__}")
