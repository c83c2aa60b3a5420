"""The values of a reference table (代码表): a column of a released table of this portal."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from harvesters.notes import SourceError
from harvesters.quality.rules import Rule

PAGE, MOST = 32_000, 1_000_000


def load(rules: list[Rule]) -> dict[str, frozenset[str]]:
    """The values for every `reference` that the rules name, as `<resource id>/<column>`."""
    return {name: _values(name) for name in {r.reference for r in rules if r.reference}}


def _values(name: str) -> frozenset[str]:
    resource, _, column = name.partition("/")
    found: set[str] = set()
    for offset in range(0, MOST, PAGE):
        try:
            page = tk.get_action("datastore_search")({"ignore_auth": True}, {
                "resource_id": resource, "fields": [column], "limit": PAGE, "offset": offset})
        except (tk.ObjectNotFound, tk.ValidationError, tk.NotAuthorized):
            raise SourceError("no_reference", file=name) from None
        found |= {str(row[column]) for row in page["records"]}
        if len(page["records"]) < PAGE:
            return frozenset(found)
    raise SourceError("no_reference", file=name)
