"""The pages of grants: my own, and for those who supervise all of them."""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare import offices
from ckanext.govshare.access.schema import GROUNDS

__all__ = ["grants"]

grants = Blueprint("govshare_access", __name__, url_prefix="/grant")


@grants.get("/")
def index() -> str | Response:
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from="/grant/")
    show = tk.get_action("govshare_grant_list")
    supervises = any(offices.holds(tk.current_user.id, o) for o in ("authority", "auditor"))
    extra = {"mine": show({}, {}), "all": show({}, {"all": True}) if supervises else None}
    return tk.render("access/index.html", extra)


@grants.get("/<id>")
def read(id: str) -> str:
    return _page(id)


@grants.post("/<id>/<act>")
def change(id: str, act: str) -> str | Response:
    """Suspend, resume or end; a mistake shows the grant again with what was typed."""
    if act not in ("suspend", "resume", "end"):
        return tk.abort(404)
    data = {"id": id, **{k: v for k, v in tk.request.form.items() if k != "_csrf_token"}}
    try:
        tk.get_action(f"govshare_grant_{act}")({}, data)
    except tk.ValidationError as error:
        for message in error.error_summary.values():
            tk.h.flash_error(str(message))
        return _page(id, data)
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        return tk.abort(403, str(error))
    tk.h.flash_success(tk._("Done and recorded."))
    return tk.redirect_to("govshare_access.read", id=id)


def _page(id: str, typed: dict[str, str] | None = None) -> str:
    try:
        grant = tk.get_action("govshare_grant_show")({}, {"id": id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404, tk._("There is no such grant, or it is not yours to see."))
    user = tk.current_user.id
    extra = {
        "grant": grant,
        "own": user == grant["holder"],
        "may_stop": user != grant["holder"] and offices.holds(user, "authority"),
        "grounds": GROUNDS,
        "typed": typed or {},
    }
    return tk.render("access/read.html", extra)
