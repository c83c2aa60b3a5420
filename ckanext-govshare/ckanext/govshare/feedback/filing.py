"""File an objection to the open catalogue (NY 45) or a report of wrong data (NY 64–65, LY 16,
YN 27, ZS 23, TZ 15). Both are cases: same table, same clocks, same case page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit as tk

from ckanext.govshare import ledger
from ckanext.govshare.cases import clock, dataset, identity, judge, news, seal
from ckanext.govshare.cases.filing import PREFIX
from ckanext.govshare.cases.model import Case, add, change, get, next_number, repeated
from ckanext.govshare.rules import profiles
from ckanext.govshare.rules.clocks import day_of

LONGEST = 4000
# The clock that the receipt starts; a correction may get its own from the dispatch only.
CLOCKS = {"objection": "objection", "correction": "correction_verify"}


def submit(user_id: str, kind: str, data: Mapping[str, Any]) -> Case:
    """File an objection or a correction about a listed dataset of any class; caller commits.

    :raises tk.ValidationError: what is missing, by field
    """
    entry = dataset.entry(data["dataset_id"])
    case_id = str(uuid.uuid4())
    known = get(repeated(user_id, data.get("request_key"), case_id) or "")
    if known:
        return known
    problems = _problems(kind, data)
    if problems:
        raise tk.ValidationError(problems)
    profile = profiles.site()
    case = add({
        "id": case_id, "kind": kind, "layer": "open", "dataset_id": entry.id,
        "org_id": entry.org_id, "applicant": user_id, "state": "draft",
        "profile": profile.code, "borrowed_from": profile.borrowed_from,
        "profile_version": clock.keep_profile(profile), "provisional": False,
        "form": _form(entry, data), "sealed": seal.seal(identity.personal(data)),
        "created": sa.func.now(),
    })
    return _receive(case)


def _receive(case: Case) -> Case:
    given = {"reason": case.form["reason"]}
    submitted = judge.step(case, "submit", judge.facts_of(case, case.applicant, given))
    case = change(case.id, state=submitted.target)
    rule, state = submitted.rule, submitted.target
    if case.kind == "objection":
        received = judge.step(case, "receive", judge.facts_of(case, None))
        rule, state = received.rule, received.target
    at = judge.now()
    name = CLOCKS[case.kind]
    case = change(
        case.id, state=state, received_at=at,
        number=next_number(f"{PREFIX[case.kind]}{day_of(at):%Y%m%d}"),
        **clock.start(clock.profile_of(case), "open", name, at),  # type: ignore[arg-type]
    )
    news.tell_applicant("case_received", case)
    news.tell_office("case_new", case, ("publisher", "reviewer", "head"))
    ledger.append(
        "case.submitted", actor=case.applicant, office="applicant", subject=("case", case.id),
        data={"kind": case.kind, "dataset": case.dataset_id}, rule=submitted.rule or None,
    )
    ledger.append(
        "case.received", actor=None, subject=("case", case.id), rule=rule or None,
        data={
            "number": case.number, "due": case.due_day.isoformat() if case.due_day else None,
            "provisional": case.provisional, "profile": case.profile_version,
        },
    )
    return case


def _problems(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {**identity.problems("open", data)}
    reason = str(data.get("reason") or "").strip()
    if not reason:
        found["reason"] = [tk._("Describe what is wrong, briefly and exactly.")]
    for name in ("reason", "evidence"):
        if len(str(data.get(name) or "")) > LONGEST:
            found[name] = [tk._("Shorten this to {n} characters.").format(n=LONGEST)]
    if kind == "correction" and not str(data.get("evidence") or "").strip():
        found["evidence"] = [tk._("Say what shows the error: a record, a document, a link.")]
    return found


def _form(entry: dataset.Entry, data: Mapping[str, Any]) -> dict[str, Any]:
    asked = data.get("items") or []
    asked = [asked] if isinstance(asked, str) else asked
    return {
        "applicant_kind": data["applicant_kind"],
        "reason": str(data["reason"]).strip(),
        "evidence": str(data.get("evidence") or "").strip(),
        "items": [item for item in entry.items if item in asked],
        "release": dataset.live_releases(entry.id),
    }
