"""Too many calls: who reads under a grant or with a token keeps to a pace, or is told to wait."""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from flask import Response, g, has_request_context, jsonify, make_response

from ckanext.govshare import access
from ckanext.govshare.access import limit
from ckanext.govshare.gate.decision import Decision

TOO_MANY = 429


def keep(decision: Decision) -> None:
    """Count this request once against the grant that it reads under.

    :raises tk.NotAuthorized: too many; the request is answered with 429, see `answer`.
    """
    if decision.grant_id is None or not has_request_context():
        return
    counted = g.setdefault("govshare_counted", set())
    if decision.grant_id in counted:
        return
    counted.add(decision.grant_id)
    grant = access.get(decision.grant_id)
    g.govshare_wait = limit.of_grant(grant) if grant else 0
    if g.govshare_wait:
        raise tk.NotAuthorized(message(g.govshare_wait))


def keep_token() -> bool:
    """Count this request against its API token, if it has one; False: too many."""
    token = g.get("govshare_token")
    g.govshare_wait = limit.of_token(token) if token else 0
    return not g.govshare_wait


def message(wait: int) -> str:
    return tk._("Too many calls. Try again in {n} seconds.").format(n=wait)


def answer() -> Response:
    """429 with the seconds to wait: JSON for the API, a page for people, else a line."""
    wait = g.govshare_wait
    if (tk.request.endpoint or "").startswith("api."):
        error = {"__type": "Too Many Requests", "message": message(wait)}
        response = jsonify({"success": False, "error": error})
    elif "text/html" in tk.request.headers.get("Accept", ""):
        known = {"code": TOO_MANY, "content": message(wait)}
        response = make_response(tk.render("error_document_template.html", known))
    else:
        response = Response(message(wait) + "\n", mimetype="text/plain")
    response.status_code = TOO_MANY
    response.headers["Retry-After"] = str(wait)
    return response
