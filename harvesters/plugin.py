"""CKAN plugin `govshare_harvest`: our runner under ckanext-harvest's records and pages."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from harvesters import action


@tk.blanket.actions(action)
@tk.blanket.config_declarations
class Plugin(p.SingletonPlugin):
    """Needs the plugin `harvest` before it."""
