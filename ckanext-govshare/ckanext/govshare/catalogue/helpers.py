"""Template helpers of the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import ckan.plugins.toolkit as tk

from . import language, vocabularies, ways


class Freshness(NamedTuple):
    """Whether the data keep their update cycle: `state` fresh, late, free or unknown."""

    state: str
    updated: datetime | None


def govshare_choices(field: dict[str, Any]) -> list[dict[str, Any]]:
    """The choices of a scheming field from the list that it names (`vocabulary:`)."""
    return [
        {"value": term.code, "label": {"en": term.words.en, "zh_Hans_CN": term.words.zh}}
        for term in vocabularies.terms(field["vocabulary"])
    ]


def govshare_terms(name: str) -> tuple[vocabularies.Term, ...]:
    """A value list, for pages that show it whole."""
    return vocabularies.terms(name)


def govshare_label(name: str, code: str | None) -> str:
    """The name of a list's value in the reader's language."""
    return vocabularies.label(name, code, language.current()) if code else ""


def govshare_freshness(package: dict[str, Any]) -> Freshness:
    """Judges the newest data of a dataset by its update cycle."""
    stamps = [r.get("last_modified") or r.get("created") for r in package.get("resources", [])]
    newest = max((s for s in stamps if s), default=None)
    updated = tk.h.date_str_to_datetime(newest) if newest else None
    cycle = package.get("update_cycle")
    days = next((t.days for t in vocabularies.terms("update_cycle") if t.code == cycle), None)
    if updated is None or not cycle:
        return Freshness("unknown", updated)
    if days is None:
        return Freshness("free", updated)
    age = (datetime.now(UTC).replace(tzinfo=None) - updated.replace(tzinfo=None)).days
    return Freshness("late" if age > days else "fresh", updated)


SECTIONS = ("basic", "opening", "sharing", "content", "updating", "management")


def govshare_sections(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The form's fields by section, in order; the first two and the content are open at first."""
    titles = {
        "basic": tk._("What the data are"),
        "opening": tk._("Opening to the public"),
        "sharing": tk._("Sharing between departments"),
        "content": tk._("Content and information items"),
        "updating": tk._("Updating and collection"),
        "management": tk._("Management"),
    }
    return [
        {
            "name": name,
            "title": titles[name],
            "open": name in ("basic", "opening", "content"),
            "fields": [f for f in fields if f.get("section") == name],
        }
        for name in SECTIONS
    ]


def get_helpers() -> dict[str, Callable[..., Any]]:
    """For CKAN's blanket."""
    own = (govshare_choices, govshare_terms, govshare_label, govshare_freshness, govshare_sections)
    return {f.__name__: f for f in own} | {
        "govshare_fresh_items": ways.fresh_items,
        "govshare_facet_value": ways.label,
    }
