"""Everybody reads their own messages, nobody anybody else's."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.govshare import offices


@tk.auth_sysadmins_check
def govshare_message_list(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    if offices.actor_id(context):
        return {"success": True}
    return {"success": False, "msg": tk._("Sign in to read your messages.")}


@tk.auth_sysadmins_check
def govshare_message_read(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return govshare_message_list(context, data_dict)


@tk.auth_sysadmins_check
def govshare_notify_tick(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": False, "msg": tk._("Only the scheduler does this.")}
