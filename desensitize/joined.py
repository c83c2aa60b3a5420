"""Many texts as one, so that a rule runs once over all of them and not once for each.

Between two texts stands a NUL: no rule matches across it, and a rule sees it as it sees an end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .arrow import compute as pc

END = "\x00"
_ANY = "\x01"  # what a NUL inside a text becomes: every rule sees control characters alike


@dataclass
class Joined:
    """``text``: all texts; ``starts``: where each begins, in characters."""

    text: str
    starts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: pa.StringArray) -> Joined:
        """Of texts without nulls."""
        if not len(texts):
            return cls("", np.zeros(0, np.int64))
        lengths = pc.utf8_length(texts).to_numpy(zero_copy_only=False).astype(np.int64) + 1
        starts = np.cumsum(lengths) - lengths
        together = pa.LargeListArray.from_arrays(pa.array([0, len(texts)]), texts)
        text = pc.binary_join(together, END)[0].as_py()
        if text.count(END) != len(texts) - 1:
            text = END.join(t.replace(END, _ANY) for t in texts.to_pylist())
        return cls(text, starts)

    def rows(self, places: Iterable[int]) -> list[int]:
        """In which text each place lies."""
        found = np.searchsorted(self.starts, np.fromiter(places, np.int64), "right") - 1
        return found.tolist()

    @cached_property
    def begins(self) -> list[int]:
        return self.starts.tolist()
