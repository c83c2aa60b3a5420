"""The catalogue's value lists, read from `config/catalogue/` and from the rules.

Sources stand in the files. The legal lists (levels of a basis, reasons for not opening, classes)
belong to the rules and are taken from there, so that each list has one place.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any, NamedTuple

from ckanext.govshare import config_dir
from ckanext.govshare.rules import openness
from ckanext.govshare.rules.words import Words

FILES = ("topics.toml", "update-cycles.toml", "formats.toml", "elements.toml")

# Data involving state secrets stay outside the portal (Nanyang art. 2), so the form does not
# offer that reason; the validator refuses it.
OUTSIDE = "state_secret"


class Term(NamedTuple):
    """One value of a list. `days`: of an update cycle; `parent`: code in the list above it."""

    code: str
    words: Words
    days: int | None = None
    parent: str = ""
    icon: str = ""


@cache
def vocabularies() -> dict[str, tuple[Term, ...]]:
    """All lists by name; read once."""
    found: dict[str, tuple[Term, ...]] = {}
    for name in FILES:
        with (config_dir() / "catalogue" / name).open("rb") as file:
            for key, rows in tomllib.load(file).items():
                found[key] = tuple(_term(row) for row in rows)
    return found | {
        "open_class": _from_rules(openness.OPEN_WORDS),
        "share_class": _from_rules(openness.SHARE_WORDS),
        "basis_level": _from_rules(openness.BASIS_LEVELS),
        "nonopen_reason": _from_rules(
            {k: w for k, w in openness.NON_OPEN_REASONS.items() if k != OUTSIDE}
        ),
    }


def terms(name: str) -> tuple[Term, ...]:
    """The list of that name; KeyError when there is none."""
    return vocabularies()[name]


def label(name: str, code: str, language: str) -> str:
    """A value's name for the reader, the code itself when the list does not know it."""
    return next((t.words.pick(language) for t in terms(name) if t.code == code), code)


def _term(row: dict[str, Any]) -> Term:
    return Term(
        row["code"],
        Words(row["zh"], row["en"]),
        row.get("days"),
        row.get("parent", ""),
        row.get("icon", ""),
    )


def _from_rules(words: Any) -> tuple[Term, ...]:
    return tuple(Term(str(code), word) for code, word in words.items())
