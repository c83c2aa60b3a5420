"""The evidence as one page to read, print and sign: no script, no outside file."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from .classify import label
from .problems import Problem
from .profile import WHY, Why

CLASSES = {
    "direct": ("Direct identifier", "直接标识符"),
    "quasi": ("Quasi-identifier", "准标识符"),
    "sensitive": ("Sensitive", "敏感信息"),
    "free_text": ("Free text", "自由文本"),
    "none": ("Not personal", "非个人信息"),
    "unknown": ("Needs a person", "待人工判定"),
}
ACTIONS = {
    "keep": ("keep", "保留"),
    "drop": ("leave out", "删除"),
    "ask": ("undecided", "待定"),
    "mask": ("mask", "掩码"),
    "replace": ("replace", "替换"),
    "redact": ("redact in the text", "文本抹除"),
    "generalise": ("generalise", "泛化"),
    "pseudonym": ("pseudonym (keyed)", "假名化（带密钥）"),
    "encrypt": ("format-preserving encryption", "保格式加密"),
}
_environment = Environment(
    loader=PackageLoader("desensitize"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(report: dict[str, Any], lang: str = "zh") -> str:
    """The page in ``zh`` or ``en``."""
    at = 1 if lang.startswith("zh") else 0
    return _environment.get_template("evidence.html").render(
        report=report,
        zh=bool(at),
        lang="zh-CN" if at else "en",
        class_=lambda c: CLASSES[c][at],
        action=lambda a: ACTIONS[a["action"]][at],
        entity=lambda e: label(e, lang),
        why=lambda w: Why(w["code"], w["params"]).message(lang) if w["code"] in WHY else w["code"],
        problem=lambda p: Problem.from_dict(p).message(lang),
        t=lambda zh, en: zh if at else en,
    )
