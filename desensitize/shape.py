"""A core as byte classes: which values of one length it fills from end to end, many at once.

Values are one alphanumeric run, so every way a core can fill them is a fixed class of bytes for
each place; separators cannot occur.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = frozenset[int]
Way = tuple[Bytes, ...]
Columns = npt.NDArray[np.uint8]  # L×N: a row for each place, so that each place lies together
Mask = npt.NDArray[np.bool_]
re_parser: Any = re._parser  # type: ignore[attr-defined]
ALPHABET = frozenset((string.digits + string.ascii_uppercase).encode())
FIRST = 3  # the narrowest places sort most values out


def fills(core: str, columns: Columns) -> Mask:
    """Which values (their bytes in capitals) the core matches from end to end."""
    length, count = columns.shape
    hit = np.zeros(count, bool)
    for way in ways(core, length):
        places = sorted(range(length), key=lambda place: len(way[place]))
        some = _all(columns, way, places[:FIRST])
        rows = np.flatnonzero(some)
        if len(rows):
            rest = columns if len(rows) == count else columns[:, rows]
            hit[rows] |= _all(rest, way, places[FIRST:])
    return hit


def _all(columns: Columns, way: Way, places: Iterable[int]) -> Mask:
    """Which values have an allowed byte in each of the places."""
    ok = np.ones(columns.shape[1], bool)
    for place in places:
        allowed = way[place]
        low, high = min(allowed), max(allowed)
        if high - low + 1 == len(allowed):  # one range: bytes below it wrap round to large numbers
            ok &= columns[place] - np.uint8(low) <= np.uint8(high - low)
        else:
            ok &= _table(allowed)[columns[place]]
    return ok


@cache
def _table(allowed: Bytes) -> Mask:
    table = np.zeros(256, bool)
    table[sorted(allowed)] = True
    return table


@cache
def ways(core: str, length: int) -> tuple[Way, ...]:
    """Every way in which a core fills so many bytes of digits and capitals."""
    parsed = re_parser.parse(core)
    return tuple(way for way in _sequence(parsed, length) if len(way) == length)


@cache
def fewest(core: str, members: str = string.digits + string.ascii_letters) -> int:
    """How many of some characters every match of a core holds at least."""
    return _fewest(re_parser.parse(core), frozenset(map(ord, members)))


def _fewest(nodes: Iterable[Any], members: Bytes) -> int:
    return sum(_fewest_of(node, members) for node in nodes)


def _fewest_of(node: tuple[Any, Any], members: Bytes) -> int:
    kind, value = str(node[0]), node[1]
    if kind == "MAX_REPEAT":
        return value[0] * _fewest(value[2], members)
    if kind == "SUBPATTERN":
        return _fewest(value[3], members)
    if kind == "BRANCH":
        return min(_fewest(branch, members) for branch in value[1])
    return int(all(_within(item, members) for item in (value if kind == "IN" else [node])))


def _within(item: tuple[Any, Any], members: Bytes) -> bool:
    kind, value = str(item[0]), item[1]
    if kind == "CATEGORY":
        return str(value) == "CATEGORY_DIGIT" and members.issuperset(string.digits.encode())
    low, high = (value, value) if kind == "LITERAL" else value
    return high < 0x80 and members.issuperset(range(low, high + 1))


def _sequence(nodes: Iterable[Any], room: int) -> set[Way]:
    made: set[Way] = {()}
    for node in nodes:
        made = _joined(made, _one(node, room), room)
    return made


def _joined(left: set[Way], right: set[Way], room: int) -> set[Way]:
    return {a + b for a in left for b in right if len(a) + len(b) <= room}


def _one(node: tuple[Any, Any], room: int) -> set[Way]:
    """The ways of one part of a parsed pattern."""
    kind, value = str(node[0]), node[1]
    if kind == "MAX_REPEAT":
        least, most, inner = value
        part = _sequence(inner, room)
        made, made_now = set(), {()}
        for times in range(min(most, room) + 1):
            if times >= least:
                made |= made_now
            made_now = _joined(made_now, part, room)
        return made
    if kind == "SUBPATTERN":
        return _sequence(value[3], room)
    if kind == "BRANCH":
        return set().union(*(_sequence(branch, room) for branch in value[1]))
    allowed = _members([node] if kind == "LITERAL" else value)
    return {(allowed,)} if allowed else set()


def _members(items: Iterable[tuple[Any, Any]]) -> Bytes:
    """The bytes of a class that are digits or capitals; lower case counts as capitals."""
    found: set[int] = set()
    for item, value in items:
        kind = str(item)
        if kind == "RANGE":
            found.update(range(value[0], min(value[1], 0x7F) + 1))
        elif kind == "LITERAL":
            found.add(value)
        elif kind == "CATEGORY" and str(value) == "CATEGORY_DIGIT":
            found.update(string.digits.encode())
        elif kind == "CATEGORY" and str(value) == "CATEGORY_SPACE":
            pass
        else:
            raise ValueError(f"a core may not hold {kind} {value}")
    return frozenset(ord(chr(b).upper()) for b in found if b < 0x80) & ALPHABET
