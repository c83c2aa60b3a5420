"""CKAN plugin `govshare_harvest`: our runner and pages on ckanext-harvest's records."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.types import Context

from harvesters import action, auth, decisions, frame, helpers, views
from harvesters.notes import SourceError


def _actions() -> dict[str, Any]:
    """Those of both modules, without what they import."""
    return {
        name: function for module in (action, decisions) for name, function in vars(module).items()
        if name.startswith(("govshare_", "harvest_"))
        and getattr(function, "__module__", "") == module.__name__
    }


@tk.blanket.actions(_actions)
@tk.blanket.auth_functions(auth)
@tk.blanket.helpers(helpers)
@tk.blanket.blueprints(views)
@tk.blanket.config_declarations
class Plugin(p.SingletonPlugin):
    """Needs the plugin `harvest` after it: our templates stand before its own."""

    p.implements(p.IConfigurer)
    p.implements(p.IPackageController, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")

    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:  # noqa: ARG002
        """Refuse a source that its department may not read, before it is committed."""
        _check(pkg_dict)

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:  # noqa: ARG002
        """The same when a source is edited."""
        _check(pkg_dict)


def _check(pkg_dict: dict[str, Any]) -> None:
    if pkg_dict.get("type") != "harvest" or pkg_dict.get("state") == "deleted":
        return
    try:
        harvester = frame.harvester(str(pkg_dict.get("source_type")))
        if hasattr(harvester, "check_source"):
            harvester.check_source(pkg_dict["url"], pkg_dict.get("owner_org"))
    except SourceError as error:
        raise tk.ValidationError({"url": [error.note.say()]}) from error
    except LookupError:
        return
