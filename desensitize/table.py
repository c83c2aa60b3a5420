"""A table as text: what every reader gives and every step takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from .arrow import compute as pc
from .problems import Problem, Unreadable

MAX_COLUMNS = 5_000
MAX_CELL = 10_000_000  # characters


@dataclass
class Table:
    """Rows in their order, every value a string; null where the source had no value.

    ``source``: where it came from (``kind``, ``encoding``, ``delimiter``, ``sheet`` …), for the
    evidence.
    """

    name: str
    frame: pa.Table
    problems: list[Problem] = field(default_factory=list)
    source: dict[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        return self.frame.column_names

    @property
    def rows(self) -> int:
        return self.frame.num_rows

    def with_frame(self, frame: pa.Table) -> Table:
        return Table(self.name, frame, self.problems, self.source)


def header(names: Sequence[Any], file: str, sheet: str) -> list[str]:
    """Column names that can be used, or the reason why not."""
    if len(names) > MAX_COLUMNS:
        raise Unreadable("too_many_columns", file=file, found=len(names), limit=MAX_COLUMNS)
    clean = [str(name or "").strip().lstrip("\ufeff") for name in names]
    for number, name in enumerate(clean, 1):
        if not name:
            raise Unreadable("unnamed_column", file=file, sheet=sheet, number=number)
        if name in clean[: number - 1]:
            raise Unreadable("duplicate_column", file=file, sheet=sheet, column=name)
    return clean


def from_rows(
    columns: Sequence[Any], rows: Sequence[Sequence[str | None]], *, name: str, file: str = ""
) -> Table:
    """A table from rows of strings, as a SQL result gives them."""
    names = header(columns, file or name, name)
    arrays = [pa.array([row[i] for row in rows], pa.string()) for i in range(len(names))]
    table = Table(name, pa.table(arrays, names=names))
    check_cells(table, file or name)
    return table


def check_cells(table: Table, file: str) -> None:
    """No cell is larger than a person could have meant."""
    for column in table.columns:
        lengths = pc.binary_length(table.frame[column])
        longest = pc.max(lengths).as_py() or 0
        if longest > MAX_CELL:
            row = pc.index(lengths, longest).as_py() + 1
            raise Unreadable("cell_too_large", file=file, column=column, row=row, limit=MAX_CELL)
