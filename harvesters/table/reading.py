"""One table as a CSV file: streamed, in bounded memory, its comments as information items."""

from __future__ import annotations

import csv
import io
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError

from harvesters.notes import SourceError
from harvesters.spool import Spool
from harvesters.table.settings import TableSet

ITEM_TYPES = (
    (sa.Boolean, "L"), (sa.DateTime, "T"), (sa.Date, "D"), (sa.Integer, "I"), (sa.Double, "B"),
    (sa.Float, "F"), (sa.Numeric, "N"), (sa.Text, "M"), (sa.String, "C"),
)
"""SQL's types as the Guide's (element 9)."""
ROWS = 10_000
"""Rows that are in memory at a time."""


def describe(connection: sa.Connection, wanted: TableSet) -> tuple[sa.Table, list[dict[str, str]]]:
    """The table with the wanted columns, and its information items; raises SourceError."""
    inspector = sa.inspect(connection)
    try:
        found = inspector.get_columns(wanted.table, schema=wanted.database_schema)
    except NoSuchTableError:
        raise SourceError("no_table", file=wanted.name) from None
    names = {str(column["name"]): column for column in found}
    missing = [name for name in (*wanted.columns, wanted.watermark) if name and name not in names]
    if missing:
        raise SourceError("no_column", file=wanted.name, column=", ".join(missing))
    columns = [names[name] for name in wanted.columns or names]
    table = sa.Table(
        wanted.table, sa.MetaData(),
        *(sa.Column(name, names[name]["type"]) for name in names), schema=wanted.database_schema)
    return table, [_item(column) for column in columns]


def _item(column: Any) -> dict[str, str]:
    """A column as an information item of the catalogue; its comment says what it means."""
    kind = column["type"]
    code = next((code for types, code in ITEM_TYPES if isinstance(kind, types)), "G")
    length = getattr(kind, "length", None)
    return {"item_name": str(column["name"]), "item_type": code,
            "item_length": str(length) if length else "",
            "description": str(column.get("comment") or "")}


def watermark(connection: sa.Connection, table: sa.Table, wanted: TableSet) -> str | None:
    """Count and highest watermark: without a change of either, nothing needs to be read."""
    if not wanted.watermark:
        return None
    row = connection.execute(
        sa.select(sa.func.count(), sa.func.max(table.c[wanted.watermark]))).one()
    return f"{row[0]} {row[1]}"


def write(
    connection: sa.Connection, table: sa.Table, wanted: TableSet, since: str | None, spool: Spool
) -> tuple[int, str | None]:
    """The rows (above `since` only) as CSV; how many, and the highest watermark among them."""
    columns = [table.c[name] for name in wanted.columns or table.columns.keys()]
    query = sa.select(*columns)
    if wanted.increment:
        mark = table.c[wanted.watermark]
        query = sa.select(*columns, sa.cast(mark, sa.Text)).order_by(mark)
        if since is not None:
            query = query.where(mark > sa.cast(sa.literal(since), mark.type))
    count, highest = 0, since
    spool.write(_csv([[column.name for column in columns]]))
    streamed = connection.execution_options(stream_results=True, yield_per=ROWS).execute(query)
    for block in streamed.partitions(ROWS):
        rows: Any = [row[:-1] for row in block] if wanted.increment else block
        spool.write(_csv(rows))
        count += len(block)
        highest = block[-1][-1] if wanted.increment else highest
    return count, highest


def _csv(rows: Any) -> bytes:
    """None is empty; bytes are hexadecimal, as no text is behind them for certain."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [cell.hex() if isinstance(cell, bytes) else cell for cell in row] for row in rows)
    return out.getvalue().encode()
