"""Writing a table: CSV (UTF-8 with a byte-order mark, so that spreadsheets show Chinese), XLSX, JSON."""

from __future__ import annotations

import codecs
import json as encoder
from typing import BinaryIO

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from pyarrow import csv as arrow_csv

from .table import Table


def csv(table: Table, stream: BinaryIO, *, mark: bool = True) -> None:
    """RFC 4180, cells quoted where needed; null and the empty string both as nothing."""
    if mark:
        stream.write(codecs.BOM_UTF8)
    arrow_csv.write_csv(table.frame, _Unclosed(stream), arrow_csv.WriteOptions(quoting_style="needed"))


def xlsx(table: Table, stream: BinaryIO) -> None:
    """One sheet, every cell typed as text: nothing becomes a number, a date or a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(c for c in table.name if c not in "[]:*?/\\")[:31] or "Sheet1")
    for row in ([*table.columns], *zip(*(c.to_pylist() for c in table.frame.columns), strict=True)):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            if value is not None:
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(stream)


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
