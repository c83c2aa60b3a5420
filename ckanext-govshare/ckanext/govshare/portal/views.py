"""Pages and small routes of the portal."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.views.api import i18n_js_translations
from flask import Blueprint

blueprint = Blueprint("govshare_portal", __name__)


@blueprint.route("/api/i18n/zh_CN")
def script_translations() -> Any:
    """The script catalogue under the tag that `<html lang>` carries.

    CKAN's scripts ask for `zh_CN` (the tag with an underscore), its route knows only the locale's name.
    """
    return i18n_js_translations("zh_Hans_CN")


@blueprint.route("/guide")
def guide() -> str:
    """First steps for each kind of person."""
    return tk.render("govshare/guide.html")


@blueprint.route("/accessibility")
def accessibility() -> str:
    """What the site does for readers with impairments, and whom to tell when it fails."""
    return tk.render("govshare/accessibility.html")


def get_blueprints() -> list[Blueprint]:
    """For CKAN's blanket."""
    return [blueprint]
