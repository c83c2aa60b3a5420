"""Unicode normalisation that remembers where every character came from.

Full-width digits, compatibility characters and zero-width characters would evade every rule.
Each character is normalised by itself (NFKC), so a span found in the normalised text has a
place in the original.
"""

from __future__ import annotations

import re
import unicodedata

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


def original_span(offsets: list[int] | None, start: int, end: int) -> tuple[int, int]:
    """Where a span of the normal form lies in the original text."""
    if offsets is None:
        return start, end
    return offsets[start], offsets[end - 1] + 1
