"""CKAN plugin `govshare_search`: searching without a search server."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from . import action, cli, columns, helpers, janitor, solr, suggest
from .engine import Engine

solr.install()


@tk.blanket.actions(action.get_actions)
@tk.blanket.cli(cli.get_commands)
@tk.blanket.helpers(helpers.get_helpers)
class Plugin(p.SingletonPlugin):
    """Puts the engine behind `pysolr.Solr` (when this module is imported) and points CKAN to it."""

    p.implements(p.IConfigurer)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IPackageController, inherit=True)

    def update_config(self, config: Any) -> None:
        """`GOVSHARE_SOLR_URL` wins over the settings file; without both the index is in the data
        folder.
        """
        chosen = os.environ.get("GOVSHARE_SOLR_URL") or config.get("solr_url")
        if not chosen:
            data = config.get("govshare.data_dir") or "var"
            chosen = solr.SCHEME + str(Path(data) / "index")
        config["solr_url"] = chosen

    def make_middleware(self, app: Any, config: Any) -> Any:
        """From the first request on the index is watched, and once compared with the database."""
        ini = config.get("__file__")
        here = config["solr_url"].startswith(solr.SCHEME)
        if (
            here
            and ini
            and not config.get("testing")
            and not os.environ.get("GOVSHARE_SEARCH_REPAIR")
        ):
            Engine.trouble = staticmethod(lambda home: janitor.start(home, ini, pause=30))
            app.before_request(_Once(solr.engine(config["solr_url"]).home, ini))
        return app

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Makes the columns of the data searchable: "which dataset has 统一社会信用代码"."""
        dataset = json.loads(pkg_dict.get("data_dict") or "{}")
        found = columns.names(r["id"] for r in dataset.get("resources") or () if r.get("id"))
        if found:
            pkg_dict["res_extras_columns"] = found
        return pkg_dict

    def after_dataset_search(
        self, search_results: dict[str, Any], search_params: dict[str, Any]
    ) -> dict[str, Any]:
        """Adds `did_you_mean` to an answer without results."""
        url = tk.config["solr_url"]
        if not search_results["count"] and url.startswith(solr.SCHEME):
            found = suggest.did_you_mean(solr.engine(url), search_params)
            if found:
                search_results["did_you_mean"] = found
        return search_results


class _Once:
    """Starts the comparison with the first request that a web server answers, not with every
    command.
    """

    def __init__(self, home: Path, ini: str) -> None:
        self.home, self.ini, self.done = home, ini, False

    def __call__(self) -> None:
        if not self.done:
            self.done = True
            janitor.start(self.home, self.ini)
