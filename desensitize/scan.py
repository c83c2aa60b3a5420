"""Scanning a table: what each column holds, how often, and which class that makes it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import annotate, classify
from .arrow import compute as pc
from .detect import contains
from .problems import Problem
from .profile import ColumnProfile, Hits, Profile
from .table import Table

Progress = Callable[[str, float], None]
SAMPLE = 4096
WORKERS = min(4, os.cpu_count() or 1)
FORMULA = r"^[=@＝＠\t\r]|^[+＋－-].*[(|!]|^[+＋－-]+[=@A-Za-z]"  # what a spreadsheet would run
FORMULA_BEGIN = b"=@\t\r+-\xef"  # the first byte of it
EXPONENT = r"^\d(?:\.\d+)?[Ee]\+1[0-9]$"
DIGITS = b"0123456789"


class NoRows(ValueError):  # noqa: N818 says what it is
    """There was no block at all."""


@dataclass
class Distinct:
    """A column's different values and how many rows have each."""

    values: pa.StringArray
    counts: npt.NDArray[np.int64]


def distinct(column: pa.ChunkedArray) -> Distinct:
    """Different values (no nulls) with their counts."""
    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    encoded = array.drop_null().dictionary_encode()
    counts = np.bincount(encoded.indices.to_numpy(), minlength=len(encoded.dictionary))
    return Distinct(encoded.dictionary, counts)


def profile(table: Table, *, ner: bool = True, progress: Progress | None = None) -> Profile:
    """The profile of a table. ``ner=False`` leaves the language model out: patterns and headers
    only.
    """
    return profile_blocks([table], ner=ner, progress=progress)


def profile_blocks(
    blocks: Iterable[Table], *, ner: bool = True, progress: Progress | None = None
) -> Profile:
    """The profile of one table that comes in blocks of rows; only counts are kept between
    blocks.
    """
    total: list[ColumnProfile] = []
    problems: list[Problem] = []
    last: Table | None = None
    for table in blocks:
        part = _columns(table, ner, progress)
        total = [_add(a, b) for a, b in zip(total, part, strict=True)] if total else part
        problems += [p for p in table.problems if p not in problems]
        last = table
    if last is None:
        raise NoRows
    problems += classify.split_identifiers(last)
    made = Profile(last.name, total[0].rows if total else 0, total, problems, ner)
    classify.decide(made)
    return made


def _columns(table: Table, ner: bool, progress: Progress | None) -> list[ColumnProfile]:
    """All columns, side by side: much of what takes long happens outside Python's lock."""
    made: dict[str, ColumnProfile] = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        work = {
            pool.submit(_column, name, table.frame[name], ner): name for name in by_size(table)
        }
        for number, done in enumerate(as_completed(work), 1):
            made[work[done]] = done.result()
            if progress:
                progress(work[done], number / len(table.columns))
    return [made[name] for name in table.columns]


def by_size(table: Table) -> list[str]:
    """The columns, the largest first: texts take longest, and nothing should wait for them."""
    return sorted(table.columns, key=lambda name: -table.frame[name].nbytes)


def _column(name: str, column: pa.ChunkedArray, ner: bool) -> ColumnProfile:
    """The facts of one column; the class is decided when all columns are known."""
    values = distinct(column)
    empty = int(values.counts[np.array(pc.equal(values.values, ""), bool)].sum())
    made = ColumnProfile(
        name,
        _type(values.values),
        len(column),
        len(column) - int(values.counts.sum()) + empty,
        len(values.values),
        int(pc.max(pc.utf8_length(values.values)).as_py() or 0),
    )
    found = annotate.column(values.values, name, model=ner)
    for entity, rows in found.whole.items():
        _count(made, entity, values.counts[rows].sum(), len(rows), whole=True)
    inside: dict[str, list[int]] = defaultdict(list)
    for row, spans in found.spans.items():
        for entity in {s.entity for s in spans}:
            inside[entity].append(row)
    for entity, some in inside.items():
        _count(made, entity, values.counts[some].sum(), len(some))
    _marks(made, values)
    return made


def _count(
    made: ColumnProfile, entity: str, rows: int, different: int, whole: bool = False
) -> None:
    hit = made.hits.setdefault(entity, Hits())
    hit.distinct += int(different)
    hit.weighted += int(rows)
    hit.whole += int(rows) if whole else 0


def _marks(made: ColumnProfile, values: Distinct) -> None:
    """What a spreadsheet would run, and numbers that it has turned into ``4.10101E+17``."""
    for mark, begin, pattern in (
        ("FORMULA", FORMULA_BEGIN, FORMULA),
        ("EXPONENT", DIGITS, EXPONENT),
    ):
        rows = np.flatnonzero(_begins(values.values, begin))
        rows = rows[contains(values.values.take(pa.array(rows)), pattern)]
        if len(rows):
            _count(made, mark, values.counts[rows].sum(), len(rows))


def _begins(values: pa.StringArray, allowed: bytes) -> npt.NDArray[np.bool_]:
    """Which values begin with one of some bytes."""
    offsets = np.frombuffer(values.buffers()[1], np.int32)[values.offset :][: len(values) + 1]
    data = np.frombuffer(values.buffers()[2] or b"", np.uint8)
    begins = np.zeros(len(values), bool)
    filled = offsets[1:] > offsets[:-1]
    begins[filled] = np.isin(data[offsets[:-1][filled]], np.frombuffer(allowed, np.uint8))
    return begins


TYPES = (
    ("integer", r"^[+-]?\d{1,18}$"),
    ("number", r"^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?%?$"),
    (
        "date",
        r"^(?:19|20)\d{2}(?:[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?月?"
        r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?|年)$",
    ),
)


def _type(values: pa.StringArray) -> str:
    """The narrowest type that all values (up to a sample) have."""
    sample = values[: SAMPLE + 1]
    sample = sample.filter(pc.not_equal(sample, ""))
    if not len(sample):
        return "empty"
    for name, pattern in TYPES:
        if pc.all(pc.match_substring_regex(sample, pattern)).as_py():
            return name
    return "text"


def _add(a: ColumnProfile, b: ColumnProfile) -> ColumnProfile:
    """Two blocks of one column; distinct values are then an upper bound."""
    for entity, hit in b.hits.items():
        mine = a.hits.setdefault(entity, Hits())
        mine.distinct, mine.weighted, mine.whole = (
            mine.distinct + hit.distinct,
            mine.weighted + hit.weighted,
            mine.whole + hit.whole,
        )
    order = ["empty", "integer", "number", "date", "text"]
    kind = max(a.type, b.type, key=order.index)
    if {a.type, b.type} in ({"date", "integer"}, {"date", "number"}):
        kind = "text"
    return ColumnProfile(
        a.name,
        kind,
        a.rows + b.rows,
        a.empty + b.empty,
        a.distinct + b.distinct,
        max(a.longest, b.longest),
        a.hits,
    )
