"""Pages and small routes of the portal."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from flask import Blueprint, jsonify

from . import home, persons, preview, scripts, workbench

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


@blueprint.route("/dataset/<id>/resource/<resource_id>/table")
def table(id: str, resource_id: str) -> Any:
    """A page of a resource's rows: a part for htmx, a whole page for everybody else."""
    package = _package(id)
    resource = next((r for r in package["resources"] if r["id"] == resource_id), None)
    rows = preview.read(resource_id, tk.request.args) if resource else None
    if resource is None or rows is None:
        return tk.abort(404, tk._("There is no table to show"))
    whole = "part" if tk.request.headers.get("HX-Request") else "page"
    return tk.render(
        f"govshare/dataset/table_{whole}.html",
        {"pkg": package, "resource": resource, "table": rows},
    )


def _package(id: str) -> dict[str, Any]:
    try:
        return tk.get_action("package_show")({}, {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))


def get_blueprints() -> list[Blueprint]:
    """For CKAN's blanket."""
    return [blueprint]
