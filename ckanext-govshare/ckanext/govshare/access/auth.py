"""Who sees grants, and who may stop them: the data authority (LY 14, NY 41)."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.govshare import offices
from ckanext.govshare.access.model import Grant, get

SUPERVISORS = ("authority", "auditor")
HANDLERS = ("publisher", "reviewer", "head")


@tk.auth_sysadmins_check
def govshare_grant_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    user = offices.actor_id(context)
    if user is None:
        return _no(tk._("Sign in to see your grants."))
    if any(offices.holds(user, office) for office in SUPERVISORS):
        return {"success": True}
    if data_dict.get("dataset_id"):
        dataset = model.Package.get(data_dict["dataset_id"])
        return _handles(user, dataset.owner_org if dataset else None)
    if data_dict.get("organization"):
        organization = model.Group.get(data_dict["organization"])
        return _handles(user, organization.id if organization else None)
    if data_dict.get("all") or data_dict.get("case_id"):
        return _no(tk._("Only those who supervise see every grant."))
    return {"success": True}


@tk.auth_sysadmins_check
def govshare_grant_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    user = offices.actor_id(context)
    grant = _grant(data_dict)
    if user and grant:
        if user == grant.holder or any(offices.holds(user, office) for office in SUPERVISORS):
            return {"success": True}
        dataset = model.Package.get(grant.dataset_id)
        return _handles(user, dataset.owner_org if dataset else None)
    return _no(tk._("You may not see this grant."))


@tk.auth_sysadmins_check
def govshare_grant_use(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return govshare_grant_show(context, data_dict)


@tk.auth_sysadmins_check
def govshare_disclosure_ask(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    grant = _grant(data_dict)
    if grant and offices.actor_id(context) == grant.holder:
        return {"success": True}
    return _no(tk._("Only the holder of the grant asks for this."))


@tk.auth_sysadmins_check
def govshare_disclosure_decide(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    grant, user = _grant(data_dict), offices.actor_id(context)
    package = model.Package.get(grant.dataset_id) if grant else None
    if grant and package and package.owner_org and user != grant.holder and any(
        offices.holds(user, office, package.owner_org) for office in ("reviewer", "head")
    ):
        return {"success": True}
    return _no(tk._("Only the reviewer or the head of the provider decides this."))


@tk.auth_sysadmins_check
def govshare_block_list(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    user = offices.actor_id(context)
    if any(offices.holds(user, office) for office in SUPERVISORS):
        return {"success": True}
    return _no(tk._("Only those who supervise see who is shut out."))


@tk.auth_sysadmins_check
def govshare_block_add(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    if offices.holds(offices.actor_id(context), "authority"):
        return {"success": True}
    return _no(tk._("Only the data authority shuts somebody out or lets them in again."))


@tk.auth_sysadmins_check
def govshare_block_end(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return govshare_block_add(context, data_dict)


@tk.auth_sysadmins_check
def govshare_grant_suspend(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    user = offices.actor_id(context)
    grant = _grant(data_dict)
    if grant and user != grant.holder and offices.holds(user, "authority"):
        return {"success": True}
    return _no(tk._("Only the data authority stops or resumes a grant, and never its own."))


@tk.auth_sysadmins_check
def govshare_grant_resume(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return govshare_grant_suspend(context, data_dict)


@tk.auth_sysadmins_check
def govshare_grant_end(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    grant = _grant(data_dict)
    if grant and offices.actor_id(context) == grant.holder:
        return {"success": True}
    return govshare_grant_suspend(context, data_dict)


@tk.auth_sysadmins_check
def govshare_grant_tick(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return _no(tk._("Only the scheduler does this."))


def _grant(data_dict: dict[str, Any]) -> Grant | None:
    """The grant in question: from the action, or by id when another room asks."""
    return data_dict.get("grant") or get(data_dict.get("id", ""))


def _handles(user_id: str, org_id: str | None) -> AuthResult:
    if org_id and any(offices.holds(user_id, office, org_id) for office in HANDLERS):
        return {"success": True}
    return _no(tk._("Only those who handle these cases see the grants."))


def _no(message: str) -> AuthResult:
    return {"success": False, "msg": message}
