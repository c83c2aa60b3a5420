"""The engine: Solr's parameters in, Solr's answer out."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tantivy import Occur, Query, Searcher

from . import facets, janitor, reader, schema, sort
from .compile import Compiled, Compiler, RefusedError, string_term
from .dismax import DisMax
from .lock import Lock
from .writer import Writer

MOST_ROWS = 1_000_000
# `q` and the rest of what we answer; anything else is refused, not passed over.
KNOWN = frozenset(
    [
        "q",
        "fq",
        "fl",
        "rows",
        "start",
        "sort",
        "defType",
        "qf",
        "mm",
        "tie",
        "df",
        "q.op",
        "wt",
        "facet",
        "facet.field",
        "facet.limit",
        "facet.mincount",
        "facet.missing",
        "facet.sort",
        "facet.prefix",
        "indent",
        "omitHeader",
        "fq_list",  # CKAN has put it into `fq` and sends it all the same; Solr passes over it
    ]
)
_LOCAL = re.compile(r"^\{!(?:(\w+)(?=[\s}]))?\s*([^}]*)\}(.*)$", re.S)
_LOCAL_PARAM = re.compile(r"(\w[\w.]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+))")
_SPATIAL = re.compile(
    r"\s*(?:Intersects|IsWithin|Contains|IsDisjointTo|IsEqualTo|Overlaps|BBoxIntersects|BBoxWithin)"
    r"\s*\(",
    re.I,
)
_CLAUSES = {
    "must": Occur.Must,
    "filter": Occur.Must,
    "should": Occur.Should,
    "must_not": Occur.MustNot,
}


class Engine:
    """One index."""

    trouble: Callable[[Path], Any] = staticmethod(lambda _home: None)
    """Called with the folder of an index that is missing or broken; the plugin starts a repair."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.reader = reader.of(home)
        self.writer = Writer(home, self.compile_delete)

    def searcher(self) -> Searcher:
        """The index as of now. One that is missing or broken begins empty, and is filled behind."""
        for _ in range(3):  # a commit may take files away while they are opened
            try:
                return self.reader.searcher()
            except reader.IndexMissingError:
                time.sleep(0.01)
        with Lock.take(self.home / "lock", wait=True) or contextlib.nullcontext():
            try:  # another process may have put it right
                return self.reader.searcher()
            except reader.IndexMissingError:
                janitor.set_aside(self.home)
        self.trouble(self.home)
        return self.reader.searcher()

    def compile_delete(self, text: str) -> Query:
        return Compiler(self.searcher()).parse(text).query

    # -- answering

    def search(self, params: dict[str, Any]) -> dict[str, Any]:
        """Solr's decoded answer; raises `ValueError` for what it would refuse."""
        began = time.perf_counter()
        if unknown := set(params) - KNOWN:
            raise RefusedError(f"unsupported parameters: {', '.join(sorted(unknown))[:200]}")
        searcher = self.searcher()
        found = self.compiled(searcher, params)
        start, rows = _number(params, "start", 0), _number(params, "rows", 10)
        keys = sort.parse(str(params.get("sort") or "score desc"))
        fields = _fields(params.get("fl"))
        wanted = start + rows if rows else 0
        ordered = sort.first(searcher, found, keys, min(wanted, searcher.num_docs))
        answer: dict[str, Any] = {
            "responseHeader": {"status": 0},
            "response": {
                "numFound": ordered.count,
                "start": start,
                "docs": [self.shown(searcher, hit, fields) for hit in ordered.hits[start:]],
            },
        }
        if _truth(params.get("facet")):
            wishes = _facet_wishes(params)
            answer["facet_counts"] = {
                "facet_queries": {},
                "facet_fields": facets.count(searcher, found.query, wishes),
            }
        answer["responseHeader"]["QTime"] = int((time.perf_counter() - began) * 1000)
        return answer

    def compiled(self, searcher: Searcher, params: dict[str, Any]) -> Compiled:
        found = self.question(searcher, params, str(params.get("q") or ""))
        filters = [self.filter(searcher, params, text) for text in _many(params.get("fq"))]
        if not filters:
            return found
        clauses = [(Occur.Must, found.query)]
        clauses += [(Occur.Must, Query.const_score_query(one, 0.0)) for one in filters]
        return Compiled(Query.boolean_query(clauses), found.constant)

    def question(self, searcher: Searcher, params: dict[str, Any], text: str) -> Compiled:
        kind = str(params.get("defType") or "lucene")
        if local := _LOCAL.match(text.strip()):
            return self.local(searcher, params, local)
        if kind in ("dismax", "edismax"):
            try:
                tie = float(params.get("tie") or 0)
            except ValueError as error:
                raise RefusedError(f"invalid tie: {str(params['tie'])[:50]}") from error
            qf = str(params.get("qf") or params.get("df") or "text")
            dismax = DisMax(searcher, qf, str(params.get("mm") or "100%"), tie)
            return dismax.plain(text) if kind == "dismax" else dismax.extended(text)
        if kind != "lucene":
            raise RefusedError(f"Unknown query parser '{kind[:50]}'")
        return self.plain(searcher, params).parse(text)

    def filter(self, searcher: Searcher, params: dict[str, Any], text: str) -> Query:
        if local := _LOCAL.match(text.strip()):
            return self.local(searcher, params, local).query
        if not text.strip():
            return Query.all_query()
        return self.plain(searcher, params).parse(text).query

    @staticmethod
    def plain(searcher: Searcher, params: dict[str, Any]) -> Compiler:
        operator = str(params.get("q.op") or "OR").upper()
        return Compiler(searcher, str(params.get("df") or "text"), operator == "AND")

    def local(self, searcher: Searcher, params: dict[str, Any], local: re.Match[str]) -> Compiled:
        """`{!term f=name}value` and the other parsers that need no function of Solr's."""
        kind, given, text = local.groups()
        own: dict[str, str] = {}
        clauses: list[tuple[Occur, str]] = []
        for match in _LOCAL_PARAM.finditer(given):
            name, value = match[1], match[2] or match[3] or match[4] or ""
            own[name] = value
            if name in _CLAUSES:
                clauses.append((_CLAUSES[name], value))
        kind = own.pop("type", kind) or "lucene"
        text = own.pop("v", text)
        field = own.pop("f", "")
        if kind in ("term", "raw", "field", "prefix", "terms") and not field:
            raise RefusedError(f"missing field (f) in {{!{kind}}}")
        compiler = self.plain(searcher, params)
        if kind in ("term", "raw"):
            return Compiled(Query.const_score_query(string_term(field, text), 1.0))
        if kind == "terms":
            terms = [string_term(field, part.strip()) for part in text.split(",")]
            return Compiled(
                Query.const_score_query(
                    Query.boolean_query([(Occur.Should, t) for t in terms]), 1.0
                )
            )
        if kind == "field":
            if _SPATIAL.match(text):
                raise RefusedError(f"spatial predicates are not supported: {text[:50]}")
            return compiler.phrase(field, text, 0)
        if kind == "prefix":
            name, prefix = compiler.terms_of(field)
            return compiler.pattern(name, prefix, re.escape(text) + ".*")
        if kind == "bool":
            parts = [(occur, compiler.parse(value).query) for occur, value in clauses]
            return Compiled(Query.boolean_query(parts), constant=False)
        if kind in ("lucene", "dismax", "edismax"):
            return self.question(searcher, {**params, **own, "defType": kind}, text)
        raise RefusedError(f"Unknown query parser '{kind[:50]}'")

    @staticmethod
    def shown(searcher: Searcher, hit: sort.Hit, fields: set[str] | None) -> dict[str, Any]:
        stored = searcher.doc(hit.address)
        big = ("data_dict", "validated_data_dict")
        doc: dict[str, Any] = {}
        if fields is None or fields - set(big):
            doc = json.loads(bytes(stored.get_first("doc") or b"{}"))
        for name in big:
            if (fields is None or name in fields) and (value := stored.get_first(name)) is not None:
                doc[name] = bytes(value).decode()
        if fields is not None:
            if "score" in fields:
                doc["score"] = hit.score
            doc = {name: value for name, value in doc.items() if name in fields}
        return doc

    # -- writing

    def add(self, docs: Iterable[dict[str, Any]], *, commit: bool) -> None:
        changes = []
        for doc in docs:
            schema.check(doc)
            changes.append({"add": doc})
        self.writer.submit(changes, commit=commit)

    def delete(self, query: str, *, commit: bool) -> None:
        self.compile_delete(query)  # a bad query must fail here, not in another's commit
        self.writer.submit([{"delete": query}], commit=commit)

    def commit(self) -> None:
        self.writer.commit()


def _many(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(v) for v in value] if isinstance(value, (list, tuple)) else [str(value)]


def _number(params: dict[str, Any], name: str, default: int) -> int:
    value = params.get(name)
    try:
        number = default if value in (None, "") else int(value)
    except (TypeError, ValueError) as error:
        raise RefusedError(f'For input string: "{str(value)[:50]}"') from error
    if number < 0:
        raise RefusedError(f"'{name}' parameter cannot be negative")
    return min(number, MOST_ROWS)


def _truth(value: Any) -> bool:
    return str(value).lower() in ("true", "on", "yes", "1")


def _fields(value: Any) -> set[str] | None:
    names = {name for part in _many(value) for name in re.split(r"[\s,]+", part) if name}
    return None if not names or "*" in names else names


def _facet_wishes(params: dict[str, Any]) -> list[facets.Wish]:
    limit = params.get("facet.limit")
    return [
        facets.Wish(
            field,
            limit=100 if limit in (None, "") else int(limit),
            mincount=_number(params, "facet.mincount", 0),
            missing=_truth(params.get("facet.missing")),
            by_count=str(params.get("facet.sort") or "count") != "index",
            prefix=str(params.get("facet.prefix") or ""),
        )
        for field in dict.fromkeys(_many(params.get("facet.field")))
    ]
