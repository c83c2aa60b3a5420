"""XLSX, XLS and ODS: every sheet, hidden ones too; numbers and dates as the text a person sees."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from .problems import Problem, Unreadable
from .table import Table, check_cells, header

MAX_UNPACKED = 1 << 30
SUSPECT = 50 << 20  # bytes unpacked, from which on it counts how densely they were packed
MAX_RATIO = 200  # a workbook packs to a tenth, never to a two-hundredth
DIGITS = 15  # what a spreadsheet keeps of a number


def tables(path: Path, filename: str) -> list[Table]:
    """One table for every sheet that has rows."""
    comments = _unpacked(path, filename)
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
        read = [(m, book.get_sheet_by_name(m.name).to_python(skip_empty_area=True)) for m in sheets]
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError):
        raise Unreadable("unreadable_content", file=filename, found="Excel") from None
    made, skipped = [], []
    for meta, rows in read:
        if len(rows) < 2 or not any(c != "" for row in rows[1:] for c in row):
            skipped.append(Problem("sheet_skipped", {"sheet": meta.name}))
            continue
        table = _table(meta.name, rows, filename)
        if meta.visible != SheetVisibleEnum.Visible:
            table.problems.append(Problem("hidden_sheet", {"sheet": meta.name}))
        made.append(table)
    if not made:
        raise Unreadable("empty_sheet", file=filename, sheet=sheets[0].name if sheets else "")
    made[0].problems += [*skipped, *([Problem("comments_dropped")] if comments else [])]
    return made


def _unpacked(path: Path, filename: str) -> bool:
    """Refuse an archive that unpacks to far more than a workbook; say whether there are
    comments.
    """
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    size = sum(e.file_size for e in entries)
    packed = max(1, sum(e.compress_size for e in entries))
    if size > MAX_UNPACKED:
        raise Unreadable("archive_bomb", file=filename, size=size, limit=MAX_UNPACKED)
    if size > SUSPECT and size / packed > MAX_RATIO:
        ratio = size // packed
        raise Unreadable("archive_ratio", file=filename, ratio=ratio, limit=MAX_RATIO)
    return any("comments" in e.filename.lower() for e in entries)


def _table(sheet: str, rows: list[list[Any]], filename: str) -> Table:
    names = header(rows[0], filename, sheet)
    problems = []
    arrays = []
    for i, name in enumerate(names):
        cells = [row[i] for row in rows[1:]]
        lost = sum(isinstance(c, float) and abs(c) >= 10**DIGITS for c in cells)
        if lost:
            problems.append(Problem("number_lost_digits", {"column": name, "count": lost}))
        arrays.append(pa.array([as_text(c) for c in cells], pa.string()))
    table = Table(sheet, pa.table(arrays, names=names), problems, {"kind": "excel", "sheet": sheet})
    check_cells(table, filename)
    return table


def as_text(cell: Any) -> str | None:
    """A cell as text: no exponent, no ``.0``, ISO dates."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e20 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
