"""The page of the ledger, for those who supervise."""

from __future__ import annotations

from ckan import model
from ckan.plugins import toolkit as tk
from flask import Blueprint
from werkzeug.wrappers import Response

__all__ = ["ledger"]

ledger = Blueprint("govshare_ledger", __name__, url_prefix="/ledger")

PAGE = 50
FILTERS = ("kind", "subject_type", "subject_id", "actor")


@ledger.get("/")
def index() -> str | Response:
    """Events, newest first, by kind, thing or person."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from="/ledger/")
    asked = {name: tk.request.args.get(name, "") for name in FILTERS}
    number = tk.request.args.get("page", "")
    page = max(int(number), 1) if number.isdigit() else 1
    data = {**{k: v for k, v in asked.items() if v}, "limit": PAGE, "offset": (page - 1) * PAGE}
    try:
        found = tk.get_action("govshare_event_list")({}, data)
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    users = {e["actor"] for e in found["results"] if e["actor"]}
    names = {u.id: u.display_name for u in map(model.User.get, users) if u}
    extra = {"events": found["results"], "count": found["count"], "page": page, "asked": asked,
             "names": names, "more": page * PAGE < found["count"]}
    return tk.render("ledger/index.html", extra)
