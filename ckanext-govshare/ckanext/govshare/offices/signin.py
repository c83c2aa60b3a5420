"""The way to the unified identity service and back."""

from __future__ import annotations

import logging

from ckan.common import login_user, session
from ckan.plugins import toolkit as tk
from ckan.views.user import regenerate_session, rotate_token
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.govshare.offices import oidc

log = logging.getLogger(__name__)

signin = Blueprint("govshare_signin", __name__, url_prefix="/signin")

KEPT = "govshare_signin"


@signin.get("/")
def start() -> Response:
    """To the service; the session keeps what must come back."""
    if not oidc.issuer():
        return tk.abort(404)
    try:
        address, kept = oidc.begin(_back_to())
    except oidc.SignInError as error:
        return _failed(error)
    came_from = tk.request.args.get("came_from", "")
    session[KEPT] = {**kept, "came_from": came_from if tk.h.url_is_local(came_from) else ""}
    return tk.redirect_to(address)


@signin.get("/back")
def back() -> Response:
    """From the service; with a good answer the session is a new one and signed in."""
    if not oidc.issuer():
        return tk.abort(404)
    kept = session.pop(KEPT, None)
    try:
        if not kept:
            raise oidc.SignInError("nothing was begun in this session")
        query = tk.request.query_string.decode("ascii", "replace")
        user = oidc.finish(_back_to(), f"{_back_to()}?{query}", kept)
    except oidc.SignInError as error:
        return _failed(error)
    regenerate_session()
    login_user(user)
    rotate_token()
    return tk.redirect_to(kept["came_from"] or tk.url_for("govshare_portal.workbench"))


def _back_to() -> str:
    return tk.config["ckan.site_url"].rstrip("/") + "/signin/back"


def _failed(error: oidc.SignInError) -> Response:
    log.warning("sign-in by the identity service failed: %s", error)
    tk.h.flash_error(tk._("Signing in did not work. Please try again, or use your password."))
    return tk.redirect_to("user.login")
