"""The page of messages."""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from flask import Blueprint
from werkzeug.wrappers import Response

__all__ = ["messages"]

messages = Blueprint("govshare_notify", __name__, url_prefix="/message")


@messages.get("/")
def index() -> str | Response:
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from="/message/")
    found = tk.get_action("govshare_message_list")({}, {})
    return tk.render("notify/index.html", {"messages": found})


@messages.post("/read")
def read() -> Response:
    tk.get_action("govshare_message_read")({}, {"id": tk.request.form.get("id")})
    return tk.redirect_to("govshare_notify.index")
