"""Check digits and shapes of identifiers, one value at a time. The vectorised twins are in ``vector``."""

# ruff: noqa: E501

from __future__ import annotations

import datetime as dt
import ipaddress
import re

# GB/T 2260 province codes; 81–83 also begin the residence permits of Hong Kong, Macau and Taiwan residents.
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
PERMITS = ("810000", "820000", "830000")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
# Registering department and kind of body, GB 32100-2015 table 1 and its later amendments.
USCC_KINDS = frozenset(
    [
        "11",
        "12",
        "13",
        "19",
        "21",
        "29",
        "31",
        "32",
        "33",
        "34",
        "35",
        "39",
        "41",
        "49",
        "51",
        "52",
        "53",
        "54",
        "55",
        "59",
        "61",
        "62",
        "69",
        "71",
        "72",
        "79",
        "81",
        "89",
        "91",
        "92",
        "93",
        "A1",
        "A9",
        "N1",
        "N2",
        "N3",
        "N9",
        "Y1",
    ]
)
USCC_USUAL = frozenset(
    ["11", "12", "13", "31", "51", "52", "53", "81", "91", "92", "93", "N1", "N2", "N3", "Y1"]
)
USCC_REGIONS = PROVINCES | {"10"}  # 100000: registered with the central authorities
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
VIN_VALUES = {
    c: v
    for v, cs in enumerate(
        ("0", "1AJ", "2BKS", "3CLT", "4DMU", "5ENV", "6FW", "7GPX", "8HY", "9RZ")
    )
    for c in cs
}
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

_separators = re.compile(r"[\s\-.·•()]")


def compact(text: str) -> str:
    """The value without the separators people write into it, in capitals."""
    return _separators.sub("", text).upper()


def has_digit(text: str) -> bool:
    """A plate has a digit; a word after a province's letter has none."""
    return any(c in "0123456789" for c in text)


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        return 1800 <= dt.date(year, month, day).year <= 2099
    except ValueError:
        return False


def resident_id(text: str) -> bool:
    """GB 11643-1999: region, date of birth and ISO 7064 MOD 11-2 check digit; residence permits alike."""
    value = compact(text)
    if len(value) != 18 or not value[:17].isdigit() or value[:2] not in PROVINCES:
        return False
    if not _is_date(int(value[6:10]), int(value[10:12]), int(value[12:14])):
        return False
    total = sum(int(c) * w for c, w in zip(value, ID_WEIGHTS, strict=False))
    return ID_CHECK[total % 11] == value[17]


def resident_id_15(text: str) -> bool:
    """The 15-digit form of before 1999: region and a date in the 1900s; it has no check digit."""
    value = compact(text)
    return (
        len(value) == 15
        and value.isdigit()
        and value[:2] in PROVINCES
        and _is_date(1900 + int(value[6:8]), int(value[8:10]), int(value[10:12]))
    )


def org_code(text: str) -> bool:
    """GB 11714-1997: eight characters and a mod 11 check character."""
    value = compact(text)
    if len(value) != 9:
        return False
    total = sum(int(c, 36) * w for c, w in zip(value, ORG_WEIGHTS, strict=False))
    return "0123456789X0"[(11 - total % 11)] == value[8]


def uscc(text: str) -> bool:
    """GB 32100-2015: department and kind, region, an organisation code and the mod 31 check character."""
    value = compact(text)
    if len(value) != 18 or value[:2] not in USCC_KINDS or value[2:4] not in USCC_REGIONS:
        return False
    if any(c not in USCC_ALPHABET for c in value) or not value[2:8].isdigit():
        return False
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(value, USCC_WEIGHTS, strict=False))
    return USCC_ALPHABET[-total % 31] == value[17]


def uscc_alone(text: str) -> bool:
    """A usual kind of body, and an organisation code with a check character of its own in characters 9 to 17."""
    value = compact(text)
    return value[:2] in USCC_USUAL and org_code(value[8:17])


def luhn(text: str) -> bool:
    """ISO/IEC 7812-1 annex B; a row of one repeated digit is no card."""
    value = compact(text)
    if not 13 <= len(value) <= 19 or not value.isdigit() or len(set(value)) == 1:
        return False
    total = 0
    for place, c in enumerate(reversed(value)):
        digit = int(c) * (1 + place % 2)
        total += digit - 9 * (digit > 9)
    return total % 10 == 0


def vin(text: str) -> bool:
    """GB 16735-2019: 17 characters without I O Q, the ninth is the check character."""
    value = compact(text)
    if len(value) != 17 or any(c not in VIN_VALUES for c in value) or value.isdigit():
        return False
    total = sum(VIN_VALUES[c] * w for c, w in zip(value, VIN_WEIGHTS, strict=True))
    return "0123456789X"[total % 11] == value[8]


def landline(text: str) -> bool:
    """An area code (010, 02x or 0xxx) and 7 or 8 digits."""
    return (
        re.fullmatch(
            r"(?:86)?0?(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}(?:转?\d{1,6})?", compact(text).lstrip("+")
        )
        is not None
    )


def ip(text: str) -> bool:
    """IPv4 or IPv6, as the standard library reads it."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def date(text: str) -> bool:
    """A calendar date, in digits."""
    parts = [int(p) for p in re.findall(r"\d+", text)]
    if len(parts) == 1 and len(str(parts[0])) == 8:
        number = parts[0]
        return _is_date(number // 10000, number // 100 % 100, number % 100)
    if len(parts) == 2:
        return 1 <= parts[1] <= 12
    return len(parts) == 3 and _is_date(parts[0] if parts[0] > 99 else 1900 + parts[0], *parts[1:])
