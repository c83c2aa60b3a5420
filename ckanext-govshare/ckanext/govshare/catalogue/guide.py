"""The catalogue in the template of the Guide (政务信息资源目录编制指南, 发改高技〔2017〕1272号).

One line for each information item, as the Guide's sheet has it; the words are the Guide's own and
stay Chinese in every language.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from ckan import model

from . import vocabularies

COLUMNS = (
    "类", "项", "目", "细目", "信息资源名称", "信息资源代码", "信息资源提供方",
    "信息资源提供方代码", "信息资源摘要", "信息资源格式分类", "信息资源格式类型",
    "信息项名称", "数据类型", "数据长度", "共享类型", "共享条件", "共享方式分类",
    "共享方式类型", "是否向社会开放", "开放条件", "更新周期", "发布日期", "关联资源代码",
)
#: Codes that the Guide's template gives to the sharing types.
SHARE_CODES = {"unconditional": "1", "conditional": "2", "non-shared": "3"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(packages: Iterable[model.Package]) -> str:
    """The entries as CSV text, with the mark that makes spreadsheets read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for package in packages:
        writer.writerows([_plain(cell) for cell in line] for line in lines(package))
    return "\ufeff" + out.getvalue()


def lines(package: model.Package) -> Iterator[list[str]]:
    """One entry's lines: one for each information item, at least one."""
    values = package.extras
    group = model.Group.get(package.owner_org) if package.owner_org else None
    closed = values.get("open_class") == "non-open"
    condition = "" if closed else values.get("open_condition") or "无条件"
    before = [
        values.get("cat_class", ""), values.get("cat_item", ""), values.get("cat_subitem", ""),
        values.get("cat_detail", ""), package.title or "", values.get("resource_code", ""),
        group.display_name if group else "", values.get("provider_uscc", ""), package.notes or "",
        _name("format_category", values), values.get("format_type", ""),
    ]
    after = [
        SHARE_CODES.get(values.get("share_class", ""), ""), values.get("share_condition", ""),
        _name("share_mode_category", values), _name("share_mode_type", values),
        "0" if closed else "1", condition, _name("update_cycle", values), values.get("issued", ""),
        "、".join(str(row.get("code", "")) for row in _list(values.get("related_codes"))),
    ]
    for item in _list(values.get("items")) or [{}]:
        yield [
            *before, str(item.get("item_name", "")),
            vocabularies.label("item_type", str(item.get("item_type", "")), "zh_Hans_CN"),
            str(item.get("item_length", "")), *after,
        ]  # fmt: skip


def _name(field: str, values: dict[str, str]) -> str:
    return vocabularies.label(field, values.get(field, ""), "zh_Hans_CN")


def _list(value: Any) -> list[dict[str, Any]]:
    try:
        return [row for row in json.loads(value or "[]") if isinstance(row, dict)]
    except ValueError:
        return []


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
