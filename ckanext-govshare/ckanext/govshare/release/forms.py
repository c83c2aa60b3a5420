"""The plan as a form: for every column a class, an action, its parameters and a reason.

A field is called `t<table>c<column>-<what>`; the form is the saved plan with what was filled in.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.govshare.release import words

#: action → its parameters, as the library names them
PARAMETERS: dict[str, tuple[str, ...]] = {
    "ask": (),
    "keep": (),
    "drop": (),
    "mask": ("left", "right"),
    "replace": ("with",),
    "redact": (),
    "generalise": ("to", "width", "digits"),
    "pseudonym": ("namespace",),
    "encrypt": ("namespace",),
}
NUMBERS = ("left", "right", "width", "digits")
TARGETS = ("year", "month", "age_band", "band", "province", "city", "district", "street",
           "decimals", "prefix")  # fmt: skip
DEFAULTS = {"left": 1, "right": 0, "with": "***", "to": "year", "width": 10, "digits": 2,
            "namespace": "person"}  # fmt: skip
CLASSES = ("direct", "quasi", "sensitive", "free_text", "none", "unknown")


def plan(form: Mapping[str, str], release: dict[str, Any]) -> dict[str, Any] | None:
    """The plan that the form describes; None when it holds none."""
    if "statement" in form:
        return {"by_hand": True, "statement": form["statement"].strip()}
    if release["plan"] is None or "tables" not in release["plan"]:
        return None
    made = copy.deepcopy(release["plan"])
    for t, table in enumerate(made["tables"]):
        if f"t{t}c0-action" not in form:
            continue
        columns = table["plan"]["columns"]
        for c, column in enumerate(columns):
            _fill(column, form, f"t{t}c{c}")
        gone = {column["name"] for column in columns if column["do"]["action"] == "drop"}
        for risk in ("quasi", "sensitive"):
            chosen = [column["name"] for column in columns if column["class"] == risk]
            table["plan"][risk] = [name for name in chosen if name not in gone]
    return made


def _fill(column: dict[str, Any], form: Mapping[str, str], field: str) -> None:
    action = form.get(f"{field}-action", "ask")
    do: dict[str, Any] = {"action": action}
    for name in PARAMETERS.get(action, ()):
        value = form.get(f"{field}-{name}", "").strip()
        do[name] = _number(value) if name in NUMBERS else value or DEFAULTS[name]
    class_ = form.get(f"{field}-class", column["class"])
    reason = form.get(f"{field}-reason", "").strip()
    old = column["do"]
    same = {**old, **do} == old and class_ == column["class"] and reason == column["reason"]
    if not same:
        column.update(do=do, reason=reason, by="person")
        column["class"] = class_


def _number(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text  # the plan's own check says what is wrong


def tables(release: dict[str, Any], shown: dict[str, Any] | None) -> list[dict[str, Any]]:
    """For each table its columns with what was found, why, and what the plan does."""
    if not release["findings"]:
        return []
    planned = (shown or {}).get("tables") or [None] * len(release["findings"])
    return [
        {
            "index": t,
            "name": found["table"],
            "rows": found["rows"],
            "columns": [
                _column(t, c, facts, one["plan"]["columns"][c] if one else None)
                for c, facts in enumerate(found["columns"])
            ],
        }
        for t, (found, one) in enumerate(zip(release["findings"], planned, strict=True))
    ]


def _column(
    t: int, c: int, facts: dict[str, Any], planned: dict[str, Any] | None
) -> dict[str, Any]:
    do = (planned or {}).get("do", {"action": "ask"})
    return {
        "field": f"t{t}c{c}",
        "name": facts["name"],
        "type": words.types().get(facts["type"], facts["type"]),
        "class": (planned or {}).get("class", facts["class_"]),
        "found_class": facts["class_"],
        "found_label": words.classes()[facts["class_"]],
        "why": words.evidence(facts),
        "do": do,
        "parameters": [
            {"name": name, "value": do.get(name, DEFAULTS[name]), "used": name in do}
            for name in DEFAULTS
        ],
        "reason": (planned or {}).get("reason", ""),
        "by_person": (planned or {}).get("by") == "person",
    }


def parameter_labels() -> dict[str, str]:
    return {
        "left": tk._("characters shown at the left"),
        "right": tk._("characters shown at the right"),
        "with": tk._("text instead"),
        "to": tk._("generalise to"),
        "width": tk._("width of a band"),
        "digits": tk._("digits kept"),
        "namespace": tk._("namespace (files of one namespace can be joined)"),
    }


def target_labels() -> dict[str, str]:
    return {
        "year": tk._("year"),
        "month": tk._("month"),
        "age_band": tk._("age band"),
        "band": tk._("band of numbers"),
        "province": tk._("province"),
        "city": tk._("city"),
        "district": tk._("district"),
        "street": tk._("street or township"),
        "decimals": tk._("fewer decimals"),
        "prefix": tk._("first characters"),
    }
