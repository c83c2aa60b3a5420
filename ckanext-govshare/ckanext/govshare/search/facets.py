"""Facets: how many of the documents found have which value.

Only documents that the query finds count, so a value that the reader may not see never appears (a
`mincount` of 0 lists nothing more than 1).
"""

from __future__ import annotations

from dataclasses import dataclass

from tantivy import Occur, Query, Searcher

from . import analysis
from .compile import RefusedError, exists, how_many, place
from .schema import NO_FACET, SEP, Kind, decode, escape_path, kind_of

BUCKETS = 60_000  # Tantivy refuses 65,000


@dataclass(frozen=True)
class Wish:
    """One `facet.field`; `limit` of -1 is no limit."""

    field: str
    limit: int = 100
    mincount: int = 1
    missing: bool = False
    by_count: bool = True
    prefix: str = ""


def count(searcher: Searcher, query: Query, wishes: list[Wish]) -> dict[str, list]:
    """Field → `[value, count, value, count, …]`, as Solr lists them."""
    columns = [wish for wish in wishes if _has_column(wish)]
    counted = _columns(searcher, query, columns) if columns else {}
    answer: dict[str, list] = {}
    for wish in wishes:
        found = counted.get(wish.field)
        if found is None:
            found = _terms(searcher, query, wish)
        answer[wish.field] = _listed(searcher, query, wish, found)
    return answer


def _has_column(wish: Wish) -> bool:
    kind = kind_of(wish.field)
    if kind in (Kind.STORED, Kind.NGRAM):
        raise RefusedError(f"can not facet on field {wish.field}")
    return kind not in (Kind.TEXT, Kind.GENERAL) and wish.field not in NO_FACET


def _columns(
    searcher: Searcher, query: Query, wishes: list[Wish]
) -> dict[str, list[tuple[str, int]]]:
    request = {
        str(i): {"terms": {"field": "j." + escape_path(wish.field), "size": _size(wish)}}
        for i, wish in enumerate(wishes)
    }
    try:
        answer = searcher.aggregate(query, request)
    except ValueError:  # more values than Tantivy counts this way
        return {}
    found = {}
    for i, wish in enumerate(wishes):
        buckets = answer[str(i)]["buckets"]
        if len(buckets) < BUCKETS:
            found[wish.field] = [(bucket["key"][1:], bucket["doc_count"]) for bucket in buckets]
    return found


def _size(wish: Wish) -> int:
    plain = wish.by_count and not wish.prefix and 0 <= wish.limit <= 1_000
    return 2_000 if plain else BUCKETS  # more than the limit, so that ties at its end are cut right


def _terms(searcher: Searcher, query: Query, wish: Wish) -> list[tuple[str, int]]:
    text = kind_of(wish.field) in (Kind.TEXT, Kind.GENERAL)
    name, prefix = place(wish.field) if text else ("s", wish.field + SEP)
    terms = searcher.terms_with_prefix(name, prefix, filter_query=query)
    cut = [(term[len(prefix) :], number) for term, number in terms]
    return [(term, number) for term, number in cut if not (text and term.startswith(analysis.WORD))]


def _listed(searcher: Searcher, query: Query, wish: Wish, found: list[tuple[str, int]]) -> list:
    kind = kind_of(wish.field)
    found = [(decode(kind, value), number) for value, number in found]
    found = [
        (value, number)
        for value, number in found
        if number >= max(1, wish.mincount) and value.startswith(wish.prefix)
    ]
    found.sort(key=(lambda pair: (-pair[1], pair[0])) if wish.by_count else (lambda pair: pair[0]))
    if wish.limit >= 0:
        found = found[: wish.limit]
    listed: list = [part for pair in found for part in pair]
    if wish.missing:
        without = Query.boolean_query([(Occur.Must, query), (Occur.MustNot, exists(wish.field))])
        listed += [None, how_many(searcher, without)]
    return listed
