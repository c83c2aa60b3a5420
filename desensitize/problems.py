"""What can be wrong with a file, a plan or an output: codes with parameters, said in Chinese
and English.

A problem never carries a raw value: its parameters are names, counts and row numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .messages import MESSAGES


@dataclass(frozen=True)
class Problem:
    """One thing a person has to know. ``code`` is a key of ``MESSAGES``."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def message(self, lang: str = "zh") -> str:
        """The sentence in ``zh`` or ``en``."""
        english, chinese = MESSAGES[self.code]
        return (chinese if lang.startswith("zh") else english).format(**self.params)

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "params": self.params}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Problem:
        return cls(data["code"], data.get("params", {}))


class Unreadable(Exception):  # noqa: N818 says what it is
    """A file that is held for a person: it cannot be read, or must not be read by a machine alone.

    ``code`` and ``where`` (the problem's parameters: file, row, sheet, column) let the caller
    translate.
    """

    def __init__(self, code: str, **where: Any) -> None:
        self.problem = Problem(code, where)
        super().__init__(self.problem.message("en"))

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def where(self) -> dict[str, Any]:
        return self.problem.params

    def message(self, lang: str = "zh") -> str:
        return self.problem.message(lang)
