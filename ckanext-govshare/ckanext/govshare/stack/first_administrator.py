"""The first account: a system administrator with a password made here, written once (0600)."""

from __future__ import annotations

import secrets
from pathlib import Path

from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.stack.processes import private_write

NAME = "admin"


def make(note: Path) -> bool:
    """Make the account when the portal has no administrator; `note` gets name and password."""
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    others = model.Session.query(model.User).filter(
        model.User.sysadmin.is_(True), model.User.state == "active", model.User.name != site_user
    )
    if others.count():
        return False
    password = secrets.token_urlsafe(12)
    # Before the account: a kill in between leaves no account without a known password.
    private_write(note, f"{NAME}\n{password}\n")
    if model.User.get(NAME) is None:
        tk.get_action("user_create")(
            {"ignore_auth": True, "user": site_user},
            {"name": NAME, "email": "admin@localhost.localdomain", "password": password,
             "fullname": "系统管理员"},
        )
    user = model.Session.query(model.User).filter(model.User.name == NAME).one()
    user.password = password
    user.state = "active"
    user.sysadmin = True
    model.Session.commit()
    return True
