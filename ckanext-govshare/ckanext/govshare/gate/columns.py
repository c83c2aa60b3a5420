"""How a released column becomes a DataStore column: its name and its type."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

#: PostgreSQL keeps 63 bytes of a name; a Chinese character takes three.
NAME_BYTES = 63


def column_id(name: str) -> str:
    """The DataStore name of a released column: itself wherever the DataStore allows it.

    CKAN allows no quote, no leading underscore and no outer blanks. A name that had to change
    gets a short digest of the full one, so that no two columns become one.
    """
    plain = name.strip().lstrip("_").replace('"', "").replace("\x00", "")
    if plain == name and len(name.encode()) <= NAME_BYTES:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    short = plain.encode()[: NAME_BYTES - len(mark) - 1].decode(errors="ignore")
    return f"{short}-{mark}"


def _is_integer(value: str) -> bool:
    """Whole numbers only as a number is written: `007` is a code, not seven."""
    digits = value.removeprefix("-")
    plain = digits.isdecimal() and digits.isascii() and len(digits) <= 18
    return plain and str(int(digits)) == digits


def _is_number(value: str) -> bool:
    if value != value.strip() or "_" in value:
        return False
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


#: What the release calls a type → the DataStore type and what every value must pass.
TYPES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "integer": ("bigint", _is_integer),
    "number": ("numeric", _is_number),
    "date": ("date", _is_date),
    "datetime": ("timestamp", _is_moment),
}


class Typing:
    """Watches the values of one column; the type stands only if every value passes."""

    def __init__(self, declared: str) -> None:
        self.type, self._passes = TYPES.get(declared, ("text", None))

    def see(self, value: str) -> None:
        if self._passes is not None and value != "" and not self._passes(value):
            self.type, self._passes = "text", None
