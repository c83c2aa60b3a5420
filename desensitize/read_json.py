"""JSON (a list of records), JSON Lines and GeoJSON; numbers keep the digits they were written
with.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from . import text
from .problems import Unreadable
from .table import Table, check_cells, header


class _DuplicateKey(ValueError):  # noqa: N818 says what it is
    pass


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [k for k, _ in pairs]
        raise _DuplicateKey(next(n for n in names if names.count(n) > 1))
    return record


def tables(path: Path, filename: str) -> list[Table]:
    """The table of a JSON, JSON Lines or GeoJSON file."""
    data, encoding = text.decode(path.read_bytes(), filename)
    lines = Path(filename).suffix.lower() in (".jsonl", ".ndjson")
    try:
        content = (
            [_load(line) for line in data.splitlines() if line.strip()] if lines else _load(data)
        )
    except _DuplicateKey as error:
        raise Unreadable(
            "duplicate_column", file=filename, sheet=Path(filename).stem, column=str(error)
        ) from None
    except (ValueError, RecursionError):
        raise Unreadable("unreadable_content", file=filename, found="JSON") from None
    kind = "jsonl" if lines else "json"
    if isinstance(content, dict) and content.get("type") == "FeatureCollection":
        kind, records = "geojson", [_feature(f) for f in content.get("features") or []]
    else:
        records = _records(content)
    if not records or not all(isinstance(r, dict) for r in records):
        code = "empty_sheet" if records == [] else "not_a_table"
        raise Unreadable(code, file=filename, sheet=Path(filename).stem)
    names = header(
        list(dict.fromkeys(k for r in records for k in r)), filename, Path(filename).stem
    )
    arrays = [pa.array([_text(r.get(n)) for r in records], pa.string()) for n in names]
    table = Table(
        Path(filename).stem,
        pa.table(arrays, names=names),
        source={"kind": kind, "encoding": encoding},
    )
    check_cells(table, filename)
    return [table]


def _load(data: bytes) -> Any:
    return json.loads(
        data, object_pairs_hook=_record, parse_float=str, parse_int=str, parse_constant=str
    )


def _records(content: Any) -> list[Any]:
    """The list of records, bare or under the one key that holds a list."""
    if isinstance(content, dict):
        lists = [v for v in content.values() if isinstance(v, list)]
        return lists[0] if len(lists) == 1 else [content]
    return content if isinstance(content, list) else [None]


def _feature(feature: dict[str, Any]) -> dict[str, Any]:
    """A feature's properties; a point becomes two columns, another geometry its JSON text."""
    row = dict(feature.get("properties") or {})
    geometry = feature.get("geometry") or {}
    places = geometry.get("coordinates")
    if geometry.get("type") == "Point" and isinstance(places, list) and len(places) >= 2:
        return row | {"longitude": places[0], "latitude": places[1]}
    return row | {"geometry": geometry or None}


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
