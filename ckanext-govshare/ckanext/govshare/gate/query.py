"""Rebuild a DataStore query so that it can tell nothing about columns that are not granted.

Filters, sorting and full-text search are oracles: each lets a reader find out a hidden value
without ever selecting it. So every column that a query names must be granted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.govshare.gate.columns import column_id

#: The row number that CKAN adds: it carries nothing of the data, and paging needs it.
ROW_NUMBER = "_id"

#: What a query over some columns may say; every other key is refused.
KEYS = frozenset({
    "resource_id", "fields", "filters", "q", "sort", "limit", "offset", "distinct", "plain",
    "language", "records_format", "include_total", "include_next_page",
    "total_estimation_threshold",
})

#: What the DataStore itself adds on the way: the connection, and the filters again, as objects.
ADDED = frozenset({"connection_url", "filterops"})

_SORT = re.compile(
    r'^("(?P<quoted>.+)"|(?P<plain>.+?))( +(asc|desc))?( +nulls +(first|last))?$', re.IGNORECASE
)


def visible(released: Collection[str]) -> list[str]:
    """The DataStore columns of these released columns, the row number first."""
    return [ROW_NUMBER, *(column_id(name) for name in released)]


def restrict(query: dict[str, Any], granted: Collection[str]) -> dict[str, Any]:
    """The query over the granted columns only.

    :param granted: names of released columns.
    :raises tk.NotAuthorized: it names a column that is not granted, or cannot be judged.
    """
    columns = visible(granted)
    allowed = set(columns)
    unknown = set(query) - KEYS - ADDED
    if unknown:
        raise tk.NotAuthorized(
            tk._("Your authorization covers some columns only; this search cannot be limited: {0}")
            .format(", ".join(sorted(unknown)))
        )
    if isinstance(query.get("q"), str) and query["q"]:
        raise tk.NotAuthorized(
            tk._("Your authorization covers some columns only: search within named columns.")
        )
    for column in _named(query):
        if column not in allowed:
            raise tk.NotAuthorized(
                tk._("Your authorization does not cover the column {0}.").format(column)
            )
    asked = _list(query.get("fields")) or columns
    fields = [column for column in asked if column in allowed]
    if not fields:
        raise tk.NotAuthorized(tk._("Your authorization does not cover these columns."))
    return {**query, "fields": fields}


def _named(query: dict[str, Any]) -> Iterator[str]:
    yield from _filtered(query.get("filters") or {})
    if isinstance(query.get("q"), dict):
        yield from query["q"]
    for clause in _list(query.get("sort")):
        match = _SORT.match(clause.strip())
        yield (match["quoted"] or match["plain"]) if match else clause


def _filtered(filters: Any) -> Iterator[str]:
    """Every column that a filter names, however deep; `$or` and `$and` hold lists of filters."""
    if isinstance(filters, dict):
        for key, value in filters.items():
            if key.startswith("$"):
                yield from _filtered(value)
            else:
                yield key
    elif isinstance(filters, list):
        for item in filters:
            yield from _filtered(item)


def _list(value: Any) -> list[str]:
    if not value:
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return [str(part) for part in value]
