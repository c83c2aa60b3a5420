"""Open an application: draft, submit, receive (state machine b, B2 to B4)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit as tk

from ckanext.govshare import access, ledger
from ckanext.govshare.cases import (
    attachments,
    blank,
    clock,
    dataset,
    forms,
    grants,
    identity,
    judge,
    news,
    parties,
    seal,
)
from ckanext.govshare.cases.dataset import Entry
from ckanext.govshare.cases.model import Case, add, change, get, next_number, repeated
from ckanext.govshare.rules import profiles
from ckanext.govshare.rules.clocks import day_of
from ckanext.govshare.rules.profiles import LayerName

PREFIX = {"application": "SQ", "objection": "YY", "correction": "JC"}


def save_draft(user_id: str, data: Mapping[str, Any]) -> Case:
    """Keep what was typed so far; nothing is demanded yet. The caller commits."""
    entry = dataset.entry(data["dataset_id"])
    draft = _draft(user_id, data)
    _check_class(entry, draft.layer if draft else data["layer"])
    case = draft or _new(str(uuid.uuid4()), user_id, entry, data)
    return change(case.id, **_content(case, entry, _completed(draft, data)))


def submit(user_id: str, data: Mapping[str, Any]) -> Case:
    """Submit an application: with this call it is received and its clock runs.

    The caller commits. A repeated `request_key` gives the case that the first call made.

    :raises tk.ValidationError: what is missing, by field
    """
    entry = dataset.entry(data["dataset_id"])
    draft = _draft(user_id, data)
    _check_class(entry, draft.layer if draft else data["layer"])
    case_id = draft.id if draft else str(uuid.uuid4())
    known = repeated(user_id, data.get("request_key"), case_id)
    if known:
        made = get(known)
        if made:
            return made
    if access.blocked(user_id, judge.now()):
        raise tk.ValidationError({"blocked": [tk._(
            "You cannot apply at present. The data authority tells you the reason."
        )]})
    case = draft or _new(case_id, user_id, entry, data)
    data = _completed(draft, data)
    values = _content(case, entry, data)
    problems: dict[str, Any] = {
        **identity.problems(case.layer, data),
        **forms.problems(values["form"], entry.items),
        **asked_beyond(case, values["form"]),
    }
    layer: LayerName = "share" if case.layer == "share" else "open"
    for name in forms.asked_by(profiles.site().layer(layer)):
        if not values["form"][name]:
            problems[name] = [tk._("The rules ask for this; please fill it in.")]
    if problems:
        raise tk.ValidationError(problems)
    values["form"].pop("unknown_items")
    return _receive(change(case.id, **values), entry)


def asked_beyond(case: Case, form: Mapping[str, Any]) -> dict[str, Any]:
    """What is missing of what the dataset's own form asks: answers and files, by field."""
    asked = blank.of(case.dataset_id, form.get("blank"))
    attached = {one["slot"] for one in attachments.of(case.id)}
    missing = [s.label for s in asked.slots if s.required and s.label not in attached]
    found = blank.problems(asked, form.get("answers", {}))
    if missing:
        found["attachment"] = [
            tk._("Attach: {names}.").format(names=tk._(", ").join(missing))
        ]
    return found


def expected(layer: str) -> dict[str, Any]:
    """The clock as it would run if the application came in now, for the page before sending."""
    return clock.start(profiles.site(), layer, "reply", judge.now())  # type: ignore[arg-type]


def _receive(case: Case, entry: Entry) -> Case:
    profile = profiles.site()
    facts = judge.facts_of(case, case.applicant, dataset_class=entry.classes[case.layer])
    submitted = judge.step(case, "submit", facts)
    case = change(case.id, state=submitted.target)
    received = judge.step(case, "receive", judge.facts_of(case, None))
    at = judge.now()
    case = change(
        case.id,
        state=received.target,
        number=next_number(f"{PREFIX[case.kind]}{day_of(at):%Y%m%d}"),
        received_at=at,
        profile_version=clock.keep_profile(profile),
        **clock.start(profile, case.layer, "reply", at),  # type: ignore[arg-type]
    )
    grants.foresee(case)
    news.tell_applicant("case_received", case)
    news.tell_office("case_new", case, ("publisher", "reviewer", "head"))
    ledger.append(
        "case.submitted", actor=case.applicant, office="applicant", subject=("case", case.id),
        data={"kind": case.kind, "dataset": case.dataset_id, "linked": case.linked_case},
        rule=submitted.rule,
    )
    ledger.append(
        "case.received", actor=None, subject=("case", case.id), rule=received.rule,
        data={
            "number": case.number,
            "due": case.due_day.isoformat() if case.due_day else None,
            "provisional": case.provisional,
            "profile": case.profile_version,
            "calendar": case.clock["due"]["calendar_version"] if case.clock else None,
        },
    )
    return case


def _check_class(entry: Entry, layer: str) -> None:
    """Conditional data only (NY 43, 46): the others are turned away with the reason and the way."""
    open_class = entry.classes[layer]
    if open_class == "conditional":
        return
    if open_class == "unconditional":
        url = tk.url_for("dataset.read", id=entry.name)
        raise tk.ValidationError({
            "no_application_needed": [tk._("These data need no application: download them.")],
            "download": [url],
        })
    basis = [
        " ".join(filter(None, (b.get("title"), b.get("article")))) for b in entry.legal_basis
    ]
    raise tk.ValidationError({
        "not_provided": [
            tk._("These data are not open. If you doubt that, object to the catalogue entry.")
        ],
        "reason": [entry.class_reason or entry.nonopen_reason],
        "basis": basis,
        "objection": [f"/objection/{entry.name}"],
    })


def _draft(user_id: str, data: Mapping[str, Any]) -> Case | None:
    if not data.get("id"):
        return None
    case = get(data["id"], lock=True)
    if case is None or case.applicant != user_id:
        raise tk.ObjectNotFound(tk._("There is no such draft."))
    if case.state != "draft" and not data.get("request_key"):
        raise tk.ValidationError({"id": [tk._("This application was submitted already.")]})
    return case


def _new(case_id: str, user_id: str, entry: Entry, data: Mapping[str, Any]) -> Case:
    profile = profiles.site()
    if data["layer"] == "share" and not parties.of_another_department(user_id, entry.org_id):
        raise tk.ValidationError({
            "layer": [tk._("Only another department applies for the sharing of data.")]
        })
    return add({
        "id": case_id,
        "kind": "application",
        "layer": data["layer"],
        "dataset_id": entry.id,
        "org_id": entry.org_id,
        "applicant": user_id,
        "state": "draft",
        "profile": profile.code,
        "borrowed_from": profile.borrowed_from,
        "profile_version": profile.version,
        "provisional": False,
        "form": {},
        "linked_case": _linked(user_id, entry, data),
        "created": sa.func.now(),
    })


def _linked(user_id: str, entry: Entry, data: Mapping[str, Any]) -> str | None:
    """The application that this one renews: the own one, for the same dataset (LY 15)."""
    if not data.get("renews"):
        return None
    old = access.get(data["renews"])
    if old is None or old.holder != user_id or old.dataset_id != entry.id:
        raise tk.ValidationError({"renews": [tk._("You have no such grant for this dataset.")]})
    return old.case_id


def _completed(draft: Case | None, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is given, on top of what the draft says already."""
    return {**draft.form, **seal.unseal(draft.sealed), **data} if draft else data


def _content(case: Case, entry: Entry, data: Mapping[str, Any]) -> dict[str, Any]:
    asked = blank.of(entry.id)
    return {
        "form": {
            **forms.read(data, entry.items), "blank": asked.version,
            "answers": blank.answers(asked, data), "attached": attachments.summary(case.id),
        },
        "sealed": seal.seal(identity.personal(data)),
    }
