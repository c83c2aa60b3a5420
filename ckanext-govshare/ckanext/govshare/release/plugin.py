"""The release room as a CKAN plugin."""

from __future__ import annotations

import ckan.plugins as p


class Plugin(p.SingletonPlugin):
    """Quarantine, stage, review, sign-off, releases."""
