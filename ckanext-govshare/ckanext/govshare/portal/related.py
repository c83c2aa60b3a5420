"""Which datasets have to do with one, and how to name it as a source."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk

SHOWN = 6
TAGS = 8


def to(package: dict[str, Any]) -> list[dict[str, Any]]:
    """Datasets that share keywords or the topic, most in common first; as the reader may see."""
    wanted = [f'tags:"{_quoted(tag["name"])}"^3' for tag in package.get("tags", [])[:TAGS]]
    if package.get("topic"):
        wanted.append(f'topic:"{_quoted(package["topic"])}"')
    if not wanted:
        return []
    found = tk.get_action("package_search")(
        {},
        {
            "q": " OR ".join(wanted),
            "fq": f'+dataset_type:dataset -id:"{_quoted(package["id"])}"',
            "rows": SHOWN,
        },
    )
    return found["results"]


def govshare_citation(package: dict[str, Any]) -> str:
    """How to cite the dataset: a dataset on the web (`DS/OL`) by GB/T 7714-2015, with today's date
    as the day of access."""
    provider = (package.get("organization") or {}).get("title") or tk.config["ckan.site_title"]
    changed = str(package.get("metadata_modified") or "")[:10]
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
    address = tk.h.url_for(
        "dataset.read", id=package["name"], _external=True, locale="default"
    )  # fmt: skip
    title = package.get("title") or package["name"]
    return f"{provider}. {title}[DS/OL]. ({changed})[{today}]. {address}."


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
