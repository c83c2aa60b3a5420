"""Judges a file block by block, in bounded memory; keeps counts and row numbers, no value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as compute
from pandas.util import hash_array

from harvesters.quality.rules import Rule, broken

ROWS_SAID = 20


@dataclass
class Finding:
    """What one demand of one rule found. `rows` are the first row numbers as in the file."""

    rule: Rule
    check: str
    count: int = 0
    rows: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"column": self.rule.column, "check": self.check, "level": self.rule.level,
                "count": self.count, "rows": self.rows}


class Judge:
    """One file. `references` gives the values of each reference table that the rules name."""

    def __init__(self, rules: list[Rule], references: Mapping[str, frozenset[str]]) -> None:
        self._references = references
        self.findings = [Finding(rule, check) for rule in rules for check in rule.checks()]
        self._hashes: dict[int, list[np.ndarray]] = {}
        self.missing: list[str] = []
        self.rows = self.cells = self.empty = self.failed_rows = 0

    def block(self, table: pa.Table) -> None:
        """The next rows, all columns text."""
        bad = np.zeros(table.num_rows, dtype=bool)
        names = set(table.column_names)
        wanted = {f.rule.column for f in self.findings}
        self.missing = sorted(wanted - names)
        columns = {name: table.column(name).to_pandas() for name in wanted & names}
        for number, finding in enumerate(self.findings):
            if finding.rule.column not in columns:
                continue
            values = columns[finding.rule.column]
            if finding.check == "unique":
                self._hashes.setdefault(number, []).append(_hashes(values))
                continue
            known = self._references.get(finding.rule.reference or "", frozenset())
            wrong = broken(finding.rule, finding.check, values, known).to_numpy(bool)
            self._note(finding, np.flatnonzero(wrong) + self.rows)
            bad |= wrong
        self.failed_rows += int(bad.sum())
        self.rows += table.num_rows
        self.cells += table.num_rows * table.num_columns
        self.empty += sum(_empty(column) for column in table.columns)

    def finish(self) -> None:
        """Find the doubles; 8 bytes a row were kept for each unique column."""
        for number, parts in self._hashes.items():
            hashes = np.concatenate(parts)
            order = np.argsort(hashes, kind="stable")
            same = np.flatnonzero(hashes[order][1:] == hashes[order][:-1]) + 1
            doubles = np.sort(order[same])
            doubles = doubles[hashes[doubles] != 0]
            self._note(self.findings[number], doubles)
            self.failed_rows = min(self.rows, self.failed_rows + len(doubles))
        self._hashes.clear()

    @property
    def refused(self) -> list[Finding]:
        """What holds the file back."""
        return [f for f in self.findings if f.count and f.rule.level == "error"]

    def _note(self, finding: Finding, rows: np.ndarray) -> None:
        finding.count += len(rows)
        room = ROWS_SAID - len(finding.rows)
        finding.rows += [int(row) + 2 for row in rows[:room]]  # the header is row 1


def _hashes(values: pd.Series) -> np.ndarray:
    text = values.fillna("").astype(str).str.strip()
    untyped: Any = hash_array
    hashes = untyped(text.to_numpy(dtype=object), categorize=False)
    hashes[(text == "").to_numpy()] = 0
    return hashes


def _empty(column: pa.ChunkedArray) -> int:
    blank: Any = compute
    return column.null_count + (blank.sum(blank.equal(column, "")).as_py() or 0)
