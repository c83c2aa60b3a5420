"""Check digits of a whole column at once, on an L×N matrix of ASCII bytes
(capitals; a row for each place). Twins of ``checks``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from . import checks
from .shape import Columns, Mask

Numbers = npt.NDArray[np.uint16]


def _values(alphabet: str) -> npt.NDArray[np.int16]:
    """Byte → value in an alphabet; −1 where it is not in it."""
    table = np.full(256, -1, np.int16)
    for value, c in enumerate(alphabet):
        table[ord(c)] = value
    return table


_BASE36 = _values("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_USCC = _values(checks.USCC_ALPHABET)
_VIN = np.full(256, -1, np.int16)
for _c, _v in checks.VIN_VALUES.items():
    _VIN[ord(_c)] = _v
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def _codes(pairs: frozenset[str]) -> npt.NDArray[np.bool_]:
    table = np.zeros(65536, bool)
    for pair in pairs:
        table[ord(pair[0]) << 8 | ord(pair[1])] = True
    return table


_PROVINCES, _KINDS = _codes(checks.PROVINCES), _codes(checks.USCC_KINDS)
_USUAL, _REGIONS = _codes(checks.USCC_USUAL), _codes(checks.USCC_REGIONS)


def _pair(columns: Columns, at: int) -> Numbers:
    return columns[at].astype(np.uint16) << 8 | columns[at + 1]


def _digits(columns: Columns) -> Columns:
    """The digits' values; anything else is larger than 9."""
    return columns - np.uint8(48)


def _number(digits: Columns, start: int, end: int) -> Numbers:
    number = digits[start].astype(np.uint16)
    for digit in digits[start + 1 : end]:
        number = number * np.uint16(10) + digit
    return number


def _sum(values: npt.NDArray[Any], weights: Sequence[int]) -> npt.NDArray[np.int32]:
    total = np.zeros(values.shape[1], np.int32)
    for value, weight in zip(values, weights, strict=True):
        total += value.astype(np.int32) * weight
    return total


def _dates(year: Numbers, month: Numbers, day: Numbers) -> Mask:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _DAYS[np.clip(month, 0, 12)] + (leap & (month == 2))
    return (
        (year >= 1800) & (year <= 2099) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= last)
    )


def resident_id(columns: Columns) -> Mask:
    digits = _digits(columns[:17])
    ok = (digits < 10).all(axis=0) & _PROVINCES[_pair(columns, 0)]
    ok &= _dates(_number(digits, 6, 10), _number(digits, 10, 12), _number(digits, 12, 14))
    check = np.frombuffer(checks.ID_CHECK.encode(), np.uint8)
    return ok & (check[_sum(digits, checks.ID_WEIGHTS) % 11] == columns[17])


def uscc(columns: Columns) -> Mask:
    values = _USCC[columns]
    ok = (values >= 0).all(axis=0) & (_digits(columns[2:8]) < 10).all(axis=0)
    ok &= _KINDS[_pair(columns, 0)] & _REGIONS[_pair(columns, 2)]
    return ok & (-_sum(values[:17], checks.USCC_WEIGHTS) % 31 == values[17])


def org_code(columns: Columns) -> Mask:
    values = _BASE36[columns[:8]]
    check = np.frombuffer(b"0123456789X0", np.uint8)
    return (values >= 0).all(axis=0) & (
        check[11 - _sum(values, checks.ORG_WEIGHTS) % 11] == columns[8]
    )


def uscc_alone(columns: Columns) -> Mask:
    return _USUAL[_pair(columns, 0)] & org_code(columns[8:17])


def luhn(columns: Columns) -> Mask:
    digits = _digits(columns)
    ok = (digits < 10).all(axis=0) & (digits != digits[0]).any(axis=0)
    total = np.zeros(columns.shape[1], np.int32)
    for place, digit in enumerate(digits[::-1]):
        total += digit * np.uint8(2) - np.uint8(9) * (digit > 4) if place % 2 else digit
    return ok & (total % 10 == 0)


def vin(columns: Columns) -> Mask:
    values = _VIN[columns]
    ok = (values >= 0).all(axis=0) & ~(_digits(columns) < 10).all(axis=0)
    check = np.frombuffer(b"0123456789X", np.uint8)
    return ok & (check[_sum(values, checks.VIN_WEIGHTS) % 11] == columns[8])


TWINS: dict[Callable[[str], bool], Callable[[Columns], Mask]] = {
    checks.resident_id: resident_id,
    checks.uscc: uscc,
    checks.uscc_alone: uscc_alone,
    checks.luhn: luhn,
    checks.vin: vin,
}

# What a check asks of a text, where RE2 can say it.
TEXT_TWINS: dict[Callable[[str], bool], str] = {checks.has_digit: "[0-9]"}
