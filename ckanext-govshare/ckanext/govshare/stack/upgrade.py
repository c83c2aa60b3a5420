"""Brings the database and the search index of one portal up to the code. Idempotent.

The database administrator's URL comes from the launcher (`GOVSHARE_ADMIN_URL`), for what the
portal's own roles may not do.
"""

from __future__ import annotations

import os
from pathlib import Path

from ckan import model
from ckan import plugins as p
from ckan.cli.db import _migrate_plugins, _run_migrations
from ckan.lib import search
from ckan.model import parse_db_config
from ckanext.datastore.cli import permissions_sql

from ckanext.govshare import migration
from ckanext.govshare.stack import databases, first_administrator

MANY = 1_000_000  # more than a portal's index holds


def upgrade(admin_url: str) -> None:
    """Run the migrations of CKAN, of its extensions and of our rooms; grant the DataStore's rights.

    The configuration must be loaded. The search index is left alone.
    """
    _run_migrations("")
    _migrate_plugins(apply=True)
    rooms = Path(migration.__file__).parent
    for name in sorted(folder.name for folder in rooms.iterdir() if folder.is_dir()):
        if p.plugin_loaded(name):
            _migrate_room(rooms / name)
    if p.plugin_loaded("datastore"):
        catalogue = _address("sqlalchemy.url")
        write = _address("ckan.datastore.write_url")
        read = _address("ckan.datastore.read_url")
        databases.permit_datastore(admin_url, permissions_sql(
            maindb=catalogue["db_name"], datastoredb=write["db_name"],
            mainuser=catalogue["db_user"], writeuser=write["db_user"], readuser=read["db_user"],
        ))


def _address(setting: str) -> dict[str, str]:
    parts = parse_db_config(setting)
    if parts is None:
        raise ValueError(f"{setting} is no database URL")  # never the URL: it holds a password
    return parts


def _migrate_room(folder: Path) -> None:
    """Also for rooms whose plugin is outside `ckanext`, which CKAN's own command does not find."""
    if not any((folder / "versions").glob("*.py")):
        return
    core = model.repo._alembic_ini
    model.repo._alembic_ini = str(folder / "alembic.ini")
    try:
        model.repo.upgrade_db("head")
    finally:
        model.repo._alembic_ini = core


def repair_index() -> int:
    """Index the datasets that the search index lacks, drop those that are gone; how many."""
    wanted = {
        row.id for row in
        model.Session.query(model.Package.id).filter(model.Package.state == "active")
    }
    query = search.query_for(model.Package)
    indexed = set(query.get_all_entity_ids(max_results=len(wanted) + MANY))
    index = search.index_for(model.Package)
    for gone in indexed - wanted:
        index.delete_package({"id": gone})
    missing = wanted - indexed
    for package_id in missing:
        search.rebuild(package_id, force=True)
    search.commit()
    return len(indexed ^ wanted)


def everything() -> None:
    """Upgrade the database, make the first administrator, repair the index."""
    upgrade(os.environ["GOVSHARE_ADMIN_URL"])
    first_administrator.make(Path(os.environ["GOVSHARE_FIRST_ADMINISTRATOR"]))
    repair_index()
