"""Text into tokens. Latin words as CKAN's Solr schema cuts them; Chinese so that nothing is missed.

A run of Han characters gives every character, every pair, and (marked with `=`) the words that
jieba sees. A query word is found by its pairs, so recall never depends on how a context was cut;
the marked words only raise the rank. The position of a Han token is its character's, so phrases are
exact.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import tantivy

from . import words

GAP = 100  # positions between two values of one field
LONGEST = 200  # characters of one token

HAN = (
    "\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_PIECE = re.compile(rf"[{HAN}]+|(?:(?![{HAN}])[^\W\d_])+|\d+|\s+|[^\s]")
_HAN = re.compile(rf"[{HAN}]")
_LETTER = re.compile(rf"(?![{HAN}])[^\W\d_]")
_CASE = re.compile(r"(?<=[a-z\u00df-\u00ff])(?=[A-Z\u00c0-\u00de])")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b", re.I)


Token: TypeAlias = tuple[str, int, int, int]
"""Text, position, and where it is in the (normalized) value. A bare tuple: a document has a
thousand.
"""
WORD = "="  # what a token begins with that is a word of jieba's


class Cut(NamedTuple):
    """A value's tokens, and how many positions they take."""

    tokens: tuple[Token, ...]
    length: int


@dataclass(frozen=True, slots=True)
class Unit:
    """One word of a query: what the user would call a word."""

    text: str
    han: bool


def is_han(text: str) -> bool:
    return bool(_HAN.match(text))


@lru_cache(maxsize=50_000)
def normalize(text: str) -> str:
    """Full-width to half-width, traditional to simplified; case is kept."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return words.simplify(text) if _HAN.search(text) else text


_STEMMER = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)


@lru_cache(maxsize=100_000)
def _latin(word: str, stem: bool) -> str:
    word = word.lower()
    if stem:
        word = "".join(_STEMMER.analyze(word)) or word
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word)
        word = "".join(c for c in decomposed if not unicodedata.combining(c)) or word
    return word[:LONGEST]


def _pieces(text: str, split_case: bool) -> Iterator[tuple[str, int]]:
    for match in _PIECE.finditer(text):
        piece, start = match[0], match.start()
        if split_case and piece.isalpha() and not _HAN.match(piece):
            for part in _CASE.split(piece):
                yield part, start
                start += len(part)
        else:
            yield piece, start


def tokens(text: str, *, stem: bool = True) -> tuple[Token, ...]:
    """The index tokens of one value, from position 0. `stem` is the schema's type `text`."""
    return cut(text, stem).tokens


@lru_cache(maxsize=20_000)
def cut(text: str, stem: bool) -> Cut:
    """`tokens` with their length."""
    if not stem and not _LETTER.search(text):
        return cut(text, True)  # nothing to stem: most Chinese fields are indexed both ways
    text = _POSSESSIVE.sub("  ", normalize(text))
    found: list[Token] = []
    joined: list[tuple[str, int, int, int]] = []  # parts of one written word: wi-fi, 2024-01
    position = 0

    def flush() -> None:
        if len(joined) > 1:
            whole = "".join(part for part, *_ in joined)
            found.append((_latin(whole, stem), joined[0][1], joined[0][2], joined[-1][3]))
        joined.clear()

    for piece, start in _pieces(text, split_case=stem):
        end = start + len(piece)
        if _HAN.match(piece):
            flush()
            found += [
                (word, position + low, start + low, start + high)
                for word, low, high in _han_tokens(piece)
            ]
            position += len(piece)
        elif piece[0].isalnum():
            if joined and joined[-1][0].isdigit() != piece.isdigit():
                flush()
            found.append((_latin(piece, stem), position, start, end))
            joined.append((piece, position, start, end))
            position += 1
        elif piece.isspace():
            flush()
    flush()
    return Cut(tuple(found), position)


@lru_cache(maxsize=50_000)
def _han_tokens(run: str) -> tuple[tuple[str, int, int], ...]:
    """Characters, pairs and words of a run, with offsets in it."""
    found = [(char, i, i + 1) for i, char in enumerate(run)]
    found += [(run[i : i + 2], i, i + 2) for i in range(len(run) - 1)]
    found += [(WORD + word, low, high) for word, low, high in words.cut_for_index(run)]
    return tuple(found)


def units(text: str, *, split_case: bool = True) -> list[Unit]:
    """The words of a query."""
    text = _POSSESSIVE.sub("  ", normalize(text))
    found: list[Unit] = []
    for piece, _ in _pieces(text, split_case):
        if _HAN.match(piece):
            found.extend(Unit(word, han=True) for word in words.cut(piece))
        elif piece[0].isalnum():
            found.append(Unit(piece, han=False))
    return found


def term(unit: Unit, *, stem: bool) -> str:
    """The index token of a Latin unit."""
    return _latin(unit.text, stem)


def pairs(word: str) -> list[str]:
    """What a Han word is looked up by: its pairs, or the one character."""
    return [word] if len(word) == 1 else [word[i : i + 2] for i in range(len(word) - 1)]


def phrase(text: str, *, stem: bool) -> list[tuple[int, str]]:
    """Positions and tokens of a quoted phrase."""
    found: list[tuple[int, str]] = []
    at = 0
    for piece, _ in _pieces(_POSSESSIVE.sub("  ", normalize(text)), split_case=stem):
        if _HAN.match(piece):
            found.extend((at + i, pair) for i, pair in enumerate(pairs(piece)))
            at += len(piece)
        elif piece[0].isalnum():
            found.append((at, _latin(piece, stem)))
            at += 1
    return found


@lru_cache(maxsize=5_000)
def grams(text: str) -> frozenset[str]:
    """Pieces of 2 to 10 characters, as the schema's `text_ngram`; Chinese also by pinyin."""
    text = normalize(text).lower()[:LONGEST]
    found = {text[i : i + n] for n in range(2, 11) for i in range(len(text) - n + 1)}
    for spelled in words.pinyin(text):
        found.update(spelled)
    return frozenset(found)
