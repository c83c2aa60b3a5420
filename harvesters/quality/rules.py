"""The rules a department can set for its columns (LY-7, NY-27a); pure, on pandas.

Check digits are those of python-stdnum: identity numbers GB 11643, social credit codes GB 32100.
"""

from __future__ import annotations

import re
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator
from stdnum.cn import ric, uscc

TYPES = {
    "integer": re.compile(r"[+-]?\d+"),
    "number": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"),
}
DIGITS = {"id-number": ric.is_valid, "uscc": uscc.is_valid}


class Rule(BaseModel):
    """What must hold for every value of `column`; an empty cell breaks `required` alone.

    `level`: rows that break an `error` hold the file back; a `warning` only counts in the score.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    required: bool = False
    type: Literal["integer", "number", "date"] | None = None
    minimum: float | None = Field(None, alias="min")
    maximum: float | None = Field(None, alias="max")
    pattern: str | None = None
    one_of: list[str] | None = None
    digits: Literal["id-number", "uscc"] | None = None
    unique: bool = False
    reference: str | None = None
    level: Literal["error", "warning"] = "error"

    @field_validator("pattern")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        if value is not None:
            re.compile(value)
        return value

    def checks(self) -> list[str]:
        """The names of what it demands."""
        asked = {
            "required": self.required, "type": self.type, "pattern": self.pattern,
            "range": self.minimum is not None or self.maximum is not None,
            "one_of": self.one_of, "digits": self.digits, "unique": self.unique,
            "reference": self.reference,
        }
        return [name for name, wanted in asked.items() if wanted]


def broken(rule: Rule, check: str, values: pd.Series, known: frozenset[str]) -> pd.Series:
    """For each value whether it breaks `check`; `known` are the values of the reference table."""
    text = values.fillna("").str.strip()
    empty = text == ""
    if check == "required":
        return empty
    return ~empty & _FAILS[check](rule, text, known)


def _type(rule: Rule, text: pd.Series, _known: frozenset[str]) -> pd.Series:
    if rule.type == "date":
        return pd.to_datetime(text, errors="coerce", format="ISO8601").isna()
    return ~text.str.fullmatch(TYPES[rule.type or "number"])


def _range(rule: Rule, text: pd.Series, _known: frozenset[str]) -> pd.Series:
    number = pd.Series(pd.to_numeric(text, errors="coerce"))
    low = rule.minimum if rule.minimum is not None else float("-inf")
    high = rule.maximum if rule.maximum is not None else float("inf")
    return ~number.between(low, high)


def _pattern(rule: Rule, text: pd.Series, _known: frozenset[str]) -> pd.Series:
    return ~text.str.fullmatch(rule.pattern or "")


def _one_of(rule: Rule, text: pd.Series, _known: frozenset[str]) -> pd.Series:
    return ~text.isin(rule.one_of or [])


def _digits(rule: Rule, text: pd.Series, _known: frozenset[str]) -> pd.Series:
    return ~text.map(DIGITS[rule.digits or "uscc"]).astype(bool)


def _reference(_rule: Rule, text: pd.Series, known: frozenset[str]) -> pd.Series:
    return ~text.isin(known)


_FAILS = {
    "type": _type, "range": _range, "pattern": _pattern, "one_of": _one_of, "digits": _digits,
    "reference": _reference,
}
