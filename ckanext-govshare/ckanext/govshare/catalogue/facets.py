"""The facets of the dataset list and how a catalogue entry is indexed."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk

from . import language, vocabularies, ways

# facet -> name of its value list; the others carry names that need no list
LISTS = {
    "open_class": "open_class",
    "share_class": "share_class",
    "topic": "topics",
    "update_cycle": "update_cycle",
}
REPEATING = ("items", "legal_basis", "related_codes")


def titles() -> dict[str, str]:
    """The facets in the order shown, with their titles."""
    return {
        "open_class": tk._("Openness"),
        "organization": tk._("Department"),
        "topic": tk._("Topic"),
        "res_format": tk._("Format"),
        "way": tk._("Can be looked at as"),
        "update_cycle": tk._("Update cycle"),
        "freshness": tk._("Freshness"),
        "share_class": tk._("Sharing between departments"),
    }


def name_values(search_facets: dict[str, Any]) -> None:
    """Gives the values of our lists their names in the reader's language."""
    for facet, name in LISTS.items():
        for item in search_facets.get(facet, {}).get("items", []):
            item["display_name"] = vocabularies.label(name, item["name"], language.current())
    for item in search_facets.get("way", {}).get("items", []):
        item["display_name"] = ways.label("way", item["name"])


def searchable(document: dict[str, Any]) -> dict[str, Any]:
    """The document with repeating elements as words: their JSON is nothing to search in.

    The names of the information items are what people look for ("which dataset has 车牌号?").
    """
    document |= ways.indexed(document)
    for name in REPEATING:
        value = document.pop(name, None)
        parsed = json.loads(value) if isinstance(value, str) and value.startswith("[") else value
        words = [
            str(part)
            for row in parsed or []
            if isinstance(row, dict)
            for key, part in row.items()
            if key in ("item_name", "description", "title") and part
        ]
        document[f"extras_{name}"] = " ".join(words)
    return document
