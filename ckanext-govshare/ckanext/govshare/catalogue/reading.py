"""Reading CKAN's flattened form of an entry, as validators of whole entries get it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

Flat = dict[tuple[Any, ...], Any]


def text(data: Flat, name: str) -> str:
    """A field as text, `""` when it is missing."""
    value = data.get((name,))
    return "" if value is tk.missing or value is None else str(value).strip()


def rows(data: Flat, name: str) -> list[dict[str, str]]:
    """A repeating field as dictionaries, wholly empty ones left out."""
    found: dict[int, dict[str, str]] = {}
    for key, value in data.items():
        if len(key) == 3 and key[0] == name and value not in (tk.missing, None):
            found.setdefault(key[1], {})[key[2]] = str(value).strip()
    return [row for _, row in sorted(found.items()) if any(row.values())]
