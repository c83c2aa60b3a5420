"""CKAN plugin `govshare_search`: searching without a search server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import ckan.plugins as p

from . import solr

solr.install()


class Plugin(p.SingletonPlugin):
    """Puts the engine behind `pysolr.Solr` (when this module is imported) and points CKAN to it."""

    p.implements(p.IConfigurer)

    def update_config(self, config: Any) -> None:
        chosen = os.environ.get("GOVSHARE_SOLR_URL") or config.get("solr_url")
        if not chosen:
            data = config.get("govshare.data_dir") or "var"
            chosen = solr.SCHEME + str(Path(data) / "index")
        config["solr_url"] = chosen
