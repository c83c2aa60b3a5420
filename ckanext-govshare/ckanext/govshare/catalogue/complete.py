"""What an entry still lacks before it may be published, by the site's regulation.

The regulations name elements in their own words; `ELEMENTS` says which fields carry each.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.govshare import offices
from ckanext.govshare.rules import profiles
from desensitize import annotate

from . import language, law

ELEMENTS: dict[str, tuple[str, ...]] = {
    "信息项": ("items",),
    "格式": ("format_category", "format_type"),
    "共享属性": ("share_class",),
    "共享类型": ("share_class",),
    "开放属性": ("open_class",),
    "共享方式": ("share_mode_type",),
    "更新周期": ("update_cycle",),
    "更新时限": ("update_limit",),
    "分类": ("cat_class", "cat_item", "cat_subitem"),
    "责任方": ("owner_org",),
    "责任主体": ("owner_org",),
    "属性": ("attributes",),
    "使用要求": ("use_requirements",),
    "形式": ("data_form",),
    "数据示例": ("sample",),
}


class Lack(NamedTuple):
    """An element that is missing or wrong, the words for its author, the rule that asks."""

    field: str
    message: str
    rule: str


def lacks(package: model.Package) -> list[Lack]:
    """Everything that keeps the entry from being published; empty when it is complete."""
    values = {**package.extras, "owner_org": package.owner_org or "", "title": package.title or ""}
    found = [*_elements(values), *_structure(values), *_people(package), *_sample(values)]
    return list({(lack.field, lack.message): lack for lack in reversed(found)}.values())


def _elements(values: dict[str, Any]) -> list[Lack]:
    named = profiles.site().catalogue.elements
    if named is None:
        return []
    found: dict[str, Lack] = {}
    for element in named.value:
        for field in ELEMENTS[element]:
            if not filled(values.get(field)):
                words = tk._("Missing element of the catalogue: {name}")
                found[field] = Lack(field, words.format(name=label(field)), named.rule)
    return list(found.values())


def _structure(values: dict[str, Any]) -> list[Lack]:
    """The four levels, the grading, the lead department, the interface, the legal review."""
    profile, found = profiles.site(), []

    def need(field: str, rule: str) -> None:
        if not filled(values.get(field)):
            words = tk._("Missing element of the catalogue: {name}").format(name=label(field))
            found.append(Lack(field, words, rule))

    if profile.share.classes:
        need("share_class", profile.share.classes.rule)
    levels, grading = profile.catalogue.code_levels, profile.catalogue.grading
    if levels:
        for field in ("cat_class", "cat_item", "cat_subitem", "cat_detail", "items"):
            need(field, levels.rule)
    if grading and grading.value:
        need("data_category", grading.rule)
        need("data_level", grading.rule)
    lead = law.asked("lead_department", profile)
    if lead and values.get("library_type") in ("topic", "special-topic", "base"):
        need("lead_org", lead)
    review = law.asked("legal_review", profile)
    if review and values.get("legal_review") != "1":
        found.append(Lack("legal_review", tk._(
            "Check the entry under secrecy law, the disclosure regulations and other law first"
        ), review))  # fmt: skip
    interface = law.asked("interface_papers", profile)
    if interface and values.get("share_mode_type") == "interface":
        need("api_spec", interface)
        need("api_usage", interface)
    return found


def _people(package: model.Package) -> list[Lack]:
    """A dedicated confidentiality reviewer is named before anything goes out (Yunnan art. 31)."""
    dedicated = profiles.site().publication.confidentiality_reviewer_dedicated
    if not (dedicated and dedicated.value):
        return []
    if offices.holders("confidentiality_reviewer", package.owner_org):
        return []
    words = tk._("The department has named nobody for the confidentiality review")
    return [Lack("owner_org", words, dedicated.rule)]


def _sample(values: dict[str, Any]) -> list[Lack]:
    """The data sample is shown to everybody: no personal value may stand in it (Zhongshan 9)."""
    sample = str(values.get("sample") or "")
    # By checked patterns only: a person reads the sample anyway before it is published.
    if any(annotate.personal(span.entity) for span in annotate.text(sample, model=False)):
        words = tk._("The data sample holds personal data; desensitize it")
        return [Lack("sample", words, "zhongshan 9")]
    return []


def filled(value: Any) -> bool:
    """Whether an element says something; a repeating one needs one row with content."""
    if isinstance(value, str) and value.startswith("["):
        try:
            rows = json.loads(value)
        except ValueError:
            return True
        return any(any(row.values()) for row in rows if isinstance(row, dict))
    return bool(str(value or "").strip())


def label(field: str) -> str:
    """The element's name in the reader's language."""
    schema = tk.h.scheming_get_dataset_schema("dataset")
    labels = next((f["label"] for f in schema["dataset_fields"] if f["field_name"] == field), {})
    fallback = labels.get("en", field)
    return labels.get("zh_Hans_CN" if language.current().startswith("zh") else "en", fallback)


def refuse(package: model.Package) -> None:
    """:raises tk.ValidationError: with everything that the entry lacks."""
    found = lacks(package)
    if found:
        errors: dict[str, Any] = {}
        for lack in found:
            errors.setdefault(lack.field, []).append(f"{lack.message} [{lack.rule}]")
        raise tk.ValidationError(errors)


def keeps(user_id: str | None, package: model.Package) -> bool:
    """Whether this person keeps the entry for its lead department (YN 9, ZS 13, TZ 10).

    Topic and base entries are kept by the one lead department, beside the provider.
    """
    lead = model.Group.get(package.extras.get("lead_org") or "")
    if package.extras.get("library_type") not in ("topic", "special-topic", "base") or not lead:
        return False
    return offices.holds(user_id, "publisher", lead.id)
