"""What the database wants in the index, and bringing it there through CKAN."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import ckan.lib.plugins as lib_plugins
import ckan.lib.search as ckan_search
import ckan.plugins.toolkit as tk
from ckan import model

from . import janitor, schema

log = logging.getLogger(__name__)
CHUNK = 500


def wanted() -> Iterable[tuple[str, janitor.Entry]]:
    """Every dataset that belongs into the index."""
    labels = lib_plugins.get_permission_labels()
    query = model.Session.query(model.Package)
    if tk.config.get("ckan.search.remove_deleted_packages"):
        query = query.filter(model.Package.state != "deleted")
    ids = [row.id for row in query.with_entities(model.Package.id).order_by(model.Package.id)]
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        for package in query.filter(model.Package.id.in_(chunk)):
            known = tuple(sorted(labels.get_dataset_labels(package)))
            yield package.id, janitor.Entry("", schema.micros(package.metadata_modified), known)
        model.Session.expunge_all()


def index(ids: list[str]) -> None:
    """Index datasets by id; one that fails is reported and the others go on."""
    for id_ in ids:
        try:
            ckan_search.rebuild(package_ids=[id_])
        except tk.ObjectNotFound:
            continue  # deleted meanwhile
        except Exception:
            log.exception("search index: dataset %s could not be indexed", id_)
            model.Session.rollback()


def repair(url: str) -> janitor.Findings | None:
    """`janitor.repair` on this portal's index and database."""
    from . import solr

    engine = solr.engine(url)
    site_id: Any = tk.config["ckan.site_id"]
    return janitor.repair(engine.home, engine.writer, site_id, wanted, index)
