"""The Lucene query language that CKAN and its extensions send, parsed into a small tree.

Hand-written because no kept parser follows Solr's rules for `+`, `-`, `AND` and `OR` side by side,
its mixed range brackets, and none bounds its depth. Every failure is a `QuerySyntaxError`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

MAX_DEPTH = 50
MAX_CLAUSES = 1024
MAX_LENGTH = 100_000

MUST, SHOULD, NOT = "must", "should", "not"


class QuerySyntaxError(ValueError):
    """The query is not in the language; the message is Solr's kind of sentence."""


@dataclass(frozen=True)
class Term:
    """A bare word; `wild` when it holds unescaped `*` or `?`; `pattern` keeps the escapes."""

    field: str | None
    text: str
    wild: bool = False
    pattern: str = ""
    fuzzy: int | None = None


@dataclass(frozen=True)
class Phrase:
    field: str | None
    text: str
    slop: int = 0


@dataclass(frozen=True)
class Range:
    field: str | None
    low: str | None
    high: str | None
    include_low: bool
    include_high: bool


@dataclass(frozen=True)
class Regex:
    field: str | None
    pattern: str


@dataclass(frozen=True)
class Everything:
    """`*:*`"""


@dataclass(frozen=True)
class Boost:
    node: Node
    factor: float
    constant: bool = False


@dataclass(frozen=True)
class Bool:
    clauses: tuple[tuple[str, Node], ...]


Node: TypeAlias = Term | Phrase | Range | Regex | Everything | Boost | Bool

_SPACE = re.compile(r"[\s\u3000]+")
_FIRST = r"\\.|[^\s\u3000+\-!(){}\[\]^\"~:\\/]"
_REST = r"\\.|[^\s\u3000!(){}\[\]^\"~:\\]"
_WORD = re.compile(f"(?:{_FIRST})(?:{_REST})*", re.S)
_FIELD = re.compile(rf"((?:{_FIRST})(?:{_REST})*)[\s\u3000]*:", re.S)
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.S)
_REGEX = re.compile(r"/((?:\\.|[^/\\])*)/", re.S)
_RANGE = re.compile(
    r"[\[{]\s*(\"(?:\\.|[^\"\\])*\"|(?:\\.|[^\s\]}\"])+)\s+TO\s+"
    r"(\"(?:\\.|[^\"\\])*\"|(?:\\.|[^\s\]}\"])+)\s*[\]}]",
    re.S,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_OPERATOR = re.compile(r"(AND|OR|NOT|&&|\|\|)(?=[\s\u3000(\"+\-!]|$)")
_NEGATION = re.compile(r"NOT(?=[\s\u3000(])")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.S)


def unescape(text: str) -> str:
    """`text` without its backslashes."""

    def plain(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if len(code) == 5 else code

    return _ESCAPE.sub(plain, text)


def _is_wild(raw: str) -> bool:
    return re.search(r"(?<!\\)(?:\\\\)*[*?]", raw) is not None


class _Parser:
    def __init__(self, text: str, default_and: bool) -> None:
        self.text, self.at, self.default_and = text, 0, default_and
        self.depth = self.clauses = 0

    def fail(self) -> QuerySyntaxError:
        rest = self.text[self.at : self.at + 20]
        met = f'"{rest}"' if rest else "<EOF>"
        return QuerySyntaxError(
            f"org.apache.solr.search.SyntaxError: Cannot parse '{self.text[:200]}': "
            f"Encountered {met} at column {self.at}."
        )

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def clauses_until(self, end: str, field: str | None) -> Node:
        """The boolean combination up to `end`, by the rules of Solr's classic parser."""
        if self.depth >= MAX_DEPTH:
            raise QuerySyntaxError(f"Query is nested too deeply (more than {MAX_DEPTH} levels)")
        self.depth += 1
        found: list[tuple[str, Node]] = []
        while True:
            self.take(_SPACE)
            if self.at >= len(self.text) or (end and self.peek() == end):
                break
            conjunction = modifier = None
            if (operator := self.take(_OPERATOR)) is not None:
                word = operator[1]
                if word == "NOT":
                    modifier = NOT
                else:
                    if not found:
                        self.at = operator.start()
                        raise self.fail()
                    conjunction = "AND" if word in ("AND", "&&") else "OR"
                self.take(_SPACE)
                if conjunction and self.take(_NEGATION):
                    modifier = NOT
                    self.take(_SPACE)
            if modifier is None and self.peek() in ("+", "-", "!"):
                modifier = MUST if self.peek() == "+" else NOT
                self.at += 1
                self.take(_SPACE)
            node = self.clause(field)
            self.clauses += 1
            if self.clauses > MAX_CLAUSES:
                raise QuerySyntaxError(f"too many boolean clauses: maxClauseCount is {MAX_CLAUSES}")
            if found and conjunction == "AND" and found[-1][0] == SHOULD:
                found[-1] = (MUST, found[-1][1])
            if found and conjunction == "OR" and self.default_and and found[-1][0] == MUST:
                found[-1] = (SHOULD, found[-1][1])
            if modifier == NOT:
                occur = NOT
            elif modifier == MUST or conjunction == "AND":
                occur = MUST
            else:
                occur = MUST if self.default_and and conjunction != "OR" else SHOULD
            found.append((occur, node))
        self.depth -= 1
        if len(found) == 1 and found[0][0] != NOT:
            return found[0][1]
        return Bool(tuple(found))

    def clause(self, field: str | None) -> Node:
        if self.text.startswith("*:*", self.at):
            self.at += 3
            return self.boosted(Everything())
        name = self.take(_FIELD)
        if name is not None:
            field = unescape(name[1])
            self.take(_SPACE)
        if self.peek() == "(":
            self.at += 1
            node = self.clauses_until(")", field)
            if self.peek() != ")":
                raise self.fail()
            self.at += 1
            return self.boosted(node)
        return self.boosted(self.leaf(field))

    def leaf(self, field: str | None) -> Node:
        if quoted := self.take(_QUOTED):
            slop = self.suffix("~")
            return Phrase(field, unescape(quoted[1]), int(slop or 0))
        if self.peek() in ("[", "{"):
            span = self.take(_RANGE)
            if span is None:
                raise self.fail()
            low, high = (self.bound(span[n]) for n in (1, 2))
            return Range(field, low, high, span[0][0] == "[", span[0][-1] == "]")
        if pattern := self.take(_REGEX):
            return Regex(field, pattern[1].replace("\\/", "/"))
        if self.take(_OPERATOR):  # an operator where a word must stand
            raise self.fail()
        word = self.take(_WORD)
        if word is None:
            raise self.fail()
        raw = word[0]
        fuzzy = self.suffix("~", default="2")
        distance = None if fuzzy is None else min(2, round(float(fuzzy)))
        return Term(field, unescape(raw), _is_wild(raw), raw, distance)

    def suffix(self, sign: str, default: str | None = "0") -> str | None:
        if self.peek() != sign:
            return None
        self.at += 1
        number = self.take(_NUMBER)
        return number[0] if number else default

    @staticmethod
    def bound(raw: str) -> str | None:
        if raw == "*":
            return None
        return unescape(raw[1:-1] if raw.startswith('"') else raw)

    def boosted(self, node: Node) -> Node:
        if self.peek() != "^":
            return node
        self.at += 1
        constant = self.peek() == "="
        self.at += constant
        number = self.take(_NUMBER)
        if number is None:
            raise self.fail()
        return Boost(node, float(number[0]), constant)


def parse(text: str, default_and: bool = True) -> Node:
    """The tree of `text`; an empty query is an empty `Bool`."""
    if len(text) > MAX_LENGTH:
        raise QuerySyntaxError(f"Query is too long (more than {MAX_LENGTH} characters)")
    parser = _Parser(text, default_and)
    node = parser.clauses_until("", None)
    if parser.at < len(text):
        raise parser.fail()
    return node
