"""Makes the ledger a CKAN plugin."""

from __future__ import annotations

from ckan import plugins as p
from ckan.plugins import toolkit as tk

from ckanext.govshare.ledger import action, auth, cli


@tk.blanket.actions(action)
@tk.blanket.auth_functions(auth)
@tk.blanket.cli(cli)
@tk.blanket.config_declarations
class Plugin(p.SingletonPlugin):
    pass
