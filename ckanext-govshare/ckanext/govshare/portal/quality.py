"""How well an entry serves its readers: parts of equal weight, each from 0 to 100.

    complete         share of the elements filled that the Guide (发改高技〔2017〕1272号) asks for
    fresh            the data keep their update cycle (left out where the cycle sets no day)
    readable         a program can read the data: rows by API, else a table's own formats
    described        share of the information items whose meaning is written down
    accurate, filled where the data were judged when they were gathered (Nanyang art. 27)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

ELEMENTS = (
    "title", "notes", "owner_org", "topic", "resource_code", "update_cycle", "open_class",
    "share_class", "format_type", "items", "issued", "tags", "provider_uscc", "cat_class",
)  # fmt: skip
TABLES, DOCUMENTS = {"csv", "xlsx", "xls", "json", "xml", "geojson"}, {"docx", "doc", "txt", "html"}


@dataclass(frozen=True)
class Part:
    title: str
    score: int


@dataclass(frozen=True)
class Quality:
    parts: list[Part]

    @property
    def score(self) -> int:
        """The mean of the parts that can be judged."""
        return round(sum(part.score for part in self.parts) / len(self.parts))


def govshare_quality(package: dict[str, Any]) -> Quality:
    """The score of an entry as the reader sees it, with what it is made of."""
    parts = [
        (tk._("Entry complete"), complete(package)),
        (tk._("Kept up to date"), fresh(package)),
        (tk._("Readable by programs"), readable(package)),
        (tk._("Items described"), described(package)),
        *_judged(package["id"]),
    ]
    return Quality([Part(title, score) for title, score in parts if score is not None])


def _judged(dataset_id: str) -> list[tuple[str, int]]:
    """What the checks of the gathered data found; nothing where they were never checked."""
    try:
        found = tk.get_action("govshare_quality_show")({}, {"id": dataset_id})["scores"]
    except (KeyError, tk.NotAuthorized, tk.ObjectNotFound):
        return []
    if found is None:
        return []
    return [
        (tk._("Data accurate"), round(found["accuracy"])),
        (tk._("Data complete"), round(found["completeness"])),
    ]


def complete(package: dict[str, Any]) -> int:
    return 100 * sum(bool(package.get(name)) for name in ELEMENTS) // len(ELEMENTS)


def fresh(package: dict[str, Any]) -> int | None:
    """None where no day is set, or for entries without data."""
    if not p.plugin_loaded("govshare_catalogue"):
        return None
    return {"fresh": 100, "late": 0}.get(tk.h.govshare_freshness(package).state)


def readable(package: dict[str, Any]) -> int | None:
    """The best resource counts; None where nothing is or may be attached."""
    found = package.get("resources") or []
    if not found or package.get("open_class") == "non-open":
        return None
    return max(_resource(r) for r in found)


def _resource(resource: dict[str, Any]) -> int:
    form = str(resource.get("format") or "").lower()
    if resource.get("datastore_active"):
        return 100
    return 80 if form in TABLES else 40 if form in DOCUMENTS else 10


def described(package: dict[str, Any]) -> int:
    items = package.get("items")
    rows = items if isinstance(items, list) else []
    told = sum(bool(row.get("description")) for row in rows)
    return 100 * told // len(rows) if rows else 0
