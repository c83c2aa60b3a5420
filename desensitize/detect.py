"""Finding entities in a column at table speed, with the findings of ``find.in_text`` on each cell.

Values that are one alphanumeric run are byte matrices; of the others a wide RE2 filter leaves those
that can hold anything, and the exact rule runs over all of them joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import find, normal, shape, vector
from .arrow import compute as pc
from .entities import ENTITIES, Entity
from .joined import Joined
from .shape import Columns, Mask

LONGEST_RUN = 40  # no entity is a longer alphanumeric run
SHORTEST_RUN = 5  # … or a shorter one
Rows = npt.NDArray[np.int64]


@dataclass
class Found:
    """What a column's distinct values hold.

    ``whole``: entity → indices of values that are nothing but that entity;
    ``spans``: index → spans, for every other value with a finding.
    """

    whole: dict[str, Rows] = field(default_factory=dict)
    spans: dict[int, list[find.Span]] = field(default_factory=dict)

    def make_whole(self, entity: str, rows: Rows | list[int]) -> None:
        """Further values that are nothing but an entity."""
        if len(rows):
            before = self.whole.get(entity, np.empty(0, np.int64))
            self.whole[entity] = np.sort(np.concatenate([before, rows])).astype(np.int64)
        for row in rows if self.spans else ():
            self.spans.pop(int(row), None)


def column(
    values: pa.StringArray, header: str = "", entities: tuple[Entity, ...] = ENTITIES
) -> Found:
    """Findings in distinct ``values`` (no nulls) under a column header."""
    found = Found()
    plain, moved = normal.column(values)
    short = pc.less_equal(pc.binary_length(plain), LONGEST_RUN)
    run = mask(pc.and_(pc.ascii_is_alnum(plain), short)) & ~moved
    _runs(plain, np.flatnonzero(run), header, entities, found)
    _texts(values, plain, np.flatnonzero(~run), moved, header, entities, found)
    return found


def _runs(
    plain: pa.StringArray, rows: Rows, header: str, entities: tuple[Entity, ...], found: Found
) -> None:
    """Values that are one alphanumeric run: bounds make every match a match of the whole value."""
    if not len(rows):
        return
    by_rank = sorted(entities, key=lambda e: e.rank)
    active = [(e, e.in_header(header)) for e in by_rank]
    active = [(e, spoken) for e, spoken in active if spoken or not e.needs_words]
    values = plain if len(rows) == len(plain) else plain.take(pa.array(rows))
    values = pa.concat_arrays([values])  # without the offset of a slice
    offsets = np.frombuffer(values.buffers()[1], np.int32)[: len(values) + 1]
    data = np.frombuffer(values.buffers()[2] or b"", np.uint8)
    lengths = np.diff(offsets)
    for length in np.flatnonzero(np.bincount(lengths)):
        if length < SHORTEST_RUN:
            continue
        here = np.flatnonzero(lengths == length)
        columns = _columns(data, offsets, here, int(length))
        for entity, spoken in active:
            if not entity.shortest <= length <= entity.longest:
                continue
            hit = _whole(entity, columns, spoken)
            if hit.any():
                found.make_whole(entity.name, rows[here[hit]])
                here, columns = here[~hit], columns[:, ~hit]
            if not len(here):
                break


def _columns(data: Columns, offsets: npt.NDArray[np.int32], rows: Rows, length: int) -> Columns:
    """The values' bytes in capitals, a row for each place."""
    if len(rows) == len(offsets) - 1:
        columns = data[offsets[0] : offsets[-1]].reshape(-1, length).T.copy()
    else:
        columns = data[offsets[rows] + np.arange(length)[:, None]]
    lower = columns >= 97
    return np.where(lower, columns - np.uint8(32), columns) if lower.any() else columns


def _whole(entity: Entity, columns: Columns, spoken: bool) -> Mask:
    """Which of the values are this entity from end to end."""
    hit = shape.fills(entity.core, columns)
    for check in (entity.check, None if spoken else entity.alone):
        rows = np.flatnonzero(hit)
        if check is None or not len(rows):
            continue
        some = columns if len(rows) == len(hit) else columns[:, rows]
        twin = vector.TWINS.get(check)
        hit[rows] = twin(some) if twin else [check(c.tobytes().decode()) for c in some.T]
    return hit


def _texts(
    values: pa.StringArray,
    plain: pa.StringArray,
    rows: Rows,
    moved: Mask,
    header: str,
    entities: tuple[Entity, ...],
    found: Found,
) -> None:
    """Every other value: the exact rule, where the sieve lets it through."""
    if not len(rows):
        return
    texts = plain if len(rows) == len(plain) else plain.take(pa.array(rows))
    spoken = {e.name for e in entities if e.in_header(header)}
    hits = _sieve(texts, entities, spoken)
    alone = (hits.sum(axis=0) == 1) & ~moved[rows]
    spans: dict[int, list[find.Span]] = defaultdict(list)
    for entity, hit in zip(entities, hits, strict=True):
        said = entity.name in spoken
        if said or not entity.needs_words:
            places = np.flatnonzero(hit & alone)
            full = places[_full(entity, texts.take(pa.array(places)), said)]
            found.make_whole(entity.name, rows[full])
            hit[full] = False
        here = rows[hit]
        for place, span in _spans(entity, texts.filter(pa.array(hit)), said):
            spans[int(here[place])].append(span)
    _settle(values, moved, spans, found)


def _sieve(texts: pa.StringArray, entities: tuple[Entity, ...], spoken: set[str]) -> Mask:
    """Entities × texts: where each may be. Its marks, enough digits and letters have to be there,
    then its hint, and its words if it needs them.
    """
    texts = pa.concat_arrays([texts])
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    digits = data - np.uint8(48) < 10
    worded = contains(texts, _words(entities))
    hits = np.zeros((len(entities), len(texts)), bool)
    enough = _Counts(texts, data, digits)
    for entity, hit in zip(entities, hits, strict=True):
        if entity.marks and not any((data == ord(mark)).any() for mark in entity.marks):
            continue
        needs_words = entity.needs_words and entity.name not in spoken
        if needs_words and not worded.any():
            continue
        able = enough.for_(entity.core)
        if needs_words:
            able &= worded
            able[able] = contains(texts.filter(pa.array(able)), f"(?i){'|'.join(entity.words)}")
        if able.any():
            some = texts if able.all() else texts.filter(pa.array(able))
            hit[able] = contains(some, entity.prefilter)
    return hits


class _Counts:
    """How many digits, and how many ASCII letters and digits, each text holds."""

    def __init__(self, texts: pa.StringArray, data: Columns, digits: Mask) -> None:
        self.offsets = np.frombuffer(texts.buffers()[1], np.int32)[: len(texts) + 1]
        self.digits = self._count(digits)
        letters = (data | np.uint8(32)) - np.uint8(97) < 26
        self.alnum = self.digits + self._count(letters)

    def _count(self, which: Mask) -> npt.NDArray[np.int32]:
        if not which.any():
            return np.zeros(len(self.offsets) - 1, np.int32)
        upto = np.zeros(len(which) + 1, np.int32)
        np.cumsum(which, out=upto[1:])
        return upto[self.offsets[1:]] - upto[self.offsets[:-1]]

    def for_(self, core: str) -> Mask:
        """Which texts have enough of both for a match of a core."""
        return (self.digits >= shape.fewest(core, "0123456789")) & (
            self.alnum >= shape.fewest(core)
        )


def _full(entity: Entity, texts: pa.StringArray, spoken: bool) -> Mask:
    """Which texts are the entity from end to end; the exact rule would say so too."""
    hit = contains(texts, f"(?i)^(?:{entity.core})$")
    for check in (entity.check, None if spoken else entity.alone):
        if check is not None and hit.any():
            some = texts if hit.all() else texts.filter(pa.array(hit))
            twin = vector.TEXT_TWINS.get(check)
            hit[hit] = contains(some, twin) if twin else [check(t) for t in some.to_pylist()]
    return hit


def _spans(entity: Entity, texts: pa.StringArray, spoken: bool) -> Iterator[tuple[int, find.Span]]:
    """Every span of an entity that counts, and the number of the text it is in."""
    joined = Joined.of(texts)
    found = find.matches(entity, joined.text)
    bonus = find.HEADER if spoken else 0.0
    for row, (start, end) in zip(joined.rows(s for s, _ in found), found, strict=True):
        first = joined.begins[row]
        total = min(1.0, find.score(entity, joined.text, start, end, first) + bonus)
        if total >= find.THRESHOLD:
            yield row, find.Span(start - first, end - first, entity.name, total)


def _settle(
    values: pa.StringArray, moved: Mask, spans: dict[int, list[find.Span]], found: Found
) -> None:
    """Places as in the given values, conflicts resolved, whole values apart."""
    rows = sorted(spans)
    whole: dict[str, list[int]] = defaultdict(list)
    for row, text in zip(rows, values.take(pa.array(rows, pa.int64())).to_pylist(), strict=True):
        mine = spans[row]
        if moved[row]:
            _, offsets = normal.with_offsets(text)
            mine = [find.Span(*normal.original_span(offsets, s.start, s.end), *s[2:]) for s in mine]
        mine = find.resolve(mine)
        if len(mine) == 1 and mine[0].start == 0 and mine[0].end == len(text):
            whole[mine[0].entity].append(row)
        else:
            found.spans[row] = mine
    for entity, some in whole.items():
        found.make_whole(entity, some)


@cache
def _words(entities: tuple[Entity, ...]) -> str:
    """RE2: any word that an entity needs beside it."""
    words = sorted({w for e in entities if e.needs_words for w in e.words})
    return "(?i)" + ("|".join(words) or "^$ ")


def contains(values: pa.StringArray, pattern: str) -> Mask:
    """In which values (no nulls) RE2 finds a pattern."""
    return mask(pc.match_substring_regex(values, pattern))


def mask(array: pa.BooleanArray) -> Mask:
    """As numpy; a copy that may be written to."""
    return np.array(array.to_numpy(zero_copy_only=False), bool)
