"""CSV: encoding and dialect found, every cell as text, whole or in blocks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from . import text
from .problems import Unreadable
from .table import MAX_CELL, Table, check_cells, header

DELIMITERS = ",\t;|"
SAMPLE = 65_536
BLOCK = 4 << 20
LARGE = BLOCK // 4  # characters of a cell that may not fit into a block


def tables(path: Path, filename: str) -> list[Table]:
    """The one table of a CSV file."""
    data, encoding = text.decode(path.read_bytes(), filename)
    table = parse(data, filename, encoding)
    if not table.rows:
        raise Unreadable("empty_sheet", file=filename, sheet=table.name)
    return [table]


def parse(data: bytes, filename: str, encoding: str) -> Table:
    """UTF-8 CSV text as a table."""
    delimiter, names = dialect(data[:SAMPLE], filename)
    try:
        frame = arrow_csv.read_csv(io.BytesIO(data), *_options(delimiter, names))
    except pa.ArrowInvalid:
        lines = io.StringIO(data.decode(), newline="")
        raise _reason(lines, filename, delimiter, names) from None
    source = {"kind": "csv", "encoding": encoding, "delimiter": delimiter}
    table = Table(Path(filename).stem, frame, source=source)
    check_cells(table, filename)
    return table


def head(path: Path, filename: str) -> Table:
    """The first block; the encoding is judged by it alone."""
    begin = next(text.chunks(path), b"")
    return next(_blocks(path, filename, text.encoding(lambda: [begin], filename)))


def blocks(path: Path, filename: str) -> Iterator[Table]:
    """A CSV file of any size in blocks of about 4 MB, so that it need not fit into memory."""
    return _blocks(path, filename, text.encoding(lambda: text.chunks(path), filename))


def _blocks(path: Path, filename: str, encoding: str) -> Iterator[Table]:
    with path.open("rb") as file:
        head = file.read(SAMPLE).decode(encoding, "ignore").encode()
    delimiter, names = dialect(head, filename)
    source = {"kind": "csv", "encoding": encoding, "delimiter": delimiter}
    rows = 0
    try:
        for batch in arrow_csv.open_csv(path, *_options(delimiter, names, encoding)):
            rows += batch.num_rows
            table = Table(Path(filename).stem, pa.Table.from_batches([batch]), source=source)
            check_cells(table, filename)
            yield table
    except pa.ArrowInvalid:
        with path.open(encoding=encoding, newline="") as lines:
            raise _reason(lines, filename, delimiter, names) from None
    if not rows:
        raise Unreadable("empty_sheet", file=filename, sheet=Path(filename).stem)


def _options(
    delimiter: str, names: list[str], encoding: str = "utf-8"
) -> tuple[arrow_csv.ReadOptions, arrow_csv.ParseOptions, arrow_csv.ConvertOptions]:
    """Every value as the text it is; the header is known and skipped."""
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding  # arrow drops the mark itself
    return (
        arrow_csv.ReadOptions(
            column_names=names, skip_rows_after_names=1, block_size=BLOCK, encoding=encoding
        ),
        arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=len(names) > 1
        ),
        arrow_csv.ConvertOptions(
            column_types={n: pa.string() for n in names}, strings_can_be_null=False
        ),
    )


def dialect(sample: bytes, filename: str) -> tuple[str, list[str]]:
    """The delimiter that gives the most columns in the most rows, and the header."""
    lines = sample.decode("utf-8", "ignore")
    best: tuple[tuple[int, int], str, list[str]] | None = None
    for delimiter in DELIMITERS:
        try:
            rows = [r for r in csv.reader(io.StringIO(lines), delimiter=delimiter) if r][:50]
        except csv.Error:
            continue
        if not rows:
            continue
        width = len(rows[0])
        rating = (sum(len(r) == width for r in rows[:-1]) if width > 1 else 0, width)
        if best is None or rating > best[0]:
            best = (rating, delimiter, rows[0])
    if best is None:
        raise Unreadable("not_a_table", file=filename)
    return best[1], header(best[2], filename, Path(filename).stem)


def _reason(lines: TextIO, filename: str, delimiter: str, names: list[str]) -> Unreadable:
    """Which row breaks the table: too many or too few cells, or one too large to be read."""
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for row in reader:
            place = {"file": filename, "row": reader.line_num}
            if row and len(row) != len(names):
                return Unreadable("ragged_row", **place, found=len(row), expected=len(names))
            large = next(
                (n for n, cell in zip(names, row, strict=False) if len(cell) > LARGE), None
            )
            if large is not None:
                return Unreadable("cell_too_large", **place, column=large, limit=LARGE)
    except csv.Error:
        return Unreadable(
            "cell_too_large", file=filename, row=reader.line_num, column="?", limit=MAX_CELL
        )
    return Unreadable("not_a_table", file=filename)
