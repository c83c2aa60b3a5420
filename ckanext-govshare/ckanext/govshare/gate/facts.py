"""Read the facts of a decision from the database, at the moment of reading."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.access.model import live_grants
from ckanext.govshare.gate.decision import Actor, Decision, Facts, Grant, Purpose, Release, judge

RESOURCES = sa.text("""
    select r.id, p.id as dataset_id, p.name as dataset_name, r.url, r.url_type,
           p.extras->>'open_class' as open_class,
           p.state = 'active' and r.state = 'active' and not p.private
               and exists (select from govshare_publication g
                           where g.dataset_id = p.id and g.state = 'published')
               and not exists (select from govshare_tombstone t where t.id in (r.id, p.id))
               as exists,
           l.id as release_id, l.dataset_id as release_dataset, l.digest, l.format,
           l.open_class as release_class, l.columns, l.renditions
    from resource r
    join package p on p.id = r.package_id
    left join govshare_release l on l.resource_id = r.id and l.state = 'released'
    where r.id = any(:ids)
""")

def decide(
    actor: Actor, resource_id: str, purpose: Purpose, columns: Collection[str] | None = None
) -> Decision:
    """May `actor` read this resource for this purpose, now? See `decision.judge`."""
    return judge(actor, load(resource_id, actor.user_id), purpose, columns)


def describe(resource_ids: Iterable[str]) -> dict[str, Decision]:
    """What may be said of each resource in metadata, whoever asks.

    The link of a draft is metadata like its title: who sees it is the labels' business.
    """
    rows = model.Session.execute(RESOURCES, {"ids": list(resource_ids)})
    found = {row.id: _facts(row, ()) for row in rows}
    return {
        id_: judge(Actor(None), replace(f, exists=f.exists or f.release is None), "describe")
        for id_, f in found.items()
    }


def load(resource_id: str, user_id: str | None) -> Facts:
    row = model.Session.execute(RESOURCES, {"ids": [resource_id]}).first()
    if row is None:
        return Facts(exists=False)
    return _facts(row, _grants(user_id, row.dataset_id))


def _facts(row: Any, grants: tuple[Grant, ...]) -> Facts:
    release = None
    if row.release_id and row.digest:
        release = Release(
            id=row.release_id,
            dataset_id=row.release_dataset,
            digest=row.digest,
            format=(row.format or "").lower(),
            open_class=row.release_class,
            columns=tuple(column["name"] for column in row.columns or ()),
            renditions=dict(row.renditions or {}),
        )
    is_link = row.url_type != "upload" and (row.url or "").startswith(("http://", "https://"))
    return Facts(
        exists=row.exists,
        dataset_id=row.dataset_id,
        dataset_name=row.dataset_name,
        open_class=row.open_class,
        release=release,
        link=row.url if is_link else None,
        grants=grants,
        sign_in=tk.config["govshare.gate.sign_in_to_read"],
    )


def _grants(user_id: str | None, dataset_id: str) -> tuple[Grant, ...]:
    return tuple(
        Grant(g.id, g.mode, None if g.columns is None else tuple(g.columns))
        for g in live_grants(user_id, dataset_id, datetime.now(UTC))
    )
