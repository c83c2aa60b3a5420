"""Grants after they were issued: look, suspend, resume, end."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ckanext.govshare import ledger, notify, offices
from ckanext.govshare.access import blocks, disclosure, schema, stops, use
from ckanext.govshare.access.model import Grant, get, table
from ckanext.govshare.rules.clocks import SHANGHAI, day_of

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
    return {**_as_dict(grant), "stops": stops.of(grant.id), "disclosures": disclosure.of(grant.id)}


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_grant_use)
def govshare_grant_use(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """How a grant was used: `{"reads", "bytes", "last", "uses": [...]}`, each served read with
    user, approver, way, mode, medium, columns and time (ZS 32)."""
    grant = _found(data_dict["id"])
    tk.check_access("govshare_grant_use", context, {"grant": grant})
    uses = use.of(grant.id, grant.mode)
    return {
        "reads": len(uses), "bytes": sum(one["bytes"] or 0 for one in uses),
        "last": uses[0]["at"] if uses else None, "uses": uses,
    }


@tk.validate_action_data(schema.govshare_disclosure_ask)
def govshare_disclosure_ask(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask the provider for consent to publish or pass on what was obtained (YN 33).

    :param id: your grant
    :param text: what, to whom, what for
    """
    grant = _found(data_dict["id"], lock=True)
    tk.check_access("govshare_disclosure_ask", context, {"grant": grant})
    try:
        disclosure.ask(grant, offices.actor_id(context) or "", data_dict["text"])
        model.Session.commit()
    except Exception:
        model.Session.rollback()
        raise
    return disclosure.of(grant.id)


@tk.validate_action_data(schema.govshare_disclosure_decide)
def govshare_disclosure_decide(
    context: Context, data_dict: dict[str, Any]
) -> list[dict[str, Any]]:
    """Consent to a request of the holder, or refuse it, with the reason.

    :param id: the grant
    :param request: the request's id
    :param decision: `consent` or `refuse`
    """
    grant = _found(data_dict["id"], lock=True)
    tk.check_access("govshare_disclosure_decide", context, {"grant": grant})
    try:
        disclosure.decide(
            grant, data_dict["request"], offices.actor_id(context) or "",
            consent=data_dict["decision"] == "consent", reason=data_dict["reason"])
        model.Session.commit()
    except Exception:
        model.Session.rollback()
        raise
    return disclosure.of(grant.id)


@tk.validate_action_data(schema.govshare_block_add)
def govshare_block_add(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Shut a person out, until a day or for good: no application, no read under any grant.

    :param user: name or id
    :param reason: kept for those who supervise
    :param until: the first day on which it no longer holds
    """
    tk.check_access("govshare_block_add", context, data_dict)
    user, actor = model.User.get(data_dict["user"]), offices.actor_id(context)
    if user is None or user.id == actor:
        raise tk.ValidationError({"user": [tk._("There is no such user.")]})
    until = data_dict.get("until")
    moment = datetime.combine(until.date(), time.min, SHANGHAI) if until else None
    made = blocks.add(user.id, actor or "", data_dict["reason"], moment)
    ledger.append("block.added", actor=actor, office="authority", subject=("block", made),
                  data={"user": user.id, "until": moment.isoformat() if moment else None})
    model.Session.commit()
    return blocks.listed(datetime.now(UTC))


@tk.validate_action_data(schema.govshare_block_end)
def govshare_block_end(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Let a person in again."""
    tk.check_access("govshare_block_end", context, data_dict)
    user_id = blocks.end(data_dict["id"])
    if user_id is None:
        raise tk.ObjectNotFound(tk._("There is no such block."))
    ledger.append("block.ended", actor=offices.actor_id(context), office="authority",
                  subject=("block", data_dict["id"]), data={"user": user_id})
    model.Session.commit()
    return blocks.listed(datetime.now(UTC))


@tk.side_effect_free
def govshare_block_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Who is shut out now, for those who supervise."""
    tk.check_access("govshare_block_list", context, data_dict)
    return blocks.listed(datetime.now(UTC))


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
    package, holder = model.Package.get(grant.dataset_id), model.User.get(grant.holder)
    return {
        **asdict(grant), **dates,
        "holder_name": holder.name if holder else None,
        "standing": grant.standing(datetime.now(UTC)),
        "dataset_name": package.name if package else None,
        "dataset_title": (package.title or package.name) if package else grant.dataset_id,
    }
