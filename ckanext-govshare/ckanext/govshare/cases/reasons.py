"""The catalogue of reasons for a refusal, each with the rule it rests on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

from ckanext.govshare import config_dir


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """`{code: {"zh", "en", "basis": [{"title", "article", "level"}]}}`, in the file's order."""
    path = config_dir() / "catalogue" / "refusal-reasons.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def text(codes: Iterable[str]) -> str:
    """The reasons in the words of the catalogue: decisions are written in Chinese."""
    return "；".join(catalogue()[code]["zh"] for code in codes)


def basis(codes: Iterable[str]) -> list[dict[str, str]]:
    """The rules that the reasons rest on, each once."""
    found = [entry for code in codes for entry in catalogue()[code].get("basis", [])]
    return [entry for n, entry in enumerate(found) if entry not in found[:n]]
