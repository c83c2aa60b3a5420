"""One figure of a benchmark, ours beside a peer's, measured in the same run."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field

GOALS = {"<=": operator.le, ">=": operator.ge}


@dataclass
class Result:
    """A measured `value` in `unit`; `peer` is the same measure of somebody else's software.

    `goal` reads `"<= 8"` (of the value) or `"ratio <= 1.5"` (of value to peer); empty without goal.
    """

    name: str
    value: float
    unit: str
    peer: float | None = None
    ratio: float | None = field(init=False)
    goal: str = ""
    met: bool | None = field(init=False)

    def __post_init__(self) -> None:
        self.ratio = round(self.value / self.peer, 3) if self.peer else None
        self.met = self._met()

    def _met(self) -> bool | None:
        if not self.goal:
            return None
        words = self.goal.split()
        measured = self.ratio if words[0] == "ratio" else self.value
        sign, limit = words[-2:]
        return measured is not None and GOALS[sign](measured, float(limit))
