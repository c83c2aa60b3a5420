"""Risk of re-identification over the quasi-identifiers: k, l, t, unique rows, prosecutor and
average risk.

GB/T 37964-2019 and GB/T 42460-2023 (k-anonymity), ISO/IEC 20889:2018 (l-diversity, t-closeness),
ISO/IEC 27559:2022. A class is the rows that agree in all quasi-identifiers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from .arrow import compute as pc
from .problems import Problem
from .standard import Thresholds
from .table import Table

WORST = 20  # rows named at most
Key = tuple[str, ...]


class Tally:
    """Counts of classes and of sensitive values in them, block by block of rows."""

    def __init__(self, quasi: list[str], sensitive: list[str]) -> None:
        self.quasi, self.sensitive = quasi, sensitive
        self.sizes: Counter[Key] = Counter()
        self.values: dict[str, Counter[tuple[Key, str]]] = {name: Counter() for name in sensitive}

    def add(self, table: Table) -> None:
        """Counts a block."""
        for key, count in _grouped(table, self.quasi):
            self.sizes[key] += count
        for name in self.sensitive:
            for key, count in _grouped(table, [*self.quasi, name]):
                self.values[name][key[:-1], key[-1]] += count

    def figures(self) -> dict[str, Any]:
        """All figures; empty without quasi-identifiers or rows."""
        rows = self.sizes.total()
        if not self.quasi or not rows:
            return {}
        smallest = min(self.sizes.values())
        spread = {name: _spread(self.sizes, counts) for name, counts in self.values.items()}
        return {
            "quasi": self.quasi,
            "classes": len(self.sizes),
            "k": smallest,
            "unique": sum(n == 1 for n in self.sizes.values()) / rows,
            "prosecutor": 1 / smallest,
            "average": len(self.sizes) / rows,
            "sizes": {
                str(size): count for size, count in sorted(Counter(self.sizes.values()).items())
            },
            "l": {name: different for name, (different, _) in spread.items()},
            "t": {name: round(distance, 6) for name, (_, distance) in spread.items()},
        }

    def below(self, tables: Iterable[Table], limit: int) -> tuple[int, list[int]]:
        """How many rows lie in classes smaller than ``limit``, and the first of them (from 1)."""
        affected = sum(n for n in self.sizes.values() if n < limit)
        named: list[int] = []
        passed = 0
        for table in tables if affected else ():
            keys = zip(*(_strings(table, name) for name in self.quasi), strict=True)
            named += [passed + i for i, key in enumerate(keys, 1) if self.sizes[key] < limit][
                : WORST - len(named)
            ]
            passed += table.rows
        return affected, named


def measure(table: Table, quasi: list[str], sensitive: list[str], limit: int = 0) -> dict[str, Any]:
    """All figures of a table; ``affected`` and ``rows``: those in classes smaller than
    ``limit``.
    """
    tally = Tally(quasi, sensitive)
    tally.add(table)
    figures = tally.figures()
    if figures:
        figures["affected"], figures["rows"] = tally.below([table], limit)
    return figures


def _strings(table: Table, name: str) -> list[str]:
    return pc.fill_null(table.frame[name], "").to_pylist()


def _grouped(table: Table, names: list[str]) -> list[tuple[Key, int]]:
    """Each different combination of values and its rows."""
    if not names:
        return []
    filled = table.frame.select(names)
    for i, name in enumerate(names):
        filled = filled.set_column(i, name, pc.fill_null(filled[name], ""))
    groups = filled.group_by(names).aggregate([([], "count_all")])
    keys = zip(*(groups[name].to_pylist() for name in names), strict=True)
    return list(zip(keys, groups["count_all"].to_pylist(), strict=True))


def _spread(sizes: Counter[Key], counts: Counter[tuple[Key, str]]) -> tuple[int, float]:
    """The fewest different values in a class (distinct l-diversity), and the largest distance
    of a class's
    distribution from the whole (t-closeness with equal distances: total variation)."""
    classes = {key: i for i, key in enumerate(sizes)}
    values = {value: i for i, value in enumerate({value for _, value in counts})}
    owner = np.array([classes[key] for key, _ in counts])
    value = np.array([values[v] for _, v in counts])
    rows: npt.NDArray[np.float64] = np.array(list(counts.values()), float)
    size = np.array(list(sizes.values()), float)
    whole = np.bincount(value, weights=rows) / rows.sum()
    there = np.bincount(owner, weights=np.abs(rows / size[owner] - whole[value]))
    missing = 1 - np.bincount(owner, weights=whole[value])
    return int(np.bincount(owner).min()), float(((there + missing) / 2).max())


def problems(figures: dict[str, Any], limits: Thresholds) -> list[Problem]:
    """Every threshold that is not held."""
    if not figures:
        return []
    found = []
    if limits.k and figures["k"] < limits.k.value:
        found.append(
            Problem(
                "risk_k",
                {
                    "found": figures["k"],
                    "limit": f"{limits.k.value:g}",
                    "rows": figures["affected"],
                },
            )
        )
    for name, value in figures["l"].items():
        if limits.l and value < limits.l.value:
            found.append(
                Problem("risk_l", {"column": name, "found": value, "limit": f"{limits.l.value:g}"})
            )
    for name, value in figures["t"].items():
        if limits.t and value > limits.t.value:
            found.append(
                Problem(
                    "risk_t",
                    {"column": name, "found": round(value, 3), "limit": f"{limits.t.value:g}"},
                )
            )
    for share in ("unique", "prosecutor", "average"):
        limit = getattr(limits, share)
        if limit and figures[share] > limit.value + 1e-9:
            found.append(
                Problem(
                    f"risk_{share}",
                    {"found": f"{figures[share]:.1%}", "limit": f"{limit.value:.1%}"},
                )
            )
    return found
