"""The page of offices: who holds which, appoint, end."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.offices.model import ORGANIZATION_OFFICES, PORTAL_OFFICES, of
from ckanext.govshare.offices.signin import signin

__all__ = ["offices", "signin"]

offices = Blueprint("govshare_offices", __name__, url_prefix="/offices")


@offices.get("/")
def index() -> str | Response:
    """Everything for those who supervise, the own organizations for the others."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.url_for("govshare_offices.index"))
    return _page({})


@offices.post("/")
def appoint() -> str | Response:
    """Appoint by the form; a mistake shows the form again as it was filled."""
    data = {key: value for key, value in tk.request.form.items() if key != "_csrf_token"}
    try:
        tk.get_action("govshare_office_appoint")({}, data)
    except (tk.ValidationError, tk.NotAuthorized) as error:
        _flash(error)
        return _page(data)
    tk.h.flash_success(tk._("Appointed."))
    return tk.redirect_to("govshare_offices.index")


@offices.post("/<id>/end")
def end(id: str) -> Response:
    """End an appointment."""
    try:
        tk.get_action("govshare_office_end")({}, {"id": id})
        tk.h.flash_success(tk._("The appointment has ended."))
    except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound) as error:
        _flash(error)
    return tk.redirect_to("govshare_offices.index")


def _page(form: dict[str, Any]) -> str:
    show = tk.get_action("govshare_office_list")
    try:
        appointments = show({}, {})
        supervises = True
    except tk.NotAuthorized:
        supervises = False
        own = sorted({o.org_id for o in of(tk.current_user.id) if o.org_id})
        if not own:
            tk.abort(403, tk._("You hold no office."))
        appointments = [a for org in own for a in show({}, {"organization": org})]
    extra = {
        "appointments": appointments,
        "organizations": _organizations(appointments, supervises),
        "offices": [*ORGANIZATION_OFFICES, *(PORTAL_OFFICES if supervises else ())],
        "form": form,
    }
    return tk.render("offices/index.html", extra)


def _organizations(appointments: list[dict[str, Any]], all_of_them: bool) -> list[tuple[str, str]]:
    if all_of_them:
        groups = model.Session.query(model.Group).filter_by(is_organization=True, state="active")
        return sorted((g.name, g.display_name) for g in groups)
    return sorted({(a["organization"], a["organization_title"]) for a in appointments})


def _flash(error: Exception) -> None:
    if isinstance(error, tk.ValidationError):
        for messages in error.error_dict.values():
            for message in messages if isinstance(messages, list) else [messages]:
                tk.h.flash_error(message)
    else:
        tk.h.flash_error(str(error) or tk._("You may not do this."))
