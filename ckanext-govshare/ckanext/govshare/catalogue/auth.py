"""Who may do what with the catalogue. Which side of a matter somebody is on, `matters` judges."""

# ruff: noqa: ARG001  CKAN fixes the signatures

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import AuthFunction, AuthResult, Context, DataDict

from ckanext.govshare import offices

from . import complete, matters

ORG_OFFICES = ("publisher", "reviewer", "confidentiality_reviewer", "head")


@tk.chained_auth_function
def package_update(
    next_auth: AuthFunction, context: Context, data_dict: DataDict | None
) -> AuthResult:
    """The lead department's publishers keep topic and base entries too (YN 9, TZ 10)."""
    data_dict = data_dict or {}
    result = next_auth(context, data_dict)
    if result.get("success"):
        return result
    package = context.get("package") or model.Package.get(data_dict.get("id") or "")
    if package is not None and complete.keeps(offices.actor_id(context), package):
        return {"success": True}
    return result


@tk.auth_sysadmins_check
def govshare_entry_amend(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _is(offices.holds(offices.actor_id(context), "authority"))


@tk.auth_sysadmins_check
def govshare_entry_confirm(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    package = model.Package.get(data_dict.get("id") or "")
    user_id = offices.actor_id(context)
    own = bool(package and user_id and package.owner_org
               and matters.works_for(user_id, package.owner_org))  # fmt: skip
    return _is(own or bool(package and complete.keeps(user_id, package)))


@tk.auth_sysadmins_check
def govshare_entry_versions(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    package = model.Package.get(data_dict.get("id") or "")
    return _is(_of_org_or_portal(context, package.owner_org if package else None))


@tk.auth_sysadmins_check
def govshare_entry_check(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    package = model.Package.get(data_dict.get("id") or "")
    return _is(_of_org_or_portal(context, package.owner_org if package else None))


@tk.auth_allow_anonymous_access
def govshare_catalogue_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return {"success": True}


@tk.auth_sysadmins_check
def govshare_responsibility_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _is(bool(offices.of(offices.actor_id(context))))


@tk.auth_sysadmins_check
def govshare_catalogue_report(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    group = model.Group.get(data_dict.get("organization") or "")
    return _is(_of_org_or_portal(context, group.id if group else None))


@tk.auth_sysadmins_check
def govshare_matter_open(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _is(bool(offices.of(offices.actor_id(context))))


@tk.auth_sysadmins_check
def govshare_matter_act(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _is(bool(offices.of(offices.actor_id(context))))


@tk.auth_sysadmins_check
def govshare_matter_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _is(matters.may_see(offices.actor_id(context), data_dict["matter"]))


@tk.auth_sysadmins_check
def govshare_matter_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _is(bool(offices.of(offices.actor_id(context))))


@tk.auth_sysadmins_check
def govshare_matter_inbox(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _is(bool(offices.of(offices.actor_id(context))))


def govshare_matter_tick(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Time alone acts: only the worker, which asks as the site user."""
    return _is(False)


def _of_org_or_portal(context: Context, org_id: str | None) -> bool:
    held = offices.of(offices.actor_id(context))
    return any(
        o.office in ("authority", "auditor")
        or (org_id is not None and o.org_id == org_id and o.office in ORG_OFFICES)
        for o in held
    )


def _is(allowed: bool) -> AuthResult:
    return {"success": allowed, "msg": tk._("You hold no office that may do this.")}

