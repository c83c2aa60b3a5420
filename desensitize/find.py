"""Finding entities in one text: the exact rule that every faster way has to agree with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from . import normal
from .entities import BY_NAME, ENTITIES, WINDOW, Entity

STRONG = 0.85
WEAK = 0.3
HEADER = 0.35  # what Presidio's context enhancer adds for a supporting header
THRESHOLD = 0.5
_separator = re.compile(r"[ \-]")


class Span(NamedTuple):
    """Characters ``start`` to ``end`` of the original text are an ``entity``."""

    start: int
    end: int
    entity: str
    score: float


def matches(entity: Entity, text: str) -> list[tuple[int, int]]:
    """Every checked match of one entity in a normalised text."""
    if entity.check is None:
        return [match.span() for match in entity.pattern.finditer(text)]
    found, place = [], 0
    while match := entity.pattern.search(text, place):
        checked = match if entity.check(match[0]) else _shorter(entity, text, match)
        if checked:
            found.append(checked.span())
        place = checked.end() if checked else match.start() + 1
    return found


def _shorter(entity: Entity, text: str, match: re.Match[str]) -> re.Match[str] | None:
    """A match that fails its check may have run into the next number: try it up to each
    separator.
    """
    for gap in reversed(list(_separator.finditer(match[0]))):
        shorter = entity.pattern.match(text, match.start(), match.start() + gap.start())
        if shorter and entity.check and entity.check(shorter[0]):
            return shorter
    return None


def score(entity: Entity, text: str, start: int, end: int, first: int = 0) -> float:
    """How far a match counts by itself, before the header has spoken. ``first``: where the cell
    begins in ``text``.
    """
    alone = not entity.needs_words and (entity.alone is None or entity.alone(text[start:end]))
    if alone or entity.context.search(text, max(first, start - WINDOW), start):
        return STRONG
    return WEAK


def in_text(text: str, header: str = "", entities: Iterable[Entity] = ENTITIES) -> list[Span]:
    """All spans of a text, conflicts resolved, places as in the given text."""
    plain, offsets = normal.with_offsets(text)
    spans = []
    for entity in entities:
        found = matches(entity, plain)
        if not found:
            continue
        bonus = HEADER if entity.in_header(header) else 0.0
        for start, end in found:
            total = min(1.0, score(entity, plain, start, end) + bonus)
            if total >= THRESHOLD:
                spans.append(Span(*normal.original_span(offsets, start, end), entity.name, total))
    return resolve(spans)


def resolve(spans: list[Span]) -> list[Span]:
    """No two spans overlap: the longest wins, then the entity of lower rank."""
    if len(spans) < 2:
        return spans
    spans = sorted(spans)
    if all(a.end <= b.start for a, b in pairwise(spans)):
        return spans
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, rank(s.entity), s.start)):
        if all(span.end <= k.start or span.start >= k.end for k in kept):
            kept.append(span)
    return sorted(kept)


def rank(entity: str) -> int:
    """Place in the order of precedence; what is not in the table (names, addresses) comes last."""
    return BY_NAME[entity].rank if entity in BY_NAME else 20
