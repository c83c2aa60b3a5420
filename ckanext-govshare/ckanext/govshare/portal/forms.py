"""Forms of a released table that are made when asked for: XML and RDF.

The signed renditions are CSV, XLSX and JSON; these two say the same cells in other words. Who may
have them, and in which columns, the gate decides as for any download.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

# what XML 1.0 cannot hold, not even escaped
UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
PREFIXES = """@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
Rows = Iterable[Sequence[str]]


class Form(NamedTuple):
    """`write(columns, rows, address)` gives pieces of text; `address` is the table's own."""

    media: str
    write: Callable[[Sequence[str], Rows, str], Iterator[str]]


def xml(columns: Sequence[str], rows: Rows, address: str) -> Iterator[str]:
    """One element a row and one a cell; the column stands in an attribute, as it may be no name."""
    names = [quoteattr(UNSPEAKABLE.sub("\ufffd", c)) for c in columns]
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<table source={quoteattr(address)}>\n'
    for row in rows:
        cells = "".join(
            f"<cell column={name}>{escape(UNSPEAKABLE.sub('�', value))}</cell>"
            for name, value in zip(names, row, strict=True)
        )
        yield f"<row>{cells}</row>\n"
    yield "</table>\n"


def turtle(columns: Sequence[str], rows: Rows, address: str) -> Iterator[str]:
    """RDF in Turtle: a row is a thing, a column a property with its name as label."""
    properties = [f"<{address}#column={quote(c, safe='')}>" for c in columns]
    yield PREFIXES
    for name, one in zip(columns, properties, strict=True):
        yield f"{one} rdfs:label {_literal(name)} .\n"
    for number, row in enumerate(rows, 1):
        facts = ["a csvw:Row", f"dct:isPartOf <{address}>"]
        facts += [f"{p} {_literal(v)}" for p, v in zip(properties, row, strict=True) if v]
        yield f"<{address}#row={number}> {' ; '.join(facts)} .\n"


def _literal(text: str) -> str:
    """Every string of JSON is one of Turtle."""
    return json.dumps(text, ensure_ascii=False)


FORMS = {
    "xml": Form("application/xml; charset=utf-8", xml),
    "ttl": Form("text/turtle; charset=utf-8", turtle),
}
