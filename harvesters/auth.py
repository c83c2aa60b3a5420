"""Who may connect and run sources: the department that owns them, and the operator (sysadmin)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import AuthResult, Context, DataDict

from ckanext.govshare import offices
from harvesters import frame


def of_department(user_id: str | None, organization: str | None) -> bool:
    """Whether the person is its publisher, or may edit its datasets in CKAN."""
    if not user_id or not organization:
        return False
    if offices.holds(user_id, "publisher", organization):
        return True
    user = model.User.get(user_id)
    return bool(user) and authz.has_user_permission_for_group_or_org(
        organization, user.name, "update_dataset"
    )


def _source(context: Context, source_id: str | None) -> AuthResult:
    package = model.Package.get(source_id)
    if package is None or package.type != "harvest":
        raise tk.ObjectNotFound(tk._("Harvest source not found"))
    if of_department(offices.actor_id(context), package.owner_org):
        return {"success": True}
    return {"success": False, "msg": tk._("Only the department that owns the source may do this.")}


def _job(context: Context, data_dict: DataDict | None) -> AuthResult:
    asked = data_dict or {}
    job = frame.job(str(asked.get("id") or ""))
    return _source(context, job.source_id if job else asked.get("source_id"))


@tk.chained_auth_function
def harvest_job_create(_next: Any, context: Context, data_dict: DataDict | None) -> AuthResult:
    return _source(context, (data_dict or {}).get("source_id"))


@tk.chained_auth_function
def harvest_send_job_to_gather_queue(
    _next: Any, context: Context, data_dict: DataDict | None
) -> AuthResult:
    return _job(context, data_dict)


@tk.chained_auth_function
def harvest_job_abort(_next: Any, context: Context, data_dict: DataDict | None) -> AuthResult:
    return _job(context, data_dict)


@tk.chained_auth_function
def harvest_job_show(_next: Any, context: Context, data_dict: DataDict | None) -> AuthResult:
    return _job(context, data_dict)


@tk.chained_auth_function
def harvest_job_list(_next: Any, context: Context, data_dict: DataDict | None) -> AuthResult:
    source_id = (data_dict or {}).get("source_id")
    if not source_id:
        return {"success": False, "msg": tk._("Name the source.")}
    return _source(context, source_id)


def govshare_harvest_report(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _job(context, data_dict)


def govshare_harvest_dry_run(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _source(context, data_dict.get("source_id"))


def govshare_harvest_consent_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _source_or_authority(context, data_dict)


def govshare_harvest_secret_set(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _source(context, data_dict.get("source_id"))


def govshare_harvest_removal_allow(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _source(context, data_dict.get("source_id"))


def govshare_harvest_test(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _source_or_authority(context, data_dict)


def govshare_harvest_approve(context: Context, data_dict: dict[str, Any]) -> AuthResult:  # noqa: ARG001
    return _authority(context)


def govshare_harvest_question_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:  # noqa: ARG001
    return _authority(context)


def govshare_harvest_question_decide(context: Context, data_dict: dict[str, Any]) -> AuthResult:  # noqa: ARG001
    return _authority(context)


@tk.auth_allow_anonymous_access
def govshare_quality_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return authz.is_authorized("package_show", context, data_dict)


def _authority(context: Context) -> AuthResult:
    user_id = offices.actor_id(context)
    if user_id and offices.holds(user_id, "authority"):
        return {"success": True}
    return {"success": False, "msg": tk._("The data authority decides this.")}


def _source_or_authority(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    decided = _authority(context)
    return decided if decided.get("success") else _source(context, data_dict.get("source_id"))


def govshare_harvest_status(context: Context, data_dict: dict[str, Any]) -> AuthResult:  # noqa: ARG001
    return {"success": offices.actor_id(context) is not None}


def govshare_harvest_inbox(context: Context, data_dict: dict[str, Any]) -> AuthResult:  # noqa: ARG001
    return {"success": offices.actor_id(context) is not None}


def govshare_harvest_tick(context: Context, data_dict: dict[str, Any]) -> AuthResult:  # noqa: ARG001
    return {"success": False, "msg": tk._("The scheduler does this.")}
