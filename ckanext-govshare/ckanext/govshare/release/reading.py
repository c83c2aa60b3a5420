"""Releases as dicts for API and pages. Nothing here holds a raw value."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.govshare import offices
from ckanext.govshare.release import machine, publication, signing, stage, words
from ckanext.govshare.release.model import OPEN_STATES, Note, Publication, Release, Signature

OWN = ("id", "dataset_id", "resource_id", "number", "state", "source", "filename", "raw_digest",
       "digest", "renditions", "format", "plan", "plan_digest", "engine", "columns", "evidence",
       "open_class", "created_by", "preparers", "findings", "work")  # fmt: skip
BRIEF = ("id", "dataset_id", "resource_id", "number", "state", "source", "filename", "open_class")


def show(release: Release, user_id: str | None) -> dict[str, Any]:
    """Everything about a release, and under `may` which acts this person may do on it now."""
    counted = signing.valid(release)
    dataset = model.Session.get(model.Package, release.dataset_id)
    return {
        **{name: getattr(release, name) for name in OWN},
        **_times(release),
        "state_label": words.states()[release.state],
        "ended_reason": words.ended(release.ended_reason),
        "created_by_title": person(release.created_by),
        "dataset_name": dataset.name if dataset else None,
        "dataset_title": dataset.title if dataset else None,
        "organization_id": dataset.owner_org if dataset else None,
        "open_class_now": stage.open_class(dataset) if dataset else None,
        "problems": [
            {**problem, "message": words.sentence(problem)}
            for problem in (release.problem or {}).get("problems", [])
        ],
        "verdicts": (release.problem or {}).get("verdicts"),
        "needed": list(signing.needed(release)),
        "turn": signing.turn(release) if release.state == "in_review" else None,
        "signatures": [
            _signature(s, counts=any(s is c for c in counted.values()))
            for s in signing.all_of(release)
        ],
        "notes": _notes(release),
        "may": may(release, dataset, user_id),
    }


def may(release: Release, dataset: model.Package | None, user_id: str | None) -> list[str]:
    """The acts this person could do now, by state, office, turn and the two-person rule."""
    if dataset is None or dataset.state != "active" or not user_id:
        return []
    acts = [
        act
        for act, rule in machine.ACTS.items()
        if release.state in rule.states and stage.office_of(user_id, dataset, rule.offices)
    ]
    turn = signing.turn(release)
    if "review" in acts and not (turn and stage.office_of(user_id, dataset, (turn,))):
        acts = [act for act in acts if act not in ("review", "return")]
    if "review" in acts and turn and _conflict(release, turn, user_id):
        acts.remove("review")
    if release.digest is None and "sign" in acts:
        acts.remove("sign")
    if release.work and "transform" in acts:
        acts.remove("transform")
    if stage.office_of(user_id, dataset, machine.RAW_OFFICES):
        acts.append("look")
    elif stage.office_of(user_id, dataset, (machine.AUTHORITY,)):
        acts.append("look_after")
    if stage.office_of(user_id, dataset, (*machine.ORG_OFFICES, machine.AUTHORITY)):
        acts.append("comment")
    return acts


def _conflict(release: Release, office: str, user_id: str) -> bool:
    signers = {where: s.user_id for where, s in signing.valid(release).items()}
    return machine.conflict(office, user_id, release.preparers, signers) is not None


def listing(user_id: str | None, wanted: dict[str, Any]) -> dict[str, Any]:
    """Releases of the datasets that this person's offices reach."""
    query = sa.select(Release, model.Package).join(
        model.Package, model.Package.id == Release.dataset_id
    )
    reach = _reach(user_id)
    if reach is not None:
        query = query.where(model.Package.owner_org.in_(reach))
    for name in ("dataset_id", "resource_id", "state"):
        if wanted.get(name):
            query = query.where(getattr(Release, name) == wanted[name])
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(query.subquery()))
    page = (
        query.order_by(Release.created.desc()).limit(wanted["limit"]).offset(wanted["offset"])
    )
    return {
        "count": count,
        "results": [_brief(release, dataset) for release, dataset in model.Session.execute(page)],
    }


def inbox(user_id: str | None) -> list[dict[str, Any]]:
    """What waits for this person: releases by office and turn, requests for the authority."""
    held = offices.of(user_id)
    mine = {office.office for office in held}
    if not mine & {*machine.ORDER}:
        return []
    query = (
        sa.select(Release, model.Package)
        .join(model.Package, model.Package.id == Release.dataset_id)
        .where(Release.state.in_(OPEN_STATES), model.Package.state == "active")
        .order_by(Release.due_since)
    )
    entries = []
    for release, dataset in model.Session.execute(query):
        office = _waits_for(release)
        org = dataset.owner_org if office in machine.ORG_OFFICES else None
        if any(o.office == office and o.org_id == org for o in held) and not (
            release.state == "in_review" and _conflict(release, office or "", user_id or "")
        ):
            entries.append(_entry(release, dataset, office))
    if machine.AUTHORITY in mine:
        entries += _requests(user_id)
    return entries


def _waits_for(release: Release) -> str | None:
    if release.state == "in_review":
        return signing.turn(release)
    if release.state == "quarantined" or release.work:
        return None  # the machine's turn
    return machine.PUBLISHER


def _entry(release: Release, dataset: model.Package, office: str | None) -> dict[str, Any]:
    return {
        "kind": "release",
        "title": f"{dataset.title or dataset.name} · {release.filename}",
        "label": words.states()[release.state],
        "state": release.state,
        "url": tk.url_for("govshare_release.show", id=release.id),
        "due": None,
        "since": release.due_since.isoformat(),
        "office": office,
    }


def _requests(user_id: str | None) -> list[dict[str, Any]]:
    query = (
        sa.select(Publication, model.Package)
        .join(model.Package, model.Package.id == Publication.dataset_id)
        .where(Publication.state == "requested", Publication.by != user_id)
        .where(model.Package.state == "active")
        .order_by(Publication.at)
    )
    return [
        {
            "kind": "publication",
            "title": dataset.title or dataset.name,
            "label": words.publication_states()["requested"],
            "state": "requested",
            "url": tk.url_for("govshare_release.publication", id=dataset.name),
            "due": None,
            "since": row.at.isoformat(),
            "office": machine.AUTHORITY,
        }
        for row, dataset in model.Session.execute(query)
    ]


def publication_of(dataset: model.Package, user_id: str | None) -> dict[str, Any]:
    """State of a dataset's publication, and what this person may ask or decide."""
    row = model.Session.get(Publication, dataset.id)
    state = row.state if row else "draft"
    decides = stage.office_of(user_id, dataset, (machine.AUTHORITY,)) is not None
    own_request = state == "requested" and row is not None and row.by == user_id
    options = publication.DECISIONS.get(state, ()) if decides else ()
    return {
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        "dataset_title": dataset.title,
        "open_class": stage.open_class(dataset),
        "state": state,
        "state_label": words.publication_states()[state],
        "by": row.by if row else None,
        "by_title": person(row.by) if row else None,
        "at": row.at.isoformat() if row else None,
        "reason": row.reason if row else None,
        "may_request": state in publication.REQUESTABLE
        and stage.office_of(user_id, dataset, (machine.PUBLISHER,)) is not None,
        "may_decide": [o for o in options if not (own_request and o == "published")],
    }


def person(user_id: str | None) -> str | None:
    """The name under which an official signs."""
    user = model.Session.get(model.User, user_id) if user_id else None
    return user.display_name if user else None


def _reach(user_id: str | None) -> set[str] | None:
    """The organizations whose releases the person may see; None for all."""
    held = offices.of(user_id)
    if any(o.office in machine.PORTAL_OFFICES for o in held):
        return None
    return {o.org_id for o in held if o.office in machine.ORG_OFFICES and o.org_id}


def _brief(release: Release, dataset: model.Package) -> dict[str, Any]:
    return {
        **{name: getattr(release, name) for name in BRIEF},
        **_times(release),
        "state_label": words.states()[release.state],
        "dataset_name": dataset.name,
        "dataset_title": dataset.title,
    }


def _times(release: Release) -> dict[str, str | None]:
    times = ("created", "due_since", "released_at", "ended_at")
    moments = {name: getattr(release, name) for name in times}
    return {name: moment.isoformat() if moment else None for name, moment in moments.items()}


def _signature(signature: Signature, *, counts: bool) -> dict[str, Any]:
    return {
        "office": signature.office,
        "office_label": words.offices()[signature.office],
        "user_id": signature.user_id,
        "user_title": person(signature.user_id),
        "decision": signature.decision,
        "decision_label": words.decisions()[signature.decision],
        "reason": signature.reason,
        "declassified": signature.declassified,
        "standing": signature.standing,
        "digest": signature.digest,
        "plan_digest": signature.plan_digest,
        "at": signature.at.isoformat(),
        "counts": counts,
    }


def _notes(release: Release) -> list[dict[str, Any]]:
    query = sa.select(Note).where(Note.release_id == release.id).order_by(Note.at)
    return [
        {"user_title": person(n.user_id), "column": n.column, "text": n.text,
         "at": n.at.isoformat()}
        for n in model.Session.scalars(query)
    ]
