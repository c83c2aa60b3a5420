"""The part of a text in which a query's words are, with the words marked."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from . import analysis, words

LENGTH = 120  # characters of a snippet
_FIELDED = re.compile(r"[^\s:()]+:")
_OPERATORS = re.compile(r"\b(?:AND|OR|NOT|TO)\b|[()\[\]{}\"^~*?!+\\]")


def _wanted(query: str) -> tuple[set[str], set[str]]:
    """The query's Latin tokens and its Han words."""
    plain = _OPERATORS.sub(" ", _FIELDED.sub(" ", query))
    latin: set[str] = set()
    han: set[str] = set()
    for unit in analysis.units(plain)[:100]:
        for word in (unit.text, *words.synonyms().get(unit.text.lower(), ())):
            if not analysis.is_han(word):
                latin.add(analysis.term(analysis.Unit(word, han=False), stem=True))
            elif word not in words.stop_words():
                han.add(word)
    return latin, han


def spans(text: str, query: str) -> list[tuple[int, int]]:
    """Where `query`'s words are in `text`, in order and apart."""
    latin, han = _wanted(query)
    normal = analysis.normalize(text)
    if len(normal) != len(text):  # a character that becomes two: mark what the reader sees
        normal = text
    found = [
        (match.start(), match.end())
        for word in han
        for match in re.finditer(re.escape(word), normal)
    ]
    if latin:
        found += [
            (start, end)
            for word, _, start, end in analysis.tokens(normal, stem=True)
            if word in latin
        ]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def mark(text: str, query: str) -> Markup:
    """All of `text`, escaped, the query's words in `<mark>`."""
    return _marked(text, spans(text, query))


def snippet(text: str, query: str, length: int = LENGTH) -> Markup:
    """The stretch of `text` with the most of the query's words; empty when there are none."""
    found = spans(text, query)
    if not found:
        return Markup()
    best, most = 0, 0
    for start, _ in found:
        inside = sum(
            end - begin for begin, end in found if start <= begin and end <= start + length
        )
        if inside > most:
            best, most = start, inside
    first = max(0, best - length // 4)
    last = min(len(text), first + length)
    inside_spans = [(b - first, e - first) for b, e in found if b >= first and e <= last]
    body = _marked(text[first:last], inside_spans)
    return escape("…" if first else "") + body + escape("…" if last < len(text) else "")


def _marked(text: str, found: list[tuple[int, int]]) -> Markup:
    out, at = Markup(), 0
    for start, end in found:
        out += (
            escape(text[at:start]) + Markup("<mark>") + escape(text[start:end]) + Markup("</mark>")
        )
        at = end
    return out + escape(text[at:])
