"""What an application says: checked, tidied, and compared when it comes back completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.govshare.rules.layers import Layer

TEXTS = ("purpose", "scenario", "business", "need", "results")
LONGEST_TEXT = 4000
LONGEST_MONTHS = 60
MODES = ("file", "api", "verify")


def read(data: Mapping[str, Any], items: Sequence[str]) -> dict[str, Any]:
    """The form as it is kept: texts without loose ends, items in the dataset's order."""
    form: dict[str, Any] = {name: str(data.get(name) or "").strip() for name in TEXTS}
    asked = data.get("items") or []
    asked = [asked] if isinstance(asked, str) else list(asked)
    form["items"] = [item for item in items if item in asked]
    form["unknown_items"] = sorted(str(item) for item in asked if item not in items)
    form["months"] = _whole(data.get("months"))
    form["mode"] = data.get("mode") or ""
    form["applicant_kind"] = data.get("applicant_kind") or ""
    form["undertaking"] = tk.asbool(data.get("undertaking") or False)
    return form


def problems(form: Mapping[str, Any], items: Sequence[str]) -> dict[str, list[str]]:
    """What is missing or wrong, by field."""
    found: dict[str, list[str]] = {}
    if not form["purpose"]:
        found["purpose"] = [tk._("Say what the data are for.")]
    for name in TEXTS:
        if len(form[name]) > LONGEST_TEXT:
            found[name] = [tk._("Shorten this to {n} characters.").format(n=LONGEST_TEXT)]
    if form["unknown_items"]:
        names = ", ".join(form["unknown_items"])
        found["items"] = [tk._("The dataset has no such items: {names}.").format(names=names)]
    elif items and not form["items"]:
        found["items"] = [tk._("Choose the items you need, no more than you need.")]
    if form["months"] is None or not 1 <= form["months"] <= LONGEST_MONTHS:
        found["months"] = [
            tk._("Say for how many months, from 1 to {n}.").format(n=LONGEST_MONTHS)
        ]
    if form["mode"] not in MODES:
        found["mode"] = [tk._("Choose how you want to get the data.")]
    if not form["undertaking"]:
        found["undertaking"] = [tk._("Read and accept the undertaking.")]
    return found


def filled(form: Mapping[str, Any]) -> frozenset[str]:
    """The names of the fields that say something, for the rules."""
    return frozenset(name for name, value in form.items() if value)


def asked_by(rules: Layer) -> tuple[str, ...]:
    """The texts that the profile asks for besides the purpose (LY 4, NY 12, ZS 21, TZ 5)."""
    needs = rules.application_needs.value if rules.application_needs else ()
    return tuple(name for name in needs if name in TEXTS)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs between two forms: `[{"field", "before", "after"}]`."""
    before, after = _flat(before), _flat(after)
    names = sorted(set(before) | set(after))
    return [
        {"field": name, "before": before.get(name), "after": after.get(name)}
        for name in names
        if before.get(name) != after.get(name)
    ]


def _flat(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form with the answers to the department's own questions beside the other fields."""
    return {**form.get("answers", {}), **{k: v for k, v in form.items() if k != "answers"}}


def _whole(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
