"""Who supervises: the authority writes, the auditor reads, departments keep their own registers.

Being a sysadmin is no office. What a field or a kind asks beyond this, `records` checks.
"""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.govshare import offices
from ckanext.govshare.oversight import desk
from ckanext.govshare.oversight.kinds import COMPLAINT
from ckanext.govshare.oversight.model import get


@tk.auth_sysadmins_check
def govshare_supervision_create(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return _enters(context)


@tk.auth_sysadmins_check
def govshare_supervision_list(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return _enters(context)


@tk.auth_sysadmins_check
def govshare_duty_list(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return _enters(context)


@tk.auth_sysadmins_check
def govshare_statistics_show(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return _enters(context)


@tk.auth_sysadmins_check
def govshare_supervision_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    record = get(data_dict.get("id") or "")
    if record and desk.may_read(offices.actor_id(context), record):
        return {"success": True}
    return _no(tk._("You may not see this record."))


@tk.auth_sysadmins_check
def govshare_supervision_add(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return govshare_supervision_show(context, data_dict)


@tk.auth_sysadmins_check
def govshare_supervision_close(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return govshare_supervision_show(context, data_dict)


@tk.auth_sysadmins_check
def govshare_supervision_take_down(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return govshare_supervision_show(context, data_dict)


@tk.auth_sysadmins_check
def govshare_evidence_export(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    package = model.Package.get(data_dict.get("id") or "")
    user = offices.actor_id(context)
    org = package.owner_org if package else None
    if desk.supervises(user) or (org and desk.office(user, ("head",), org)):
        return {"success": True}
    return _no(tk._("Only the data authority, auditors and the head of the department may."))


@tk.auth_sysadmins_check
def govshare_complaint_answer(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    record = get(data_dict.get("id") or "")
    authority = desk.office(offices.actor_id(context), ("authority",), None)
    if record and record.kind == COMPLAINT and authority:
        return {"success": True}
    return _no(tk._("Only the data authority answers complaints."))


@tk.auth_allow_anonymous_access
def govshare_complaint_submit(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": True}


@tk.auth_allow_anonymous_access
def govshare_complaint_look(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    """Whoever has the code that the sender was given."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def govshare_statistics_public(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": True}


@tk.auth_allow_anonymous_access
def govshare_supervision_public(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": True}


@tk.auth_sysadmins_check
def govshare_oversight_inbox(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": offices.actor_id(context) is not None}


@tk.auth_sysadmins_check
def govshare_oversight_tick(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return _no(tk._("Only the scheduler does this."))


def _enters(context: Context) -> AuthResult:
    if desk.enters(offices.actor_id(context)):
        return {"success": True}
    return _no(tk._("You hold no office."))


def _no(message: str) -> AuthResult:
    return {"success": False, "msg": message}
