"""The last look at an output: a fresh scan, risk against the thresholds, and everything else closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow.compute as pc

from . import classify, risk, scan
from .plan import ColumnPlan, Plan, direct_hits
from .problems import Problem
from .profile import ColumnProfile, Profile
from .scan import FORMULA, Progress
from .table import Table

PSEUDONYM = "^[A-Z2-7]{20}$"


@dataclass
class Verdict:
    """``ok`` only if nothing is left to explain. ``residual``: column → entity → rows, allowed ones too."""

    ok: bool
    problems: list[Problem]
    residual: dict[str, dict[str, int]]
    risk: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"ok": self.ok, "problems": [p.to_dict() for p in self.problems],
                "residual": self.residual, "risk": self.risk}


def check(out: Table, plan: Plan, profile: Profile, progress: Progress | None = None) -> Verdict:
    """Whether the output may be shown to those who sign. Whatever cannot be checked is refused."""
    try:
        return _check(out, plan, profile, progress)
    except Exception as error:  # fail closed: what cannot be explained does not pass
        return Verdict(False, [Problem("unexplained", {"detail": type(error).__name__})], {})


def _check(out: Table, plan: Plan, profile: Profile, progress: Progress | None) -> Verdict:
    problems = plan.problems(profile)
    if out.columns != plan.kept:
        return Verdict(False, [*problems, Problem("columns_changed")], {})
    if out.rows != profile.rows:
        problems.append(Problem("rows_changed", {"found": out.rows, "expected": profile.rows}))
    fresh = _fresh(out, plan, profile.ner, progress)
    residual: dict[str, dict[str, int]] = {}
    for name, facts in zip(out.columns, fresh.columns, strict=True):
        column = plan.column(name)
        left = _left(out, column, facts)
        if left:
            residual[name] = left
        allowed = _allowed(column, profile)
        problems += [Problem("residual", {"column": name, "count": count, "entity": classify.label(entity)})
                     for entity, count in left.items() if count > allowed.get(entity, 0)]
        formulas = pc.sum(pc.match_substring_regex(out.frame[name], FORMULA)).as_py()
        if formulas:
            problems.append(Problem("formula_left", {"column": name, "count": formulas}))
    limit = int(plan.risk.k.value) if plan.risk.k else 0
    figures = risk.measure(out, plan.quasi, plan.sensitive, limit)
    problems += risk.problems(figures, plan.risk)
    return Verdict(not problems, problems, residual, figures)


def _fresh(out: Table, plan: Plan, ner: bool, progress: Progress | None) -> Profile:
    """A new scan. A column that was made coarser is judged by its values alone: its header promises too much."""
    judged = [name if plan.column(name).do.action in ("keep", "redact") else f"#{number}"
              for number, name in enumerate(out.columns)]
    return scan.profile(out.with_frame(out.frame.rename_columns(judged)), ner=ner, progress=progress)


def _left(out: Table, column: ColumnPlan, facts: ColumnProfile) -> dict[str, int]:
    """Direct identifiers in an output column. Codes are judged by their form: they resemble what they replace."""
    values = out.frame[column.name]
    if column.do.action == "pseudonym":
        filled = values.filter(pc.not_equal(values, ""))
        wrong = len(filled) - (pc.sum(pc.match_substring_regex(filled, PSEUDONYM)).as_py() or 0)
        return {column.entity or "PERSON": wrong} if wrong else {}
    if column.do.action == "encrypt":
        return {}
    return direct_hits(facts)


def _allowed(column: ColumnPlan, profile: Profile) -> dict[str, int]:
    """What a person has kept with a reason, up to the rows that the scan had shown them."""
    if column.do.action != "keep" or not column.reason.strip():
        return {}
    return direct_hits(profile.column(column.name))
