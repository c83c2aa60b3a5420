"""Which columns of a table say where its rows lie, by their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

LONGITUDE = {"经度", "lng", "lon", "long", "longitude", "x坐标", "经度坐标", "东经"}
LATITUDE = {"纬度", "lat", "latitude", "y坐标", "纬度坐标", "北纬"}
GEOMETRY = {"geometry", "geojson", "几何", "空间范围", "坐标", "geom"}


class Columns(NamedTuple):
    """The columns with the places: two of coordinates, or one of geometries."""

    longitude: str = ""
    latitude: str = ""
    geometry: str = ""


def columns(names: Iterable[str]) -> Columns | None:
    """The columns that say where; None when there are none."""
    known = {name.strip().lower(): name for name in names}
    longitude = next((known[n] for n in known if n in LONGITUDE), "")
    latitude = next((known[n] for n in known if n in LATITUDE), "")
    if longitude and latitude:
        return Columns(longitude, latitude)
    geometry = next((known[n] for n in known if n in GEOMETRY), "")
    return Columns(geometry=geometry) if geometry else None
