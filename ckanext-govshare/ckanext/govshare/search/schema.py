# ruff: noqa: SIM905 - the names of many fields are read more easily in a line
"""What CKAN's Solr schema declares, and the Tantivy schema that carries it.

One raw field `s` holds `field\\x1fvalue` for every string, date and number, so any dynamic field
works; `t` does the same for text, token by token. `j` has the strings again as columns, for facets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Any

import tantivy
from dateutil import parser as dates
from tantivy import Token

from . import analysis

VERSION = 4  # raise when the index's content changes: old indexes are rebuilt
SEP = "\x1f"
LONGEST_TERM = 8_000  # characters; longer strings are found by this beginning


class Kind(Enum):
    STRING = "string"
    TEXT = "text"  # stemmed, words split at capitals
    GENERAL = "text_general"
    NGRAM = "text_ngram"
    DATE = "date"
    INT = "int"
    STORED = "stored"  # not searchable


_TEXT = (
    "title notes text urls depends_on dependency_of derives_from has_derivation links_to "
    "linked_from child_of parent_of"
)
_GENERAL = "author author_email maintainer maintainer_email res_name res_description"
_INT = "views_total views_recent resources_accessed_total resources_accessed_recent"
STATIC: dict[str, Kind] = {
    **dict.fromkeys(_TEXT.split(), Kind.TEXT),
    **dict.fromkeys(_GENERAL.split(), Kind.GENERAL),
    **dict.fromkeys(("name_ngram", "title_ngram"), Kind.NGRAM),
    **dict.fromkeys(("metadata_created", "metadata_modified", "indexed_ts"), Kind.DATE),
    **dict.fromkeys(_INT.split(), Kind.INT),
    **dict.fromkeys(("data_dict", "validated_data_dict"), Kind.STORED),
}
_STRINGS = (
    "index_id id site_id entity_type dataset_type state name revision_id version url ckan_url "
    "download_url license license_id tags groups organization capacity res_format res_url res_type"
)
STATIC.update(dict.fromkeys(_STRINGS.split(), Kind.STRING))
# What an answer may contain. Anything else, permission labels above all, never leaves the index.
RETURNED = frozenset(
    f"{_STRINGS} {_GENERAL} title notes metadata_created metadata_modified indexed_ts".split()
)
MULTIVALUED = frozenset(
    "tags groups permission_labels res_name res_description res_format res_url res_type text urls "
    "depends_on dependency_of derives_from has_derivation links_to linked_from child_of "
    "parent_of".split()
)
COPIED = frozenset(
    "url ckan_url download_url res_url name title license notes tags groups organization "
    "res_name res_description maintainer author".split()
)
# Columns of their own, for sorting.
SORT_TEXT = ("title_string", "name", "id")
SORT_INT = ("metadata_created", "metadata_modified", "views_total", "views_recent")
OWN_TEXT = ("title", "text")  # fields of their own, so that their length counts in the ranking
NO_FACET = frozenset(
    "index_id id name url title_string site_id res_url ckan_url download_url".split()
)


class BadValueError(ValueError):
    """A value that the field cannot hold; the message is Solr's kind of sentence."""


@lru_cache(maxsize=10_000)
def kind_of(field: str) -> Kind:
    if (kind := STATIC.get(field)) is not None:
        return kind
    if field.startswith(("extras_", "res_extras_")):
        return Kind.TEXT
    if field.startswith("vocab_"):
        return Kind.STRING
    if field.endswith("_date"):
        return Kind.DATE
    if field.endswith("_i"):
        return Kind.INT
    return Kind.STRING


def is_returned(field: str) -> bool:
    return (
        field in RETURNED
        or field.startswith(("extras_", "res_extras_", "vocab_"))
        or (field.endswith("_date"))
    )


def is_multivalued(field: str) -> bool:
    return field in MULTIVALUED or field.startswith(("res_extras_", "vocab_"))


def build() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("s", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("g", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("t", index_option="position")
    for field in OWN_TEXT:
        builder.add_text_field(field, index_option="position")
    for field in SORT_TEXT:
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=True)
    for field in SORT_INT:
        builder.add_integer_field(field, indexed=True, fast=True)
    builder.add_json_field("j", fast=True, tokenizer_name="raw", index_option="basic")
    for field in ("doc", "labels", "data_dict", "validated_data_dict"):
        builder.add_bytes_field(field, stored=True, indexed=False)
    return builder.build()


SCHEMA = build()

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET = 10**18
_DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@lru_cache(maxsize=1_000)
def micros(value: str | datetime) -> int:
    """Microseconds since 1970 of an ISO date; raises `BadValueError`."""
    try:
        moment = dates.isoparse(value) if isinstance(value, str) else value
    except (ValueError, OverflowError) as error:
        raise BadValueError(f"Invalid Date String:'{str(value)[:100]}'") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    delta = moment - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def sortable(number: int) -> str:
    """A number as 19 digits that sort as the numbers do."""
    return f"{max(-_OFFSET + 1, min(_OFFSET, number)) + _OFFSET:019d}"


def as_int(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise BadValueError(f'For input string: "{str(value)[:100]}"') from error


def encode(kind: Kind, value: str) -> str:
    """The form in which `s` holds a value of this kind."""
    if kind is Kind.DATE:
        return sortable(micros(value))
    if kind is Kind.INT:
        return sortable(as_int(value))
    return value[:LONGEST_TERM]


def decode(kind: Kind, value: str) -> str:
    """The value as an answer shows it."""
    if kind is Kind.INT:
        return str(int(value) - _OFFSET)
    if kind is Kind.DATE:
        moment = datetime.fromtimestamp((int(value) - _OFFSET) / 1_000_000, UTC)
        text = moment.strftime("%Y-%m-%dT%H:%M:%S")
        thousandths = moment.microsecond // 1000
        return text + (f".{thousandths:03d}Z" if thousandths else "Z")
    return value


def escape_path(field: str) -> str:
    """A field's name as a path into `j`."""
    return field.replace("\\", "\\\\").replace(".", "\\.")


def plain(value: Any) -> str:
    """A value as pysolr would have sent it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def values(value: Any) -> list[str]:
    """A field's values as strings; `None` is no value."""
    many = value if isinstance(value, (list, tuple, set)) else [value]
    return [v if isinstance(v, str) else plain(v) for v in many if v is not None]


def exact(text: str) -> str:
    """Two titles are the same if this is."""
    return " ".join(analysis.normalize(text).lower().split())[:LONGEST_TERM]


def document(doc: dict[str, Any]) -> tantivy.Document:
    """The index's document for one that CKAN sends; raises `BadValueError`."""
    return _Builder(doc).build()


def check(doc: dict[str, Any]) -> None:
    """Raises `BadValueError` for what Solr would refuse too."""
    if not doc.get("index_id"):
        raise BadValueError("Document is missing mandatory uniqueKey field: index_id")
    for required in ("id", "site_id"):
        if not doc.get(required):
            raise BadValueError(f"missing required field: {required}")
    for field, value in doc.items():
        kind = kind_of(field)
        found = values(value)
        if kind in (Kind.DATE, Kind.INT) and not field.endswith("_i"):
            for one in found:
                encode(kind, one)
        if field in RETURNED and not is_multivalued(field) and len(found) > 1:
            raise BadValueError(
                f"multiple values encountered for non multiValued field {field}: {found}"
            )


class _Builder:
    def __init__(self, doc: dict[str, Any]) -> None:
        self.source = doc
        self.out = tantivy.Document()
        self.columns: dict[str, list[str]] = {}
        self.positions: dict[str, int] = {}
        self.streams: dict[str, list[Token]] = {}
        self.terms: list[str] = []
        self.pieces: list[str] = []

    def build(self) -> tantivy.Document:
        fields = dict(self.source)
        fields.setdefault("indexed_ts", datetime.now(UTC).isoformat())
        kept: dict[str, Any] = {}
        for field, value in fields.items():
            found = values(value)
            if not found:
                continue
            self.add(field, found)
            if is_returned(field):
                if (kind := kind_of(field)) is Kind.DATE:
                    found = [decode(kind, encode(kind, value)) for value in found]
                kept[field] = found if is_multivalued(field) else found[0]
        self.finish(fields, kept)
        return self.out

    def add(self, field: str, found: list[str]) -> None:
        kind = kind_of(field)
        if kind is Kind.STORED:
            self.out.add_bytes(field, found[0].encode())
            return
        if kind in (Kind.TEXT, Kind.GENERAL):
            for value in found:
                self.text(field, value, stem=kind is Kind.TEXT)
        elif kind is Kind.NGRAM:
            self.grams(field, found)
        else:
            self.strings(field, kind, found)
        if field in COPIED or field.startswith(("extras_", "res_extras_", "vocab_")):
            for value in found:
                self.text("text", value, stem=True)
        if field in ("name", "title"):
            self.grams(field + "_ngram", found)
        self.terms.append(f"*{SEP}{field}")

    def strings(self, field: str, kind: Kind, found: list[str]) -> None:
        for value in dict.fromkeys(found):
            try:
                term = encode(kind, value)
            except BadValueError:
                if not field.endswith("_i"):
                    raise
                continue  # a number by its name only: nothing to find, no reason to refuse
            self.terms.append(f"{field}{SEP}{term}")
            if field not in NO_FACET and len(term) <= 512:
                self.columns.setdefault(field, []).append("=" + term)
        if field in SORT_TEXT:
            self.out.add_text(field, found[0][:LONGEST_TERM])
        if field in SORT_INT:
            number = micros(found[0]) if kind is Kind.DATE else as_int(found[0])
            self.out.add_integer(field, number)

    def grams(self, field: str, found: Iterable[str]) -> None:
        pieces = {gram for value in found for gram in analysis.grams(value)}
        self.pieces += [f"{field}{SEP}{gram}" for gram in pieces]

    def text(self, field: str, value: str, *, stem: bool) -> None:
        own = field in OWN_TEXT
        stream = self.streams.setdefault(field if own else "t", [])
        first = self.positions.get(field, 0)
        found = analysis.cut(value, stem)
        # Nothing reads the offsets of the index: snippets look at the text itself.
        if own:
            stream += [Token(word, first + at, 0, 1) for word, at, _, _ in found.tokens]
        else:  # a field asked for by name is not ranked by words
            prefix = field + SEP
            stream += [
                Token(prefix + word, first + at, 0, 1)
                for word, at, _, _ in found.tokens
                if word[0] != analysis.WORD
            ]
        self.positions[field] = first + found.length + analysis.GAP

    def finish(self, fields: dict[str, Any], kept: dict[str, Any]) -> None:
        self.out.add_text("key", str(fields["index_id"]))
        if title := values(fields.get("title")):
            self.terms.append(f"=title{SEP}{exact(title[0])}")
        self.out.extend({"s": self.terms, "g": self.pieces}, None)
        for field, stream in self.streams.items():
            if stream:
                self.out.add_pre_tokenized_text(field, tantivy.PreTokenizedString("", stream))
        if self.columns:
            self.out.add_json("j", self.columns)
        self.out.add_bytes("doc", json.dumps(kept, ensure_ascii=False).encode())
        labels = sorted(values(fields.get("permission_labels")))
        self.out.add_bytes(
            "labels", SEP.join(labels).encode()
        )  # for the janitor, never in an answer
