"""From another portal's dataset to ours. Our own catalogue is taken element by element."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import ckan.plugins.toolkit as tk

OF_THE_PORTAL = {"name", "owner_org", "resource_code", "provider_uscc", "pre_compiled"}
"""Elements that every portal gives by itself."""
SYSTEM = "system"


def metadata(package: dict[str, Any]) -> dict[str, Any]:
    """The elements that our catalogue knows; what it does not know stays where it is.

    The opening class comes along where the portal has one: it is never opened wider on the way.
    """
    schema = tk.get_action("scheming_dataset_schema_show")({"ignore_auth": True}, {
        "type": "dataset"})
    names = {
        field["field_name"] for field in schema["dataset_fields"]
        if field.get("section") != SYSTEM
    } - OF_THE_PORTAL
    found = {name: package[name] for name in sorted(names) if package.get(name)}
    tags = [tag["name"] for tag in package.get("tags", []) if tag.get("state") != "deleted"]
    found.pop("tag_string", None)
    return {**found, **({"tags": [{"name": name} for name in sorted(tags)]} if tags else {})}


def filename(resource: dict[str, Any]) -> str:
    """The file's name with a suffix that says what it is."""
    last = PurePosixPath(unquote(urlsplit(resource.get("url") or "").path)).name
    suffix = "." + (resource.get("format") or "").lower().lstrip(".")
    stem = PurePosixPath(last or resource.get("name") or resource["id"])
    return stem.name if stem.suffix or suffix == "." else stem.name + suffix
