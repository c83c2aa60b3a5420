"""Who may appoint: the authority anybody, a head the staff of the own organization.

A sysadmin may appoint too, for otherwise nobody could appoint the first authority.
"""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.govshare.offices.actor import actor_id
from ckanext.govshare.offices.model import ORGANIZATION_OFFICES, PORTAL_OFFICES, Office, holds, of

STAFF = [office for office in ORGANIZATION_OFFICES if office != "head"]


@tk.auth_sysadmins_check
def govshare_office_appoint(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    organization = model.Group.get(data_dict.get("organization") or "")
    appointee = model.User.get(data_dict.get("user") or "")
    if appointee and appointee.id == actor_id(context):
        return _no(tk._("Nobody appoints themselves."))
    if _may_fill(context, data_dict.get("office", ""), organization.id if organization else None):
        return {"success": True}
    return _no(tk._("Only the data authority, or the head for the own staff, appoints to offices."))


@tk.auth_sysadmins_check
def govshare_office_end(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    office: Office = data_dict["office"]
    if _may_fill(context, office.office, office.org_id):
        return {"success": True}
    return _no(tk._("Only the data authority, or the head for the own staff, ends appointments."))


def govshare_office_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    held = of(actor_id(context))
    if any(o.office in PORTAL_OFFICES for o in held):
        return {"success": True}
    organization = model.Group.get(data_dict.get("organization") or "")
    if organization and any(o.org_id == organization.id for o in held):
        return {"success": True}
    return _no(tk._("You may only see the offices of your own organization."))


def _may_fill(context: Context, office: str, org_id: str | None) -> bool:
    actor = model.User.get(actor_id(context) or "")
    if actor is None:
        return False
    if actor.sysadmin or holds(actor.id, "authority"):
        return True
    return office in STAFF and org_id is not None and holds(actor.id, "head", org_id)


def _no(message: str) -> AuthResult:
    return {"success": False, "msg": message}
