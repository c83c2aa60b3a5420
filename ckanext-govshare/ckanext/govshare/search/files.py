"""The files of an index: which belong to it, and whether they are whole.

Tantivy ends each file with a footer that holds a checksum, but offers nothing to check it.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

MAGIC = 1337
BLOCK = 1 << 20


def segments(place: Path) -> set[str]:
    """The ids of the segments of the last commit; raises `OSError` or `ValueError` for none."""
    meta = json.loads((place / "meta.json").read_text("utf-8"))
    return {segment["segment_id"].replace("-", "") for segment in meta["segments"]}


def of_segments(place: Path) -> Iterator[tuple[Path, str]]:
    """Every segment file with its segment's id."""
    for path in place.iterdir():
        id_ = path.name.split(".")[0]
        if len(id_) == 32:
            yield path, id_


def whole(path: Path) -> bool:
    """Whether the file's checksum is right."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size < 8:
            return False
        file.seek(-8, 2)
        length, magic = struct.unpack("<II", file.read(8))
        if magic != MAGIC or length > size - 8:
            return False
        file.seek(-8 - length, 2)
        try:
            expected = json.loads(file.read(length))["crc"]
        except (ValueError, KeyError, TypeError):
            return False
        file.seek(0)
        left, crc = size - 8 - length, 0
        while left and (block := file.read(min(BLOCK, left))):
            crc = zlib.crc32(block, crc)
            left -= len(block)
    return crc == expected


def damaged(place: Path) -> list[str]:
    """The names of files of the last commit that are not as they were written."""
    try:
        named = segments(place)
    except (OSError, ValueError, KeyError, TypeError):
        return ["meta.json"]
    found = []
    for path, id_ in of_segments(place):
        try:
            if id_ in named and not whole(path):
                found.append(path.name)
        except FileNotFoundError:  # merged away meanwhile
            continue
    return found
