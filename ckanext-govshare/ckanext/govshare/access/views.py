"""The pages of grants: my own, and for those who supervise all of them."""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare import offices
from ckanext.govshare.access import disclosure, use
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


@grants.get("/entitlements.csv")
def entitlements() -> Response:
    """What one may use, as CSV; for those who supervise, with `all`, what anybody may use."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from="/grant/entitlements.csv")
    asked = {"all": True} if tk.request.args.get("all") else {}
    try:
        found = tk.get_action("govshare_grant_list")({}, asked)
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    return _csv("entitlements.csv", use.as_csv(use.ENTITLED_COLUMNS, found))


@grants.get("/blocks")
def blocks() -> str:
    """Who is shut out."""
    return _blocks({})


@grants.post("/blocks")
def block() -> str | Response:
    """Shut somebody out, or let them in again."""
    form = {k: v for k, v in tk.request.form.items() if k != "_csrf_token"}
    act = "end" if form.get("id") else "add"
    try:
        tk.get_action(f"govshare_block_{act}")({}, form)
    except tk.ValidationError as error:
        for message in error.error_summary.values():
            tk.h.flash_error(str(message))
        return _blocks(form)
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        return tk.abort(403, str(error))
    tk.h.flash_success(tk._("Done and recorded."))
    return tk.redirect_to("govshare_access.blocks")


@grants.get("/<id>/use.csv")
def use_csv(id: str) -> Response:
    """Every read under the grant, as CSV."""
    try:
        found = tk.get_action("govshare_grant_use")({}, {"id": id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404, tk._("There is no such grant, or it is not yours to see."))
    return _csv("use.csv", use.as_csv(use.READ_COLUMNS, found["uses"]))


@grants.get("/<id>")
def read(id: str) -> str:
    return _page(id)


@grants.post("/<id>/disclosure")
def disclose(id: str) -> str | Response:
    """Ask to publish or pass on, or decide on what was asked."""
    act = "decide" if "request" in tk.request.form else "ask"
    return _act(f"govshare_disclosure_{act}", id)


@grants.post("/<id>/<act>")
def change(id: str, act: str) -> str | Response:
    """Suspend, resume or end; a mistake shows the grant again with what was typed."""
    if act not in ("suspend", "resume", "end"):
        return tk.abort(404)
    return _act(f"govshare_grant_{act}", id)


def _act(action: str, id: str) -> str | Response:
    data = {"id": id, **{k: v for k, v in tk.request.form.items() if k != "_csrf_token"}}
    try:
        tk.get_action(action)({}, data)
    except tk.ValidationError as error:
        for message in error.error_summary.values():
            tk.h.flash_error(str(message))
        return _page(id, data)
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        return tk.abort(403, str(error))
    tk.h.flash_success(tk._("Done and recorded."))
    return tk.redirect_to("govshare_access.read", id=id)


def _csv(name: str, content: bytes) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename={name}", "Cache-Control": "private, no-store",
    }
    return Response(content, mimetype="text/csv", headers=headers)


def _blocks(typed: dict[str, str]) -> str:
    try:
        found = tk.get_action("govshare_block_list")({}, {})
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    may = offices.holds(tk.current_user.id, "authority")
    return tk.render("access/blocks.html", {"blocks": found, "may": may, "typed": typed})


def _page(id: str, typed: dict[str, str] | None = None) -> str:
    try:
        grant = tk.get_action("govshare_grant_show")({}, {"id": id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404, tk._("There is no such grant, or it is not yours to see."))
    user = tk.current_user.id
    extra = {
        "grant": grant,
        "use": tk.get_action("govshare_grant_use")({}, {"id": id}),
        "own": user == grant["holder"],
        "may_stop": user != grant["holder"] and offices.holds(user, "authority"),
        "grounds": GROUNDS,
        "may_disclose": disclosure.possible(),
        "may_decide": tk.h.check_access("govshare_disclosure_decide", {"id": id}),
        "typed": typed or {},
    }
    return tk.render("access/read.html", extra)
