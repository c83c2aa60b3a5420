"""The job that the scheduler asks for: every action named `govshare_<room>_tick`, one by one."""

from __future__ import annotations

import logging

from ckan import logic, model
from ckan.plugins import toolkit as tk

log = logging.getLogger(__name__)


def names() -> list[str]:
    """The tick actions of the loaded rooms, in alphabetical order."""
    tk.get_action("status_show")  # fills the registry
    return sorted(name for name in logic._actions
                  if name.startswith("govshare_") and name.endswith("_tick"))


def run() -> list[str]:
    """Run every tick as the site user; one that fails does not stop the others. The failed ones."""
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    failed = []
    for name in names():
        try:
            tk.get_action(name)({"user": site_user, "ignore_auth": True}, {})
        except Exception as error:
            model.Session.rollback()
            failed.append(name)
            # The type only: a message may quote a row.
            log.error("%s failed: %s", name, type(error).__name__)
    return failed
