"""Who is reading, and what their API token allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan import model
from ckan.common import current_user
from ckan.plugins import toolkit as tk
from flask import g, has_request_context

from ckanext.govshare.gate.decision import Actor

#: What a token can be limited to; they are the purposes of a decision.
SCOPES = ("download", "rows", "verify")

_CLAIM = "govshare_scopes"


def actor(context: Mapping[str, Any] | None = None) -> Actor:
    """The reader of this request, or of an action called with `context`.

    In an action the context names the user (a JSONP call blanks it); elsewhere the request does.
    A token's scopes hold for the whole request, whatever user the context names.
    """
    if context is not None:
        user = model.User.get(context["user"]) if context.get("user") else None
    else:
        user = model.User.get(current_user.name) if has_request_context() else None
    if user is None or user.state != "active":
        return Actor(None, _scopes())
    return Actor(user.id, _scopes())


def remember(token: Mapping[str, Any]) -> None:
    """Keep the id and the scopes of the API token that this request presented."""
    if not has_request_context():
        return
    g.govshare_token = token.get("jti")
    if _CLAIM in token:
        g.govshare_scopes = frozenset(token[_CLAIM])


def claim(scopes: list[str]) -> dict[str, list[str]]:
    """What a token carries that is limited to these scopes."""
    return {_CLAIM: scopes}


def _scopes() -> frozenset[str] | None:
    return g.get("govshare_scopes") if has_request_context() else None


def known_scopes(scopes: list[str]) -> list[str]:
    """:raises tk.Invalid: a scope that no decision knows."""
    if not scopes or not set(scopes) <= set(SCOPES):
        raise tk.Invalid(tk._("Choose among: {0}").format(", ".join(SCOPES)))
    return scopes
