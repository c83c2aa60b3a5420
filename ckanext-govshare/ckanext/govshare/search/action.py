"""CKAN's own search actions, made to forgive."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, ChainedAction, Context

NUMBERS = ("start", "rows", "facet.limit", "facet.mincount")


@tk.side_effect_free
@tk.chained_action
def package_search(original: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """A number left empty (`?start=`) means the default; CKAN's validator fails on it."""
    empty = {name for name in NUMBERS if name in data_dict and _empty(data_dict[name])}
    return original(context, {k: v for k, v in data_dict.items() if k not in empty})


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def get_actions() -> dict[str, ChainedAction]:
    return {"package_search": package_search}
