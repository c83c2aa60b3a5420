"""Template helpers: marked titles and snippets for the list of results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from markupsafe import Markup

from . import highlight


def govshare_search_mark(text: str | None, q: str | None) -> Markup:
    """`text` with the words of `q` marked."""
    return highlight.mark(text or "", q or "")


def govshare_search_snippet(package: dict[str, Any], q: str | None) -> Markup:
    """Where the words of `q` are in a dataset that the reader was given: abstract, items, files.

    Empty when they are in its title only, or nowhere in what is shown.
    """
    if not q or q == "*:*":
        return Markup()
    for text in _texts(package):
        if found := highlight.snippet(text, q):
            return found
    return Markup()


def _texts(package: dict[str, Any]) -> list[str]:
    items = [item for item in package.get("items") or () if isinstance(item, dict)]
    named = [
        " ".join(str(item.get(k) or "") for k in ("item_name", "description")) for item in items
    ]
    files = package.get("resources") or ()
    return [
        tk.h.markdown_extract(package.get("notes") or "", extract_length=0),
        "、".join(part.strip() for part in named if part.strip()),
        *(f"{file.get('name') or ''} {file.get('description') or ''}" for file in files),
    ]


def get_helpers() -> dict[str, Callable[..., Any]]:
    return {
        "govshare_search_mark": govshare_search_mark,
        "govshare_search_snippet": govshare_search_snippet,
    }
