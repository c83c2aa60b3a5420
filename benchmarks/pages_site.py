"""One web worker for the pages' benchmark, and what fills its database.

    python -m benchmarks.pages_site fill INI SIZE
    python -m benchmarks.pages_site serve INI PORT     the portal; with `PEER_DATABASE` the peer

The peer is plain CKAN on the same database with its own theme and no extension; its searches go to
PostgreSQL (`search_postgres`), through the same seam as ours.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import psycopg2
import pysolr
from ckan.lib import search

from benchmarks import catalogue
from benchmarks.search_postgres import PostgresSearch

LISTS = {
    "topic": ("transport", "education", "health"),
    "update_cycle": ("daily", "monthly", "yearly"),
}


class Reading(PostgresSearch):
    """The peer's engine on the table that `fill` has made."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg2.connect(url)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()


class Peer:
    """What CKAN calls as `pysolr.Solr`; the connection of each thread stays open."""

    threads = threading.local()

    def __init__(self, *_args: Any, **_options: Any) -> None:
        if not hasattr(self.threads, "engine"):
            self.threads.engine = Reading(os.environ["PEER_DATABASE"])
        self.engine = self.threads.engine

    def search(self, **params: Any) -> pysolr.Results:
        params["fq"] = [params["fq"]] if isinstance(params["fq"], str) else params["fq"]
        return pysolr.Results(self.engine.search({"facet.field": (), **params}))


def documents(size: int) -> Any:
    """The made-up catalogue with ids and lists of this portal."""
    for number, doc in enumerate(catalogue.documents(size)):
        shown = json.loads(doc["validated_data_dict"])
        values = {name: of[number % len(of)] for name, of in LISTS.items()}
        shown |= values | {"open_class": doc["open_class"]}
        for resource in shown["resources"]:
            resource |= {"state": "active", "url_type": "upload", "url": "data.csv"}
        text = json.dumps(shown)
        yield {
            **doc, **values, "site_id": "govshare", "permission_labels": ["public"],
            "validated_data_dict": text, "data_dict": text,
        }  # fmt: skip


def fill(ini: str, size: int) -> None:
    """The same datasets in the database, in our index and in the peer's table."""
    application(ini)
    import ckan.plugins.toolkit as tk
    from ckan import model

    docs = list(documents(size))
    for name in sorted({doc["organization"] for doc in docs}):
        group = model.Group(name=name, title=name, type="organization")
        group.id = name
        group.is_organization = True
        model.Session.add(group)
    model.Session.flush()
    for table, rows in _rows([json.loads(doc["validated_data_dict"]) for doc in docs]):
        model.Session.execute(table.insert(), rows)
    model.Session.commit()
    peer = PostgresSearch(tk.config["sqlalchemy.url"])
    todo = iter(docs)
    while batch := list(islice(todo, 500)):
        search.make_connection().add(batch, commit=True)
        peer.add(batch)
    peer.done()


def _rows(datasets: list[dict[str, Any]]) -> Any:
    """What the tables hold of the datasets."""
    from ckan.model.package import package_table
    from ckan.model.resource import resource_table

    from ckanext.govshare.release.model import Publication

    now = datetime.now(UTC)
    yield package_table, [
        {
            **{key: d[key] for key in ("id", "name", "title", "notes", "type", "owner_org")},
            "private": False, "state": "active",
            "metadata_created": datetime.fromisoformat(d["metadata_created"]),
            "metadata_modified": datetime.fromisoformat(d["metadata_modified"]),
            "extras": {**{key: d[key] for key in ("open_class", *LISTS)},
                       "items": json.dumps(d["items"], ensure_ascii=False)},
        }
        for d in datasets
    ]  # fmt: skip
    yield resource_table, [
        {**{key: r[key] for key in ("id", "package_id", "url", "url_type", "name", "format",
                                    "description", "position", "state")}, "extras": {}}
        for d in datasets for r in d["resources"]
    ]  # fmt: skip
    yield Publication.__table__, [
        {"dataset_id": d["id"], "state": "published", "by": "bench", "at": now} for d in datasets
    ]


def application(ini: str) -> Any:
    """CKAN with the settings of `ini`."""
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    if "PEER_DATABASE" in os.environ:
        pysolr.Solr = Peer
        search.check_solr_schema_version = lambda *_: True
    os.environ["CKAN_INI"] = ini
    return make_app(load_config(ini))


def serve(ini: str, port: int) -> None:
    """As the portal is served: one process, four threads."""
    from ckanext.govshare.stack.family import Server

    Server(application(ini), {
        "bind": f"127.0.0.1:{port}", "worker_class": "gthread", "threads": 4, "workers": 1,
        "timeout": 120, "control_socket_disable": True, "loglevel": "warning",
    }).run()  # fmt: skip


if __name__ == "__main__":
    {"fill": fill, "serve": serve}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
