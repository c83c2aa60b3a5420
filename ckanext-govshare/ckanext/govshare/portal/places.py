"""Where the rows of a table lie: a pair of coordinate columns, or a column of GeoJSON.

Drawn on a plain net of degrees; no map tiles are asked for from anybody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.govshare.catalogue.coordinates import Columns, columns

ROWS = 5_000
SHOWN = 12


@dataclass(frozen=True)
class Places:
    """`features` is GeoJSON; `read` of `total` rows were looked at, some may have no place."""

    features: dict[str, Any]
    read: int
    total: int


def has(resource_id: str) -> bool:
    """Whether the table has columns of places that this reader may have."""
    return _where(resource_id) is not None


def read(resource_id: str) -> Places | None:
    """The places of a table; None without rows for this reader or without places in them."""
    where = _where(resource_id)
    if where is None:
        return None
    found = tk.get_action("datastore_search")({}, {"resource_id": resource_id, "limit": ROWS})
    rows = found["records"]
    features = [f for f in (_feature(row, where) for row in rows) if f]
    return Places({"type": "FeatureCollection", "features": features}, len(rows), found["total"])


def _where(resource_id: str) -> Columns | None:
    try:
        found = tk.get_action("datastore_search")({}, {"resource_id": resource_id, "limit": 0})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return None
    return columns(f["id"] for f in found["fields"])


def _feature(row: dict[str, Any], where: Columns) -> dict[str, Any] | None:
    shape = _shape(row[where.geometry]) if where.geometry else _point(row, where)
    if shape is None:
        return None
    told = [(k, v) for k, v in row.items() if k not in where and k != "_id" and v is not None]
    told = [(name, str(value)[:200]) for name, value in told[:SHOWN]]
    return {"type": "Feature", "geometry": shape, "properties": {"told": told}}


def _point(row: dict[str, Any], where: Columns) -> dict[str, Any] | None:
    try:
        east, north = float(row[where.longitude]), float(row[where.latitude])
    except (TypeError, ValueError):
        return None
    if not (-180 <= east <= 180 and -90 <= north <= 90) or (east, north) == (0, 0):
        return None
    return {"type": "Point", "coordinates": [east, north]}


SHAPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")


def _shape(text: Any) -> dict[str, Any] | None:
    try:
        shape = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return None
    if not isinstance(shape, dict):
        return None
    shape = shape.get("geometry") if shape.get("type") == "Feature" else shape
    if not isinstance(shape, dict) or shape.get("type") not in SHAPES:
        return None
    flat = _numbers(shape.get("coordinates"))
    return {"type": shape["type"], "coordinates": shape["coordinates"]} if flat else None


def _numbers(value: Any) -> bool:
    """Only lists of numbers reach the page, and at least one."""
    if isinstance(value, list) and value:
        return all(_numbers(part) for part in value)
    return isinstance(value, (int, float)) and not isinstance(value, bool)
