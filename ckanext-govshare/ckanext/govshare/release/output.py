"""Writing the desensitized tables: the renditions that readers may choose from."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import BinaryIO

import pyarrow.compute as pc

from ckanext.govshare.release.vault import Stored, Vault
from desensitize import write as writers
from desensitize.table import Table

#: The output's own format for each kind of input; the other renditions stand beside it.
FORMATS = {".xlsx": "xlsx", ".xls": "xlsx", ".xlsm": "xlsx", ".ods": "xlsx",
           ".json": "json", ".jsonl": "json", ".ndjson": "json", ".geojson": "json"}  # fmt: skip
SHEET_ROWS, CELL_CHARACTERS = 1_048_576, 32_767  # what a sheet holds; more would be cut silently
NAME = "data"  # a file's own name can hold a personal value; it goes nowhere


def write(vault: Vault, tables: list[Table], filename: str) -> tuple[dict[str, Stored], str]:
    """The renditions of the output and which of them is the main one.

    One table is written as CSV, JSON and, if a sheet can hold it, XLSX; a workbook of several
    sheets as XLSX and JSON.
    """
    suffix = PurePosixPath(filename).suffix.lower()
    form = FORMATS.get(suffix, "csv")
    if form != "xlsx":
        tables = [Table(NAME, t.frame, t.problems, t.source) for t in tables]
    renditions = {"json": _store(vault, lambda out: _json(tables, out))}
    if form == "xlsx" or all(_fits_sheet(table) for table in tables):
        renditions["xlsx"] = _store(vault, lambda out: writers.xlsx(tables, out))
    if len(tables) == 1:
        renditions["csv"] = _store(vault, lambda out: writers.csv(tables[0], out))
    return renditions, form


def _fits_sheet(table: Table) -> bool:
    lengths = (pc.call_function("utf8_length", [column]) for column in table.frame.columns)
    longest = (pc.call_function("max", [length]).as_py() or 0 for length in lengths)
    return table.rows < SHEET_ROWS and max(longest, default=0) <= CELL_CHARACTERS


def _json(tables: list[Table], out: BinaryIO) -> None:
    if len(tables) == 1:
        writers.json(tables[0], out)
        return
    separator = b"{\n"
    for table in tables:
        out.write(separator + json.dumps(table.name, ensure_ascii=False).encode() + b": ")
        writers.json(table, out)
        separator = b",\n"
    out.write(b"}\n")


def _store(vault: Vault, fill: Callable[[BinaryIO], Iterable[None] | None]) -> Stored:
    with tempfile.TemporaryFile(dir=vault.root) as out:
        fill(out)
        out.seek(0)
        return vault.put(out)
