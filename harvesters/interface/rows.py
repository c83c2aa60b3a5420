"""From an answer to rows of text; the columns are fixed by the settings or by the first row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import jmespath
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from harvesters.interface.settings import Dataset
from harvesters.notes import SourceError

Row = dict[str, str]


def read(dataset: Dataset, body: bytes, where: str) -> tuple[Iterator[Row], Any]:
    """The rows of one page, and the answer as a whole where it is JSON. Raises SourceError."""
    try:
        if dataset.format == "json":
            answer = json.loads(body)
            found = jmespath.search(dataset.rows, answer) if dataset.rows else answer
            if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
                raise SourceError("not_understood", file=where, reason=dataset.rows or "[]")
            return (_object(dataset, row) for row in found), answer
        if dataset.format == "csv":
            lines = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""))
            return (_line(dataset, row) for row in lines), None
        root = fromstring(body)
        return (_element(dataset, row) for row in root.findall(dataset.rows)), None
    except (UnicodeDecodeError, ValueError, ParseError, DefusedXmlException, SyntaxError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError("not_understood", file=where, reason=dataset.format) from None


def _object(dataset: Dataset, row: dict[str, Any]) -> Row:
    if not dataset.fields:
        return {str(name): _text(value) for name, value in row.items()}
    return {name: _text(jmespath.search(path, row)) for name, path in dataset.fields.items()}


def _line(dataset: Dataset, row: dict[str | None, Any]) -> Row:
    if None in row:
        raise SourceError("not_understood", file=dataset.key, reason="csv")
    names = dataset.fields or {str(name): str(name) for name in row}
    return {name: row.get(field) or "" for name, field in names.items()}


def _element(dataset: Dataset, row: Element) -> Row:
    return {name: (row.findtext(path) or "").strip() for name, path in dataset.fields.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
