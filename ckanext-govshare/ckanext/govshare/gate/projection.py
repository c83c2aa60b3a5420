"""Cut verified bytes down to the granted columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

#: The forms a projection can take.
FORMATS = ("csv", "xlsx", "json")


def project(source: BinaryIO, columns: Sequence[str], format_: str) -> bytes:
    """The named columns of a CSV rendition (UTF-8), in the order asked for, as `format_`.

    :raises KeyError: the file has no such column, or there is no such format.
    """
    reader = csv.reader(io.TextIOWrapper(source, encoding="utf-8-sig", newline=""))
    header = next(reader, [])
    places = [header.index(c) if c in header else _missing(c) for c in columns]
    rows = ([row[i] if i < len(row) else "" for i in places] for row in reader)
    writers = {"csv": _csv, "xlsx": _xlsx, "json": _json}
    return writers[format_](list(columns), rows)


def _missing(column: str) -> int:
    raise KeyError(column)


def _csv(columns: list[str], rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(columns: list[str], rows: Iterable[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(columns)
    for row in rows:
        sheet.append([_text_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: object, value: str) -> object:
    """Text, whatever it begins with: a formula must not run in the reader's spreadsheet."""
    cell = WriteOnlyCell(sheet, value)  # type: ignore[arg-type]
    if cell.data_type == "f":
        cell.data_type = "s"
    return cell


def _json(columns: list[str], rows: Iterable[list[str]]) -> bytes:
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    return json.dumps(records, ensure_ascii=False).encode()
