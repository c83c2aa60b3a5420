"""Who reaches cases at all. What somebody may do with a case, the machine of the rules says.

Being a sysadmin opens no case and decides none.
"""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.govshare import offices
from ckanext.govshare.cases import parties
from ckanext.govshare.cases.model import get


@tk.auth_sysadmins_check
def govshare_case_draft(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return _signed_in(context)


@tk.auth_sysadmins_check
def govshare_case_submit(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return _signed_in(context)


@tk.auth_sysadmins_check
def govshare_case_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    case = get(data_dict.get("id") or "")
    if case and parties.may_see(case, offices.actor_id(context)):
        return {"success": True}
    return _no(tk._("You may not see this case."))


@tk.auth_sysadmins_check
def govshare_case_act(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return govshare_case_show(context, data_dict)


@tk.auth_sysadmins_check
def govshare_attachment_add(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    case = get(data_dict.get("id") or "")
    if case and case.applicant == offices.actor_id(context):
        return {"success": True}
    return _no(tk._("Only the applicant attaches files."))


@tk.auth_sysadmins_check
def govshare_attachment_remove(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return govshare_attachment_add(context, data_dict)


@tk.auth_allow_anonymous_access
def govshare_blank_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who sees the entry sees what its form asks."""
    tk.check_access("package_show", context, {"id": data_dict.get("dataset_id")})
    return {"success": True}


@tk.auth_sysadmins_check
def govshare_blank_update(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    package = model.Package.get(data_dict.get("dataset_id") or "")
    user_id = offices.actor_id(context)
    if package and package.owner_org and any(
        offices.holds(user_id, office, package.owner_org) for office in ("reviewer", "head")
    ):
        return {"success": True}
    return _no(tk._("Only the reviewer or the head of the department changes its form."))


@tk.auth_sysadmins_check
def govshare_case_standings(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return govshare_case_watch(context, data_dict)


@tk.auth_sysadmins_check
def govshare_case_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    user_id = offices.actor_id(context)
    org_id = _asked_organization(data_dict)
    if user_id is None:
        return _no(tk._("Sign in to see your cases."))
    if not data_dict.get("organization") and not data_dict.get("dataset_id"):
        return {"success": True}
    if any(offices.holds(user_id, office) for office in parties.SUPERVISING) or (
        org_id and any(offices.holds(user_id, office, org_id) for office in parties.HANDLING)
    ):
        return {"success": True}
    return _no(tk._("You hold no office there."))


@tk.auth_sysadmins_check
def govshare_case_inbox(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return _signed_in(context)


@tk.auth_sysadmins_check
def govshare_case_watch(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    user_id = offices.actor_id(context)
    if any(offices.holds(user_id, office) for office in parties.SUPERVISING):
        return {"success": True}
    return _no(tk._("Only those who supervise see the cases of all departments."))


@tk.auth_sysadmins_check
def govshare_case_tick(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return _no(tk._("Only the scheduler does this."))


@tk.auth_allow_anonymous_access
def govshare_case_register(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": True}


def _asked_organization(data_dict: dict[str, Any]) -> str | None:
    """The one department that the list would be of; a dataset names its own."""
    if data_dict.get("dataset_id"):
        package = model.Package.get(data_dict["dataset_id"])
        return package.owner_org if package else None
    group = model.Group.get(data_dict.get("organization") or "")
    return group.id if group else None


def _signed_in(context: Context) -> AuthResult:
    if offices.actor_id(context):
        return {"success": True}
    return _no(tk._("Sign in first."))


def _no(message: str) -> AuthResult:
    return {"success": False, "msg": message}
