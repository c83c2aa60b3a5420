"""Writing a table: CSV (UTF-8, byte-order mark: spreadsheets show Chinese then), XLSX, JSON."""

from __future__ import annotations

import codecs
import json as encoder
from collections.abc import Sequence
from typing import BinaryIO

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from pyarrow import csv as arrow_csv

from .table import Table


def csv(table: Table, stream: BinaryIO, *, first: bool = True) -> None:
    """RFC 4180, cells quoted where needed; null is nothing. ``first=False``: a further block of
    rows.
    """
    if first:
        stream.write(codecs.BOM_UTF8)
    options = arrow_csv.WriteOptions(include_header=first, quoting_style="needed")
    arrow_csv.write_csv(table.frame, _Unclosed(stream, mode="w"), options)


def xlsx(table: Table | Sequence[Table], stream: BinaryIO) -> None:
    """A sheet for each table, every cell typed as text: nothing becomes a number, a date or a
    formula.

    Control characters, which a workbook cannot hold, are left out.
    """
    book = Workbook(write_only=True)
    for number, one in enumerate([table] if isinstance(table, Table) else table, 1):
        _sheet(book, one, number)
    book.save(stream)


def _sheet(book: Workbook, table: Table, number: int) -> None:
    name = "".join(c for c in table.name if c not in "[]:*?/\\'")[:31]
    sheet = book.create_sheet(ILLEGAL_CHARACTERS_RE.sub("", name) or f"Sheet{number}")
    for row in ([*table.columns], *zip(*(c.to_pylist() for c in table.frame.columns), strict=True)):
        cells = []
        for value in row:
            clean = None if value is None else ILLEGAL_CHARACTERS_RE.sub("", value)
            cell = WriteOnlyCell(sheet, value=clean)
            if clean is not None:
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)


def json(table: Table, stream: BinaryIO) -> None:
    """A list of records, one a line."""
    stream.write(b"[")
    separator = b"\n"
    for batch in table.frame.to_batches():
        for record in batch.to_pylist():
            stream.write(separator + encoder.dumps(record, ensure_ascii=False).encode())
            separator = b",\n"
    stream.write(b"\n]\n")


class _Unclosed(pa.PythonFile):
    """Arrow closes what it writes to; the caller's stream stays open."""

    def close(self) -> None:
        pass
