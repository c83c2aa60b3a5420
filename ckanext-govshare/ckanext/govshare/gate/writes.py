"""The wall around writes: what a caller may not say, and ids that never come back.

Every way to write a dataset or a resource ends in `package_create` or `package_update`, whose
chained actions ask here; a schema can be swapped by the caller's context, these cannot.
"""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.gate import links
from ckanext.govshare.gate.decision import stricter

#: What only the portal says about a resource, or what others read as a state of it.
SERVER_FIELDS = (
    "hash", "size", "url_type", "mimetype", "mimetype_inner", "last_modified", "cache_url",
    "cache_last_updated", "datastore_active", "released",
)

USED = sa.text("""
    select from govshare_tombstone where id = :id
    union all select from govshare_release where resource_id = :id or dataset_id = :id
    union all select from resource where id = :id
    union all select from package where id = :id
    union all select from "group" where id = :id
    union all select from "user" where id = :id
""")
OWN = sa.text("""
    select from resource r join package p on p.id = r.package_id
    where r.id = :id and p.id = :dataset and r.state = 'active'
      and not exists (select from govshare_tombstone t where t.id in (r.id, p.id))
""")
BURIED = sa.text("select from govshare_tombstone where id = :id")
PUBLISHED = sa.text("""
    select p.id, p.name from package p join govshare_publication g on g.dataset_id = p.id
    where g.state = 'published'
""")

Dataset = dict[str, Any]
Resource = dict[str, Any]


def check_new(dataset: Dataset) -> None:
    """Before `package_create`: no id that was ever used, no file, no state.

    :raises tk.ValidationError: also when a resource brings a file, which CKAN would drop silently.
    """
    if dataset.get("id") and _is_used(dataset["id"]):
        raise tk.ValidationError({"id": [_used()]})
    resources = _resources(dataset)
    if any(resource.get("upload") for resource in resources):
        raise tk.ValidationError(
            {"resources": [tk._("Create the dataset first, then add the file to it.")]}
        )
    _check(resources, None, stricter(_class(dataset)))
    for resource in resources:
        server_fields(resource)


def check_change(dataset: Dataset) -> None:
    """Before `package_update`, in which all of `resource_*`, patch and revise end.

    :raises tk.ValidationError: the dataset was deleted, an id is not its own, a link is not public.
    """
    package = model.Package.get(str(dataset.get("id") or dataset.get("name") or ""))
    if package is None:
        return
    if model.Session.execute(BURIED, {"id": package.id}).first() is not None:
        raise tk.ValidationError(
            {"state": [tk._("This dataset was deleted. Create a new one instead.")]}
        )
    open_class = stricter(_class(dataset) or package.extras.get("open_class"))
    _check(_resources(dataset), package.id, open_class)


def server_fields(resource: Resource) -> None:
    """Put what the portal knows about the resource in place of what the caller says.

    An empty address keeps the old one: readers are shown none before the release.
    """
    row = model.Resource.get(resource["id"]) if resource.get("id") else None
    for name in SERVER_FIELDS:
        resource.pop(name, None)
    if row is None:
        return
    for name in ("hash", "size", "url_type", "mimetype"):
        if getattr(row, name) not in (None, ""):
            resource[name] = getattr(row, name)
    if row.last_modified:
        resource["last_modified"] = row.last_modified.isoformat()
    if row.url_type == "upload" or not resource.get("url"):
        resource["url"] = row.url


def published() -> set[str]:
    """Names and ids of the datasets whose publication says published."""
    return {text for row in model.Session.execute(PUBLISHED) for text in row}


def _check(resources: list[Resource], dataset_id: str | None, open_class: str) -> None:
    errors: list[dict[str, list[str]]] = [{} for _ in resources]
    for resource, error in zip(resources, errors, strict=True):
        id_ = resource.get("id")
        if id_ and not _is_own(id_, dataset_id) and _is_used(id_):
            error["id"] = [_used()]
        url = _new_address(resource)
        problem = links.problem(url, open_class) if url else None
        if problem:
            error["url"] = [problem]
    if any(errors):
        raise tk.ValidationError(cast("Any", {"resources": errors}))


def _new_address(resource: Resource) -> str | None:
    """The address that the caller sets; None for a file, or when it stays what it was."""
    url = str(resource.get("url") or "").strip()
    if not url or resource.get("upload"):
        return None
    row = model.Resource.get(resource["id"]) if resource.get("id") else None
    if row is not None and (row.url_type == "upload" or row.url == url):
        return None
    return url


def _class(dataset: Dataset) -> str | None:
    if "open_class" in dataset:
        return dataset["open_class"]
    extras = dataset.get("extras") or ()
    return next((e.get("value") for e in extras if e.get("key") == "open_class"), None)


def _resources(dataset: Dataset) -> list[Resource]:
    return [r for r in dataset.get("resources") or () if isinstance(r, dict)]


def _is_own(id_: str, dataset_id: str | None) -> bool:
    return model.Session.execute(OWN, {"id": id_, "dataset": dataset_id}).first() is not None


def _is_used(id_: str) -> bool:
    return model.Session.execute(USED, {"id": id_}).first() is not None


def _used() -> str:
    return tk._("This id was used before. Leave it out: the portal gives one.")
