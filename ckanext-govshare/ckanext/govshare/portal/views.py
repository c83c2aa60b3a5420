"""Pages and small routes of the portal."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from flask import Blueprint, jsonify

from . import home, persons, scripts, workbench
from .data_views import data
from .developers import developers

blueprint = Blueprint("govshare_portal", __name__)


@blueprint.route("/")
def index() -> str:
    """The home page (in place of CKAN's)."""
    return tk.render("home/index.html", {"overview": home.overview()})


@blueprint.route("/topics")
def topics() -> str:
    """All topics with the number of their datasets."""
    return tk.render("govshare/topics.html", {"overview": home.overview()})


@blueprint.route("/api/i18n/zh_CN")
def script_translations() -> Any:
    """The script catalogue under the name that CKAN's scripts make of `<html lang="zh-CN">`."""
    return jsonify(scripts.catalogue())


@blueprint.route("/workbench", endpoint="workbench")
def workbench_page() -> Any:
    """The start page of a person: what waits, and the first steps."""
    user = model.User.get(tk.current_user.name)
    if user is None:
        return tk.redirect_to(
            "user.login", came_from=tk.h.url_for("govshare_portal.workbench")
        )
    return tk.render(
        "govshare/workbench.html", {"tasks": workbench.tasks(), "persons": persons.of(user)}
    )


@blueprint.route("/guide")
def guide() -> str:
    """First steps for each kind of person."""
    return tk.render("govshare/guide.html", {"persons": persons.everybody()})


@blueprint.route("/accessibility")
def accessibility() -> str:
    """What the site does for readers with impairments, and whom to tell when it fails."""
    return tk.render("govshare/accessibility.html")


def get_blueprints() -> list[Blueprint]:
    """For CKAN's blanket."""
    return [blueprint, data, developers]
