"""The last look at an output: a fresh scan, risk against the thresholds, and everything else
closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from . import classify, risk, scan
from .arrow import compute as pc
from .plan import ColumnPlan, Plan, direct_hits
from .problems import Problem
from .profile import ColumnProfile, Profile
from .scan import Progress
from .table import Table

PSEUDONYM = "^[A-Z2-7]{20}$"


@dataclass
class Verdict:
    """``ok`` only if nothing is left to explain. ``residual``: column → entity → rows, allowed
    ones too.
    """

    ok: bool
    problems: list[Problem]
    residual: dict[str, dict[str, int]]
    risk: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "problems": [p.to_dict() for p in self.problems],
            "residual": self.residual,
            "risk": self.risk,
        }


def check(out: Table, plan: Plan, profile: Profile, progress: Progress | None = None) -> Verdict:
    """Whether the output may be shown to those who sign. Whatever cannot be checked is refused."""
    return check_blocks(lambda: [out], plan, profile, progress)


def check_blocks(
    blocks: Callable[[], Iterable[Table]],
    plan: Plan,
    profile: Profile,
    progress: Progress | None = None,
) -> Verdict:
    """The same for an output that comes in blocks of rows; ``blocks`` is called for each
    reading of it.
    """
    try:
        return _check(blocks, plan, profile, progress)
    except Exception as error:  # fail closed: what cannot be explained does not pass
        return Verdict(False, [Problem("unexplained", {"detail": type(error).__name__})], {})


def _check(
    blocks: Callable[[], Iterable[Table]], plan: Plan, profile: Profile, progress: Progress | None
) -> Verdict:
    found = plan.problems(profile)
    tally = risk.Tally(plan.quasi, plan.sensitive)
    columns_match = True
    wrong_codes: dict[str, int] = {}

    def judged() -> Iterable[Table]:
        nonlocal columns_match
        for block in blocks():
            columns_match &= block.columns == plan.kept
            if not columns_match:
                return
            tally.add(block)
            for name in block.columns:
                wrong_codes[name] = wrong_codes.get(name, 0) + _wrong_codes(
                    block, plan.column(name)
                )
            yield block.with_frame(block.frame.rename_columns(_judged_as(plan)))

    try:
        fresh = scan.profile_blocks(judged(), ner=profile.ner, progress=progress)
    except scan.NoRows:
        return Verdict(False, [*found, Problem("columns_changed")], {})
    if not columns_match:
        return Verdict(False, [*found, Problem("columns_changed")], {})
    if fresh.rows != profile.rows:
        found.append(Problem("rows_changed", {"found": fresh.rows, "expected": profile.rows}))
    residual: dict[str, dict[str, int]] = {}
    for name, facts in zip(plan.kept, fresh.columns, strict=True):
        left = _left(plan.column(name), facts, wrong_codes[name])
        found += _unexplained(plan.column(name), left, profile)
        if left:
            residual[name] = left
        if "FORMULA" in facts.hits:
            found.append(
                Problem("formula_left", {"column": name, "count": facts.hits["FORMULA"].weighted})
            )
    figures = tally.figures()
    if figures:
        limit = int(plan.risk.k.value) if plan.risk.k else 0
        figures["affected"], figures["rows"] = tally.below(blocks(), limit)
    found += risk.problems(figures, plan.risk)
    return Verdict(not found, found, residual, figures)


def _judged_as(plan: Plan) -> list[str]:
    """A column that was made coarser is judged by its values alone: its header promises too
    much.
    """
    return [
        name if plan.column(name).do.action in ("keep", "redact") else f"#{number}"
        for number, name in enumerate(plan.kept)
    ]


def _wrong_codes(block: Table, column: ColumnPlan) -> int:
    """Values of a pseudonym column that are no pseudonyms."""
    if column.do.action != "pseudonym":
        return 0
    filled = block.frame[column.name].drop_null()
    filled = filled.filter(pc.not_equal(filled, ""))
    return len(filled) - (pc.sum(pc.match_substring_regex(filled, PSEUDONYM)).as_py() or 0)


def _left(column: ColumnPlan, facts: ColumnProfile, wrong_codes: int) -> dict[str, int]:
    """Direct identifiers in an output column. Codes are judged by their form: they resemble
    what they replace.
    """
    if column.do.action == "pseudonym":
        return {column.entity or "PERSON": wrong_codes} if wrong_codes else {}
    return {} if column.do.action == "encrypt" else direct_hits(facts)


def _unexplained(column: ColumnPlan, left: dict[str, int], profile: Profile) -> list[Problem]:
    """What is left beyond what a person kept with a reason, knowing the scan's counts."""
    kept = column.do.action == "keep" and column.reason.strip()
    known = direct_hits(profile.column(column.name)) if kept else {}
    return [
        Problem(
            "residual", {"column": column.name, "count": count, "entity": classify.label(entity)}
        )
        for entity, count in left.items()
        if count > known.get(entity, 0)
    ]
