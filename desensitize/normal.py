"""Unicode normalisation that remembers where every character came from.

Full-width digits, compatibility characters and zero-width characters would evade every rule.
Each character is normalised by itself (NFKC), so a span found in the normalised text has a
place in the original.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .arrow import compute as pc

# Dashes that NFKC leaves alone but people write into numbers; characters that print as nothing.
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
_NOTHING = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"), "")


class _Table(dict[int, str]):
    """What ``str.translate`` asks, one character at a time."""

    def __missing__(self, code: int) -> str:
        value = self[code] = unicodedata.normalize("NFKC", chr(code))
        return value


_table = _Table(_DASHES | _NOTHING)

# RE2: a value without any of these characters is its own normal form. Wider than needed, never
# narrower.
CHANGES = r"[^\x00-\x7f\x{4e00}-\x{9fff}、。《》【】“”‘’·]"


def normalise(text: str) -> str:
    """The normal form of a text."""
    return text if text.isascii() else text.translate(_table)


# Characters that become none or several: only they move the others.
_moves = re.compile(
    "["
    + "".join(
        re.escape(chr(c))
        for c in range(0x80, 0x30000)
        if not 0xD800 <= c <= 0xDFFF and len(_table[c]) != 1
    )
    + "]"
)


def with_offsets(text: str) -> tuple[str, list[int] | None]:
    """The normal form and, for each of its characters and its end, the index in ``text``.

    None where every character stays in its place.
    """
    if text.isascii() or not _moves.search(text):
        return normalise(text), None
    offsets = [i for i, c in enumerate(text) for _ in _table[ord(c)]]
    return normalise(text), [*offsets, len(text)]


# What most Chinese text changes: one character each, so nothing moves.
_USUAL = {c: unicodedata.normalize("NFKC", c) for c in "，：；！？（）"}


def column(values: pa.StringArray) -> tuple[pa.StringArray, npt.NDArray[np.bool_]]:
    """The normal forms of many values, and in which of them characters have moved."""
    moved = np.zeros(len(values), bool)
    if pc.all(pc.string_is_ascii(values)).as_py():
        return values, moved
    odd = _changing(values)
    if odd.any():
        for wide, narrow in _USUAL.items():
            values = pc.replace_substring(values, wide, narrow)
        odd = _changing(values)
    rows = np.flatnonzero(odd)
    if len(rows):
        both = [with_offsets(v) for v in values.take(pa.array(rows)).to_pylist()]
        moved[rows] = [offsets is not None for _, offsets in both]
        new = pa.array([plain for plain, _ in both], pa.string())
        values = pc.replace_with_mask(values, pa.array(odd), new)
    return values, moved


def _changing(values: pa.StringArray) -> npt.NDArray[np.bool_]:
    return pc.match_substring_regex(values, CHANGES).to_numpy(zero_copy_only=False)


def original_span(offsets: list[int] | None, start: int, end: int) -> tuple[int, int]:
    """Where a span of the normal form lies in the original text."""
    if offsets is None:
        return start, end
    return offsets[start], offsets[end - 1] + 1
