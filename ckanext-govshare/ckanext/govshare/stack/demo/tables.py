"""Writes the demo departments' folders: files and the descriptions beside them."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path
from typing import Any
from zlib import crc32

import tomli_w
from openpyxl import Workbook

from ckanext.govshare.stack.demo import facts
from ckanext.govshare.stack.demo.elements import elements
from ckanext.govshare.stack.demo.kinds import Kinds

SPECIFICATION = Path(__file__).with_name("catalogue.toml")


def specification() -> dict[str, Any]:
    """The demo catalogue as `catalogue.toml` says it."""
    return tomllib.loads(SPECIFICATION.read_text("utf-8"))


def write(folder: Path) -> None:
    """Write every department's folder below `folder`; a file that is there stays as it is."""
    spec = specification()
    for department in spec["department"]:
        home = folder / department["name"]
        home.mkdir(parents=True, exist_ok=True)
        for dataset in department["dataset"]:
            path = home / f"{dataset['title']}.{dataset['format']}"
            if path.exists():
                continue
            header, rows = _table(dataset, spec["districts"])
            _WRITERS[dataset["format"]](path, header, rows, dataset.get("encoding", "utf-8"))
            description = elements(dataset, department, header)
            path.with_name(path.name + ".toml").write_bytes(tomli_w.dumps(description).encode())


def _table(dataset: dict[str, Any], districts: list[str]) -> facts.Table:
    if "facts" in dataset:
        return getattr(facts, dataset["facts"])()
    kinds = Kinds(crc32(dataset["title"].encode()), districts)
    columns = [column.split("|") for column in dataset["columns"]]
    rows: list[list[object]] = [
        [kinds.make(kind, rest) for _, kind, *rest in columns] for _ in range(dataset["rows"])
    ]
    return [name for name, *_ in columns], rows


def _csv(path: Path, header: list[str], rows: list[list[Any]], encoding: str) -> None:
    with path.open("w", newline="", encoding=encoding) as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)


def _xlsx(path: Path, header: list[str], rows: list[list[Any]], _encoding: str) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    book.save(path)


def _json(path: Path, header: list[str], rows: list[list[Any]], encoding: str) -> None:
    records = [dict(zip(header, row, strict=True)) for row in rows]
    path.write_text(json.dumps(records, ensure_ascii=False, indent=1), encoding)


def _geojson(path: Path, header: list[str], rows: list[list[Any]], encoding: str) -> None:
    records = [dict(zip(header, row, strict=True)) for row in rows]
    features = [
        {"type": "Feature",
         "geometry": {"type": "Point", "coordinates": [record.pop("经度"), record.pop("纬度")]},
         "properties": record}
        for record in records
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False, indent=1), encoding)


_WRITERS = {"csv": _csv, "xlsx": _xlsx, "json": _json, "geojson": _geojson}
