"""Who is acting in a CKAN context."""

from __future__ import annotations

from ckan import model
from ckan.types import Context


def actor_id(context: Context) -> str | None:
    """The id of the signed-in user, or None for a visitor or a command on the server."""
    user = context.get("auth_user_obj")
    if not isinstance(user, model.User):
        user = model.User.get(context.get("user") or "")
    return user.id if user else None
