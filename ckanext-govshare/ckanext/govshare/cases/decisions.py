"""Decide in two hands: one person prepares the decision, another one signs that very decision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.govshare import ledger
from ckanext.govshare.cases import dataset, forms, grants, judge, news, reasons
from ckanext.govshare.cases.effect import Effect, Given, Values
from ckanext.govshare.cases.model import Case, change
from ckanext.govshare.rules.facts import Facts
from ckanext.govshare.rules.machine import cast

KINDS = ("approve", "approve_in_part", "refuse", "agree")
LIMITS = ("max_reads", "calls_per_minute", "calls_per_day")


def read_proposal(case: Case, _user_id: str, given: Given) -> Given:
    """The decision as prepared; what is not said comes from the application."""
    act = given.get("decision")
    if act not in KINDS:
        raise tk.ValidationError({"decision": [tk._("Choose what to decide.")]})
    codes = list(given.get("reasons") or [])
    unknown = [code for code in codes if code not in reasons.catalogue()]
    if unknown:
        raise tk.ValidationError({"reasons": [tk._("There is no such reason in the catalogue.")]})
    basis = [dict(entry) for entry in given.get("basis") or []]
    decision = {
        "act": act,
        "reasons": codes,
        "reason": str(given.get("reason") or "").strip() or reasons.text(codes),
        "basis": basis or reasons.basis(codes),
        "conditions": str(given.get("conditions") or "").strip(),
        **_scope(case, act, given),
    }
    if use_types(case) and act in ("approve", "approve_in_part"):
        if given.get("use_type") not in use_types(case):
            raise tk.ValidationError({"use_type": [tk._("Say what the data may be used for.")]})
        decision["use_type"] = given["use_type"]
    return {**given, "decision": decision}


def use_types(case: Case) -> tuple[str, ...]:
    """The kinds of use of which a provider must name one when it shares (TZ 12)."""
    said = judge.facts_of(case, None).profile.share.use_types if case.layer == "share" else None
    return said.value if said else ()


def check_proposal(case: Case, given: Given, facts: Facts) -> None:
    """What the signer would be told, the preparer is told now."""
    judge.would_sign(case, given["decision"], facts)


def proposed(_case: Case, user_id: str, given: Given) -> Values:
    decision = given["decision"]
    text = json.dumps(decision, ensure_ascii=False, sort_keys=True)
    return {"proposal": {
        **decision, "by": user_id, "at": judge.now().isoformat(),
        "digest": hashlib.sha256(text.encode()).hexdigest()[:16],
    }}


def signing(act: str, message: str, *, gives: bool) -> Effect:
    """The effect of signing a prepared decision."""

    def read(case: Case, _user_id: str, given: Given) -> Given:
        proposal = case.proposal or {}
        if proposal and proposal["act"] != act:
            raise tk.ValidationError({
                "decision": [tk._("Another decision is prepared; look at it again.")]
            })
        seen = given.get("proposal")
        if seen and seen != proposal.get("digest"):
            raise tk.ValidationError({
                "proposal": [tk._("The prepared decision changed meanwhile; look at it again.")]
            })
        return {**given, "decision": proposal}

    return Effect(
        read=read,
        values=_signed,
        tell=lambda case, _given: news.tell_applicant(message, case),
        follow=deliver if gives else None,
        ends_wait=True,
    )


def stepping_in() -> Effect:
    """The authority provides in the department's place what was asked for (ZS 22)."""
    return Effect(
        values=lambda case, user, _given: {
            "decision": {
                "act": "provide", **grants.as_asked(case), "refused": {}, "reason": "",
                "basis": [], "by": user, "at": judge.now().isoformat(),
            },
            "answered_at": judge.now(),
        },
        tell=lambda case, _given: news.tell_applicant("case_approved", case),
        follow=give,
    )


def deliver(case: Case) -> Case:
    """The system's step behind an approval: the grant begins at once (NY 46)."""
    moved = judge.step(case, "deliver", judge.facts_of(case, None))
    case = give(case)
    case = change(case.id, state=moved.target)
    ledger.append(
        "case.deliver", actor=None, subject=("case", case.id), rule=moved.rule or None,
        data={"from": moved.source, "to": moved.target},
    )
    return case


def give(case: Case) -> Case:
    """Write the grant of a signed decision, as an event of its own."""
    grant = grants.issue(case, case.decision or {}, judge.now())
    ledger.append(
        "grant.issued", actor=None, subject=("grant", grant.id),
        data={
            "case": case.id, "dataset": case.dataset_id, "mode": grant.mode,
            "columns": grant.columns, "trace": grant.trace,
            "until": grant.valid_to.isoformat() if grant.valid_to else None,
        },
    )
    return case


def signers(case: Case) -> Iterable[str]:
    """The offices that sign, as the profile casts them."""
    return sorted(cast("decider", judge.facts_of(case, None)))


def items_of(case: Case) -> tuple[str, ...]:
    """What one may ask for now; what was asked for if the entry is no longer public."""
    try:
        return dataset.entry(case.dataset_id).items
    except tk.ObjectNotFound:
        return tuple(case.form.get("items") or ())


def _signed(case: Case, user_id: str, _given: Given) -> Values:
    proposal: dict[str, Any] = dict(case.proposal or {})
    prepared = {"prepared_by": proposal.pop("by", None), "prepared_at": proposal.pop("at", None)}
    at = judge.now()
    return {
        "decision": {**proposal, **prepared, "by": user_id, "at": at.isoformat()},
        "answered_at": at,
    }


def _scope(case: Case, act: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Items, period, mode and limit of what is given; nothing of it when all is refused."""
    asked = list(case.form.get("items") or ())
    if act in ("refuse", "agree"):
        limits = dict.fromkeys(LIMITS)
        return {"granted": [], "refused": {}, "months": None, "mode": None, **limits}
    refused = {
        str(item): str(why) for item, why in (given.get("refused") or {}).items()
    } if act == "approve_in_part" else {}
    granted = [item for item in asked if item not in refused] if act == "approve" else [
        str(item) for item in given.get("granted") or ()
    ]
    scope = {
        "granted": granted, "refused": refused,
        "months": _number(given, "months") or case.form["months"],
        "mode": given.get("mode") or case.form["mode"],
        **{name: _number(given, name) for name in LIMITS},
    }
    if not 1 <= scope["months"] <= forms.LONGEST_MONTHS:
        raise tk.ValidationError({"months": [
            tk._("Say for how many months, from 1 to {n}.").format(n=forms.LONGEST_MONTHS)
        ]})
    if scope["mode"] not in forms.MODES:
        raise tk.ValidationError({"mode": [tk._("Choose how the data are given.")]})
    return scope


def _number(given: Mapping[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value in (None, ""):
        return None
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if number < 1:
        raise tk.ValidationError({name: [tk._("Enter a whole number above 0.")]})
    return number
