"""The only way in: every file lands in quarantine and opens a release."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from typing import IO

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.govshare import ledger
from ckanext.govshare.release import contents, jobs, queue
from ckanext.govshare.release.model import OPEN_STATES, QUARANTINE, Release, now
from ckanext.govshare.release.vault import Vault

NAME_LENGTH = 200


def receive(
    resource_id: str, stream: IO[bytes], filename: str, source: str, actor: str | None
) -> Release:
    """Put the raw file into quarantine and open a release; the released one is not touched.

    Runs in the caller's transaction and does not commit. Content that is already on its way, or
    that is the raw content of the release now served, opens nothing: that release is returned.
    A release on its way with other content ends as superseded.

    :param source: `form`, `api` or `harvest`.
    :param actor: user id, or None for a machine.
    :raises tk.ObjectNotFound: there is no such resource.
    :raises OSError: the file could not be stored (disk full, read-only).
    """
    resource = model.Session.get(model.Resource, resource_id)
    if resource is None:
        raise tk.ObjectNotFound(tk._("Resource was not found."))
    stored = Vault(QUARANTINE).put(stream)
    name = clean_name(filename)
    contents.keep(stored.digest, stored.size, contents.media_type(name), QUARANTINE)

    _lock(resource_id)
    current = _current(resource_id)
    same = next((r for r in current if r.raw_digest == stored.digest), None)
    for other in current:
        if other is not same and other.state in OPEN_STATES:
            _supersede(other, actor)
    if same:
        return same

    release = Release(
        dataset_id=resource.package_id,
        resource_id=resource_id,
        number=_next_number(resource_id),
        state="quarantined",
        source=source,
        filename=name,
        raw_digest=stored.digest,
        created_by=actor,
        preparers=[actor] if actor else [],
    )
    model.Session.add(release)
    model.Session.flush()
    ledger.append(
        "release.received",
        actor=actor,
        subject=("release", release.id),
        data={
            "dataset": release.dataset_id,
            "resource": resource_id,
            "number": release.number,
            "raw_digest": stored.digest,
            "size": stored.size,
            "source": source,
        },
    )
    queue.after_commit(jobs.scan, release.id)
    return release


def clean_name(filename: str) -> str:
    """The last part of the name, without control characters; never a path."""
    last = PurePosixPath(filename.replace("\\", "/")).name
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(". ")
    if len(visible) > NAME_LENGTH:
        suffix = PurePosixPath(visible).suffix[:20]
        visible = visible[: NAME_LENGTH - len(suffix)] + suffix
    return visible or "file"


def _lock(resource_id: str) -> None:
    key = sa.func.hashtextextended(f"govshare_release:{resource_id}", 0)
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _current(resource_id: str) -> list[Release]:
    """What is on its way or released, the newest first."""
    query = (
        sa.select(Release)
        .where(Release.resource_id == resource_id, Release.state.in_((*OPEN_STATES, "released")))
        .order_by(Release.number.desc())
        .with_for_update()
    )
    return list(model.Session.scalars(query))


def _next_number(resource_id: str) -> int:
    query = sa.select(sa.func.max(Release.number)).where(Release.resource_id == resource_id)
    return (model.Session.scalar(query) or 0) + 1


def _supersede(release: Release, actor: str | None) -> None:
    release.state = "withdrawn"
    release.work = None
    release.ended_at = now()
    release.ended_reason = "superseded"
    ledger.append("release.superseded", actor=actor, subject=("release", release.id))
