"""The plan: what is done to each column and why. Proposed by a standard, corrected by a person,
then signed.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from . import classify, standard
from .actions import Action, Ask
from .headers import says
from .problems import Problem
from .profile import ColumnProfile, Profile
from .standard import Thresholds

AGES = ("年龄", "age")


class ColumnPlan(BaseModel):
    """``do``: the action; ``reason``: why a person decided otherwise than the proposal; ``by``:
    who decided.
    """

    model_config = ConfigDict(extra="forbid")
    name: str
    class_: Literal["direct", "quasi", "sensitive", "free_text", "none", "unknown"] = Field(
        alias="class"
    )
    entity: str = ""
    do: Action
    reason: str = Field(default="", max_length=500)
    by: Literal["proposal", "person"] = "proposal"


class Plan(BaseModel):
    """A plan for one table. ``quasi`` and ``sensitive``: the columns over which risk is
    measured.
    """

    model_config = ConfigDict(extra="forbid")
    standard: str
    standard_digest: str
    columns: list[ColumnPlan]
    quasi: list[str] = []
    sensitive: list[str] = []
    risk: Thresholds
    review_procedure: str
    open_form: list[str]

    def column(self, name: str) -> ColumnPlan:
        return next(c for c in self.columns if c.name == name)

    @property
    def kept(self) -> list[str]:
        """The columns of the output, in order."""
        return [c.name for c in self.columns if c.do.action != "drop"]

    def to_dict(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Plan:
        """Errors: pydantic's ``ValidationError`` if the plan is not one."""
        return cls.model_validate(data)

    @property
    def digest(self) -> str:
        """SHA-256 of the plan in canonical JSON: what a signature names."""
        text = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def problems(self, profile: Profile) -> list[Problem]:
        """Why the plan cannot be carried out or signed; empty if it can."""
        planned, there = [c.name for c in self.columns], [c.name for c in profile.columns]
        found = [Problem("column_missing", {"column": n}) for n in there if n not in planned]
        found += [Problem("column_unknown", {"column": n}) for n in planned if n not in there]
        found += [
            Problem("column_twice", {"column": n})
            for n in dict.fromkeys(planned)
            if planned.count(n) > 1
        ]
        for column in self.columns:
            if column.do.action == "ask":
                found.append(Problem("undecided", {"column": column.name}))
            elif column.name in there:
                found += _unreasoned(column, profile.column(column.name))
        for name in {*self.quasi, *self.sensitive} - set(self.kept):
            found.append(Problem("risk_column", {"column": name}))
        return found


def _unreasoned(column: ColumnPlan, profile: ColumnProfile) -> list[Problem]:
    """A column that the scan holds for personal is kept only for a reason."""
    risky = profile.class_ in ("direct", "unknown", "free_text") or bool(direct_hits(profile))
    if column.do.action == "keep" and risky and not column.reason.strip() and not _blank(profile):
        return [Problem("kept_without_reason", {"column": column.name, "class_": profile.class_})]
    return []


def _blank(profile: ColumnProfile) -> bool:
    """Free text in which nothing was found, and everything was looked for."""
    looked = all(w.code != "not_looked" for w in profile.why)
    return profile.class_ == "free_text" and not classify.personal(profile.hits) and looked


def direct_hits(profile: ColumnProfile) -> dict[str, int]:
    """Rows in which a direct identifier was found, by entity; places' addresses do not count."""
    return {
        e: h.weighted
        for e, h in classify.personal(profile.hits).items()
        if classify.class_of(e) == "direct"
        and not (e == "ADDRESS" == profile.entity and profile.class_ == "none")
    }


def propose(profile: Profile, standard_code: str = "default") -> Plan:
    """The plan that a standard gives for a profile. Errors: ``KeyError`` if there is no such
    standard.
    """
    rules = standard.load(standard_code)
    columns = [
        ColumnPlan.model_validate(
            {"name": c.name, "class": c.class_, "entity": c.entity, "do": _action(c, rules)}
        )
        for c in profile.columns
    ]
    kept = [c for c in columns if c.do.action not in ("drop", "ask")]
    return Plan(
        standard=rules.code,
        standard_digest=rules.digest,
        columns=columns,
        quasi=[c.name for c in kept if c.class_ == "quasi"],
        sensitive=[c.name for c in kept if c.class_ == "sensitive"],
        risk=rules.risk,
        review_procedure=rules.review_procedure.zh,
        open_form=rules.open_form,
    )


def _action(column: ColumnProfile, rules: standard.Standard) -> Action:
    """The most particular rule: by header, by entity, by class."""
    if column.class_ == "unknown":
        return Ask()
    if column.class_ in ("direct", "quasi", "sensitive"):
        for word, action in rules.headers.items():
            if says(column.name, (word,)) and not _unfit(action, column):
                return action
        if column.entity in rules.entities:
            return rules.entities[column.entity]
    return rules.classes[column.class_]


def _unfit(action: Action, column: ColumnProfile) -> bool:
    """A band needs numbers."""
    return (
        action.action == "generalise"
        and action.to in ("band", "age_band")
        and column.type not in ("integer", "number")
    )
