"""Check digits of a whole column at once, on an N×L matrix of ASCII bytes (capitals). Twins of
``checks``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from . import checks

Matrix = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


def _values(alphabet: str) -> npt.NDArray[np.int16]:
    """Byte → value in an alphabet; −1 where it is not in it."""
    table = np.full(256, -1, np.int16)
    for value, c in enumerate(alphabet):
        table[ord(c)] = value
    return table


_DIGIT = _values("0123456789")
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


def _pair(matrix: Matrix, at: int) -> npt.NDArray[np.integer[Any]]:
    return matrix[:, at].astype(np.uint16) << 8 | matrix[:, at + 1]


def _number(digits: npt.NDArray[np.int16], start: int, end: int) -> npt.NDArray[np.int64]:
    return digits[:, start:end] @ (10 ** np.arange(end - start - 1, -1, -1))


def _dates(
    year: npt.NDArray[np.int64], month: npt.NDArray[np.int64], day: npt.NDArray[np.int64]
) -> Mask:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _DAYS[np.clip(month, 0, 12)] + (leap & (month == 2))
    return (
        (year >= 1800) & (year <= 2099) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= last)
    )


def resident_id(matrix: Matrix) -> Mask:
    digits = _DIGIT[matrix[:, :17]]
    ok = (digits >= 0).all(axis=1) & _PROVINCES[_pair(matrix, 0)] & (digits[:, 0] > 0)
    ok &= np.isin(_number(digits, 6, 8), (18, 19, 20))
    ok &= _dates(_number(digits, 6, 10), _number(digits, 10, 12), _number(digits, 12, 14))
    check = np.frombuffer(checks.ID_CHECK.encode(), np.uint8)
    return ok & (check[(digits @ np.array(checks.ID_WEIGHTS)) % 11] == matrix[:, 17])


def uscc(matrix: Matrix) -> Mask:
    values = _USCC[matrix]
    ok = (values >= 0).all(axis=1) & (_DIGIT[matrix[:, 2:8]] >= 0).all(axis=1)
    ok &= _KINDS[_pair(matrix, 0)] & _REGIONS[_pair(matrix, 2)]
    return ok & (-(values[:, :17] @ np.array(checks.USCC_WEIGHTS)) % 31 == values[:, 17])


def org_code(matrix: Matrix) -> Mask:
    values = _BASE36[matrix[:, :8]]
    check = np.frombuffer(b"0123456789X0", np.uint8)
    return (values >= 0).all(axis=1) & (
        check[11 - (values @ np.array(checks.ORG_WEIGHTS)) % 11] == matrix[:, 8]
    )


def uscc_alone(matrix: Matrix) -> Mask:
    return _USUAL[_pair(matrix, 0)] & org_code(matrix[:, 8:17])


def luhn(matrix: Matrix) -> Mask:
    digits = _DIGIT[matrix].astype(np.int64)
    ok = (digits >= 0).all(axis=1) & (digits != digits[:, :1]).any(axis=1)
    digits[:, -2::-2] *= 2
    digits -= 9 * (digits > 9)
    return ok & (digits.sum(axis=1) % 10 == 0)


def vin(matrix: Matrix) -> Mask:
    values = _VIN[matrix]
    ok = (values >= 0).all(axis=1) & ~(_DIGIT[matrix] >= 0).all(axis=1)
    check = np.frombuffer(b"0123456789X", np.uint8)
    return ok & (check[(values @ np.array(checks.VIN_WEIGHTS)) % 11] == matrix[:, 8])


TWINS: dict[Callable[[str], bool], Callable[[Matrix], Mask]] = {
    checks.resident_id: resident_id,
    checks.uscc: uscc,
    checks.uscc_alone: uscc_alone,
    checks.luhn: luhn,
    checks.vin: vin,
}
