"""What a listing of the source means: what to collect, what has not changed, what has gone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model

from harvesters import consent, frame
from harvesters.frame import Known
from harvesters.notes import Note
from harvesters.record import Found

FEW = 5
"""So many records may go without a question, whatever share they are."""
GONE = sa.text("""
    insert into govshare_harvest_gone (source_id, key, dataset_id)
    values (:source, :key, :dataset) on conflict do nothing
""")
BACK = sa.text("delete from govshare_harvest_gone where source_id = :source and key <> all(:keys)")


@dataclass(frozen=True)
class Listing:
    """The source's records sorted by what is to be done."""

    collect: list[str]
    unchanged: list[Known]
    gone: list[Known]
    known: int


def sort(found: list[Found], known: dict[str, Known], salt: str) -> Listing:
    """Compare what is there with what is known."""
    there = {each.key: each for each in found}
    unchanged = [
        known[key] for key, each in there.items()
        if each.mark is not None and key in known and known[key].active
        and known[key].kept.get("mark") == salted(each.mark, salt)
    ]
    same = {each.key for each in unchanged}
    active = [each for each in known.values() if each.active]
    gone = sorted((each for each in active if each.key not in there), key=lambda each: each.key)
    return Listing([key for key in there if key not in same], unchanged, gone, len(active))


def salted(mark: str | None, salt: str) -> str | None:
    """A mark as it is kept: it counts for the same settings and harvester only."""
    return None if mark is None else hashlib.sha256(json.dumps([salt, mark]).encode()).hexdigest()


def enter(job: frame.Job, listing: Listing, removal_share: float) -> list[str] | None:
    """Write the listing as objects of the job; the ids of those to collect.

    None: more has gone than may without a question (the circuit breaker); nothing is touched.
    """
    source, gone = job.source, len(listing.gone)
    allowed = consent.show(source).removal_allowed
    if gone > max(FEW, removal_share * listing.known) and not allowed:
        frame.gather_error(job, Note("breaker", {"n": gone, "total": listing.known}))
        return None
    if allowed:
        consent.allow_removal(source.id, allowed=False)
    keys: list[Any] = [each.key for each in listing.gone]
    model.Session.execute(BACK, {"source": source.id, "keys": keys})
    for each in listing.gone:
        model.Session.execute(
            GONE, {"source": source.id, "key": each.key, "dataset": each.package_id})
        frame.add_gone(job, each, Note("gone", {"file": each.key}))
    frame.add_unchanged(job, listing.unchanged)
    return frame.add_objects(job, listing.collect)
