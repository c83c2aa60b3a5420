"""File an objection to the open catalogue (NY 45) or a report of wrong data (NY 64–65, LY 16,
YN 27, ZS 23, TZ 15). Both are cases: same table, same clocks, same case page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit as tk

from ckanext.govshare import ledger
from ckanext.govshare.cases import clock, dataset, identity, judge, news, parties, seal
from ckanext.govshare.cases.filing import PREFIX
from ckanext.govshare.cases.model import Case, add, change, get, next_number, repeated
from ckanext.govshare.rules import profiles
from ckanext.govshare.rules.clocks import day_of
from ckanext.govshare.rules.facts import Facts
from ckanext.govshare.rules.machine import cast
from ckanext.govshare.rules.profiles import ClockName, LayerName

LONGEST = 4000
# The clock that the receipt starts; a correction may get its own from the dispatch only.
CLOCKS: dict[str, ClockName] = {"objection": "objection", "correction": "correction_verify"}


def submit(user_id: str, kind: str, data: Mapping[str, Any]) -> Case:
    """File an objection or a correction about a listed dataset of any class; caller commits.

    :raises tk.ValidationError: what is missing, by field
    """
    entry = dataset.entry(data["dataset_id"])
    case_id = str(uuid.uuid4())
    known = get(repeated(user_id, data.get("request_key"), case_id) or "")
    if known:
        return known
    layer = data.get("layer") or "open"
    problems = _problems(kind, layer, data)
    if layer == "share" and not parties.of_another_department(user_id, entry.org_id):
        problems["layer"] = [tk._("Only another department reports errors in shared data.")]
    if problems:
        raise tk.ValidationError(problems)
    profile = profiles.site()
    case = add({
        "id": case_id, "kind": kind, "layer": layer, "dataset_id": entry.id,
        "org_id": entry.org_id, "applicant": user_id, "state": "draft",
        "profile": profile.code, "borrowed_from": profile.borrowed_from,
        "profile_version": clock.keep_profile(profile), "provisional": False,
        "form": _form(entry, data), "sealed": seal.seal(identity.personal(data)),
        "created": sa.func.now(),
    })
    return _receive(case)


def expected(kind: str, layer: LayerName) -> dict[str, Any]:
    """The clock as it would run if the report came in now, for the page before sending."""
    return clock.start(profiles.site(), layer, CLOCKS[kind], judge.now())["clock"]


def _receive(case: Case) -> Case:
    given = {"reason": case.form["reason"]}
    step = submitted = judge.step(case, "submit", judge.facts_of(case, case.applicant, given))
    case = change(case.id, state=submitted.target)
    if case.kind == "objection":
        step = judge.step(case, "receive", judge.facts_of(case, None))
    at, name, facts = judge.now(), CLOCKS[case.kind], judge.facts_of(case, None)
    # Where a dispatcher stands between, the time to verify runs from the dispatch (NY 65).
    runs = name in step.starts
    case = change(
        case.id, state=step.target, received_at=at,
        number=next_number(f"{PREFIX[case.kind]}{day_of(at):%Y%m%d}"),
        **clock.start(facts.profile, facts.layer, name, at, running=runs),
    )
    news.tell_applicant("case_received", case)
    news.tell_office("case_new", case, _first_readers(facts) if case.kind == "correction" else
                     cast("provider", facts))
    ledger.append(
        "case.submitted", actor=case.applicant, office="applicant", subject=("case", case.id),
        data={"kind": case.kind, "dataset": case.dataset_id}, rule=submitted.rule or None,
    )
    ledger.append(
        "case.received", actor=None, subject=("case", case.id), rule=step.rule or None,
        data={
            "number": case.number, "due": case.due_day.isoformat() if case.due_day else None,
            "provisional": case.provisional, "profile": case.profile_version,
        },
    )
    return case


def _first_readers(facts: Facts) -> set[str]:
    """Who receives a report; where one dispatches, the dispatcher too, the verifier later."""
    way = facts.profile.layer(facts.layer).correction
    between = "dispatcher" if way and way.dispatcher else "verifier"
    return {*cast("receiver", facts), *cast(between, facts)}


def _problems(kind: str, layer: str, data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {**identity.problems(layer, data)}
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
