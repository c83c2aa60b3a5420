"""What follows when an entry is written, in the transaction that writes it."""

from __future__ import annotations

from typing import Any

from ckan import model

from ckanext.govshare import offices

from . import filings, versions

#: Changes of these are filed where the profile asks for the filing of classes.
CLASS = ("share_class", "share_condition", "legal_basis")


def after_create(context: Any, pkg_dict: dict[str, Any]) -> None:
    """Version 1, with every element that is filled."""
    package = _entry(pkg_dict)
    if package is None:
        return
    actor = offices.actor_id(context)
    changes = versions.difference({}, versions.elements(package))
    versions.record_entry(package, changes, actor=actor, cause="compiled")
    filings.of_class(package, actor)


def after_update(context: Any, pkg_dict: dict[str, Any]) -> None:
    """The next version, if an element changed; new files alone make none."""
    package = _entry(pkg_dict)
    before = context.pop("govshare_before", None)
    if package is None or before is None:
        return
    changes = versions.difference(before, versions.elements(package))
    if not changes:
        return
    actor = offices.actor_id(context)
    versions.record_entry(
        package, changes, actor=actor, cause=context.get("govshare_cause") or "changed",
        reason=context.pop("govshare_reason", None),
    )
    if any(name in changes for name in CLASS):
        filings.of_class(package, actor)


def after_delete(context: Any, pkg_dict: dict[str, Any]) -> None:
    package = _entry(pkg_dict)
    if package is not None:
        versions.changed(package.id, "deleted", offices.actor_id(context))


def _entry(pkg_dict: dict[str, Any]) -> model.Package | None:
    package = model.Package.get(str(pkg_dict.get("id") or ""))
    return package if package is not None and package.type == "dataset" else None
