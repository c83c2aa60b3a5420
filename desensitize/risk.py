"""Risk of re-identification over the quasi-identifiers: k, l, t, unique rows, prosecutor and average risk.

GB/T 37964-2019 and GB/T 42460-2023 (k-anonymity), ISO/IEC 20889:2018 (l-diversity, t-closeness),
ISO/IEC 27559:2022. A class is the rows that agree in all quasi-identifiers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from .problems import Problem
from .standard import Thresholds
from .table import Table

WORST = 20  # rows named at most
Ids = npt.NDArray[np.int64]


def classes(table: Table, quasi: list[str]) -> Ids:
    """For each row the number of its class."""
    ids = np.zeros(table.rows, np.int64)
    for name in quasi:
        _, ids = np.unique(ids * (len(codes := _codes(table, name)) + 1) + codes, return_inverse=True)
    return ids


def _codes(table: Table, name: str) -> Ids:
    column = pc.fill_null(table.frame[name], "")
    _, codes = np.unique(column.to_numpy().astype(str), return_inverse=True)
    return codes.astype(np.int64)


def measure(table: Table, quasi: list[str], sensitive: list[str], limit: int = 0) -> dict[str, Any]:
    """All figures. ``rows``: the first rows (from 1) of classes smaller than ``limit`` (else of the smallest)."""
    if not quasi or not table.rows:
        return {}
    ids = classes(table, quasi)
    sizes = np.bincount(ids)
    mine = sizes[ids]
    smallest = int(sizes.min())
    bad = np.flatnonzero(mine < limit) if limit else np.flatnonzero(mine == smallest)
    diversity = {name: _diversity(ids, len(sizes), _codes(table, name)) for name in sensitive}
    return {
        "quasi": quasi, "classes": len(sizes), "k": smallest,
        "unique": float((mine == 1).mean()), "prosecutor": 1 / smallest, "average": len(sizes) / table.rows,
        "rows": [int(r) + 1 for r in bad[:WORST]], "affected": len(bad),
        "sizes": {str(s): int(n) for s, n in zip(*np.unique(sizes, return_counts=True), strict=True)},
        "l": {name: d[0] for name, d in diversity.items()},
        "t": {name: round(d[1], 6) for name, d in diversity.items()},
    }


def _diversity(ids: Ids, count: int, codes: Ids) -> tuple[int, float]:
    """Distinct l-diversity and t-closeness (equal-distance earth mover's: total variation) of a sensitive column."""
    values = int(codes.max()) + 1
    pairs, rows = np.unique(ids * values + codes, return_counts=True)
    owner, value = pairs // values, pairs % values
    different = int(np.bincount(owner, minlength=count).min())
    whole = np.bincount(codes, minlength=values) / len(codes)
    sizes = np.bincount(ids, minlength=count)
    share = rows / sizes[owner]
    # Half the sum of |p−q|: over the values that occur, plus the whole's weight of those that do not.
    there = np.bincount(owner, weights=np.abs(share - whole[value]), minlength=count)
    missing = 1 - np.bincount(owner, weights=whole[value], minlength=count)
    return different, float(((there + missing) / 2).max())


def problems(figures: dict[str, Any], limits: Thresholds) -> list[Problem]:
    """Every threshold that is not held."""
    if not figures:
        return []
    found = []
    if limits.k and figures["k"] < limits.k.value:
        found.append(Problem("risk_k", {"found": figures["k"], "limit": f"{limits.k.value:g}", "rows": figures["affected"]}))
    for name, value in figures["l"].items():
        if limits.l and value < limits.l.value:
            found.append(Problem("risk_l", {"column": name, "found": value, "limit": f"{limits.l.value:g}"}))
    for name, value in figures["t"].items():
        if limits.t and value > limits.t.value:
            found.append(Problem("risk_t", {"column": name, "found": round(value, 3), "limit": f"{limits.t.value:g}"}))
    for measure_ in ("unique", "prosecutor", "average"):
        limit = getattr(limits, measure_)
        if limit and figures[measure_] > limit.value + 1e-9:
            found.append(Problem(f"risk_{measure_}", {"found": f"{figures[measure_]:.1%}", "limit": f"{limit.value:.1%}"}))
    return found
