"""Names and descriptions of the columns of released data, to be searched with the dataset."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any

import ckan.plugins as p
import sqlalchemy as sa

log = logging.getLogger(__name__)

# The DataStore keeps a column's label and notes as JSON in its comment.
COLUMNS = sa.text("""
    select a.attname as name, col_description(a.attrelid, a.attnum) as comment
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relname = any(:ids) and c.relkind = 'r'
      and a.attnum > 0 and not a.attisdropped and left(a.attname, 1) <> '_'
    order by a.attnum
""")
MOST = 2_000


def words(resource_ids: Iterable[str]) -> list[str]:
    """The names, labels and notes of these resources' columns."""
    ids = list(resource_ids)
    if not ids or not p.plugin_loaded("datastore"):
        return []
    from ckanext.datastore.backend.postgres import get_read_engine

    with get_read_engine().connect() as connection:
        rows = connection.execute(COLUMNS, {"ids": ids}).fetchmany(MOST)
    found: list[str] = []
    for name, comment in rows:
        found.append(name)
        found.extend(_told(comment))
    return list(dict.fromkeys(found))


def _told(comment: str | None) -> list[str]:
    try:
        told = json.loads(comment or "{}")
    except ValueError:
        return []
    info: Any = told.get("_info", told) if isinstance(told, dict) else {}
    return [info[key] for key in ("label", "notes") if isinstance(info.get(key), str) and info[key]]
