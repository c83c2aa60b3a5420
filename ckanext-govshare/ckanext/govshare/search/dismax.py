"""Solr's `dismax` and `edismax`: words over several fields, with a minimum that must match."""

from __future__ import annotations

import re

from tantivy import Occur, Query, Searcher

from . import analysis, lucene, words
from .compile import NOTHING, Compiled, Compiler, RefusedError, string_term
from .schema import SCHEMA, Kind, exact, kind_of

ANY = "\x00any"  # the "field" of a word without one
MOST_WORDS = 200  # of one question, each of them asked in every field
EXACT_BONUS, PHRASE_BONUS = 30.0, 4.0
_CLAUSE = re.compile(r'[\s\u3000]*([+\-]*)(?:"([^"]*)"|([^\s\u3000"]+))')
_STRAY = re.compile(r"(?<=\s)[+\-](?:\s*[+\-])+|\s+[+\-\s]+$")


def fields(text: str) -> list[tuple[str, float]]:
    """`qf`: fields with their weights."""
    found = []
    for part in re.split(r"[\s,]+", text.strip()):
        name, _, weight = part.partition("^")
        try:
            found.append((name, float(weight or 1)))
        except ValueError as error:
            raise RefusedError(f"invalid qf: {text[:100]}") from error
    return found


def minimum(spec: str, clauses: int) -> int:
    """How many of `clauses` optional clauses must match, by Solr's `mm` specification."""
    spec = spec.strip()
    try:
        if "<" in spec:
            result = clauses
            for part in re.sub(r"\s*<\s*", "<", spec).split():
                bound, _, then = part.partition("<")
                if clauses <= int(bound):
                    return result
                result = minimum(then, clauses)
            return result
        if spec.endswith("%"):
            share = int(float(spec[:-1]) / 100 * clauses)
            wanted = clauses + share if spec.startswith("-") else share
        else:
            wanted = int(spec)
            wanted = clauses + wanted if wanted < 0 else wanted
    except (ValueError, OverflowError) as error:
        raise RefusedError(f"Invalid mm: {spec[:100]}") from error
    return max(0, min(clauses, wanted))


class DisMax(Compiler):
    """Words without a field are looked for in every field of `qf`."""

    def __init__(self, searcher: Searcher, qf: str, mm: str, tie: float) -> None:
        super().__init__(searcher, default_field=ANY, default_and=False)
        self.weights, self.mm, self.tie = fields(qf), mm, tie
        self.asked = 0

    # -- one word in all fields

    def best(self, parts: list[Query]) -> Compiled:
        self.asked += 1
        if self.asked > MOST_WORDS:
            raise RefusedError(f"too many words: more than {MOST_WORDS}")
        return Compiled(Query.disjunction_max_query(parts, self.tie), False) if parts else NOTHING

    def word(self, field: str, text: str) -> Compiled:
        if field != ANY:
            return super().word(field, text)
        return self.best(
            [
                Query.boost_query(super(DisMax, self).word(name, text).query, weight)
                for name, weight in self.weights
                if kind_of(name) not in (Kind.DATE, Kind.INT, Kind.STORED)
            ]
        )

    def phrase(self, field: str, text: str, slop: int) -> Compiled:
        if field != ANY:
            return super().phrase(field, text, slop)
        return self.best(
            [
                Query.boost_query(super(DisMax, self).phrase(name, text, slop).query, weight)
                for name, weight in self.weights
                if kind_of(name) not in (Kind.DATE, Kind.INT, Kind.STORED)
            ]
        )

    def wild(self, field: str, pattern: str) -> Compiled:
        if field != ANY:
            return super().wild(field, pattern)
        return self.best(
            [super(DisMax, self).wild(name, pattern).query for name, _ in self.weights]
        )

    def fuzzy(self, field: str, text: str, distance: int) -> Compiled:
        if field != ANY:
            return super().fuzzy(field, text, distance)
        return self.best(
            [super(DisMax, self).fuzzy(name, text, distance).query for name, _ in self.weights]
        )

    # -- whole queries

    def plain(self, text: str) -> Compiled:
        """`defType=dismax`: only quotes, `+` and `-` mean something."""
        if text.strip() == "*:*":
            return super().parse(text)
        required: list[tuple[Occur, Query]] = []
        optional: list[Query] = []
        written = _STRAY.sub(" ", text)
        if written.count('"') % 2:
            written = written.replace('"', " ")
        at = 0
        while match := _CLAUSE.match(written, at):
            at = match.end()
            signs, quoted, bare = match.groups()
            if len(signs) > 1 or (bare is not None and not bare.strip("+-")):
                raise lucene.QuerySyntaxError(
                    f"org.apache.solr.search.SyntaxError: Cannot parse '{text[:200]}': "
                    f'Encountered " "{signs[-1:]}" at column {match.start(1) + 1}.'
                )
            found = [self.phrase(ANY, quoted, 0)] if bare is None else self.chunk(bare)
            if signs:
                occur = Occur.Must if signs == "+" else Occur.MustNot
                required.extend((occur, one.query) for one in found)
            else:
                optional.extend(one.query for one in found)
            if len(required) + len(optional) > lucene.MAX_CLAUSES:
                raise RefusedError("too many boolean clauses")
        if written[at:].strip():
            raise lucene.QuerySyntaxError(f"Cannot parse '{text[:200]}'")
        if not required and not optional:
            return NOTHING
        return self.ranked(text, self.combine(required, optional))

    def chunk(self, text: str) -> list[Compiled]:
        """A stretch without spaces: one clause, or one for each word when it is Chinese; none when
        it is only signs.
        """
        units = analysis.units(text)
        if not units:
            return []
        if not any(unit.han for unit in units):
            return [self.word(ANY, text)]
        telling = [unit for unit in units if unit.text not in words.stop_words()] or units
        return [self.word(ANY, unit.text) for unit in telling]

    def combine(self, required: list[tuple[Occur, Query]], optional: list[Query]) -> Query:
        if not optional and all(occur == Occur.MustNot for occur, _ in required):
            required = [*required, (Occur.Must, Query.all_query())]
        least = minimum(self.mm, len(optional))
        if least == len(optional):  # an intersection is found by its rarest word, much faster
            return Query.boolean_query([*required, *((Occur.Must, one) for one in optional)])
        clauses = [*required, *((Occur.Should, one) for one in optional)]
        return Query.boolean_query(clauses, minimum_number_should_match=least)

    def ranked(self, text: str, found: Query) -> Compiled:
        """The exact title or name first, then the words side by side in the title."""
        plain = text.strip().strip('"')
        bonus = [
            Query.const_score_query(string_term("=title", exact(plain)), EXACT_BONUS),
            Query.const_score_query(string_term("name", plain), EXACT_BONUS),
        ]
        together = analysis.phrase(plain, stem=True)
        if len(together) > 1:
            phrase = Query.phrase_query(SCHEMA, "title", [*together])
            bonus.append(Query.boost_query(phrase, PHRASE_BONUS))
        clauses = [(Occur.Must, found), *((Occur.Should, one) for one in bonus)]
        return Compiled(Query.boolean_query(clauses), False)

    def extended(self, text: str) -> Compiled:
        """`defType=edismax`: the Lucene language; what does not parse is taken as plain words."""
        try:
            tree = lucene.parse(text, default_and=False)
        except lucene.QuerySyntaxError:
            return self.plain(re.sub(r'[^\w\s"]', " ", text))
        clauses = tree.clauses if isinstance(tree, lucene.Bool) else ((lucene.SHOULD, tree),)
        if tree == lucene.Everything() or not clauses:
            return self.node(tree)
        required = [
            (Occur.Must if occur == lucene.MUST else Occur.MustNot, self.node(node).query)
            for occur, node in clauses
            if occur != lucene.SHOULD
        ]
        optional = [self.node(node).query for occur, node in clauses if occur == lucene.SHOULD]
        return self.ranked(text, self.combine(required, optional))
