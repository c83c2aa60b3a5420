"""The query tree into Tantivy's queries. What a field cannot answer is refused, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from tantivy import FieldType, Occur, Query, Searcher

from . import analysis, dates, lucene, words
from .schema import LONGEST_TERM, OWN_TEXT, SCHEMA, SEP, SORT_INT, Kind, as_int, kind_of, sortable

OCCUR = {lucene.MUST: Occur.Must, lucene.SHOULD: Occur.Should, lucene.NOT: Occur.MustNot}
MOST_TERMS = 100_000


class RefusedError(ValueError):
    """The query is well formed but not one that we answer."""


@dataclass(frozen=True)
class Compiled:
    """A query, and whether every document it finds has the same score."""

    query: Query
    constant: bool = True


def how_many(searcher: Searcher, query: Query) -> int:
    """The number of documents that `query` finds."""
    return searcher.search(query, limit=1).count  # pyright: ignore[reportAttributeAccessIssue]


EVERYTHING = Compiled(Query.all_query())
NOTHING = Compiled(Query.empty_query())


def constant(query: Query, score: float = 1.0) -> Compiled:
    return Compiled(Query.const_score_query(query, score))


def string_term(field: str, value: str) -> Query:
    return Query.term_query(SCHEMA, "s", f"{field}{SEP}{value[:LONGEST_TERM]}")


def place(field: str) -> tuple[str, str]:
    """Where a text field's tokens are: Tantivy field and prefix."""
    return (field, "") if field in OWN_TEXT else ("t", field + SEP)


def exists(field: str) -> Query:
    return Query.term_query(SCHEMA, "s", f"*{SEP}{field}")


class Compiler:
    """Compiles for one searcher: ranges and fuzzy words look at the terms that it holds."""

    def __init__(
        self, searcher: Searcher, default_field: str = "text", default_and: bool = True
    ) -> None:
        self.searcher = searcher
        self.default_field = default_field
        self.default_and = default_and

    def parse(self, text: str) -> Compiled:
        """`text` in the Lucene language; empty finds nothing."""
        return self.node(lucene.parse(text, self.default_and))

    def node(self, node: lucene.Node) -> Compiled:
        match node:
            case lucene.Everything():
                return EVERYTHING
            case lucene.Boost(inner, factor, is_constant):
                found = self.node(inner)
                if is_constant:
                    return constant(found.query, factor)
                return Compiled(Query.boost_query(found.query, factor), found.constant)
            case lucene.Bool(clauses):
                return self.boolean(clauses)
            case lucene.Term(field, text, wild, pattern, fuzzy):
                field = field or self.default_field
                if field in ("_query_", "_val_"):
                    raise RefusedError(f"{field} is not supported")
                if wild:
                    return self.wild(field, pattern)
                if fuzzy is not None:
                    return self.fuzzy(field, text, fuzzy)
                return self.word(field, text)
            case lucene.Phrase(field, text, slop):
                return self.phrase(field or self.default_field, text, slop)
            case lucene.Range():
                return self.range(node)
            case lucene.Regex(field, pattern):
                return self.regex(field or self.default_field, pattern)

    def boolean(self, clauses: tuple[tuple[str, lucene.Node], ...]) -> Compiled:
        if not clauses:
            return NOTHING
        parts = [(OCCUR[occur], self.node(node)) for occur, node in clauses]
        if all(occur == Occur.MustNot for occur, _ in parts):
            parts.append((Occur.Must, EVERYTHING))
        same = all(part.constant for occur, part in parts if occur == Occur.Must) and not any(
            occur == Occur.Should for occur, _ in parts
        )
        return Compiled(Query.boolean_query([(occur, part.query) for occur, part in parts]), same)

    # -- words and phrases

    def word(self, field: str, text: str) -> Compiled:
        kind = kind_of(field)
        if field == "*":
            raise RefusedError("undefined field *")
        if kind in (Kind.TEXT, Kind.GENERAL):
            found = [
                self.unit(field, unit)
                for unit in analysis.units(text, split_case=kind is Kind.TEXT)
            ]
            return self.all_of(found)
        if kind is Kind.NGRAM:
            return self.ngram(field, text)
        if kind is Kind.DATE:
            first, last = dates.bounds(text)
            return self.numbers(field, first, last)
        if kind is Kind.INT:
            number = as_int(text)
            return self.numbers(field, number, number)
        if kind is Kind.STORED:
            raise RefusedError(f"can not search on field not indexed: {field}")
        return constant(string_term(field, text))

    def all_of(self, found: list[Compiled]) -> Compiled:
        if not found:
            return NOTHING
        if len(found) == 1:
            return found[0]
        return Compiled(Query.boolean_query([(Occur.Must, one.query) for one in found]), False)

    def unit(self, field: str, unit: analysis.Unit) -> Compiled:
        """One word of the query in a text field, or a word that means the same."""
        query = self._unit(field, unit)
        same = [
            word
            for word in words.synonyms().get(unit.text.lower(), ())
            if not (unit.han and unit.text in word)  # a longer name finds nothing more
        ]
        others = [Query.boost_query(self.phrase(field, word, 0).query, 0.7) for word in same]
        parts = words.parts(unit.text) if unit.han else ()
        if parts and not set(parts) & set(same):  # nor do two parts when one is enough
            apart = [self._unit(field, analysis.Unit(part, han=True)) for part in parts]
            together = Query.boolean_query([(Occur.Must, part) for part in apart])
            others.append(Query.boost_query(together, 0.3))
        return Compiled(Query.disjunction_max_query([query, *others]) if others else query, False)

    def _unit(self, field: str, unit: analysis.Unit) -> Query:
        name, prefix = place(field)
        if not unit.han:
            stem = kind_of(field) is Kind.TEXT
            return Query.term_query(SCHEMA, name, prefix + analysis.term(unit, stem=stem))
        pairs = [prefix + pair for pair in analysis.pairs(unit.text)]
        inside = (
            Query.term_query(SCHEMA, name, pairs[0])
            if len(pairs) == 1
            else Query.phrase_query(SCHEMA, name, list(enumerate(pairs)))
        )
        if prefix:
            return inside
        as_word = Query.term_query(SCHEMA, name, analysis.WORD + unit.text)
        return Query.boolean_query(
            [(Occur.Must, Query.boost_query(inside, 0.4)), (Occur.Should, as_word)]
        )

    def phrase(self, field: str, text: str, slop: int) -> Compiled:
        kind = kind_of(field)
        if kind not in (Kind.TEXT, Kind.GENERAL):
            return self.word(field, text)
        name, prefix = place(field)
        found = [
            (at, prefix + token) for at, token in analysis.phrase(text, stem=kind is Kind.TEXT)
        ]
        if not found:
            return NOTHING
        if len(found) == 1:
            return Compiled(Query.term_query(SCHEMA, name, found[0][1]), False)
        return Compiled(Query.phrase_query(SCHEMA, name, [*found], min(slop, 1000)), False)

    def ngram(self, field: str, text: str) -> Compiled:
        parts = analysis.normalize(text).lower().split()
        if not parts:
            return NOTHING
        pieces: list[str] = []
        for part in parts:  # longer than a gram: every piece of it must be there
            pieces.extend(part[i : i + 10] for i in range(max(1, len(part) - 9)))
        queries = [Query.term_query(SCHEMA, "g", f"{field}{SEP}{piece}") for piece in pieces[:200]]
        return constant(Query.boolean_query([(Occur.Must, query) for query in queries]))

    # -- patterns

    def terms_of(self, field: str) -> tuple[str, str]:
        """Where a field's terms are, as Tantivy field and prefix."""
        kind = kind_of(field)
        if kind in (Kind.TEXT, Kind.GENERAL):
            return place(field)
        if kind is Kind.NGRAM:
            return "g", field + SEP
        if kind is Kind.STRING:
            return "s", field + SEP
        raise RefusedError(f"Can't run prefix queries on numeric fields: {field}")

    def wild(self, field: str, pattern: str) -> Compiled:
        if pattern.strip("*") == "":
            return EVERYTHING if field in ("*", "text", "id") else constant(exists(field))
        name, prefix = self.terms_of(field)
        out: list[str] = []
        escaped = False
        for char in pattern if name == "s" else analysis.normalize(pattern).lower():
            if escaped:
                out.append(re.escape(char))
                escaped = False
            elif char == "\\":
                escaped = True
            else:
                out.append({"*": ".*", "?": "."}.get(char) or re.escape(char))
        return self.pattern(name, prefix, "".join(out))

    def regex(self, field: str, pattern: str) -> Compiled:
        name, prefix = self.terms_of(field)
        return self.pattern(name, prefix, f"({pattern})")

    def pattern(self, name: str, prefix: str, pattern: str) -> Compiled:
        # Rust's regex reads `\-` and the like as Python writes them, except for a space.
        pattern = pattern.replace("\\ ", " ")
        try:
            query = Query.regex_query(SCHEMA, name, re.escape(prefix) + pattern)
        except ValueError as error:
            raise RefusedError(f"invalid pattern: {str(error)[:200]}") from error
        return constant(query)

    def fuzzy(self, field: str, text: str, distance: int) -> Compiled:
        name, prefix = self.terms_of(field)
        if name != "s":
            text = analysis.normalize(text).lower()
        near = [
            term
            for term, _ in self.searcher.terms_with_prefix(
                name, prefix + text[:1], limit=MOST_TERMS
            )
            if OSA.distance(term[len(prefix) :], text, score_cutoff=distance) <= distance
        ]
        return constant(Query.term_set_query(SCHEMA, name, near[:1000])) if near else NOTHING

    # -- ranges

    def range(self, node: lucene.Range) -> Compiled:
        field = node.field or self.default_field
        kind = kind_of(field)
        if node.low is None and node.high is None:
            return EVERYTHING if field == "*" else constant(exists(field))
        if kind is Kind.DATE:
            low = None if node.low is None else dates.bounds(node.low)[not node.include_low]
            high = None if node.high is None else dates.bounds(node.high)[node.include_high]
            return self.span(field, low, high, node)
        if kind is Kind.INT:
            low = None if node.low is None else as_int(node.low)
            high = None if node.high is None else as_int(node.high)
            return self.span(field, low, high, node)
        return self.string_range(field, node)

    def span(self, field: str, low: int | None, high: int | None, node: lucene.Range) -> Compiled:
        if low is not None and not node.include_low:
            low += 1
        if high is not None and not node.include_high:
            high -= 1
        return self.numbers(field, low, high)

    def numbers(self, field: str, low: int | None, high: int | None) -> Compiled:
        if low is not None and high is not None and low > high:
            return NOTHING
        if field in SORT_INT:
            return constant(Query.range_query(SCHEMA, field, FieldType.Integer, low, high))
        first = sortable(low) if low is not None else "0" * 19
        last = sortable(high) if high is not None else "2" + "9" * 18
        return self.pattern("s", field + SEP, digits(first, last))

    def string_range(self, field: str, node: lucene.Range) -> Compiled:
        name, prefix = self.terms_of(field)
        if name != "s":
            raise RefusedError(f"range on a text field is not supported: {field}")
        low, high = node.low, node.high
        if low is not None and high is not None and low > high:
            return NOTHING
        found = []
        for term, _ in self.searcher.terms_with_prefix(name, prefix, limit=MOST_TERMS):
            value = term[len(prefix) :]
            if low is not None and (value < low or (value == low and not node.include_low)):
                continue
            if high is not None and (value > high or (value == high and not node.include_high)):
                continue
            found.append(term)
        return constant(Query.term_set_query(SCHEMA, name, found)) if found else NOTHING


def digits(low: str, high: str) -> str:
    """A regular expression for the numbers from `low` to `high`, of the same length."""
    if low == high:
        return low
    same = 0
    while low[same] == high[same]:
        same += 1
    head, rest = low[:same], len(low) - same - 1
    a, b = int(low[same]), int(high[same])
    parts = []
    low_tail, high_tail = low[same + 1 :], high[same + 1 :]
    parts.append(f"{a}{_from(low_tail)}")
    if b - a > 1:
        parts.append(f"[{a + 1}-{b - 1}][0-9]{{{rest}}}")
    parts.append(f"{b}{_to(high_tail)}")
    return f"{head}({'|'.join(parts)})"


def _from(tail: str) -> str:
    if tail.strip("0") == "":
        return f"[0-9]{{{len(tail)}}}" if tail else ""
    first, rest = int(tail[0]), tail[1:]
    more = f"|[{first + 1}-9][0-9]{{{len(rest)}}}" if first < 9 else ""
    return f"({first}{_from(rest)}{more})"


def _to(tail: str) -> str:
    if tail.strip("9") == "":
        return f"[0-9]{{{len(tail)}}}" if tail else ""
    first, rest = int(tail[0]), tail[1:]
    less = f"|[0-{first - 1}][0-9]{{{len(rest)}}}" if first > 0 else ""
    return f"({first}{_to(rest)}{less})"
