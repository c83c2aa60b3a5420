"""Versions, matters and reports of the catalogue, and the checks before publication."""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.types import Action, Context

from ckanext.govshare import ledger, notify, offices

from . import complete, effects, ladder, matters, opening, reports, schema, versions
from . import model as store
from .model import CatalogueVersion, Matter

log = logging.getLogger(__name__)


@tk.chained_action
def package_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Keep what the entry said before; `change_reason` goes to the version and is no element."""
    reason = data_dict.pop("change_reason", None)
    package = model.Package.get(str(data_dict.get("id") or data_dict.get("name") or ""))
    if package is not None:
        context["govshare_before"] = versions.elements(package)  # type: ignore[typeddict-unknown-key]
    if reason:
        context["govshare_reason"] = reason  # type: ignore[typeddict-unknown-key]
    return next_action(context, data_dict)


@tk.chained_action
def govshare_publication_request(
    next_action: Action, context: Context, data_dict: dict[str, Any]
) -> Any:
    """Only a complete entry goes to the authority (NY 17, YN 8, ZS 9)."""
    tk.check_access("govshare_publication_request", context, data_dict)
    complete.refuse(_package(data_dict))
    return next_action(context, data_dict)


@tk.validate_action_data(schema.govshare_entry_amend)
def govshare_entry_amend(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The authority corrects basic attributes of an entry; its owner is told (Linyi art. 20).

    :param changes: ``{element: value}``; a class goes through a change instead
    """
    tk.check_access("govshare_entry_amend", context, data_dict)
    package, user_id = _package(data_dict), _actor(context)
    changes = data_dict["changes"]
    if not isinstance(changes, dict) or not changes:
        raise tk.ValidationError({"changes": [tk._("Name the elements and their new values")]})
    barred = sorted(changes.keys() - (opening.elements() - {"open_class", "share_class"}))
    if barred:
        words = tk._("Not to be changed in this way: {names}").format(names="、".join(barred))
        raise tk.ValidationError({"changes": [words]})
    effects.write_entry(package.id, changes, user_id, cause="amended", reason=data_dict["reason"])
    for person in offices.holders("publisher", package.owner_org):
        notify.send("entry_amended", person, ("dataset", package.id), {"title": package.title})
    ledger.append("entry.amended", actor=user_id, office="authority",
                  subject=("dataset", package.id), rule="LY 20")  # fmt: skip
    return {"id": package.id, "versions": _commit(package.id)}


def govshare_entry_confirm(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The department confirms that the entry still holds: the yearly maintenance (YN 18)."""
    tk.check_access("govshare_entry_confirm", context, data_dict)
    package, user_id = _package(data_dict), _actor(context)
    versions.record_entry(package, {}, actor=user_id, cause="confirmed")
    ledger.append("entry.confirmed", actor=user_id, subject=("dataset", package.id), rule="YN 18")
    return {"id": package.id, "versions": _commit(package.id)}


@tk.side_effect_free
def govshare_entry_versions(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """The versions of an entry, the newest first, each with what changed and why."""
    tk.check_access("govshare_entry_versions", context, data_dict)
    return [versions.as_dict(version) for version in versions.of_entry(_package(data_dict).id)]


@tk.side_effect_free
def govshare_entry_check(context: Context, data_dict: dict[str, Any]) -> list[dict[str, str]]:
    """What the entry still lacks before it can be published, with the rule that asks."""
    tk.check_access("govshare_entry_check", context, data_dict)
    return [lack._asdict() for lack in complete.lacks(_package(data_dict))]


@tk.side_effect_free
def govshare_catalogue_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The catalogue's newest version and the last twenty, for everybody."""
    tk.check_access("govshare_catalogue_show", context, data_dict)
    query = sa.select(CatalogueVersion).order_by(CatalogueVersion.number.desc()).limit(20)
    newest = list(model.Session.scalars(query))
    return {
        "version": newest[0].number if newest else 0,
        "at": newest[0].at.isoformat() if newest else None,
        "changes": [
            {"number": v.number, "at": v.at.isoformat(), "cause": v.cause,
             "organization_id": v.org_id, "entries": len(v.datasets)}
            for v in newest
        ],
    }  # fmt: skip


@tk.side_effect_free
def govshare_responsibility_list(
    context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """The responsibility list (责任清单) of a version of the catalogue, the newest by default."""
    tk.check_access("govshare_responsibility_list", context, data_dict)
    version = int(data_dict.get("version") or versions.current())
    return {
        "version": version,
        "items": [
            {"dataset_id": i.dataset_id, "organization_id": i.org_id,
             "update_cycle": i.update_cycle, "since_version": i.from_number}
            for i in versions.responsibilities(version)
        ],
    }  # fmt: skip


@tk.side_effect_free
def govshare_catalogue_report(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """One of `reports.REPORTS`, of the whole portal or of one `organization`."""
    tk.check_access("govshare_catalogue_report", context, data_dict)
    name = tk.get_or_bust(data_dict, "name")
    if name not in reports.REPORTS:
        raise tk.ObjectNotFound(tk._("There is no such report."))
    group = model.Group.get(data_dict.get("organization") or "")
    return reports.REPORTS[name](group.id if group else None)


def govshare_matter_open(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Open a matter: a change, a demand, a submission, an interface request or a dispute.

    :param kind: one of `opening.OPENERS`
    :param organization: for which department
    """
    tk.check_access("govshare_matter_open", context, data_dict)
    user_id, kind = _actor(context), tk.get_or_bust(data_dict, "kind")
    if kind not in opening.OPENERS:
        raise tk.ValidationError({"kind": [tk._("There is no such kind of matter.")]})
    found = opening.OPENERS[kind](data_dict, user_id)
    model.repo.commit()
    return matters.as_dict(found, user_id)


def govshare_matter_act(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Take a step in a matter; `act` names it, the other values are what the step asks for."""
    tk.check_access("govshare_matter_act", context, data_dict)
    user_id = _actor(context)
    found = store.matter(tk.get_or_bust(data_dict, "id"), lock=True)
    name = tk.get_or_bust(data_dict, "act")
    if not matters.may_see(user_id, found):
        raise tk.NotAuthorized(tk._("You hold no office that may do this."))
    matters.act(found, name, data_dict, user_id, effects.of(found.kind, name))
    dataset_id = found.dataset_id
    model.repo.commit()
    if dataset_id:
        _index(dataset_id)
    return matters.as_dict(found, user_id)


@tk.side_effect_free
def govshare_matter_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """A matter, with the steps that the caller may take now."""
    found = store.matter(tk.get_or_bust(data_dict, "id"))
    tk.check_access("govshare_matter_show", context, {**data_dict, "matter": found})
    return matters.as_dict(found, _actor(context))


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_matter_list)
def govshare_matter_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Matters that concern the caller: their departments', or all for those who supervise."""
    tk.check_access("govshare_matter_list", context, data_dict)
    user_id = _actor(context)
    conditions = [matters.concern(user_id)]
    if data_dict.get("kind"):
        conditions.append(Matter.kind == data_dict["kind"])
    if data_dict.get("dataset_id"):
        conditions.append(Matter.dataset_id == data_dict["dataset_id"])
    if not data_dict.get("closed"):
        conditions.append(Matter.closed_at.is_(None))
    return [matters.as_dict(m, user_id) for m in matters.find(*conditions)]


@tk.side_effect_free
def govshare_matter_inbox(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """For the workbench: matters in which the caller can take a step."""
    tk.check_access("govshare_matter_inbox", context, data_dict)
    user_id = _actor(context)
    found = matters.find(matters.concern(user_id), Matter.closed_at.is_(None))
    return [
        {"kind": m.kind, "title": matters.title(m),
         "url": tk.url_for("govshare_catalogue.matter", id=m.id),
         "due": m.due_day.isoformat() if m.due_day else None,
         "since": m.opened_at.isoformat(), "office": ""}
        for m in found
        if ladder.possible(m.kind, m.state, matters.roles(user_id, m))
    ]  # fmt: skip


def govshare_matter_tick(context: Context, data_dict: dict[str, Any]) -> dict[str, int]:
    """Mark what has become late, and tell the department and the authority once."""
    tk.check_access("govshare_matter_tick", context, data_dict)
    late = matters.find(
        Matter.closed_at.is_(None), Matter.late.is_(False), Matter.due_moment <= store.now()
    )
    for matter in late:
        matter.late = True
        ledger.append(f"{matter.kind}.overdue", actor=None, subject=("matter", matter.id),
                      data={"due": str(matter.due_day)}, rule=matter.rule)  # fmt: skip
        people = {*offices.holders("publisher", matter.org_id), *offices.holders("authority")}
        for person in sorted(people):
            notify.send("matter_overdue", person, ("matter", matter.id),
                        {"title": matters.title(matter), "due": str(matter.due_day)},
                        once=f"matter:{matter.id}:{matter.due_day}")  # fmt: skip
    model.repo.commit()
    return {"late": len(late)}


def _package(data_dict: dict[str, Any]) -> model.Package:
    """:raises tk.ObjectNotFound: there is no such entry."""
    found = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if found is None or found.state != "active" or found.type != "dataset":
        raise tk.ObjectNotFound(tk._("Dataset was not found."))
    return found


def _actor(context: Context) -> str:
    """:raises tk.NotAuthorized: nobody is signed in."""
    user_id = offices.actor_id(context)
    if user_id is None:
        raise tk.NotAuthorized(tk._("Sign in first."))
    return user_id


def _commit(dataset_id: str) -> int:
    """Commit, index, and the number of the entry's versions."""
    model.repo.commit()
    _index(dataset_id)
    return len(versions.of_entry(dataset_id))


def _index(dataset_id: str) -> None:
    """The act is committed: an index that is away must not make it look as if it failed."""
    try:
        search.rebuild(dataset_id)
    except Exception as error:
        model.Session.rollback()
        log.error("dataset %s is not indexed: %s", dataset_id, type(error).__name__)
