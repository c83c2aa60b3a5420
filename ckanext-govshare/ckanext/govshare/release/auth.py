"""Who may act on releases: offices only, read from the database; being sysadmin is none."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context

from ckanext.govshare import offices
from ckanext.govshare.release import machine, stage

SEE = (*machine.ORG_OFFICES, *machine.PORTAL_OFFICES)


def _release(context: Context, data_dict: dict[str, Any], among: tuple[str, ...]) -> AuthResult:
    release = stage.load(tk.get_or_bust(data_dict, "id"))
    return _dataset(context, stage.dataset(release), among)


def _dataset(context: Context, package: model.Package, among: tuple[str, ...]) -> AuthResult:
    if stage.office_of(stage.actor_id(context), package, among):
        return {"success": True}
    return {"success": False, "msg": tk._("You hold no office that may do this.")}


def _any_office(context: Context) -> AuthResult:
    if any(o.office in SEE for o in offices.of(stage.actor_id(context))):
        return {"success": True}
    return {"success": False, "msg": tk._("You hold no office that may do this.")}


@tk.auth_sysadmins_check
def govshare_release_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _release(context, data_dict, SEE)


@tk.auth_sysadmins_check
def govshare_release_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:  # noqa: ARG001
    return _any_office(context)


@tk.auth_sysadmins_check
def govshare_release_inbox(context: Context, data_dict: dict[str, Any]) -> AuthResult:  # noqa: ARG001
    return {"success": stage.actor_id(context) is not None}


@tk.auth_sysadmins_check
def govshare_release_preview(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _release(context, data_dict, (*machine.RAW_OFFICES, machine.AUTHORITY))


@tk.auth_sysadmins_check
def govshare_release_comment(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _release(context, data_dict, (*machine.ORG_OFFICES, machine.AUTHORITY))


@tk.auth_sysadmins_check
def govshare_release_scan(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _release(context, data_dict, machine.ACTS["scan"].offices)


@tk.auth_sysadmins_check
def govshare_release_plan_update(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _release(context, data_dict, machine.ACTS["plan"].offices)


@tk.auth_sysadmins_check
def govshare_release_transform(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _release(context, data_dict, machine.ACTS["transform"].offices)


@tk.auth_sysadmins_check
def govshare_release_sign(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _release(context, data_dict, machine.ACTS["sign"].offices)


@tk.auth_sysadmins_check
def govshare_release_review(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _release(context, data_dict, machine.ACTS["review"].offices)


@tk.auth_sysadmins_check
def govshare_release_return(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _release(context, data_dict, machine.ACTS["return"].offices)


@tk.auth_sysadmins_check
def govshare_release_withdraw(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _release(context, data_dict, machine.ACTS["withdraw"].offices)


@tk.auth_sysadmins_check
def govshare_release_tick(context: Context, data_dict: dict[str, Any]) -> AuthResult:  # noqa: ARG001
    """The scheduler's own, through `ignore_auth`, and the operator's."""
    return {"success": offices.holds(stage.actor_id(context), "operator")}


@tk.auth_sysadmins_check
def govshare_publication_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _dataset(context, stage.package(data_dict), SEE)


@tk.auth_sysadmins_check
def govshare_publication_request(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _dataset(context, stage.package(data_dict), (machine.PUBLISHER,))


@tk.auth_sysadmins_check
def govshare_publication_decide(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _dataset(context, stage.package(data_dict), (machine.AUTHORITY,))
