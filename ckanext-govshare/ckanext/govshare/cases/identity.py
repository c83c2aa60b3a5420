"""Who applies: a person with an ID number, or an organization with its social credit code.

The check digits are those of GB 11643-1999 and GB 32100-2015 (NY 24 makes both the keys).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit as tk

from desensitize import checks

CITIZEN = "citizen"

# NY 46 names citizens, legal persons and other organizations; departments apply for sharing.
KINDS = {
    "open": (CITIZEN, "legal_person", "other_organisation"),
    "share": ("department",),
}

FIELDS = ("applicant_name", "id_number", "uscc", "contact_name", "phone", "email", "address")

_MOBILE = re.compile(r"(\+?86)?1[3-9]\d{9}")


def problems(layer: str, data: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong with the identity given; the messages never repeat a value."""
    found: dict[str, list[str]] = {}
    kind = data.get("applicant_kind")
    if kind not in KINDS[layer]:
        found["applicant_kind"] = [tk._("Choose whether a person or an organization applies.")]
    if not data.get("applicant_name"):
        found["applicant_name"] = [tk._("Enter the full name.")]
    if kind == CITIZEN and not checks.resident_id(data.get("id_number") or ""):
        found["id_number"] = [
            tk._("This is not a valid ID number: check the 18 characters, the last one included.")
        ]
    if kind in KINDS[layer] and kind != CITIZEN:
        if not checks.uscc(data.get("uscc") or ""):
            found["uscc"] = [
                tk._("This is not a valid unified social credit code: check the 18 characters.")
            ]
        if not data.get("contact_name"):
            found["contact_name"] = [tk._("Enter the name of the contact person.")]
    if not _reachable(data.get("phone") or ""):
        found["phone"] = [tk._("Enter a mobile number or a landline with its area code.")]
    return found


def personal(data: Mapping[str, Any]) -> dict[str, str]:
    """The fields that are sealed, tidied; those of the other kind of applicant left out."""
    unused = "uscc" if data.get("applicant_kind") == CITIZEN else "id_number"
    given = {name: str(data.get(name) or "").strip() for name in FIELDS if name != unused}
    for name in ("id_number", "uscc"):
        if given.get(name):
            given[name] = checks.compact(given[name])
    return {name: value for name, value in given.items() if value}


def _reachable(phone: str) -> bool:
    plain = re.sub(r"[\s\-()]", "", phone)
    return bool(_MOBILE.fullmatch(plain)) or checks.landline(phone)
