"""What can be done with the data of one resource: look at rows, draw, place, compare, take away."""

from __future__ import annotations

from typing import Any, NoReturn

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from flask import Blueprint

from . import chart, places, preview, related, served
from .forms import FORMS

data = Blueprint("govshare_data", __name__, url_prefix="/dataset/<id>")


@data.route("/resource/<resource_id>/table")
def table(id: str, resource_id: str) -> Any:
    """A page of a resource's rows: a part for htmx, a whole page for everybody else."""
    package, resource = _found(id, resource_id)
    rows = preview.read(resource_id, tk.request.args) or _missing()
    return _render("table", package, resource, table=rows)


@data.route("/resource/<resource_id>/chart")
def draw(id: str, resource_id: str) -> Any:
    """A chart; the address holds what is drawn, `embed=1` leaves the frame of the site out."""
    package, resource = _found(id, resource_id)
    drawn = chart.read(resource_id, tk.request.args) or _missing()
    return _page("chart", package, resource, chart=drawn)


@data.route("/resource/<resource_id>/map")
def place(id: str, resource_id: str) -> Any:
    """The rows on a map; `embed=1` leaves the frame of the site out."""
    package, resource = _found(id, resource_id)
    found = places.read(resource_id) or _missing()
    return _page("map", package, resource, places=found)


@data.route("/resource/<resource_id>/versions")
def versions(id: str, resource_id: str) -> Any:
    """Every released version with what it changed and how it was desensitized."""
    package, resource = _found(id, resource_id)
    if not p.plugin_loaded("govshare_release"):
        return _missing()
    from . import versions as history

    return _render("versions", package, resource, versions=history.of(resource_id))


@data.route("/resource/<resource_id>/as/<form>")
def take(id: str, resource_id: str, form: str) -> Any:
    """The released table as XML or RDF, by the gate's decision on a download."""
    _found(id, resource_id)
    if form not in FORMS or not p.plugin_loaded("govshare_gate"):
        return _missing()
    return served.answer(resource_id, form)


@data.route("/related")
def others(id: str) -> Any:
    """Datasets that have to do with this one."""
    package = _package(id)
    return _render("related", package, {}, related=related.to(package))


@data.post("/follow")
def follow(id: str) -> Any:
    """Follow the dataset, or stop (`follow=0`)."""
    package = _package(id)
    name = "unfollow_dataset" if tk.request.form.get("follow") == "0" else "follow_dataset"
    try:
        tk.get_action(name)({}, {"id": package["id"]})
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Log in to follow a dataset."))
    except (tk.ValidationError, tk.ObjectNotFound):
        pass  # it is as wished already: the button was pressed twice
    return tk.redirect_to("dataset.read", id=package["name"])


def _render(name: str, package: dict[str, Any], resource: dict[str, Any], **more: Any) -> str:
    """A part for htmx, a whole page for everybody else."""
    whole = "part" if tk.request.headers.get("HX-Request") else "page"
    given = {"pkg": package, "resource": resource, **more}
    return tk.render(f"govshare/dataset/{name}_{whole}.html", given)


def _page(name: str, package: dict[str, Any], resource: dict[str, Any], **more: Any) -> str:
    frame = "govshare/embedded.html" if tk.request.args.get("embed") else "page.html"
    given = {"pkg": package, "resource": resource, "frame": frame, **more}
    return tk.render(f"govshare/dataset/{name}_page.html", given)


def _found(id: str, resource_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    package = _package(id)
    resource = next((r for r in package["resources"] if r["id"] == resource_id), None)
    return package, resource or _missing()


def _package(id: str) -> dict[str, Any]:
    try:
        return tk.get_action("package_show")({}, {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))


def _missing() -> NoReturn:
    return tk.abort(404, tk._("There is nothing to show here"))


