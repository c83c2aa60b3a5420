"""Documents in order, by several keys.

Tantivy orders by one column. Ties are asked for again with the other keys; fields without a column
are walked term by term. A key `score` is left out when every document has the same.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tantivy import DocAddress, Occur, Order, Query, Searcher, SearchResult

from .compile import Compiled, RefusedError, exists, how_many
from .schema import SCHEMA, SEP, SORT_INT, SORT_TEXT, Kind, encode, is_multivalued, kind_of

TIES = 50  # documents fetched past the last wanted one, to see whether its score goes on


@dataclass(frozen=True)
class Key:
    field: str
    descending: bool


@dataclass(frozen=True)
class Hit:
    address: DocAddress
    score: float


@dataclass(frozen=True)
class Ordered:
    """The first documents in their order, and the number of all that the query finds."""

    hits: list[Hit]
    count: int


def parse(text: str) -> list[Key]:
    """`title_string asc, metadata_modified desc`."""
    keys = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        match = re.fullmatch(r"([^\s(){}]+)\s+(asc|desc)", part, re.I)
        if match is None:
            raise RefusedError(
                f"Can't determine a Sort Order (asc or desc) in sort spec '{text[:200]}', "
                f"pos={text.find(part)}"
            )
        field, descending = match[1], match[2].lower() == "desc"
        keys.append(Key(_column(field), descending))
    if len(keys) > 10:
        raise RefusedError("too many sort keys")
    return keys


def _column(field: str) -> str:
    if field in ("score", "rank"):
        return "score"
    if field == "title":
        return "title_string"
    if is_multivalued(field):
        raise RefusedError(f"can not sort on multivalued field: {field}")
    kind = kind_of(field)
    if kind is Kind.TEXT and field.startswith("extras_"):
        return field.removeprefix("extras_")  # CKAN indexes the same value as a string
    if kind not in (Kind.STRING, Kind.DATE, Kind.INT):
        raise RefusedError(f"can not sort on a field of type {kind.value}: {field}")
    return field


def first(searcher: Searcher, found: Compiled, keys: list[Key], wanted: int) -> Ordered:
    """The first `wanted` documents in the order of `keys`."""
    if wanted <= 0:
        return Ordered([], how_many(searcher, found.query))
    if found.constant:
        keys = [key for key in keys if key.field != "score"]
    if not keys or (keys[0] == Key("score", True) and len(keys) == 1):
        result = searcher.search(found.query, limit=wanted)
        return _ordered([Hit(address, score) for score, address in result.hits], result)
    if keys[0].field == "score":
        return _by_score(searcher, found, keys, wanted)
    if keys[0].field in SORT_INT or keys[0].field in SORT_TEXT:
        return _by_column(searcher, found, keys, wanted)
    return _by_terms(searcher, found, keys, wanted)


def _ordered(hits: list[Hit], counted: SearchResult) -> Ordered:
    return Ordered(hits, counted.count)  # pyright: ignore[reportAttributeAccessIssue]


def _by_score(searcher: Searcher, found: Compiled, keys: list[Key], wanted: int) -> Ordered:
    limit = wanted + TIES if keys[0].descending else max(1, searcher.num_docs)
    while True:
        result = searcher.search(found.query, limit=limit)
        hits = result.hits
        if len(hits) < limit or hits[wanted - 1][0] != hits[-1][0]:
            break
        limit *= 8
    if not keys[0].descending:
        hits = hits[::-1]
    ordered: list[Hit] = []
    for score, group in itertools.groupby(hits, key=lambda hit: hit[0]):
        addresses = [address for _, address in group]
        if len(addresses) > 1:
            addresses = _sorted(searcher, addresses, keys[1:])
        ordered.extend(Hit(address, score) for address in addresses)
        if len(ordered) >= wanted:
            break
    return _ordered(ordered[:wanted], result)


def _sorted(searcher: Searcher, addresses: list[DocAddress], keys: list[Key]) -> list[DocAddress]:
    for key in reversed(keys):
        if key.field == "score":
            continue
        values = dict(zip(map(id, addresses), _values(searcher, addresses, key.field), strict=True))
        known = [a for a in addresses if values[id(a)] is not None]
        unknown = [a for a in addresses if values[id(a)] is None]
        by_value: Callable[[DocAddress], Any] = lambda a, v=values: v[id(a)]  # noqa: E731
        addresses = sorted(known, key=by_value, reverse=key.descending) + unknown
    return addresses


def _values(searcher: Searcher, addresses: list[DocAddress], field: str) -> list[Any]:
    if field in SORT_INT:
        return list(searcher.fast_field_values(field, addresses))
    stored = "title" if field == "title_string" else field
    kind = kind_of(field)
    docs = [
        json.loads(bytes(searcher.doc(address).get_first("doc") or b"{}")) for address in addresses
    ]
    return [None if doc.get(stored) is None else encode(kind, doc[stored]) for doc in docs]


def _by_column(searcher: Searcher, found: Compiled, keys: list[Key], wanted: int) -> Ordered:
    field, rest = keys[0].field, keys[1:]
    order = Order.Desc if keys[0].descending else Order.Asc
    result = searcher.search(found.query, limit=wanted, order_by_field=field, order=order)
    hits = result.hits
    if not rest:
        return _ordered([Hit(address, 0.0) for _, address in hits], result)
    ordered: list[Hit] = []
    for value, group in itertools.groupby(hits, key=lambda hit: hit[0]):
        tied = [address for _, address in group]
        whole = len(ordered) + len(tied) < len(hits)
        if len(tied) == 1 and whole:
            ordered.append(Hit(tied[0], 0.0))
            continue
        same = _having(found, field, value)
        ordered.extend(first(searcher, same, rest, len(tied)).hits)
    return _ordered(ordered, result)


def _having(found: Compiled, field: str, value: Any) -> Compiled:
    if value is None:
        extra = (Occur.MustNot, exists(field))
    else:
        extra = (Occur.Must, Query.const_score_query(Query.term_query(SCHEMA, field, value), 0.0))
    return Compiled(Query.boolean_query([(Occur.Must, found.query), extra]), found.constant)


def _by_terms(searcher: Searcher, found: Compiled, keys: list[Key], wanted: int) -> Ordered:
    field, rest = keys[0].field, keys[1:]
    count = how_many(searcher, found.query)
    terms = searcher.terms_with_prefix("s", field + SEP, filter_query=found.query)
    terms.sort(reverse=keys[0].descending)
    ordered: list[Hit] = []
    for term, having in terms:
        here = Query.const_score_query(Query.term_query(SCHEMA, "s", term), 0.0)
        same = Compiled(
            Query.boolean_query([(Occur.Must, found.query), (Occur.Must, here)]), found.constant
        )
        ordered.extend(first(searcher, same, rest, min(having, wanted - len(ordered))).hits)
        if len(ordered) >= wanted:
            return Ordered(ordered, count)
    missing = Compiled(
        Query.boolean_query([(Occur.Must, found.query), (Occur.MustNot, exists(field))]),
        found.constant,
    )
    return Ordered(ordered + first(searcher, missing, rest, wanted - len(ordered)).hits, count)
