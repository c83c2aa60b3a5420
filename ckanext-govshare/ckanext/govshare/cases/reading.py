"""Cases as the actions show them: each reader sees what the case lets them see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import offices
from ckanext.govshare.cases import (
    attachments,
    clock,
    dataset,
    decisions,
    judge,
    lapse,
    notes,
    parties,
    seal,
)
from ckanext.govshare.cases.model import OPEN_STATES, Case, find, table


def show(case: Case, user_id: str | None) -> dict[str, Any]:
    """The whole case for one reader. Who applies is opened for the applicant and the handlers."""
    own, handles = user_id == case.applicant, parties.handles(case, user_id)
    shown = {
        **brief(case),
        "form": case.form,
        "clock": case.clock,
        "handler": _name(case.handler),
        "extension": case.extension,
        "supplement": case.supplement,
        "decision": _decision(case, handles),
        "linked_case": case.linked_case,
        "profile": case.profile,
        "profile_version": case.profile_version,
        "borrowed_from": case.borrowed_from,
        "acts": list(judge.possible(case, user_id)),
        "own": own,
        "handles": handles,
        "attachments": attachments.named(case.id) if own or handles else [],
        "person": seal.unseal(case.sealed) if own or handles else None,
    }
    if handles:
        shown |= {"proposal": case.proposal, "notes": notes.of(case.id),
                  "use_types": list(decisions.use_types(case))}
    return shown


def brief(case: Case) -> dict[str, Any]:
    """A line of a list: nothing personal in it."""
    now = judge.now()
    organization = model.Group.get(case.org_id)
    package = model.Package.get(case.dataset_id)
    return {
        "id": case.id,
        "number": case.number,
        "kind": case.kind,
        "layer": case.layer,
        "state": lapse.state_now(case),
        "dataset_id": case.dataset_id,
        "dataset_name": package.name if package else None,
        "dataset_title": dataset.title(case.dataset_id),
        "organization_id": case.org_id,
        "organization_title": organization.display_name if organization else case.org_id,
        "received_at": _text(case.received_at),
        "due_day": case.due_day.isoformat() if case.due_day else None,
        "due_moment": _text(case.due_moment),
        "first_due_day": case.first_due_day.isoformat() if case.first_due_day else None,
        "provisional": case.provisional,
        "days_left": clock.days_left(case, now),
        "overdue": overdue(case, now),
        "answered_at": _text(case.answered_at),
        "created": _text(case.created),
    }


def overdue(case: Case, now: datetime) -> bool:
    """Whether an answer was owed before `now`; a late answer stays late."""
    if case.due_moment is None or case.state == "draft":
        return False
    return (case.answered_at or now) >= case.due_moment


def mine(user_id: str) -> list[Case]:
    return find(table.c.applicant == user_id)


def waiting_for(user_id: str) -> list[tuple[Case, str]]:
    """The open cases in which this user holds an office, the most urgent first, and the office."""
    held = offices.of(user_id)
    org_ids = {o.org_id for o in held if o.office in parties.HANDLING}
    conditions: Any = table.c.org_id.in_(org_ids)
    if any(o.office == "authority" for o in held):
        conditions = sa.true()
    if any(o.office == "operator" for o in held):
        reported = (table.c.kind == "correction") & (table.c.layer == "share")
        conditions = sa.or_(conditions, reported)
    cases = find(
        table.c.state.in_(OPEN_STATES), conditions, table.c.applicant != user_id,
        order=table.c.due_moment.asc().nulls_last(),
    )
    found = [(case, _waits_for(case, user_id)) for case in cases]
    return [(case, office) for case, office in found if office]


def _waits_for(case: Case, user_id: str) -> str | None:
    """The office of the user that can move this case on, if any."""
    acts = set(judge.possible(case, user_id)) - {"comment", "assign"}
    if not acts:
        return None
    held = parties.offices_toward(case, user_id)
    if acts & {"consent", "decline"} or ("head" in held and case.proposal):
        return "head" if "head" in held else sorted(held)[0]
    order = ("authority", "reviewer", "publisher", "head", "operator")
    return next((office for office in order if office in held), None)


def watched(order_by_due: bool = True) -> list[Case]:
    """Every open case with a statutory clock, for those who supervise."""
    return find(
        table.c.state.in_(OPEN_STATES), table.c.due_moment.is_not(None),
        table.c.answered_at.is_(None),
        order=table.c.due_moment if order_by_due else None,
    )


def _decision(case: Case, handles: bool) -> dict[str, Any] | None:
    """Reader's copy: the applicant learns what was decided, not which officials signed."""
    if case.decision is None or handles:
        return case.decision
    inner = ("by", "prepared_by", "prepared_at", "digest")
    shown = {key: value for key, value in case.decision.items() if key not in inner}
    if "dispute" in shown:
        shown["dispute"] = [{**step, "by": None} for step in shown["dispute"]]
    return shown


def _name(user_id: str | None) -> str | None:
    user = model.User.get(user_id) if user_id else None
    return user.display_name if user else None


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
