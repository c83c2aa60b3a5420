"""Read the CSV rendition of a release."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO


def read(source: BinaryIO) -> tuple[list[str], list[list[str]]]:
    """Header and records (UTF-8), every record as wide as the header. Closes the source."""
    with io.TextIOWrapper(source, encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text)
        header = next(reader, [])
        width = len(header)
        return header, [(record + [""] * width)[:width] for record in reader]
