"""Who may read the ledger: those who supervise, all of it; others what concerns their own case."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.govshare import offices

SUPERVISORS = ("authority", "auditor", "operator")

# What somebody must be allowed to do with a thing to read its events.
ASK_FOR = {
    "case": "govshare_case_show",
    "grant": "govshare_grant_show",
    "dataset": "package_update",
    "resource": "resource_update",
    "release": "govshare_release_show",
}


def govshare_event_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    if _supervises(context):
        return {"success": True}
    action = ASK_FOR.get(data_dict.get("subject_type", ""))
    subject = data_dict.get("subject_id")
    if not action or not subject:
        return {
            "success": False,
            "msg": tk._("Only supervisors read the whole ledger; name a case or dataset of yours."),
        }
    try:
        tk.check_access(action, context, {"id": subject})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return {"success": False, "msg": tk._("You may not read the history of this.")}
    return {"success": True}


def govshare_ledger_verify(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    if _supervises(context):
        return {"success": True}
    return {"success": False, "msg": tk._("Only supervisors verify the ledger.")}


@tk.auth_sysadmins_check
def govshare_ledger_tick(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": False, "msg": tk._("Only the scheduler does this.")}


def _supervises(context: Context) -> bool:
    user = offices.actor_id(context)
    return any(offices.holds(user, office) for office in SUPERVISORS)
