"""Checks of single catalogue elements: formats and codes.

Each takes a value and gives it back cleaned, or raises `Invalid` with what to do.
"""

from __future__ import annotations

import re
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from pypinyin import lazy_pinyin
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from . import vocabularies

RESOURCE_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*/[0-9A-Za-z_-]+")


def govshare_uscc(value: Any) -> Any:
    """A unified social credit code with its check character (GB 32100-2015)."""
    if not value:
        return value
    try:
        return uscc.validate(str(value))
    except ValidationError:
        raise tk.Invalid(
            tk._("Not a unified social credit code: 18 characters with a valid check character")
        ) from None


def govshare_resource_code(value: Any) -> Any:
    """Classification code, a slash, a sequence number (Guide element 3)."""
    if value and not RESOURCE_CODE.fullmatch(value):
        raise tk.Invalid(
            tk._("A resource code is the classification code, a slash and a number: 3010042/00001")
        )
    return value


def digits(count: int, example: str) -> Any:
    """A validator for a level of the classification: exactly `count` digits (Guide element 1)."""

    def validator(value: Any) -> Any:
        if value and not re.fullmatch(rf"\d{{{count}}}", str(value)):
            raise tk.Invalid(
                tk._("Exactly {count} digits, for example {example}").format(
                    count=count, example=example
                )
            )
        return value

    return validator


def govshare_days(value: Any) -> Any:
    """A limit in working days, from 1 to 366."""
    if value and not (str(value).isdigit() and 1 <= int(value) <= 366):
        raise tk.Invalid(tk._("A number of working days from 1 to 366"))
    return value


def govshare_not_state_secret(key: Any, data: Any, errors: Any, context: Any) -> None:  # noqa: ARG001
    """Data involving state secrets may not be stored here at all (Nanyang art. 2)."""
    if data.get(key) == vocabularies.OUTSIDE:
        errors[key].append(
            tk._("Data involving state secrets follow secrecy law and may not enter this portal")
        )
        raise tk.StopOnError


def govshare_name_from_title(key: Any, data: Any, errors: Any, context: Any) -> None:  # noqa: ARG001
    """Makes the address of a new dataset from its title when none is given.

    Chinese becomes pinyin; an address already taken gets a number.
    """
    if data.get(key) not in (None, "", tk.missing):
        return
    title = data.get(("title",)) or ""
    words = re.sub(r"[^a-z0-9]+", "-", "-".join(lazy_pinyin(str(title))).lower()).strip("-")
    base = name = (words[:80].rstrip("-") if len(words) > 1 else "") or "dataset"
    number = 1
    while model.Package.get(name) is not None:
        number += 1
        name = f"{base}-{number}"
    data[key] = name


def get_validators() -> dict[str, Any]:
    """For CKAN's blanket."""
    from . import whole

    return {
        "govshare_uscc": govshare_uscc,
        "govshare_days": govshare_days,
        "govshare_resource_code": govshare_resource_code,
        "govshare_cat_item": digits(2, "01"),
        "govshare_cat_subitem": digits(3, "004"),
        "govshare_name_from_title": govshare_name_from_title,
        "govshare_not_state_secret": govshare_not_state_secret,
        "govshare_whole_entry": whole.govshare_whole_entry,
    }
