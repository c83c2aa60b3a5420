"""Finding entities in a column at table speed, with the findings of ``find.in_text`` on each cell.

Distinct values only; a superset RE2 filter; values that are one alphanumeric run as byte matrices;
the exact rule on what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import find, normal, vector
from .arrow import compute as pc
from .entities import ENTITIES, Entity

LONGEST_RUN = 40  # no entity is a longer alphanumeric run


@dataclass
class Found:
    """What a column's distinct values hold.

    ``whole``: entity → indices of values that are nothing but that entity;
    ``spans``: index → spans, for every other value with a finding.
    """

    whole: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    spans: dict[int, list[find.Span]] = field(default_factory=dict)


@cache
def _re2(entities: tuple[Entity, ...]) -> str:
    """One filter for all entities that speak for themselves, and for the words of the others."""
    alone = [f"(?:{e.hint or e.core})" for e in entities if not e.needs_words]
    return "(?i)" + "|".join(alone) + "|" + _words(entities)


@cache
def _words(entities: tuple[Entity, ...]) -> str:
    """RE2: any word that an entity needs beside it."""
    words = sorted({w for e in entities if e.needs_words for w in e.words})
    return "(?i)" + ("|".join(words) or "^$ ")


def column(
    values: pa.StringArray, header: str = "", entities: tuple[Entity, ...] = ENTITIES
) -> Found:
    """Findings in distinct ``values`` (no nulls) under a column header."""
    found = Found()
    odd = _indices(pc.match_substring_regex(values, normal.CHANGES))
    plain = _replace(
        values, odd, [normal.normalise(v) for v in values.take(pa.array(odd)).to_pylist()]
    )
    run = _mask(pc.match_substring_regex(plain, f"^[0-9A-Za-z]{{1,{LONGEST_RUN}}}$"))
    original = np.zeros(len(values), bool)
    original[odd] = True
    _runs(plain, np.flatnonzero(run & ~original), header, entities, found)
    _texts(values, plain, np.flatnonzero(~run | original), header, entities, found, original)
    return found


def _runs(
    plain: pa.StringArray,
    rows: npt.NDArray[np.int64],
    header: str,
    entities: tuple[Entity, ...],
    found: Found,
) -> None:
    """Values that are one alphanumeric run: bounds make every match a match of the whole value."""
    if not len(rows):
        return
    active = [
        e
        for e in sorted(entities, key=lambda e: e.rank)
        if not e.needs_words or e.in_header(header)
    ]
    values = plain.take(pa.array(rows))
    offsets = np.frombuffer(values.buffers()[1], np.int32)[: len(values) + 1]
    data = np.frombuffer(values.buffers()[2] or b"", np.uint8)
    lengths = np.diff(offsets)
    for length in np.unique(lengths):
        if length < 5:
            continue
        here = np.flatnonzero(lengths == length)
        matrix = data[offsets[here][:, None] + np.arange(length)]
        matrix = np.where((matrix >= 97) & (matrix <= 122), matrix - 32, matrix)
        strings = values.take(pa.array(here)) if len(here) < len(values) else values
        for entity in active:
            hit = _whole(entity, strings, matrix, entity.in_header(header))
            if hit.any():
                found.whole.setdefault(entity.name, np.empty(0, np.int64))
                found.whole[entity.name] = np.union1d(found.whole[entity.name], rows[here[hit]])
                here, matrix = here[~hit], matrix[~hit]
                strings = strings.filter(pa.array(~hit))
            if not len(here):
                break


def _whole(
    entity: Entity, strings: pa.StringArray, matrix: vector.Matrix, spoken: bool
) -> vector.Mask:
    """Which of the values are this entity from end to end."""
    hit = np.zeros(len(strings), bool)
    if not entity.shortest <= matrix.shape[1] <= entity.longest:
        return hit
    hit = _mask(pc.match_substring_regex(strings, f"(?i)^(?:{entity.core})$"))
    for check in (entity.check, None if spoken else entity.alone):
        rows = np.flatnonzero(hit)
        if check is None or not len(rows):
            continue
        twin = vector.TWINS.get(check)
        hit[rows] = (
            twin(matrix[rows])
            if twin
            else [check(s) for s in strings.take(pa.array(rows)).to_pylist()]
        )
    return hit


def _texts(
    values: pa.StringArray,
    plain: pa.StringArray,
    rows: npt.NDArray[np.int64],
    header: str,
    entities: tuple[Entity, ...],
    found: Found,
    odd: vector.Mask,
) -> None:
    """Every other value: the exact rule, where the filter lets it through."""
    spoken = tuple(e for e in entities if e.needs_words and e.in_header(header))
    texts = plain.take(pa.array(rows))
    if not spoken:
        keep = _mask(pc.match_substring_regex(texts, _re2(entities)))
        rows, texts = rows[keep], texts.filter(pa.array(keep))
    if not len(rows):
        return
    worded = np.flatnonzero(_mask(pc.match_substring_regex(texts, _words(entities))))
    hits = np.stack([_sieve(entity, texts, entity in spoken, worded) for entity in entities])
    alone = (hits.sum(axis=0) == 1) & ~odd[rows]
    whole: dict[str, list[int]] = {}
    done = np.zeros(len(rows), bool)
    for entity, hit in zip(entities, hits, strict=True):
        places = np.flatnonzero(hit & alone)
        if len(places) and (entity in spoken or not entity.needs_words):
            full = places[_full(entity, texts.take(pa.array(places)), entity.in_header(header))]
            whole.setdefault(entity.name, []).extend(rows[full].tolist())
            done[full] = True
    left = np.flatnonzero(hits.any(axis=0) & ~done)
    for place, text in zip(left, values.take(pa.array(rows[left])).to_pylist(), strict=True):
        row = int(rows[place])
        some = [entities[i] for i in np.flatnonzero(hits[:, place])]
        spans = find.in_text(text, header, some)
        if len(spans) == 1 and spans[0].start == 0 and spans[0].end == len(text):
            whole.setdefault(spans[0].entity, []).append(row)
        elif spans:
            found.spans[row] = spans
    for name, some_rows in whole.items():
        before = found.whole.get(name, np.empty(0, np.int64))
        if some_rows:
            found.whole[name] = np.union1d(before, some_rows).astype(np.int64)


def _sieve(
    entity: Entity, texts: pa.StringArray, spoken: bool, worded: npt.NDArray[np.int64]
) -> vector.Mask:
    """Where an entity may be: its hint, and its words (``worded``: texts with any) if it needs
    them.
    """
    if spoken or not entity.needs_words:
        return _mask(pc.match_substring_regex(texts, entity.prefilter))
    hit = np.zeros(len(texts), bool)
    if len(worded):
        some = texts.take(pa.array(worded))
        hit[worded] = _mask(pc.match_substring_regex(some, "(?i)" + "|".join(entity.words)))
        near = np.flatnonzero(hit)
        hit[near] = _mask(pc.match_substring_regex(texts.take(pa.array(near)), entity.prefilter))
    return hit


def _full(entity: Entity, texts: pa.StringArray, spoken: bool) -> vector.Mask:
    """Which texts are the entity from end to end; the exact rule would say so too."""
    hit = _mask(pc.match_substring_regex(texts, f"(?i)^(?:{entity.core})$"))
    for check in (entity.check, None if spoken else entity.alone):
        if check is not None:
            hit &= [check(text) for text in texts.to_pylist()]
    return hit


def _mask(array: pa.BooleanArray) -> vector.Mask:
    return array.to_numpy(zero_copy_only=False).astype(bool)


def _indices(array: pa.BooleanArray) -> npt.NDArray[np.int64]:
    return np.flatnonzero(_mask(array))


def _replace(values: pa.StringArray, rows: npt.NDArray[np.int64], new: list[str]) -> pa.StringArray:
    if not len(rows):
        return values
    mask = np.zeros(len(values), bool)
    mask[rows] = True
    return pc.replace_with_mask(values, pa.array(mask), pa.array(new, pa.string()))
