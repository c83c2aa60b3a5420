"""The auth wall. Sysadmins are asked like everybody: `auth_sysadmins_check` on every function.

`resource_show` and `package_show` stay CKAN's own: metadata need them, and labels hold those.
"""

# ruff: noqa: ARG001  CKAN fixes the signatures

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import AuthFunction, AuthResult, ChainedAuthFunction, Context, DataDict

from ckanext.govshare.gate.facts import decide
from ckanext.govshare.gate.identity import actor

#: Never, for nobody. The first group writes rows or runs SQL; the second reads or writes CKAN's
#: own file store, in which the portal keeps nothing.
NEVER_CHAINED = (
    "datastore_create", "datastore_upsert", "datastore_delete", "datastore_records_delete",
    "datastore_search_sql", "datastore_change_permissions", "datastore_function_create",
    "datastore_function_delete", "datastore_run_triggers",
)
NEVER = (
    "permission_manage_files", "permission_owns_file", "permission_edit_file",
    "permission_delete_file", "permission_read_file", "permission_download_file",
    "file_create", "file_register", "file_delete", "file_show", "file_rename", "file_pin",
    "file_unpin", "file_ownership_transfer", "file_owner_scan", "resource_search",
)


def functions() -> dict[str, Any]:
    return {
        **{name: _never_chained() for name in NEVER_CHAINED},
        **{name: _never() for name in NEVER},
        "datastore_search": _rows(),
        "datastore_info": _rows(),
        "govshare_verify": _verification(),
        "task_status_show": _nobody_but_sysadmins(),
        "format_autocomplete": _people(),
        "govshare_datastore_load": _nobody_but_sysadmins(),
    }


def _never() -> AuthFunction:
    @tk.auth_sysadmins_check
    @tk.auth_allow_anonymous_access
    def never(context: Context, data_dict: dict[str, Any]) -> AuthResult:
        return {"success": False, "msg": tk._("This is closed in this portal.")}

    return never


def _never_chained() -> ChainedAuthFunction:
    @tk.chained_auth_function
    @tk.auth_sysadmins_check
    @tk.auth_allow_anonymous_access
    def never(
        next_auth: AuthFunction, context: Context, data_dict: DataDict | None
    ) -> AuthResult:
        return {"success": False, "msg": tk._("This is closed in this portal.")}

    return never


def _rows() -> ChainedAuthFunction:
    @tk.chained_auth_function
    @tk.auth_sysadmins_check
    @tk.auth_allow_anonymous_access
    def rows(next_auth: AuthFunction, context: Context, data_dict: DataDict | None) -> AuthResult:
        asked = data_dict or {}
        resource_id = str(asked.get("resource_id") or asked.get("id") or "")
        decision = decide(actor(context), resource_id, "rows")
        return {"success": decision.allowed, "msg": decision.reason}

    return rows


def _verification() -> AuthFunction:
    @tk.auth_sysadmins_check
    @tk.auth_allow_anonymous_access
    def verification(context: Context, data_dict: dict[str, Any]) -> AuthResult:
        decision = decide(actor(context), str(data_dict.get("resource_id") or ""), "verify")
        return {"success": decision.allowed or decision.status == 404, "msg": decision.reason}

    return verification


def _nobody_but_sysadmins() -> AuthFunction:
    def closed(context: Context, data_dict: dict[str, Any]) -> AuthResult:
        return {"success": False, "msg": tk._("Only the operator may do this.")}

    return closed


def _people() -> AuthFunction:
    def people(context: Context, data_dict: dict[str, Any]) -> AuthResult:
        return {"success": bool(context.get("auth_user_obj"))}

    return people
