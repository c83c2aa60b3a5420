"""What a case needs to know about the dataset it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

# What people may know of a conditional dataset is its live releases' column names, not a value.
PUBLISHED = sa.text("select state = 'published' from govshare_publication where dataset_id = :id")
COLUMNS = sa.text(
    "select columns from govshare_release"
    " where dataset_id = :id and state = 'released' order by resource_id"
)

DIGESTS = sa.text(
    "select id, digest from govshare_release where dataset_id = :id and state = 'released'"
)


@dataclass(frozen=True)
class Entry:
    """An entry of the catalogue: its classes, why it has them, and the items one can ask for."""

    id: str
    name: str
    title: str
    org_id: str
    org_title: str
    published: bool
    classes: dict[str, str]
    open_condition: str
    nonopen_reason: str
    class_reason: str
    legal_basis: list[dict[str, Any]]
    use_requirements: str
    items: tuple[str, ...]


def entry(name_or_id: str) -> Entry:
    """The catalogue entry; raises ObjectNotFound for one that is not published.

    Applications rest on the published catalogue (NY 46), so an unpublished entry is none.
    """
    package = tk.get_action("package_show")(
        {"ignore_auth": True, "use_cache": False}, {"id": name_or_id}
    )
    found = _entry(package)
    if not found.published:
        raise tk.ObjectNotFound(tk._("There is no such dataset in the catalogue."))
    return found


def live_releases(dataset_id: str) -> dict[str, str]:
    """The digest of each released file now, by the release's id."""
    rows = model.Session.execute(DIGESTS, {"id": dataset_id})
    return {row.id: row.digest for row in rows}


def title(dataset_id: str) -> str:
    """The title to show in lists; the id when the dataset is gone."""
    package = model.Package.get(dataset_id)
    return (package.title or package.name) if package else dataset_id


def _entry(package: dict[str, Any]) -> Entry:
    organization = package.get("organization") or {}
    return Entry(
        id=package["id"],
        name=package["name"],
        title=package.get("title") or package["name"],
        org_id=package.get("owner_org") or "",
        org_title=organization.get("title") or organization.get("name") or "",
        published=bool(model.Session.execute(PUBLISHED, {"id": package["id"]}).scalar()),
        classes={
            "open": package.get("open_class") or "",
            "share": package.get("share_class") or "",
        },
        open_condition=package.get("open_condition") or "",
        nonopen_reason=package.get("nonopen_reason") or "",
        class_reason=package.get("class_reason") or "",
        legal_basis=package.get("legal_basis") or [],
        use_requirements=package.get("use_requirements") or "",
        items=_items(package),
    )


def _items(package: dict[str, Any]) -> tuple[str, ...]:
    rows = model.Session.execute(COLUMNS, {"id": package["id"]}).scalars()
    names = [column["name"] for columns in rows for column in columns or ()]
    names = names or [item.get("item_name") for item in package.get("items") or ()]
    return tuple(dict.fromkeys(name for name in names if name))
