"""Cut verified bytes down to the granted columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from ckanext.govshare.gate import tables

#: The forms a projection can take.
FORMATS = ("csv", "xlsx", "json")


def project(source: BinaryIO, columns: Sequence[str], format_: str) -> bytes:
    """The named columns of a CSV rendition (UTF-8), in the order asked for, as `format_`.

    :raises KeyError: the file has no such column, or there is no such format.
    """
    header, records = tables.read(source)
    where = {name: i for i, name in enumerate(header)}
    places = [where[column] for column in columns]
    rows = ([record[i] for i in places] for record in records)
    writers = {"csv": _csv, "xlsx": _xlsx, "json": _json}
    return writers[format_](list(columns), rows)


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
