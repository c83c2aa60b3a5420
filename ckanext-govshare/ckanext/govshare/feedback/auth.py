"""Everybody with an account may object and report."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.govshare import offices


@tk.auth_sysadmins_check
def govshare_objection_submit(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    if offices.actor_id(context):
        return {"success": True}
    return {"success": False, "msg": tk._("Sign in first.")}


@tk.auth_sysadmins_check
def govshare_correction_submit(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return govshare_objection_submit(context, data_dict)
