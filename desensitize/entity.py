"""What an entity is: one row of the table in ``entities``.

``core`` is written in the common subset of RE2 and Python's ``re``, without bounds: the bounds are
added here, because ``\\b`` does not fire between Chinese characters and digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from .headers import says

WINDOW = 14  # characters before a match in which a context word counts
LOOK = r"(?<![0-9A-Za-z])(?<![0-9][.,])"
AHEAD = r"(?![0-9A-Za-z])(?!\.[0-9])"
NOT_AMOUNT = r"(?!\s?(?:元|万|亿|㎡|m2|平方|吨|千克|公里|米))"


@dataclass(frozen=True)
class Entity:
    """One kind of personal (or organization) data.

    ``class_``: ``direct``, ``quasi``, ``sensitive`` or ``organization`` (not personal).
    ``words``: in a header, or in the text just before, they speak for this entity.
    ``needs_words``: without such a word a match counts for nothing.
    ``alone``: without such a word this stricter check has to hold too.
    ``rank``: where two overlap, the lower one wins.
    """

    name: str
    zh: str
    en: str
    core: str
    class_: str
    words: tuple[str, ...]
    standard: str
    rank: int
    check: Callable[[str], bool] | None = None
    needs_words: bool = False
    alone: Callable[[str], bool] | None = None
    behind: str = LOOK
    ahead: str = AHEAD
    hint: str = ""  # RE2 that every match contains, cheaper than the core
    marks: str = ""  # every match contains one of these ASCII characters

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(f"{self.behind}(?:{self.core}){self.ahead}", re.ASCII | re.IGNORECASE)

    @cached_property
    def _width(self) -> tuple[int, int]:
        return re._parser.parse(self.core).getwidth()  # type: ignore[attr-defined]

    @property
    def shortest(self) -> int:
        """Characters of the shortest match."""
        return self._width[0]

    @property
    def longest(self) -> int:
        """Characters of the longest match."""
        return self._width[1]

    @cached_property
    def context(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self.words)), re.IGNORECASE)

    @property
    def prefilter(self) -> str:
        """RE2, unanchored: what every match contains."""
        return f"(?i){self.hint or self.core}"

    def in_header(self, header: str) -> bool:
        """Whether the column's header speaks for this entity."""
        return bool(says(header, self.words))

    def label(self, lang: str = "zh") -> str:
        return self.zh if lang.startswith("zh") else self.en
