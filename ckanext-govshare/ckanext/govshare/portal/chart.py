"""A chart of a table: what to draw stands in the address, the figures are made here.

The page carries the figures as a table too, so it says the same without scripts and to a screen
reader. Rows come through `datastore_search`: the gate judges each look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.datastructures import MultiDict

from ckanext.govshare.catalogue import coordinates

ROWS = 10_000
BARS, SLICES, POINTS = 60, 12, 2_000
NUMBERS = ("int", "int2", "int4", "int8", "numeric", "float4", "float8")
COORDINATES = coordinates.LONGITUDE | coordinates.LATITUDE  # adding them up says nothing
KINDS = ("bar", "line", "pie", "scatter")
WAYS: dict[str, Callable[[list[float]], float]] = {
    "count": len, "sum": sum, "mean": fmean, "min": min, "max": max,
}  # fmt: skip


@dataclass(frozen=True)
class Chart:
    """`points`: label (a number in a scatter) and value. `read` of `total` rows were counted."""

    columns: list[str]
    numbers: list[str]
    kind: str
    x: str
    y: str
    how: str
    points: list[tuple[Any, float]] = field(default_factory=list)
    read: int = 0
    total: int = 0
    left_out: int = 0


def read(resource_id: str, args: MultiDict[str, str]) -> Chart | None:
    """The chart that the address asks for; what it leaves open or gets wrong is chosen.

    None where there is no table or this reader may not have its rows.
    """
    try:
        fields = _search(resource_id, limit=0)["fields"]
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return None
    columns = [f["id"] for f in fields if not f["id"].startswith("_")]
    numbers = [f["id"] for f in fields if f["type"] in NUMBERS and not f["id"].startswith("_")]
    if not columns:
        return None
    chart = _choose(columns, numbers, args)
    wanted = list(dict.fromkeys(c for c in (chart.x, chart.y) if c))
    found = _search(resource_id, limit=ROWS, fields=wanted)
    rows = found["records"]
    draw = _pairs if chart.kind == "scatter" else _groups
    points, left_out = draw(rows, chart)
    return Chart(
        **{**chart.__dict__, "points": points, "left_out": left_out,
           "read": len(rows), "total": found["total"]}
    )  # fmt: skip


def _search(resource_id: str, **query: Any) -> dict[str, Any]:
    return tk.get_action("datastore_search")({}, {"resource_id": resource_id, **query})


def _choose(columns: list[str], numbers: list[str], args: MultiDict[str, str]) -> Chart:
    def one(name: str, known: Iterable[str], otherwise: str) -> str:
        asked = args.get(name, "")
        return asked if asked in known else otherwise

    kind = one("kind", KINDS if len(numbers) > 1 else KINDS[:-1], "bar")
    words = [c for c in columns if c not in numbers]
    if kind == "scatter":
        return Chart(columns, numbers, kind, one("x", numbers, numbers[0]),
                     one("y", numbers, numbers[1]), "")  # fmt: skip
    figures = [n for n in numbers if n.strip().lower() not in COORDINATES]
    y = one("y", numbers, (figures or numbers or [""])[-1])
    how = one("how", WAYS if y else ("count",), "sum" if figures else "count")
    return Chart(
        columns, numbers, kind, one("x", columns, (words or columns)[0]),
        "" if how == "count" else y, how,
    )  # fmt: skip


def _groups(rows: list[dict[str, Any]], chart: Chart) -> tuple[list[tuple[Any, float]], int]:
    """One figure a value of `x`: in the order of `x` for a line, the largest first else."""
    found: dict[Any, list[float]] = {}
    for row in rows:
        value = _number(row[chart.y]) if chart.y else 1.0
        if value is not None:
            found.setdefault(row[chart.x], []).append(value)
    figures = [(x, round(WAYS[chart.how](values), 6)) for x, values in found.items()]
    if chart.kind == "line":
        figures.sort(key=lambda point: _order(point[0]))
        limit = POINTS
    else:
        figures.sort(key=lambda point: -point[1])
        limit = SLICES if chart.kind == "pie" else BARS
    return [(_label(x), y) for x, y in figures[:limit]], max(0, len(figures) - limit)


def _pairs(rows: list[dict[str, Any]], chart: Chart) -> tuple[list[tuple[Any, float]], int]:
    found = [(_number(row[chart.x]), _number(row[chart.y])) for row in rows]
    pairs = [(x, y) for x, y in found if x is not None and y is not None]
    return pairs[:POINTS], max(0, len(pairs) - POINTS)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _order(value: Any) -> tuple[bool, float, str]:
    number = isinstance(value, (int, float))
    return number, float(value) if number else 0.0, str(value)


def _label(value: Any) -> str:
    text = "" if value is None else str(value)
    return text.removesuffix("T00:00:00")[:60] or "—"
