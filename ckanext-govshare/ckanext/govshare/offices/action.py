"""Appoint people to offices, end appointments, list them."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ckanext.govshare import ledger
from ckanext.govshare.offices import schema, separation
from ckanext.govshare.offices.actor import actor_id
from ckanext.govshare.offices.model import (
    ORGANIZATION_OFFICES,
    Office,
    live_now,
    of,
    table,
)


@tk.validate_action_data(schema.govshare_office_appoint)
def govshare_office_appoint(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Appoint a user to an office, from now, until `valid_to` if one is given.

    :param user: name or id
    :param office: one of `offices.ORGANIZATION_OFFICES` (with `organization`) or `PORTAL_OFFICES`
    :param organization: name or id; only for the offices of an organization
    """
    organization = _organization(data_dict)
    tk.check_access("govshare_office_appoint", context, data_dict)
    user = model.User.get(data_dict["user"])
    if user is None or user.state != "active":
        raise tk.ValidationError({"user": [tk._("There is no such user.")]})
    org_id = organization.id if organization else None
    _lock(user.id)
    held = of(user.id)
    if any(o.office == data_dict["office"] and o.org_id == org_id for o in held):
        raise tk.ValidationError({"user": [tk._("This person holds the office already.")]})
    if separation.conflict({o.office for o in held}, data_dict["office"]):
        raise tk.ValidationError({"office": [tk._(
            "Security, operation and audit are kept apart: this person holds one of them."
        )]})
    actor = actor_id(context)
    row = model.Session.execute(
        table.insert().returning(table).values(
            id=str(uuid.uuid4()), user_id=user.id, org_id=org_id, office=data_dict["office"],
            appointed_by=actor, valid_from=sa.func.now(), valid_to=data_dict.get("valid_to"),
        )
    ).one()
    office = Office(*row)
    _keep_membership(office.user_id, org_id)
    ledger.append(
        "office.appointed", actor=actor, subject=("office", office.id),
        data={"user": office.user_id, "office": office.office, "org": org_id},
    )
    model.Session.commit()
    return _as_dict(office)


@tk.validate_action_data(schema.govshare_office_end)
def govshare_office_end(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """End an appointment now. What the person did in office stays what it was."""
    found = model.Session.execute(
        sa.select(table).where(table.c.id == data_dict["id"]).with_for_update()
    ).first()
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such appointment."))
    tk.check_access("govshare_office_end", context, {**data_dict, "office": Office(*found)})
    row = model.Session.execute(
        table.update().returning(table)
        .where(table.c.id == data_dict["id"], live_now())
        .values(valid_to=sa.func.now())
    ).first()
    if row is None:
        raise tk.ValidationError({"id": [tk._("This appointment has ended already.")]})
    office = Office(*row)
    _keep_membership(office.user_id, office.org_id)
    actor = actor_id(context)
    ledger.append(
        "office.ended", actor=actor, subject=("office", office.id),
        data={"user": office.user_id, "office": office.office, "org": office.org_id},
    )
    model.Session.commit()
    return _as_dict(office)


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_office_list)
def govshare_office_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Appointments, newest first; only those that count now unless `ended` is true."""
    organization = _organization(data_dict)
    tk.check_access("govshare_office_list", context, data_dict)
    wanted = sa.select(table).order_by(table.c.valid_from.desc())
    if organization:
        wanted = wanted.where(table.c.org_id == organization.id)
    if data_dict.get("user"):
        user = model.User.get(data_dict["user"])
        wanted = wanted.where(table.c.user_id == (user.id if user else None))
    if data_dict.get("office"):
        wanted = wanted.where(table.c.office == data_dict["office"])
    if not data_dict.get("ended"):
        wanted = wanted.where(live_now())
    return [_as_dict(Office(*row)) for row in model.Session.execute(wanted)]


def _lock(user_id: str) -> None:
    """Two appointments of one person wait for one another."""
    user = model.User.__table__  # type: ignore[attr-defined]
    model.Session.execute(sa.select(user.c.id).where(user.c.id == user_id).with_for_update())


def _organization(data_dict: dict[str, Any]) -> model.Group | None:
    name = data_dict.get("organization")
    if not name:
        if data_dict.get("office") in ORGANIZATION_OFFICES and "user" in data_dict:
            raise tk.ValidationError({"organization": [tk._("Say in which organization.")]})
        return None
    group = model.Group.get(name)
    if group is None or not group.is_organization or group.state != "active":
        raise tk.ValidationError({"organization": [tk._("There is no such organization.")]})
    return group


def _keep_membership(user_id: str, org_id: str | None) -> None:
    """Let CKAN's own membership of the organization follow the offices held in it.

    A publisher edits datasets, the others see drafts. Who administers the organization in
    CKAN keeps that.
    """
    if org_id is None:
        return
    held = {o.office for o in of(user_id) if o.org_id == org_id}
    membership = model.Session.query(model.Member).filter_by(
        group_id=org_id, table_name="user", table_id=user_id, state="active"
    ).first()
    if membership and membership.capacity == "admin":
        return
    if not held:
        if membership:
            membership.state = "deleted"
        return
    if membership is None:
        # By object: `group_id` alone is lost, because CKAN's constructor sets `group` to None.
        group = model.Group.get(org_id)
        membership = model.Member(group=group, table_name="user", table_id=user_id)
        model.Session.add(membership)
    membership.capacity = "editor" if "publisher" in held else "member"


def _as_dict(office: Office) -> dict[str, Any]:
    user = model.User.get(office.user_id)
    organization = model.Group.get(office.org_id) if office.org_id else None
    return {
        "id": office.id,
        "user_id": office.user_id,
        "user": user.name if user else None,
        "user_title": user.display_name if user else None,
        "organization_id": office.org_id,
        "organization": organization.name if organization else None,
        "organization_title": organization.display_name if organization else None,
        "office": office.office,
        "appointed_by": office.appointed_by,
        "valid_from": office.valid_from.isoformat(),
        "valid_to": office.valid_to.isoformat() if office.valid_to else None,
    }
