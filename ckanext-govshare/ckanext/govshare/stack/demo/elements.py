"""The catalogue elements of a demo dataset, as its department would fill them in."""

from __future__ import annotations

import re
from typing import Any

from ckanext.govshare.stack.demo.kinds import Kinds

ITEM_TYPES = {"whole": "I", "decimal": "N", "money": "Y", "date": "D", "birthday": "D",
              "longitude": "N", "latitude": "N", "year": "I"}
KEY_KINDS = {"idcard": "id_number", "uscc": "uscc"}
FORMATS = {"csv": ("spreadsheet", "csv"), "xlsx": ("spreadsheet", "xlsx"),
           "json": ("file", "json"), "geojson": ("file", "geojson")}
SHARE_CONDITION = "限依法履行职责的部门申请使用。"


def elements(
    dataset: dict[str, Any], department: dict[str, Any], header: list[str]
) -> dict[str, Any]:
    """Field names and values of the metadata schema (`requirements` §5, data dictionary)."""
    category, kind = FORMATS[dataset["format"]]
    found: dict[str, Any] = {
        "title": dataset["title"],
        "notes": dataset["notes"],
        "topic": dataset["topic"],
        "tag_string": ",".join(dict.fromkeys(["演示数据", dataset["title"]])),
        "open_class": dataset["class"],
        "update_cycle": dataset["cycle"],
        "provider_uscc": Kinds(department["uscc_seed"], [""]).make("uscc", []),
        "cat_class": "3",
        "format_category": category,
        "format_type": kind,
        "share_mode_category": "platform",
        "share_mode_type": "file",
        "collect_mode": "file",
        "library_type": "department",
        "charging": "free",
        "items": _items(dataset, header),
    }
    if dataset["class"] == "unconditional":
        return found | {"share_class": "unconditional"}
    law, article = re.fullmatch(r"《(.+)》(.+)", dataset["basis"]).groups()  # type: ignore[union-attr]
    found |= {
        "share_class": "conditional",
        "share_condition": SHARE_CONDITION,
        "legal_basis": [{"title": law, "article": article, "level": "law"}],
    }
    if dataset["class"] == "conditional":
        return found | {"open_condition": dataset["condition"],
                        "class_reason": "含个人信息，脱敏后仍须限定用途。"}
    return found | {"nonopen_reason": dataset["nonopen_reason"],
                    "class_reason": "含个人信息或者重要数据，公开可能损害他人权益或者公共利益。"}


def _items(dataset: dict[str, Any], header: list[str]) -> list[dict[str, str]]:
    kinds = {name: kind for name, kind, *_ in (c.split("|") for c in dataset.get("columns", []))}
    return [
        {"item_name": name,
         "item_type": ITEM_TYPES.get(kinds.get(name, ""), "C"),
         "key_kind": KEY_KINDS.get(kinds.get(name, ""), "none")}
        for name in header
    ]
