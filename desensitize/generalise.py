"""Coarser values: bands, years, districts, fewer decimals. None where a value cannot be read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from . import address, normal
from .actions import Generalise
from .arrow import compute as pc
from .normal import normalise

_number = re.compile(r"[+-]?\d+(?:\.\d+)?")
_date = re.compile(r"^\D{0,4}((?:18|19|20)\d{2})(?:[-/.年]?(0?[1-9]|1[0-2])(?!\d{3}))?")
_levels = {
    "province": r"^.{2,8}?(?:省|自治区|特别行政区)|^(?:北京|天津|上海|重庆)市?",
    "city": r"^.{0,12}?(?:市|州|盟|地区)",
    "district": r"^.{0,20}?(?:区|县|旗|市(?=.{1,6}(?:街道|镇|乡|路|街|村)))",
    "street": r"^.{0,28}?(?:街道|镇|乡|苏木)",
}


LEVELS = ("province", "city", "district", "street")


def column(values: pa.StringArray, action: Generalise) -> pa.StringArray:
    """The coarser values of a column; null where one cannot be read."""
    if action.to in LEVELS:
        return _places(values, action.to)
    one = function(action)
    return pa.array([one(v) for v in values.to_pylist()], pa.string())


def function(action: Generalise) -> Callable[[str], str | None]:
    """The function of one value that an action means."""
    if action.to == "year":
        return lambda v: m[1] if (m := _date.search(normalise(v))) else None
    if action.to == "month":
        return lambda v: (
            f"{m[1]}-{int(m[2]):02}" if (m := _date.search(normalise(v))) and m[2] else None
        )
    if action.to in ("band", "age_band"):
        return lambda v: band(v, action.width)
    if action.to == "decimals":
        return lambda v: decimals(v, action.digits)
    if action.to == "prefix":
        return lambda v: (
            normalise(v)[: action.digits] + "*" * max(0, len(normalise(v)) - action.digits)
        )
    return lambda v: place(v, action.to)


def band(value: str, width: float) -> str | None:
    """The half-open band of ``width`` in which a number lies: 37 → ``30-39`` for whole numbers."""
    match = _number.search(normalise(value).replace(",", ""))
    if not match:
        return None
    low = math.floor(float(match[0]) / width) * width
    high = low + width - (1 if width >= 1 and float(width).is_integer() else 0)
    return f"{low:g}-{high:g}" if high < 1e6 else f"{low:.0f}-{high:.0f}"


def decimals(value: str, digits: int) -> str | None:
    """Every number of the value with so many decimals (2 are about a kilometre)."""
    text = normalise(value)
    if not _number.search(text):
        return None
    return re.sub(r"\d+\.\d+", lambda m: f"{float(m[0]):.{digits}f}", text)


def _places(values: pa.StringArray, level: str) -> pa.StringArray:
    """``place`` of many addresses: what stands before the first number decides, once for each."""
    plain = pc.utf8_trim_whitespace(normal.column(values)[0])
    heads = pc.replace_substring_regex(plain, "(?s)[0-9].*", "").dictionary_encode()
    known = pa.array([place(head, level) for head in heads.dictionary.to_pylist()], pa.string())
    made = known.take(heads.indices)
    rows = pa.array(np.flatnonzero(pc.is_null(made)))
    whole = [place(text, level) for text in plain.take(rows).to_pylist()]
    return pc.replace_with_mask(made, pc.is_null(made), pa.array(whole, pa.string()))


def place(value: str, level: str) -> str | None:
    """The address down to a level; None if that level is not in it."""
    text = normalise(value).strip()
    if level in ("district", "street"):
        known = list(address.divisions().finditer(text[:30]))
        if level == "district" and known and known[-1][0][-1] in "区县旗市":
            last = next((m for m in known if m[0][-1] in "区县旗"), known[-1])
            return text[: last.end()]
    match = re.search(_levels[level], text)
    return match[0] if match else None
