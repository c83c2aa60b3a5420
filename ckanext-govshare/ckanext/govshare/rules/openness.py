"""The classes of openness and sharing, and what a class must carry.

Opening class: 无条件开放、有条件开放、不予开放 (Nanyang art. 43). Sharing class: 无条件共享、
有条件共享、不予共享 (Linyi art. 12, Nanyang art. 36, Yunnan art. 10, Zhongshan art. 10,
Tengzhou art. 9). A dataset has one of each; they are independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from .words import Words

if TYPE_CHECKING:
    from .profiles import Cited, LayerName, Profile


class OpenClass(StrEnum):
    """The opening class of a dataset, in the order from open to closed."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NON_OPEN = "non-open"

    @property
    def words(self) -> Words:
        return OPEN_WORDS[self]

    def stricter(self, other: OpenClass) -> OpenClass:
        """The class that shows less: the gate counts the stricter of two."""
        order = list(OpenClass)
        return max(self, other, key=order.index)


class ShareClass(StrEnum):
    """The sharing class between departments, in the order from shared to closed."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NON_SHARED = "non-shared"

    @property
    def words(self) -> Words:
        return SHARE_WORDS[self]


OPEN_WORDS = {
    OpenClass.UNCONDITIONAL: Words("无条件开放", "Open without condition"),
    OpenClass.CONDITIONAL: Words("有条件开放", "Open on application"),
    OpenClass.NON_OPEN: Words("不予开放", "Not open"),
}
SHARE_WORDS = {
    ShareClass.UNCONDITIONAL: Words("无条件共享", "Shared without condition"),
    ShareClass.CONDITIONAL: Words("有条件共享", "Shared on application"),
    ShareClass.NON_SHARED: Words("不予共享", "Not shared"),
}
BASIS_LEVELS = {
    "law": Words("法律", "law"),
    "administrative_regulation": Words("行政法规", "administrative regulation"),
    "regulation": Words("法规", "regulation"),
    "central_policy": Words("党中央、国务院政策", "policy of the Party centre or State Council"),
    "national_document": Words("国家有关文件", "national document"),
}
# NY 43: why data are not open.
NON_OPEN_REASONS = {
    "state_secret": Words("涉及国家秘密", "state secret"),
    "trade_secret": Words("涉及商业秘密", "trade secret"),
    "personal_privacy": Words("涉及个人隐私", "personal privacy"),
    "state_security": Words("涉及国家安全", "state security"),
    "other": Words("其他不宜开放的情形", "otherwise unsuitable"),
}

CLASS_NEEDED = Words("请选择类型", "Choose a class")
UNKNOWN_CLASS = Words("没有“{value}”这一类型", "There is no class “{value}”")
CLASS_NOT_OFFERED = Words("本规则未设“{value}”", "This profile does not have “{value}”")
BASIS_NEEDED = Words("列为“{value}”的，应当提供依据", "“{value}” needs a legal basis")
BASIS_LEVEL = Words(
    "依据的层级应当为：{levels}", "The basis must be of one of these levels: {levels}"
)
BASIS_TITLE = Words("依据应当写明名称", "The basis needs the title of the document")
REASON_NEEDED = Words("列为“{value}”的，应当说明理由", "“{value}” needs a reason")


class Basis(NamedTuple):
    """One legal basis of a class, as the dataset carries it."""

    title: str
    level: str
    article: str = ""
    url: str = ""


class Problem(NamedTuple):
    """Something that is missing: the field, what to do about it, the article that asks for it."""

    field: str
    words: Words
    cited: Cited | None = None


def problems(
    profile: Profile,
    layer: LayerName,
    class_: str | None,
    basis: Sequence[Basis] = (),
    reason: str | None = None,
) -> list[Problem]:
    """What a class lacks under the profile; empty when it may stand.

    Where the profile says nothing, nothing is asked.
    """
    field = f"{layer}_class"
    if not class_:
        return [Problem(field, CLASS_NEEDED)]
    try:
        chosen = OpenClass(class_) if layer == "open" else ShareClass(class_)
    except ValueError:
        return [Problem(field, UNKNOWN_CLASS.fill(value=class_))]
    words, rules = chosen.words, profile.layer(layer)
    named = {"zh": words.zh, "en": words.en}
    found: list[Problem] = []
    if rules.classes and chosen not in rules.classes.value:
        found.append(Problem(field, _named(CLASS_NOT_OFFERED, named), rules.classes))
    if rules.basis_required_for and chosen in rules.basis_required_for.value:
        found += _basis_problems(basis, named, rules.basis_required_for, rules.basis_levels)
    asked = rules.reason_required_for
    if asked and chosen in asked.value and not (reason or "").strip():
        found.append(Problem("class_reason", _named(REASON_NEEDED, named), asked))
    return found


def _basis_problems(
    basis: Sequence[Basis],
    named: dict[str, str],
    asked: Cited[tuple[str, ...]],
    levels: Cited[tuple[str, ...]] | None,
) -> list[Problem]:
    if not basis:
        return [Problem("legal_basis", _named(BASIS_NEEDED, named), asked)]
    found: list[Problem] = []
    if any(not entry.title.strip() for entry in basis):
        found.append(Problem("legal_basis", BASIS_TITLE, asked))
    if levels and any(entry.level not in levels.value for entry in basis):
        words = [BASIS_LEVELS[level] for level in levels.value]
        text = Words(
            BASIS_LEVEL.zh.format(levels="、".join(word.zh for word in words)),
            BASIS_LEVEL.en.format(levels=", ".join(word.en for word in words)),
        )
        found.append(Problem("legal_basis", text, levels))
    return found


def _named(words: Words, named: dict[str, str]) -> Words:
    return Words(words.zh.format(value=named["zh"]), words.en.format(value=named["en"]))
