"""Pages of the catalogue: the open and the sharing catalogue, matters, reports, versions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare import offices

from . import guide, labels, opening, reports

__all__ = ["govshare_catalogue"]

govshare_catalogue = Blueprint("govshare_catalogue", __name__)
route = govshare_catalogue.route
PER_PAGE = 50


@route("/catalogue/open")
def open_catalogue() -> str:
    """The open catalogue with its version, date and list of changes (Nanyang art. 42)."""
    shown = tk.get_action("govshare_catalogue_show")({}, {})
    return tk.render("catalogue/open.html", {
        "catalogue": shown, "causes": labels.causes(),
        "departments": reports.opened(),
        "names": _names(c["organization_id"] for c in shown["changes"]),
    })  # fmt: skip


@route("/catalogue/sharing")
def sharing_catalogue() -> str:
    """The sharing catalogue by class: for people who hold an office (Nanyang art. 34, 38)."""
    if not offices.of(tk.current_user.id if tk.current_user.is_authenticated else None):
        tk.abort(403, tk._("The sharing catalogue is for departments."))
    return tk.render("catalogue/sharing.html", {
        "classes": reports.sharing_catalogue(), "names": _names(),
    })  # fmt: skip


@route("/catalogue/guide/<organization>.csv")
def guide_sheet(organization: str) -> Response:
    """A department's catalogue in the Guide's template."""
    _call("govshare_catalogue_report", name="departments", organization=organization)
    group = model.Group.get(organization)
    if group is None:
        tk.abort(404, tk._("There is no such organization."))
    entries = model.Session.query(model.Package).filter_by(
        owner_org=group.id, state="active", type="dataset"
    ).order_by(model.Package.title)
    return Response(
        guide.sheet(entries), mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=catalogue-{group.name}.csv"},
    )


@route("/catalogue/report/<name>")
def report(name: str) -> str:
    """One list of what is late or missing."""
    organization = tk.request.args.get("organization")
    rows = _call("govshare_catalogue_report", name=name, organization=organization)
    return tk.render("catalogue/report.html", {
        "name": name, "rows": rows, "titles": labels.reports(), "names": _names(),
        "columns": labels.columns(rows),
    })  # fmt: skip


@route("/catalogue/versions/<id>")
def versions(id: str) -> str:
    """What changed in an entry, when, by whose decision and why."""
    package = model.Package.get(id)
    if package is None:
        tk.abort(404, tk._("Dataset was not found."))
    return tk.render("catalogue/versions.html", {
        "versions": _call("govshare_entry_versions", id=package.id), "package": package,
        "causes": labels.causes(), "lacks": _call("govshare_entry_check", id=package.id),
    })  # fmt: skip


@route("/matter/")
def matters() -> str:
    """Everything that departments and the authority have to settle about the catalogue."""
    found = _call("govshare_matter_list", closed=tk.request.args.get("closed", ""))
    return tk.render("catalogue/matters.html", {
        "matters": found, "kinds": labels.kinds(), "states": labels.states(),
        "openable": list(opening.OPENERS), "reports": labels.reports(),
    })  # fmt: skip


@route("/matter/new/<kind>", methods=["GET", "POST"])
def new(kind: str) -> str | Response:
    """The form that opens a matter; a mistake shows it again as it was filled."""
    if kind not in opening.OPENERS:
        tk.abort(404)
    user = tk.current_user
    held = offices.of(user.id if user.is_authenticated else None)
    if not held:
        tk.abort(403, tk._("You hold no office that may do this."))
    form, errors = _form(), {}
    if tk.request.method == "POST":
        try:
            found = tk.get_action("govshare_matter_open")({}, {**form, "kind": kind})
            return tk.redirect_to("govshare_catalogue.matter", id=found["id"])
        except tk.ValidationError as error:
            errors = error.error_dict
        except tk.NotAuthorized as error:
            tk.abort(403, str(error))
    everywhere = any(o.office == "authority" for o in held)
    own = {o.org_id for o in held if o.org_id}
    names = {k: v for k, v in _names().items() if everywhere or k in own}
    return tk.render("catalogue/new.html", {
        "kind": kind, "kinds": labels.kinds(), "form": form, "errors": errors,
        "organizations": names, "all_organizations": _names(), "fields": labels.FIELDS[kind],
        "words": labels.fields(), "choices": labels.choices(),
    })  # fmt: skip


@route("/matter/<id>")
def matter(id: str) -> str:
    return _matter_page(id, {})


@route("/matter/<id>/<act>", methods=["POST"])
def act(id: str, act: str) -> str | Response:
    """Take a step; a mistake shows the page again."""
    data = _form()
    if act == "decide" and tk.request.form.getlist("item"):
        data["decisions"] = [
            {"id": item, "decision": data.get(f"decision-{item}"),
             "reason": data.get(f"reason-{item}")}
            for item in tk.request.form.getlist("item")
        ]  # fmt: skip
    try:
        _call("govshare_matter_act", **{**data, "id": id, "act": act})
    except tk.ValidationError as error:
        return _matter_page(id, error.error_dict)
    tk.h.flash_success(tk._("Recorded."))
    return tk.redirect_to("govshare_catalogue.matter", id=id)


@route("/catalogue/confirm/<id>", methods=["POST"])
def confirm(id: str) -> Response:
    """The yearly confirmation of an entry."""
    _call("govshare_entry_confirm", id=id)
    tk.h.flash_success(tk._("Confirmed for this year."))
    return tk.redirect_to("govshare_catalogue.versions", id=id)


def _matter_page(id: str, errors: dict[str, Any]) -> str:
    found = _call("govshare_matter_show", id=id)
    return tk.render("catalogue/matter.html", {
        "matter": found, "errors": errors, "kinds": labels.kinds(), "states": labels.states(),
        "acts": labels.acts(), "needs": labels.needs(found), "words": labels.fields(),
        "choices": labels.choices(), "items": labels.items(found),
        "events": labels.timeline(found),
    })  # fmt: skip


def _call(action: str, **data: Any) -> Any:
    """An action for a page: 403 and 404 as pages, mistakes to the caller."""
    try:
        return tk.get_action(action)({}, data)
    except tk.NotAuthorized as error:
        tk.abort(403, str(error))
    except tk.ObjectNotFound as error:
        tk.abort(404, str(error))


def _form() -> dict[str, Any]:
    return {k: v for k, v in tk.request.form.items() if k not in ("_csrf_token", "item")}


def _names(ids: Any = None) -> dict[str, str]:
    """Departments by id."""
    groups = model.Session.query(model.Group).filter_by(is_organization=True, state="active")
    wanted = set(ids) if ids is not None else None
    return {g.id: g.display_name for g in groups if wanted is None or g.id in wanted}

