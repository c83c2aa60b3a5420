"""The door: every request, by its endpoint, before CKAN's own view of it."""

from __future__ import annotations

from ckan import model
from ckan.common import current_user
from ckan.config.middleware.flask_app import csrf
from ckan.plugins import toolkit as tk
from flask import Blueprint, Response, g

from ckanext.govshare.gate import delivery, pace
from ckanext.govshare.gate.facts import decide
from ckanext.govshare.gate.identity import actor

gate = Blueprint("govshare_gate", __name__)

#: What cannot be held: CKAN's file store answers to a token or a storage's own flag, and
#: ckanext-harvest shows raw sources to everybody.
CLOSED = frozenset({
    "file.download", "file.trusted_download", "file.public_download", "harvester.object_show",
    "datastore.dictionary",
})

ROWS = frozenset({"datastore.dump", "datastore.api_info"})
ROWS_BY_VIEW = frozenset({"datatablesview.ajax", "datatablesview.filtered_download"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})

#: It reads, but by POST only: values in an address would stand in logs.
READS_BY_POST = frozenset({"govshare_verify"})


@gate.before_app_request
def ask_for_the_form_token() -> None:
    """CKAN exempts a view for everybody, and for good, once an anonymous or token-carrying caller
    has posted to it. So we ask again whoever comes by cookie."""
    by_cookie = current_user.is_authenticated and not g.get("login_via_auth_header")
    if by_cookie and tk.config["WTF_CSRF_ENABLED"]:
        csrf.protect()


@gate.before_app_request
def stand_at_the_door() -> Response | str | tuple[str, int] | None:
    """Answer what the gate answers itself, refuse what is closed, let the rest through."""
    request, endpoint = tk.request, tk.request.endpoint or ""
    arguments = request.view_args or {}
    blueprint, _, view = endpoint.rpartition(".")
    if not pace.keep_token():
        return pace.answer()
    if endpoint in CLOSED:
        return tk.abort(404)
    if g.get("govshare_scopes") is not None and not _is_reading(endpoint):
        return tk.abort(403, tk._("This API token may only read data."))
    if "resource_view" in request.args and _is_resource(blueprint):
        return tk.abort(404)
    if request.method == "OPTIONS":
        return None
    if view == "download" and _is_resource(blueprint):
        return delivery.download(arguments["id"], arguments["resource_id"])
    if endpoint in ROWS:
        return _rows(arguments["resource_id"])
    if endpoint in ROWS_BY_VIEW:
        found = model.ResourceView.get(arguments["resource_view_id"])
        return _rows(found.resource_id) if found else tk.abort(404)
    return None


@gate.after_app_request
def forbid_shared_caches(response: Response) -> Response:
    """What one reader may see stays with that reader; CKAN calls token answers public."""
    signed_in = tk.request.endpoint != "static" and current_user.is_authenticated
    if signed_in or g.get("govshare_personal"):
        delivery.forbid_caches(response)
    return response


@gate.after_app_request
def tell_to_wait(response: Response) -> Response:
    """An action can only refuse; say 429 and for how long."""
    told = response.status_code == pace.TOO_MANY
    return pace.answer() if g.get("govshare_wait") and not told else response


def _rows(resource_id: str) -> Response | tuple[str, int] | None:
    decision = decide(actor(), resource_id, "rows")
    if not decision.allowed:
        return delivery.refuse(decision)
    try:
        pace.keep(decision)
    except tk.NotAuthorized:
        return pace.answer()
    return None


def _is_resource(blueprint: str) -> bool:
    """`dataset_resource`, `resource`, and `<type>_resource` of every other dataset type."""
    return blueprint == "resource" or blueprint.endswith("_resource")


def _is_reading(endpoint: str) -> bool:
    """A token with scopes reads: no form, and of the actions only those without side effects."""
    if endpoint == "api.action":
        name = (tk.request.view_args or {})["logic_function"]
        try:
            action = tk.get_action(name)
        except KeyError:
            return True
        return name in READS_BY_POST or getattr(action, "side_effect_free", False)
    return tk.request.method in READING or endpoint in ROWS_BY_VIEW
