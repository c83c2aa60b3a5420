"""Checks of an entry as a whole: what one element asks of another.

Runs before the single fields are converted, so the values are still in their places.
"""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.govshare.rules import openness, profiles

from . import language, pending, sharing, vocabularies
from .reading import Flat, rows, text


def govshare_whole_entry(key: Any, data: Flat, errors: Flat, context: Any) -> None:  # noqa: ARG001
    """Derives `open_flag` and checks classes, item names and codes against each other.

    Sharing is the rule: a new entry that says nothing is shared without condition (Nanyang
    art. 37, Yunnan art. 5(1), Tengzhou art. 5(1)).
    """
    if not text(data, "share_class") and context.get("package") is None:
        data[("share_class",)] = "unconditional"
    data[("open_flag",)] = "0" if text(data, "open_class") == "non-open" else "1"
    for name, message in [
        *class_problems(data),
        *condition_problems(data),
        *item_problems(data),
        *code_problems(data, context),
        *sharing.problems(data),
        *pending.problems(data, context),
    ]:
        errors.setdefault((name,), []).append(message)


def class_problems(data: Flat) -> list[tuple[str, str]]:
    """What the site's profile asks of each class and is not there (with its article)."""
    profile = profiles.site()
    found: list[tuple[str, str]] = []
    for layer in ("open", "share"):
        chosen = text(data, f"{layer}_class")
        if not chosen:
            continue  # whether the field may be empty is the field's own question
        reason = text(data, "class_reason") or text(
            data, "nonopen_reason" if layer == "open" else "share_condition"
        )
        for problem in openness.problems(profile, layer, chosen, basis(data, layer), reason):
            name = "class_reason" if problem.field == "class_reason" else f"{layer}_class"
            rule = f" [{problem.cited.rule}]" if problem.cited else ""
            found.append((name, problem.words.pick(language.current()) + rule))
    return found


def basis(data: Flat, layer: str) -> list[openness.Basis]:
    """The legal basis given for a layer: rows marked for it, and rows marked for neither."""
    return [
        openness.Basis(
            row.get("title", ""), row.get("level", ""), row.get("article", ""), row.get("url", "")
        )
        for row in rows(data, "legal_basis")
        if row.get("layer", "") in ("", layer)
    ]


def condition_problems(data: Flat) -> list[tuple[str, str]]:
    """A conditional class names its condition (Nanyang art. 43, 44; Yunnan art. 17).

    On the share layer that is which departments are eligible, or which part is shared
    (Nanyang art. 36, Zhongshan art. 10, Tengzhou art. 9).
    """
    asked = {
        "open": tk._("Say under which condition the data are given"),
        "share": tk._("Name the departments that may have the data, or the part that is shared"),
    }
    return [
        (f"{layer}_condition", words)
        for layer, words in asked.items()
        if text(data, f"{layer}_class") == "conditional" and not text(data, f"{layer}_condition")
    ]


def item_problems(data: Flat) -> list[tuple[str, str]]:
    """Names of information items are given and unique within an entry (Guide element 8)."""
    names = [row.get("item_name", "") for row in rows(data, "items")]
    found = []
    if not all(names):
        found.append(("data_form", tk._("Every information item needs a name")))
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        found.append(
            (
                "data_form",
                tk._("Two information items have the same name: {names}").format(
                    names="、".join(doubled)
                ),
            )
        )
    return found


def code_problems(data: Flat, context: Any) -> list[tuple[str, str]]:
    """The resource code begins with the classification and is never used twice (Guide element 3).

    A database format is shared by database or interface (Guide element 9c).
    """
    found = []
    code = text(data, "resource_code")
    prefix = "".join(text(data, f"cat_{level}") for level in ("class", "item", "subitem", "detail"))
    if code and prefix and code.split("/")[0] != prefix:
        found.append(
            (
                "resource_code",
                tk._("The part before the slash must be {prefix}").format(prefix=prefix),
            )
        )
    if code and code_taken(code, text(data, "id") or getattr(context.get("package"), "id", "")):
        found.append(("resource_code", tk._("Another dataset has or had this code")))
    if text(data, "format_category") == "database" and text(data, "share_mode_type") not in (
        "",
        "database",
        "interface",
    ):
        found.append(
            ("share_mode_type", tk._("A database is shared as a database or by an interface"))
        )
    return found + pair_problems(data, "format") + pair_problems(data, "share_mode")


def pair_problems(data: Flat, name: str) -> list[tuple[str, str]]:
    """The type belongs to the category (Guide elements 7 and 9c)."""
    category, kind = text(data, f"{name}_category"), text(data, f"{name}_type")
    parents = {term.code: term.parent for term in vocabularies.terms(f"{name}_type")}
    if category and kind in parents and parents[kind] != category:
        return [(f"{name}_type", tk._("This type does not belong to the category chosen"))]
    return []


def code_taken(code: str, own_id: str) -> bool:
    """Whether another dataset, deleted ones too, carries the code: a code is never reused."""
    query = model.Session.query(model.Package.id).filter(
        model.Package.extras["resource_code"].astext == code, model.Package.id != own_id
    )
    return model.Session.query(query.exists()).scalar()
