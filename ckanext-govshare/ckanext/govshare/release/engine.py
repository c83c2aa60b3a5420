"""The stage's use of the `desensitize` library; no other module of the portal calls its steps.

The library knows one plan a table; a release's plan is `{"tables": [{"name", "plan"}]}`, or for a
file that a person checked, `{"by_hand": true, "statement": …}`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ckanext.govshare.release import keys, output
from ckanext.govshare.release.vault import Stored, Vault
from desensitize import evidence, read, scan, standard, transform, verify
from desensitize import plan as plans
from desensitize.problems import Unreadable
from desensitize.profile import Profile
from desensitize.table import Table

Progress = Callable[[float], None]
Faults = list[dict[str, Any]]

#: Files that a person may pass by hand: what people read, not what holds other files.
BY_HAND_KINDS = {"PDF", "OFD", "DOC", "DOCX", "PNG", "JPG", "JPEG", "GIF", "TIF", "TIFF"}


class Held(Exception):  # noqa: N818  the word people use
    """A person has to decide; `problems` is a list of `{"code", "params"}` without raw values."""

    def __init__(self, problems: Faults, verdicts: list[dict[str, Any]] | None = None) -> None:
        self.problems = problems
        self.verdicts = verdicts
        super().__init__(", ".join(problem["code"] for problem in problems))


@dataclass(frozen=True)
class Scanned:
    findings: list[dict[str, Any]]
    plan: dict[str, Any]


@dataclass(frozen=True)
class Transformed:
    renditions: dict[str, Stored]
    format: str
    columns: list[dict[str, str]] | None
    evidence: dict[str, Any]


def version() -> str:
    """The library's release and the digest of its rules."""
    return evidence.engine()


def digest(plan: dict[str, Any]) -> str:
    """SHA-256 of the plan's canonical JSON: what a signature names."""
    text = json.dumps(plan, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def standards() -> list[tuple[str, str, str]]:
    """Every standard of desensitization: code, Chinese title, English title (ZS 27)."""
    return [(s.code, s.title.zh, s.title.en) for s in standard.every()]


def scan_file(
    vault: Vault,
    raw_digest: str,
    filename: str,
    known: Scanned | None,
    progress: Progress = lambda _: None,
) -> Scanned:
    """What each column holds, and a plan; decisions of the `known` release are kept where the
    column's findings are what they were.

    :raises Held: the file cannot be read as tables, or no machine may decide it.
    """
    tables = _tables(vault, raw_digest, filename)
    profiles = []
    for number, table in enumerate(tables):
        start = number / len(tables)
        profiles.append(scan.profile(table, progress=lambda _, s, a=start: progress(a + s)))
    findings = [profile.to_dict() for profile in profiles]
    proposed = {"tables": [_propose(profile, "default") for profile in profiles]}
    plan = _carry_over(proposed, findings, known) if known else proposed
    return Scanned(findings, plan)


def propose(findings: list[dict[str, Any]], standard_code: str) -> dict[str, Any]:
    """The plan that a standard gives for what the scan found.

    :raises Held: there is no such standard.
    """
    try:
        return {"tables": [_propose(Profile.from_dict(f), standard_code) for f in findings]}
    except KeyError as error:
        raise Held([_bad_plan(standard_code)]) from error


def transform_file(
    vault: Vault,
    raw_digest: str,
    filename: str,
    plan: dict[str, Any],
    findings: list[dict[str, Any]] | None,
    progress: Progress = lambda _: None,
) -> Transformed:
    """Apply the plan, scan the output anew, and write output and evidence.

    :raises Held: the output did not pass, with what is left in it.
    """
    if plan.get("by_hand"):
        return _by_hand(vault, raw_digest, filename, plan)
    tables, parsed = _tables(vault, raw_digest, filename), _parse(plan)
    profiles = [Profile.from_dict(f) for f in findings or []]
    key = keys.pseudonym_key()
    outs, verdicts = [], []
    for number, (table, one, profile) in enumerate(zip(tables, parsed, profiles, strict=True)):
        out = _apply(table, one, key)
        progress((number + 0.5) / len(tables))
        outs.append(out)
        verdicts.append(verify.check(out, one, profile))
    problems = [p.to_dict() for verdict in verdicts for p in verdict.problems]
    if problems or not all(verdict.ok for verdict in verdicts):
        raise Held(problems, [verdict.to_dict() for verdict in verdicts])
    renditions, form = output.write(vault, outs, filename)
    report = {
        "tables": [
            evidence.report(
                *parts, raw_digest=raw_digest, digest=renditions[form].digest
            )
            for parts in zip(tables, outs, profiles, parsed, verdicts, strict=True)
        ]
    }
    columns = _columns(outs[0], parsed[0], profiles[0]) if len(outs) == 1 else None
    return Transformed(renditions, form, columns, report)


def preview(
    raw_digest: str, filename: str, plan: dict[str, Any], findings: list[dict[str, Any]],
    number: int, rows: int,
) -> dict[str, Any]:
    """The first rows of one table before and after the plan; no more of the file is read.

    :returns: `{"table", "rows", "columns": [{"name", "kept"}], "before", "after"}`, rows as lists
        of text; `rows`: how many the table has.
    :raises Held: the plan or the file cannot be used.
    """
    tables, parsed = _heads(raw_digest, filename, rows), _parse(plan)
    if number >= min(len(tables), len(parsed), len(findings)):
        raise Held([_bad_plan(str(number))])
    head, one = tables[number], parsed[number]
    # What is undecided would go nowhere; the rest of the row can be looked at already.
    decided = one.model_copy(
        update={"columns": [c for c in one.columns if c.do.action != "ask"]}
    )
    shown = head.with_frame(head.frame.select([c.name for c in decided.columns]))
    out = _apply(shown, decided, keys.pseudonym_key())
    after = {name: out.frame[name].to_pylist() for name in out.columns}
    return {
        "table": head.name,
        "rows": findings[number]["rows"],
        "columns": [{"name": name, "kept": name in after} for name in head.columns],
        "before": [list(r.values()) for r in head.frame.to_pylist()],
        "after": [
            [after[name][i] if name in after else None for name in head.columns]
            for i in range(head.rows)
        ],
    }


def plan_faults(
    plan: dict[str, Any], findings: list[dict[str, Any]] | None, problems: Faults
) -> Faults:
    """Why a plan cannot even be saved: it is no plan, or not for this file."""
    if plan.get("by_hand"):
        return _by_hand_faults(plan, findings, problems)
    try:
        parsed = _parse(plan)
    except Held as held:
        return held.problems
    if len(parsed) != len(findings or []):
        return [_bad_plan("tables")]
    return [
        p.to_dict()
        for one, found in zip(parsed, findings or [], strict=True)
        for p in one.problems(Profile.from_dict(found))
        if p.code in ("column_missing", "column_unknown", "column_twice")
    ]


def page(report: dict[str, Any], signatures: list[dict[str, Any]], language: str) -> str:
    """The evidence of one table as a page to read, print and sign, in `zh` or `en`."""
    return evidence.html({**report, "signatures": signatures}, language)


def undecided(plan: dict[str, Any], findings: list[dict[str, Any]] | None) -> Faults:
    """Why a saved plan cannot be carried out yet: what a person still has to decide or explain."""
    if plan.get("by_hand"):
        return []
    try:
        parsed = _parse(plan)
    except Held as held:
        return held.problems
    pairs = zip(parsed, findings or [], strict=True)
    return [p.to_dict() for one, f in pairs for p in one.problems(Profile.from_dict(f))]


def by_hand_possible(findings: list[dict[str, Any]] | None, problems: Faults) -> bool:
    """Whether the file is of a kind that people read and no machine can judge (PDF, images)."""
    return findings is None and any(
        p["code"] == "unsupported_kind" and p["params"].get("found") in BY_HAND_KINDS
        for p in problems
    )


def _tables(vault: Vault, raw_digest: str, filename: str) -> list[Table]:
    vault.open(raw_digest).close()  # the bytes are what the digest says
    try:
        return read.tables(vault.path(raw_digest), filename)
    except Unreadable as error:
        raise Held([error.problem.to_dict()]) from None


def _heads(raw_digest: str, filename: str, rows: int) -> list[Table]:
    vault = Vault("quarantine")
    if not vault.has(raw_digest):
        raise Held([{"code": "storage_failed", "params": {}}])
    try:
        return read.head(vault.path(raw_digest), filename, rows)
    except Unreadable as error:
        raise Held([error.problem.to_dict()]) from None


def _propose(profile: Profile, standard_code: str) -> dict[str, Any]:
    return {"name": profile.table, "plan": plans.propose(profile, standard_code).to_dict()}


def _parse(plan: dict[str, Any]) -> list[plans.Plan]:
    try:
        return [_parse_one(table["plan"]) for table in plan["tables"]]
    except (KeyError, TypeError, IndexError):
        raise Held([_bad_plan("tables")]) from None


def _parse_one(plan: dict[str, Any]) -> plans.Plan:
    try:
        return plans.Plan.from_dict(plan)
    except ValidationError as error:
        where = error.errors()[0]["loc"]
        if where[:1] != ("columns",) or len(where) < 3:
            raise Held([_bad_plan(".".join(str(part) for part in where))]) from None
        column = plan["columns"][where[1]]
        detail = str(where[-1])
        params = {"column": column["name"], "action": column["do"]["action"], "detail": detail}
        raise Held([{"code": "action_params", "params": params}]) from None


def _apply(table: Table, plan: plans.Plan, key: bytes) -> Table:
    try:
        return transform.apply(table, plan, key)
    except transform.NotReady as error:
        raise Held([error.problem.to_dict()]) from None


def _bad_plan(detail: str) -> dict[str, Any]:
    return {"code": "bad_plan", "params": {"detail": detail}}


def _carry_over(
    proposed: dict[str, Any], findings: list[dict[str, Any]], known: Scanned
) -> dict[str, Any]:
    """The known plan itself if every column is what it was; else its decisions column by column."""
    if known.plan.get("by_hand") or not _same_columns(findings, known.findings):
        return proposed
    if _judged(findings) == _judged(known.findings):
        return known.plan
    for table, old, now, before in zip(
        proposed["tables"], known.plan["tables"], findings, known.findings, strict=True
    ):
        decided = {c["name"]: c for c in old["plan"]["columns"]}
        unchanged = {a["name"] for a, b in zip(now["columns"], before["columns"], strict=True)
                     if _facts(a) == _facts(b)}
        table["plan"]["columns"] = [
            decided[c["name"]] if c["name"] in unchanged else c for c in table["plan"]["columns"]
        ]
    return proposed


def _same_columns(now: list[dict[str, Any]], before: list[dict[str, Any]]) -> bool:
    def names(findings: list[dict[str, Any]]) -> list[list[str]]:
        return [[c["name"] for c in table["columns"]] for table in findings]

    return names(now) == names(before)


def _judged(findings: list[dict[str, Any]]) -> list[list[tuple[Any, ...]]]:
    return [[_facts(column) for column in table["columns"]] for table in findings]


def _facts(column: dict[str, Any]) -> tuple[Any, ...]:
    """What a decision rests on: class, entity, type, and which entities were found at all."""
    return *(column[key] for key in ("name", "class_", "entity", "type")), sorted(column["hits"])


def _columns(out: Table, plan: plans.Plan, profile: Profile) -> list[dict[str, str]]:
    """Names and types of the output's columns; whatever was changed is text."""
    types = {c.name: c.type for c in profile.columns}
    return [
        {"name": n, "type": types[n] if plan.column(n).do.action == "keep" else "text"}
        for n in out.columns
    ]


def _by_hand(vault: Vault, raw_digest: str, filename: str, plan: dict[str, Any]) -> Transformed:
    with vault.open(raw_digest) as stream:
        size = stream.seek(0, 2)
    form = filename.rsplit(".", 1)[-1].lower()
    report = {"by_hand": True, "statement": plan["statement"], "input": {"digest": raw_digest},
              "output": {"digest": raw_digest}}  # fmt: skip
    return Transformed({form: Stored(raw_digest, size)}, form, None, report)


def _by_hand_faults(
    plan: dict[str, Any], findings: list[dict[str, Any]] | None, problems: Faults
) -> Faults:
    if not by_hand_possible(findings, problems):
        return [{"code": "not_by_hand", "params": {}}]
    if set(plan) != {"by_hand", "statement"} or not str(plan["statement"]).strip():
        return [{"code": "statement_missing", "params": {}}]
    return []

