"""The preview of a table: rows from the DataStore, a page at a time, sorted and filtered.

Every row comes through `datastore_search`, so the gate judges each page when it is read.
The state (page, order, filters) stands in the address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import ckan.plugins.toolkit as tk
from werkzeug.datastructures import MultiDict

ROWS = 10
OPERATIONS = ("eq", "gte", "lte")
HIDDEN = ("_id", "_full_text")


class Filter(NamedTuple):
    """One condition; written `eq:column:value` in the address."""

    operation: str
    column: str
    value: str

    @property
    def text(self) -> str:
        return ":".join(self)


@dataclass(frozen=True)
class Table:
    """One page of rows. `order` is the column sorted by, `-column` when descending."""

    resource_id: str
    columns: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    total: int
    page: int
    order: str = ""
    filters: list[Filter] = field(default_factory=list)
    problem: str = ""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS))

    def query(self, **changes: Any) -> list[tuple[str, Any]]:
        """The address arguments of this page with some of them changed."""
        state: dict[str, Any] = {
            "page": self.page,
            "sort": self.order,
            "f": [f.text for f in self.filters],
            **changes,
        }
        single = [(key, state[key]) for key in ("page", "sort") if state[key] not in ("", 1)]
        return single + [("f", text) for text in state["f"]]


def read(resource_id: str, args: MultiDict[str, str]) -> Table | None:
    """The page asked for; None where there is no table or this reader may not have its rows.

    A condition that does not fit its column gives an empty page with the problem in words.
    """
    page = min(max(args.get("page", 1, type=int), 1), 5000)
    filters, order = _filters(args), args.get("sort", "")
    try:
        columns = _search(resource_id, limit=0)["fields"]
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return None
    known = {column["id"] for column in columns}
    filters = [f for f in filters if f.column in known]
    order = order if order.removeprefix("-") in known else ""
    table = Table(
        resource_id, [c for c in columns if c["id"] not in HIDDEN], [], 0, page, order, filters
    )
    try:
        found = _search(
            resource_id,
            limit=ROWS,
            offset=(page - 1) * ROWS,
            **({"sort": _sort(order)} if order else {}),
            **({"filters": _conditions(filters)} if filters else {}),
        )
    except tk.ValidationError:
        return _with(table, problem=tk._("A value does not fit its column: a number or a date?"))
    return _with(table, rows=found["records"], total=found["total"])


def _with(table: Table, **changes: Any) -> Table:
    return Table(**{**table.__dict__, **changes})


def _search(resource_id: str, **query: Any) -> dict[str, Any]:
    return tk.get_action("datastore_search")({}, {"resource_id": resource_id, **query})


def _filters(args: MultiDict[str, str]) -> list[Filter]:
    """The conditions in the address, with the one that the form adds."""
    texts = args.getlist("f")
    if args.get("column") and args.get("value", "").strip():
        texts.append(":".join((args.get("operation", "eq"), args["column"], args["value"].strip())))
    parts = [text.split(":", 2) for text in texts]
    return [Filter(*p) for p in parts if len(p) == 3 and p[0] in OPERATIONS]


def _conditions(filters: list[Filter]) -> dict[str, Any]:
    return {"$and": [{f.column: {f.operation: f.value}} for f in filters]}


def _sort(order: str) -> list[str]:
    """A list, because a column's name may hold a comma."""
    direction = "desc" if order.startswith("-") else "asc"
    return [f'"{order.removeprefix("-")}" {direction} nulls last']
