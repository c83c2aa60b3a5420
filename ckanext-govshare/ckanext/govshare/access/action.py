"""Grants after they were issued: look, suspend, resume, end."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ckanext.govshare import notify, offices
from ckanext.govshare.access import schema, stops
from ckanext.govshare.access.model import Grant, get, table
from ckanext.govshare.rules.clocks import day_of

REMIND = timedelta(days=14)


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
    return {**_as_dict(grant), "stops": stops.of(grant.id)}


@tk.validate_action_data(schema.govshare_grant_suspend)
def govshare_grant_suspend(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Stop a grant at once, with ground, reason and evidence (LY 14, NY 41)."""
    return _change(context, data_dict, "suspend")


@tk.validate_action_data(schema.govshare_grant_resume)
def govshare_grant_resume(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let a suspended grant go on, once the risk is gone."""
    return _change(context, data_dict, "resume")


@tk.validate_action_data(schema.govshare_grant_end)
def govshare_grant_end(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """End a grant for good: by the authority for a breach, or by its holder."""
    return _change(context, data_dict, "end")


def govshare_grant_tick(context: Context, data_dict: dict[str, Any]) -> dict[str, int]:
    """For the scheduler: tell holders whose grant ends soon or has ended, each once."""
    tk.check_access("govshare_grant_tick", context, data_dict)
    now = datetime.now(UTC)
    ending = sa.select(table).where(
        table.c.state == "active", table.c.valid_to <= now + REMIND,
        table.c.valid_to > now - REMIND,
    )
    told = {"expiring": 0, "expired": 0}
    for grant in [Grant(*row) for row in model.Session.execute(ending)]:
        what = "expired" if grant.standing(now) == "expired" else "expiring"
        values = {
            "dataset": _as_dict(grant)["dataset_title"],
            "until": _last_day(grant),
        }
        told[what] += notify.send(
            f"grant_{what}", grant.holder, ("grant", grant.id), values, once=f"{what}:{grant.id}"
        )
        model.Session.commit()
    return told


def _change(context: Context, data_dict: dict[str, Any], act: str) -> dict[str, Any]:
    grant = _found(data_dict["id"], lock=True)
    try:
        tk.check_access(f"govshare_grant_{act}", context, {"grant": grant})
        stops.change(grant, act, offices.actor_id(context) or "", data_dict)
        model.Session.commit()
    except Exception:
        model.Session.rollback()
        raise
    return _as_dict(_found(grant.id))


def _last_day(grant: Grant) -> str:
    """The last day of use: a grant ends at 24:00 of it."""
    if grant.valid_to is None:
        return "—"
    return day_of(grant.valid_to - timedelta(microseconds=1)).isoformat()


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
    package = model.Package.get(grant.dataset_id)
    return {
        **asdict(grant), **dates,
        "standing": grant.standing(datetime.now(UTC)),
        "dataset_name": package.name if package else None,
        "dataset_title": (package.title or package.name) if package else grant.dataset_id,
    }
