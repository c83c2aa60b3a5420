"""Makes the grants a CKAN plugin."""

from __future__ import annotations

from ckan import plugins as p
from ckan.plugins import toolkit as tk

from ckanext.govshare.access import action, auth


@tk.blanket.actions(action)
@tk.blanket.auth_functions(auth)
class Plugin(p.SingletonPlugin):
    pass
