"""What a scan says of a table: for each column its class and the evidence for it. Never a raw value."""

# ruff: noqa: E501

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .problems import Problem

CLASSES = ("direct", "quasi", "sensitive", "free_text", "none", "unknown")


@dataclass
class Hits:
    """How often one entity was found: distinct values, rows, and rows that are nothing but the entity."""

    distinct: int = 0
    weighted: int = 0
    whole: int = 0


@dataclass
class Why:
    """One reason of a decision; ``code`` is a key of ``WHY``."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def message(self, lang: str = "zh") -> str:
        english, chinese = WHY[self.code]
        return (chinese if lang.startswith("zh") else english).format(**self.params)


@dataclass
class ColumnProfile:
    """``type``: ``empty integer number date text``; ``entity``: what a direct column consists of."""

    name: str
    type: str
    rows: int
    empty: int
    distinct: int
    longest: int
    hits: dict[str, Hits] = field(default_factory=dict)
    header: list[str] = field(default_factory=list)
    class_: str = "none"
    entity: str = ""
    why: list[Why] = field(default_factory=list)

    @property
    def filled(self) -> int:
        return self.rows - self.empty


@dataclass
class Profile:
    """The columns of one table, and what else a person should know."""

    table: str
    rows: int
    columns: list[ColumnProfile]
    problems: list[Problem] = field(default_factory=list)
    ner: bool = True

    def column(self, name: str) -> ColumnProfile:
        return next(c for c in self.columns if c.name == name)

    def to_dict(self) -> dict[str, Any]:
        """As JSON; it holds names, classes and counts only."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Profile:
        columns = [
            ColumnProfile(
                **{
                    **c,
                    "hits": {k: Hits(**h) for k, h in c["hits"].items()},
                    "why": [Why(**w) for w in c["why"]],
                }
            )
            for c in data["columns"]
        ]
        return cls(
            data["table"],
            data["rows"],
            columns,
            [Problem.from_dict(p) for p in data["problems"]],
            data["ner"],
        )


WHY: dict[str, tuple[str, str]] = {
    "values": ("{share:.0%} of the values are {entity}", "{share:.0%}的取值为{entity}"),
    "some_values": ("{count} rows hold {entity}", "{count} 行含有{entity}"),
    "header": ("the header says “{word}”", "列名含“{word}”"),
    "header_only": (
        "the header speaks of {entity}, the values do not",
        "列名提示为{entity}，但取值不符",
    ),
    "names": ("{share:.0%} of the values read as names of persons", "{share:.0%}的取值识别为人名"),
    "long_text": ("free text of up to {length} characters", "自由文本，最长 {length} 个字符"),
    "mixed": (
        "too few to decide the column, too many to ignore",
        "比例不足以判定整列，又不可忽略，须人工判定",
    ),
    "damaged": (
        "{count} numbers in exponent form: digits are lost",
        "{count} 个数值为科学计数法，末位数字已丢失",
    ),
    "split": ("together with “{other}” it is {entity}", "与“{other}”列拼接后为{entity}"),
    "unique_code": (
        "a code of its own for every row, beside columns on persons",
        "逐行唯一的编码，且表中含个人信息",
    ),
    "place": ("addresses of places, no person in the table", "场所地址，表中无个人信息"),
    "person_place": ("addresses beside columns on persons", "地址，且表中含个人信息"),
    "organization": ("identifies organizations, not persons", "标识组织机构，不属于个人信息"),
    "clean": ("nothing found in {distinct} different values", "{distinct} 种取值中未发现个人信息"),
    "not_looked": ("names were not looked for", "未进行人名识别"),
    "empty": ("no values", "没有取值"),
    "coordinates": ("coordinates beside columns on persons", "位置坐标，且表中含个人信息"),
}
