"""The repair that a web server starts, as it runs: in a process of its own, on the real portal."""

from __future__ import annotations

import threading
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.govshare.release.follow import refresh_index
from ckanext.govshare.search import janitor, plugin, solr

from .test_inside_data import portal, town  # noqa: F401 - fixtures


def test_what_a_crash_left_out_is_found_and_indexed(town: Any) -> None:  # noqa: F811
    engine = solr.engine(tk.config["solr_url"])
    context = {"user": "", "ignore_auth": True}
    refresh_index(town.dataset)
    engine.delete(f'id:"{town.dataset}"', commit=True)

    def is_found() -> bool:
        query = {"fq": f'id:"{town.dataset}"', "include_private": True}
        return bool(tk.get_action("package_search")(dict(context), query)["count"])

    assert not is_found()
    assert janitor.start(engine.home, tk.config["__file__"], pause=0)
    for thread in threading.enumerate():
        if thread.name == "search-repair":
            thread.join(120)
    model.Session.rollback()
    assert is_found()


def test_the_first_request_alone_starts_it(monkeypatch: Any, tmp_path: Any) -> None:
    started: list[Any] = []
    monkeypatch.setattr(plugin.janitor, "start", lambda *given: started.append(given))
    once = plugin._Once(tmp_path, "portal.ini")
    once()
    once()
    assert started == [(tmp_path, "portal.ini")]
