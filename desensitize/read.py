"""Reading a file as tables of text, or saying why a person has to look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from . import read_csv, read_excel, read_json
from .problems import Unreadable
from .table import Table, check_cells, from_rows, header

__all__ = ["BLOCKS", "Unreadable", "blocks", "from_rows", "kind", "tables"]

# How a content shows itself; what is listed here and has no reader is held.
SIGNATURES = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"\x1f\x8b", "GZIP"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"),
    (b"PAR1", "Parquet"),
    (b"\xd0\xcf\x11\xe0", "OLE"),
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
)
TEXT_TABLES = (".csv", ".tsv", ".txt")
READERS = {
    ".csv": ("text", read_csv.tables),
    ".tsv": ("text", read_csv.tables),
    ".txt": ("text", read_csv.tables),
    ".json": ("text", read_json.tables),
    ".jsonl": ("text", read_json.tables),
    ".ndjson": ("text", read_json.tables),
    ".geojson": ("text", read_json.tables),
    ".xlsx": ("ZIP", read_excel.tables),
    ".xlsm": ("ZIP", read_excel.tables),
    ".ods": ("ZIP", read_excel.tables),
    ".xls": ("OLE", read_excel.tables),
}
BLOCKS = 64 << 20  # from this size on a CSV file is read in blocks


def kind(path: Path) -> str:
    """What the content is by its first bytes: one of ``SIGNATURES``, else ``text``."""
    with path.open("rb") as file:
        head = file.read(16)
    return next(
        (name for mark, name in SIGNATURES if head.startswith(mark) and _meant(name, path)), "text"
    )


def _meant(name: str, path: Path) -> bool:
    """Two letters are no proof: a text can begin with BM or MZ."""
    if name not in ("BMP", "EXE"):
        return True
    with path.open("rb") as file:
        return b"\x00" in file.read(512)


def tables(path: Path, filename: str) -> list[Table]:
    """All tables of a file: one, or one for each sheet.

    Errors: ``Unreadable`` for everything that cannot be read or must not be decided by a machine.
    """
    if path.stat().st_size == 0:
        raise Unreadable("empty_file", file=filename)
    suffix, found = Path(filename).suffix.lower(), kind(path)
    if suffix == ".parquet" and found == "Parquet":
        return _parquet(path, filename)
    expected, reader = READERS.get(suffix, ("", None))
    if reader is None:
        raise Unreadable("unsupported_kind", file=filename, found=_named(suffix, found))
    if found != expected:
        raise Unreadable("not_what_name_says", file=filename, found=found)
    return reader(path, filename)


def large(path: Path, filename: str = "") -> bool:
    """Whether a file is read in blocks of rows."""
    return (
        Path(filename or path.name).suffix.lower() in TEXT_TABLES and path.stat().st_size > BLOCKS
    )


def blocks(path: Path, filename: str) -> Iterator[Table]:
    """The file in blocks of rows: a CSV file of any size; other kinds sheet by sheet."""
    if large(path, filename):
        if (found := kind(path)) != "text":
            raise Unreadable("not_what_name_says", file=filename, found=found)
        yield from read_csv.blocks(path, filename)
    else:
        yield from tables(path, filename)


def head(path: Path, filename: str, rows: int) -> list[Table]:
    """The first rows of every table of a file. A CSV file is not read further than needed."""
    if Path(filename).suffix.lower() in TEXT_TABLES and kind(path) == "text":
        found = [read_csv.head(path, filename)]
    else:
        found = tables(path, filename)
    return [table.with_frame(table.frame.slice(0, rows)) for table in found]


def _named(suffix: str, found: str) -> str:
    return suffix.lstrip(".").upper() or found


def _parquet(path: Path, filename: str) -> list[Table]:
    try:
        frame = pq.read_table(path)
    except (pa.ArrowException, OSError):
        raise Unreadable("unreadable_content", file=filename, found="Parquet") from None
    names = header(frame.column_names, filename, Path(filename).stem)
    if not frame.num_rows:
        raise Unreadable("empty_sheet", file=filename, sheet=Path(filename).stem)
    try:
        frame = pa.table([c.cast(pa.string()) for c in frame.columns], names=names)
    except pa.ArrowException:
        raise Unreadable("not_a_table", file=filename) from None
    table = Table(Path(filename).stem, frame, source={"kind": "parquet"})
    check_cells(table, filename)
    return [table]
