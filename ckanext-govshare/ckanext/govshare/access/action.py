"""Grants after they were issued: look, suspend, resume, end."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ckanext.govshare import ledger, offices
from ckanext.govshare.access import schema
from ckanext.govshare.access.model import Grant, get, table


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_grant_list)
def govshare_grant_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Grants, newest first: the own ones, or those of a `dataset_id` or `organization`.

    :param all: every grant of the portal; for those who supervise
    """
    tk.check_access("govshare_grant_list", context, data_dict)
    wanted = sa.select(table).order_by(table.c.created.desc()).limit(1000)
    if data_dict.get("case_id"):
        wanted = wanted.where(table.c.case_id == data_dict["case_id"])
    if data_dict.get("dataset_id"):
        dataset = model.Package.get(data_dict["dataset_id"])
        wanted = wanted.where(table.c.dataset_id == (dataset.id if dataset else None))
    elif data_dict.get("organization"):
        organization = model.Group.get(data_dict["organization"])
        wanted = wanted.where(table.c.dataset_id.in_(
            sa.select(model.Package.id).where(
                model.Package.owner_org == (organization.id if organization else None)
            )
        ))
    elif not data_dict.get("all"):
        wanted = wanted.where(table.c.holder == offices.actor_id(context))
    return [_as_dict(Grant(*row)) for row in model.Session.execute(wanted)]


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_grant_show)
def govshare_grant_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """One grant, for its holder and those who handle or supervise it."""
    grant = _found(data_dict["id"])
    tk.check_access("govshare_grant_show", context, {"grant": grant})
    return _as_dict(grant)


@tk.validate_action_data(schema.govshare_grant_suspend)
def govshare_grant_suspend(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Stop a grant at once, with ground, reason and evidence (LY 14, NY 41)."""
    return _change(context, data_dict, "suspend", "active", "suspended")


@tk.validate_action_data(schema.govshare_grant_resume)
def govshare_grant_resume(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let a suspended grant go on, once the risk is gone."""
    return _change(context, data_dict, "resume", "suspended", "active")


@tk.validate_action_data(schema.govshare_grant_end)
def govshare_grant_end(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """End a grant for good: by the authority for a breach, or by its holder."""
    return _change(context, data_dict, "end", None, "ended")


def _change(
    context: Context, data_dict: dict[str, Any], verb: str, before: str | None, after: str
) -> dict[str, Any]:
    grant = _found(data_dict["id"], lock=True)
    tk.check_access(f"govshare_grant_{verb}", context, {"grant": grant})
    if grant.state == "ended" or (before and grant.state != before):
        model.Session.rollback()
        raise tk.ValidationError({"state": [
            tk._("The grant is %(state)s; this is not possible now.") % {"state": grant.state}
        ]})
    model.Session.execute(table.update().where(table.c.id == grant.id).values(state=after))
    actor = offices.actor_id(context)
    ledger.append(
        f"grant.{after}" if verb != "resume" else "grant.resumed",
        actor=actor,
        office="holder" if actor == grant.holder else "authority",
        subject=("grant", grant.id),
        data={
            "case": grant.case_id, "dataset": grant.dataset_id,
            "ground": data_dict.get("ground"), "reason": data_dict["reason"],
            "evidence": data_dict.get("evidence"),
        },
    )
    model.Session.commit()
    return _as_dict(_found(grant.id))


def _found(grant_id: str, *, lock: bool = False) -> Grant:
    grant = get(grant_id, lock=lock)
    if grant is None:
        raise tk.ObjectNotFound(tk._("There is no such grant."))
    return grant


def _as_dict(grant: Grant) -> dict[str, Any]:
    dates = {
        name: value.isoformat() if value else None
        for name, value in (
            ("valid_from", grant.valid_from),
            ("valid_to", grant.valid_to),
            ("created", grant.created),
        )
    }
    return {**asdict(grant), **dates, "standing": grant.standing(datetime.now(UTC))}
