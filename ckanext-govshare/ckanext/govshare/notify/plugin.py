"""Makes the messages a CKAN plugin."""

from __future__ import annotations

from ckan import plugins as p


class Plugin(p.SingletonPlugin):
    pass
