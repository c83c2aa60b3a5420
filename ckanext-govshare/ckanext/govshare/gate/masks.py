"""What metadata say about the data behind them: nothing before the release.

No secret is kept in CKAN's own tables. Still, an address, a size or a digest is shown only while
the release is live, and the search index never holds one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.gate import facts
from ckanext.govshare.gate.decision import Decision
from ckanext.govshare.gate.identity import actor
from ckanext.govshare.gate.model import rows
from ckanext.govshare.release.model import Content

#: Facts about bytes, which only a live release may state.
HIDDEN = ("hash", "size", "cache_url", "cache_last_updated", "mimetype_inner")

Resource = dict[str, Any]


def describe(datasets: Iterable[dict[str, Any]]) -> None:
    """Fill in, for each resource, what its live release says; blank everything else."""
    resources = [r for dataset in datasets for r in dataset.get("resources") or () if r.get("id")]
    if not resources:
        return
    decisions = facts.describe(r["id"] for r in resources)
    sizes = _sizes(decisions.values())
    loaded = _loaded(decisions)
    for resource in resources:
        decision = decisions.get(resource["id"])
        _blank(resource)
        if decision is None or not decision.allowed:
            continue
        if decision.link is not None:
            resource["url"] = decision.link
            continue
        resource["url"] = tk.url_for(
            "dataset_resource.download",
            id=decision.dataset_name,
            resource_id=resource["id"],
            qualified=True,
        )
        resource["hash"] = f"sha256:{decision.digest}"
        resource["size"] = sizes.get(decision.digest)
        is_loaded = loaded.get(resource["id"]) == decision.release_id
        resource["datastore_active"] = is_loaded and _may_have_rows(resource["id"], decision)


def _may_have_rows(resource_id: str, described: Decision) -> bool:
    """CKAN's pages read rows of whatever is active, so it is active for who may read it."""
    if described.open_class == "unconditional":
        return True
    return facts.decide(actor(), resource_id, "rows").allowed


def for_index(document: dict[str, Any]) -> dict[str, Any]:
    """A search document without a trace of the bytes, whoever may find it."""
    for name in ("data_dict", "validated_data_dict"):
        if name not in document:
            continue
        dataset = json.loads(document[name])
        for resource in dataset.get("resources") or ():
            _blank(resource)
        document[name] = json.dumps(dataset)
    document.pop("res_url", None)
    return document


def _blank(resource: Resource) -> None:
    resource["url"] = ""
    resource["datastore_active"] = False
    for name in HIDDEN:
        if name in resource:
            resource[name] = None


def _sizes(decisions: Iterable[Decision]) -> dict[str | None, int]:
    digests = [d.digest for d in decisions if d.digest]
    query = sa.select(Content.digest, Content.size).where(Content.digest.in_(digests))
    return {row.digest: row.size for row in model.Session.execute(query)} if digests else {}


def _loaded(resource_ids: Iterable[str]) -> dict[str, str]:
    query = sa.select(rows.c.resource_id, rows.c.release_id).where(
        rows.c.resource_id.in_(list(resource_ids))
    )
    return {row.resource_id: row.release_id for row in model.Session.execute(query)}
