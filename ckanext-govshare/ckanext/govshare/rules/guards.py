"""The conditions of an act. Each answers None, or why the act is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .facts import Facts, Refused
from .layers import ClockRule
from .openness import OpenClass, ShareClass
from .profiles import ClockName
from .words import Words


class Guard(NamedTuple):
    """A condition, with the short text that stands in the drawing."""

    says: str
    check: Callable[[Facts], Refused | None]


def _guard(says: str, code: str, zh: str, en: str, holds: Callable[[Facts], bool]) -> Guard:
    refused = Refused(code, Words(zh, en))
    return Guard(says, lambda facts: None if holds(facts) else refused)


def _class(facts: Facts) -> Refused | None:
    if facts.dataset_class == OpenClass.UNCONDITIONAL:
        text = Words("该数据无需申请，可直接获取", "These data need no application; download them")
        return Refused("no_application_needed", text)
    if facts.dataset_class in (OpenClass.NON_OPEN, ShareClass.NON_SHARED):
        text = Words(
            "该数据不予提供；对目录有疑义的，可以提出更正申请",
            "These data are not provided; you can object to the catalogue entry",
        )
        return Refused("not_provided", text)
    if facts.dataset_class != OpenClass.CONDITIONAL:
        return Refused("class_unknown", Words("数据的类型未定", "The class of the data is not set"))
    return None


def _kind(facts: Facts) -> bool:
    allowed = facts.profile.layer(facts.layer).applicants
    return not allowed or facts.applicant_kind in allowed.value


def _form(facts: Facts) -> Refused | None:
    needs = facts.profile.layer(facts.layer).application_needs
    missing = [name for name in needs.value if name not in facts.filled] if needs else []
    if not missing:
        return None
    names = ", ".join(missing)
    words = Words("请补充填写：{names}", "Please fill in: {names}").fill(names=names)
    return Refused("form_incomplete", words)


def _basis_given(facts: Facts) -> bool:
    needs = facts.profile.layer(facts.layer).refusal_needs
    if not needs or "basis" not in needs.value:
        return True
    return bool(facts.basis) and all(entry.title.strip() for entry in facts.basis)


def _items_split(facts: Facts) -> bool:
    refused = frozenset(facts.refused)
    return (
        bool(facts.granted)
        and bool(refused)
        and facts.granted.isdisjoint(refused)
        and facts.granted | refused == facts.asked
    )


def _evidence(facts: Facts) -> bool:
    way = facts.profile.layer(facts.layer).correction
    asked = way and way.evidence_needed and way.evidence_needed.value
    return facts.evidence or not asked


def _dispatches(facts: Facts) -> bool:
    way = facts.profile.layer(facts.layer).correction
    return bool(way and way.dispatcher)


def dispute_levels(facts: Facts) -> tuple[str, ...]:
    """The levels of a dispute under the profile, in their order; none may be skipped."""
    said = facts.profile.share.dispute
    return said.value if said else ()


def _expiry(facts: Facts) -> bool:
    asked = facts.profile.share.grant_expiry_required if facts.layer == "share" else None
    return facts.valid_to is not None or not (asked and asked.value)


def overdue_under(policy: str) -> Guard:
    """The department let the time pass, and the profile gives that this effect.

    Only the share layer can say so. A provisional date, and a case without a clock, change
    nothing: what follows cannot be taken back.
    """

    def holds(facts: Facts) -> bool:
        said = facts.profile.share.overdue_policy
        return (
            facts.layer == "share"
            and said is not None
            and said.value == policy
            and facts.due is not None
            and not facts.due.provisional
            and facts.due.is_overdue(facts.now)
        )

    return _guard(
        f"share layer; profile says {policy}; overdue; date not provisional",
        "not_lapsed",
        "期限未满，或者本规则未规定逾期后果",
        "The time has not run out, or the rules attach nothing to it",
        holds,
    )


def extension_of(clock: ClockName) -> Guard:
    """The profile has an extension, it is the first, within the cap and in time."""

    def check(facts: Facts) -> Refused | None:
        rule = facts.profile.clock(facts.layer, clock)
        if rule is None or rule.extension is None:
            text = Words("本规则未规定可以延长期限", "These rules know no extension")
            return Refused("no_extension", text)
        return _within(facts, rule)

    return Guard("profile has an extension; once; within the cap; before the first due", check)


def _within(facts: Facts, rule: ClockRule) -> Refused | None:
    extension, first = rule.extension, facts.first_due
    if extension is None or first is None:
        text = Words("没有可以延长的期限", "There is no time limit to extend")
        return Refused("no_clock", text)
    cap = extension.limit_wd.value
    if facts.extensions >= extension.times.value:
        return Refused("extended_before", Words("期限已经延长过", "It was extended before"))
    if first.is_overdue(facts.now):
        text = Words(
            "原期限已满，不能再延长", "The first time limit has run out; it cannot be extended"
        )
        return Refused("too_late_to_extend", text)
    if not 1 <= facts.extension_days <= cap:
        words = Words("延长期限为1至{cap}个工作日", "An extension is 1 to {cap} working days").fill(
            cap=cap
        )
        return Refused("extension_too_long", words)
    return None


CLASS_CONDITIONAL = Guard("class is conditional", _class)
KIND_ALLOWED = _guard(
    "kind of applicant fits the layer", "applicant_kind", "您不属于可以提出此类申请的申请人",
    "This kind of applicant cannot apply here", _kind,
)  # fmt: skip
FORM_COMPLETE = Guard("what the profile asks is filled in", _form)
UNDERTAKING = _guard(
    "undertaking accepted", "undertaking", "请先阅读并同意承诺书", "Accept the undertaking first",
    lambda facts: facts.undertaking,
)  # fmt: skip
NOT_OWN_CASE = _guard(
    "not one's own case", "own_case", "不得办理本人提出的事项", "Nobody decides on their own case",
    lambda facts: facts.actor != facts.applicant,
)  # fmt: skip
PREPARED_BY_ANOTHER = _guard(
    "prepared by another person", "four_eyes", "须由另一人先行拟办，拟办人不得自行签批",
    "Another person prepares the decision first; nobody prepares and signs alone",
    lambda facts: facts.prepared_by is not None and facts.prepared_by != facts.actor,
)  # fmt: skip
ASKED_BY_ANOTHER = _guard(
    "asked for by another person", "asked_by_self", "申请延长的人不得自行同意",
    "Who asks for an extension does not consent to it",
    lambda facts: facts.asked_by is not None and facts.asked_by != facts.actor,
)  # fmt: skip
REASON = _guard(
    "reason given", "reason_needed", "请说明理由", "Give a reason",
    lambda facts: bool(facts.reason.strip()),
)  # fmt: skip
BASIS = _guard(
    "basis given where the profile asks", "basis_needed", "请提供依据", "Give the legal basis",
    _basis_given,
)  # fmt: skip
ITEMS_SPLIT = _guard(
    "some items granted, all others refused", "items_split",
    "请对每一项申请内容作出同意或者不同意的决定",
    "Decide on each item: grant some, refuse the others", _items_split,
)  # fmt: skip
ITEM_REASONS = _guard(
    "each refused item has its reason", "item_reason_needed", "不同意的每一项均应说明理由",
    "Give a reason for each refused item",
    lambda facts: all(reason.strip() for reason in facts.refused.values()),
)  # fmt: skip
EXPIRY = _guard(
    "period fixed where the profile asks", "expiry_needed", "请填写授权使用期限",
    "Set the period of use", _expiry,
)  # fmt: skip
EVIDENCE = _guard(
    "evidence where the profile asks", "evidence_needed", "请附佐证材料", "Attach evidence",
    _evidence,
)  # fmt: skip
DISPATCHED = _guard(
    "profile has a dispatcher", "no_dispatch", "本规则无分发环节", "These rules dispatch nothing",
    _dispatches,
)  # fmt: skip
NOT_DISPATCHED = _guard(
    "profile has no dispatcher", "dispatch_first", "应先由技术服务单位分发",
    "It is dispatched first", lambda facts: not _dispatches(facts),
)  # fmt: skip
NEGOTIATES = _guard(
    "profile has the parties negotiate first", "no_such_level", "本规则无协商环节",
    "These rules know no negotiation", lambda facts: "negotiate" in dispute_levels(facts),
)  # fmt: skip
GOVERNMENT_DECIDES = _guard(
    "profile has the government decide last", "no_such_level", "本规则无报请政府决定的环节",
    "These rules know no decision of the government",
    lambda facts: "city_government" in dispute_levels(facts),
)  # fmt: skip
CATALOGUE_VERSION = _guard(
    "new catalogue version named", "catalogue_version_needed", "请写明变更后的目录版本",
    "Name the new version of the catalogue", lambda facts: bool(facts.catalogue_version),
)  # fmt: skip
CORRECTED_RELEASE = _guard(
    "corrected release named", "release_needed", "请关联更正后的数据版本",
    "Link the corrected release", lambda facts: bool(facts.corrected_release),
)  # fmt: skip
CORRECTION_TOUCHES = _guard(
    "the release changes what was reported", "correction_missing",
    "更正后的版本未涉及所反映的内容", "The linked release does not change what was reported",
    lambda facts: bool(facts.corrected_release) and facts.correction_touches_report,
)  # fmt: skip
