"""What each act reads, writes and tells. Whether it is allowed at all, the machine says."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.govshare.cases import (
    attachments,
    blank,
    clock,
    corrections,
    decisions,
    filing,
    forms,
    judge,
    news,
    notes,
    parties,
)
from ckanext.govshare.cases.effect import Effect, Given, Values
from ckanext.govshare.cases.model import Case


def _assign_read(case: Case, _user_id: str, given: Given) -> Given:
    people = parties.people(case, ("authority", *parties.HANDLING))
    if given.get("handler") not in people:
        raise tk.ValidationError({
            "handler": [tk._("Choose somebody who holds an office for this case.")]
        })
    return given


def _comment_read(_case: Case, user_id: str, given: Given) -> Given:
    if not str(given.get("text") or "").strip():
        raise tk.ValidationError({"text": [tk._("Write the comment first.")]})
    return {**given, "by": user_id}


def _supplement(case: Case, user_id: str, given: Given) -> Values:
    return {"supplement": {
        "reason": given["reason"], "by": user_id, "at": judge.now().isoformat(),
        "before": case.form, "changes": None,
    }}


def _resubmit_read(case: Case, _user_id: str, given: Given) -> Given:
    """What is not given again stays as it was."""
    known = case.form["items"] if "items" not in given else None
    items = list(known or decisions.items_of(case))
    said = {**case.form, **given}
    asked = blank.of(case.dataset_id, case.form.get("blank"))
    form = {
        **forms.read(said, items), "blank": case.form.get("blank", 0),
        "answers": blank.answers(asked, said), "attached": attachments.summary(case.id),
    }
    problems: dict[str, Any] = {**forms.problems(form, items), **filing.asked_beyond(case, form)}
    if problems:
        raise tk.ValidationError(problems)
    form.pop("unknown_items")
    return {**given, "form": form}


def _resubmitted(case: Case, _user_id: str, given: Given) -> Values:
    supplement = {
        **(case.supplement or {}),
        "returned_at": judge.now().isoformat(),
        "changes": forms.changes(case.form, given["form"]),
    }
    # What was prepared before was prepared for another form.
    return {"form": given["form"], "supplement": supplement, "proposal": None}


def _extension_read(_case: Case, _user_id: str, given: Given) -> Given:
    try:
        days = int(given.get("days") or 0)
    except ValueError:
        days = 0
    if not str(given.get("reason") or "").strip():
        raise tk.ValidationError({"reason": [tk._("Say why more time is needed.")]})
    return {**given, "days": days}


def _asked(_case: Case, user_id: str, given: Given) -> Values:
    return {"extension": {
        "days": given["days"], "reason": given["reason"], "asked_by": user_id,
        "asked_at": judge.now().isoformat(),
    }}


def _consented(case: Case, user_id: str, _given: Given) -> Values:
    asked = case.extension or {}
    consent = {**asked, "consented_by": user_id, "consented_at": judge.now().isoformat()}
    return {"extension": consent, **clock.extended(case, asked["days"])}


def _declined(case: Case, user_id: str, given: Given) -> Values:
    return {"extension": {
        **(case.extension or {}), "declined_by": user_id,
        "declined_at": judge.now().isoformat(), "decline_reason": given["reason"],
    }}


def _tell_extended(case: Case, _given: Given) -> None:
    extension = case.extension or {}
    told = {"days": extension["days"], "reason": extension["reason"]}
    news.tell_applicant("case_extended", case, **told)
    news.tell_office("case_extended", case, (), **told)


def _dispute(act: str) -> Effect:
    """A step of a dispute between departments, kept with the decision that it is about."""

    def step(case: Case, user_id: str, given: Given) -> Values:
        before = (case.decision or {}).get("dispute", [])
        made = {"act": act, "reason": given["reason"], "by": user_id,
                "at": judge.now().isoformat()}
        return {"decision": {**(case.decision or {}), "dispute": [*before, made]}}

    def tell(case: Case, _given: Given) -> None:
        news.tell_applicant("case_dispute_step", case)
        news.tell_office("case_dispute_step", case, ("head", "authority"))

    return Effect(values=step, tell=tell)


EFFECTS: dict[str, Effect] = {
    "take": Effect(values=lambda _case, user, _given: {"handler": user}),
    "assign": Effect(
        read=_assign_read,
        values=lambda _case, _user, given: {"handler": given["handler"]},
        facts=lambda case, _given: {"handler": case.handler},
        tell=lambda case, _given: news.tell("case_assigned", case, [str(case.handler)]),
    ),
    "comment": Effect(read=_comment_read, then=notes.add),
    "return_for_supplement": Effect(
        values=_supplement,
        tell=lambda case, given: news.tell_applicant(
            "case_supplement", case, reason=given["reason"]
        ),
    ),
    "resubmit": Effect(
        read=_resubmit_read, values=_resubmitted,
        facts=lambda case, _given: {
            "fields": [c["field"] for c in (case.supplement or {})["changes"]]
        },
        tell=lambda case, _given: news.tell_office("case_resubmitted", case, ("reviewer",)),
    ),
    "prepare": Effect(
        read=decisions.read_proposal, check=decisions.check_proposal, values=decisions.proposed,
        facts=lambda case, _given: {"act": (case.proposal or {})["act"]},
        tell=lambda case, _given: news.tell_office(
            "case_prepared", case, decisions.signers(case)
        ),
    ),
    "ask_extension": Effect(
        read=_extension_read, values=_asked, facts=lambda _case, given: {"days": given["days"]},
        tell=lambda case, given: news.tell_office(
            "case_extension_asked", case, ("head",), days=given["days"]
        ),
    ),
    "consent": Effect(
        values=_consented, tell=_tell_extended,
        facts=lambda case, _given: {
            "days": (case.extension or {})["days"], "asked_by": (case.extension or {})["asked_by"]
        },
    ),
    "decline": Effect(
        values=_declined,
        tell=lambda case, _given: news.tell_office("case_extension_declined", case, ()),
    ),
    "approve": decisions.signing("approve", "case_approved", gives=True),
    "approve_in_part": decisions.signing("approve_in_part", "case_approved_in_part", gives=True),
    "refuse": decisions.signing("refuse", "case_refused", gives=False),
    "provide": decisions.stepping_in(),
    "withdraw": Effect(
        values=lambda _case, _user, _given: {"answered_at": judge.now()},
        tell=lambda case, _given: news.tell_office("case_withdrawn", case, ()),
        ends_wait=True,
    ),
    "object": Effect(
        values=lambda case, _user, given: {
            "decision": {**(case.decision or {}), "objection": given["reason"]}
        },
        tell=lambda case, _given: news.tell_office(
            "case_disputed", case, ("head", "authority")
        ),
    ),
    **{act: _dispute(act) for act in ("negotiation_failed", "refer", "settle")},
    **corrections.EFFECTS,
}
