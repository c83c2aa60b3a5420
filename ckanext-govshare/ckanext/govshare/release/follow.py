"""What follows a release or a withdrawal, in the background."""

from __future__ import annotations

import logging

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import search

from ckanext.govshare.release import stage

log = logging.getLogger(__name__)


def follow_release(release_id: str) -> None:
    """After a release or a withdrawal: the search index, and the rows of the DataStore."""
    release = stage.load(release_id)
    refresh_index(release.dataset_id)
    try:
        load = tk.get_action("govshare_datastore_load")
    except KeyError:  # the gate room is left out: no rows are served at all
        return
    # Also after a withdrawal: the loader clears away what has ended.
    load({"ignore_auth": True, "user": ""}, {"release_id": release_id})


def refresh_index(dataset_id: str) -> None:
    """Write the dataset into the search index again.

    The act it follows is committed: an index that is away must not make it look as if it failed.
    The index is kept true by its own repair.
    """
    try:
        search.rebuild(dataset_id)
    except Exception as error:
        model.Session.rollback()
        log.error("dataset %s is not indexed: %s", dataset_id, type(error).__name__)
