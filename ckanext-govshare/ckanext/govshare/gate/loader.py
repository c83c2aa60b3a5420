"""Fill the DataStore from released bytes, and from nothing else.

`govshare_rows` says which release a table was filled from; rows are served only while that is the
live release. So a table that is late, or left over, serves nothing.
"""

from __future__ import annotations

import csv
import io
import logging
from typing import Any, BinaryIO

import sqlalchemy as sa
from ckan import model
from ckanext.datastore.backend.postgres import get_write_engine, identifier
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare.gate import tables
from ckanext.govshare.gate.columns import Typing, column_id
from ckanext.govshare.gate.decision import Decision
from ckanext.govshare.gate.model import rows
from ckanext.govshare.gate.reader import open_released

log = logging.getLogger(__name__)

LOADER_LOCK = 0x67617465  # one loader or sweep at a time; released with the transaction

LIVE = sa.text("""
    select l.id, l.resource_id, l.digest, l.format, l.renditions, l.columns
    from govshare_release l
    join resource r on r.id = l.resource_id and r.state = 'active'
    join package p on p.id = r.package_id and p.id = l.dataset_id and p.state = 'active'
    where l.id = :id and l.state = 'released'
      and l.open_class in ('unconditional', 'conditional')
      and p.extras->>'open_class' in ('unconditional', 'conditional')
      and not exists (select from govshare_tombstone t where t.id in (r.id, p.id))
""")

ENDED = sa.text("""
    delete from govshare_rows g where not exists (
        select from govshare_release l
        where l.id = g.release_id and l.resource_id = g.resource_id and l.state = 'released'
          and not exists (select from govshare_tombstone t
                          where t.id in (l.resource_id, l.dataset_id)))
""")

BURIED = sa.text("""
    select from govshare_rows g join govshare_tombstone t on t.id = g.resource_id limit 1
""")

#: Tables that CKAN made for a resource: their names are UUIDs.
TABLES = sa.text("""
    select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r'
      and relname ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
""")


def load_job(release_id: str) -> None:
    """The background job. No message of the database reaches a log: it could quote a row."""
    try:
        load(release_id)
    except Exception as error:
        model.Session.rollback()
        log.error("release %s: its rows are not loaded: %s", release_id, type(error).__name__)
        raise RuntimeError(f"rows of release {release_id} not loaded") from None


def load(release_id: str) -> int:
    """Load the rows of a live release; clear away what has ended. Returns the number of rows."""
    _lock()
    live = model.Session.execute(LIVE, {"id": release_id}).first()
    count = 0
    if live is not None and ("csv" in live.renditions or live.format == "csv"):
        decision = Decision(
            True, 200, "load", release_id=live.id, digest=live.digest,
            format=live.format, renditions=live.renditions,
        )
        with open_released(decision, "csv") as source:
            count = _replace_table(live.resource_id, live.columns or [], source)
        known = {"release_id": live.id, "count": count, "at": sa.func.now()}
        statement = insert(rows).values(resource_id=live.resource_id, **known)
        model.Session.execute(
            statement.on_conflict_do_update(index_elements=["resource_id"], set_=known)
        )
    _sweep()
    model.Session.commit()
    return count


def sweep() -> None:
    """Drop every table that no live release stands behind."""
    _lock()
    _sweep()
    model.Session.commit()


def has_ended() -> bool:
    """Whether a table still stands of something that was deleted."""
    return model.Session.execute(BURIED).first() is not None


def loaded_from(resource_id: str) -> str | None:
    """The release that the table of this resource was filled from."""
    query = sa.select(rows.c.release_id).where(rows.c.resource_id == resource_id)
    return model.Session.execute(query).scalar()


def _lock() -> None:
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOADER_LOCK)))


def _sweep() -> None:
    model.Session.execute(ENDED)
    kept = set(model.Session.scalars(sa.select(rows.c.resource_id)))
    with get_write_engine().begin() as datastore:
        for table in datastore.scalars(TABLES).all():
            if table not in kept:
                datastore.execute(sa.text(f"drop table {identifier(table)} cascade"))


def _replace_table(resource_id: str, columns: list[dict[str, Any]], source: BinaryIO) -> int:
    """Drop, create and fill in one transaction: a reader sees the old rows or the new ones."""
    declared = {c["name"]: str(c.get("type") or "text") for c in columns}
    header, records = tables.read(source)
    typings = [Typing(declared.get(name, "text")) for name in header]
    for record in records:
        for typing, value in zip(typings, record, strict=True):
            typing.see(value)
    table = identifier(resource_id)
    names = [identifier(column_id(name)) for name in header]
    fields = ", ".join(f"{n} {t.type}" for n, t in zip(names, typings, strict=True))
    with get_write_engine().begin() as datastore:
        cursor = datastore.connection.cursor()
        cursor.execute(f"drop table if exists {table} cascade")
        cursor.execute(
            f"create table {table} (_id serial primary key, _full_text tsvector, {fields})"
        )
        cursor.execute(
            f"create trigger zfulltext before insert or update on {table} "
            "for each row execute procedure populate_full_text_trigger()"
        )
        cursor.copy_expert(
            f"copy {table} ({', '.join(names)}) from stdin (format csv{_nullable(names, typings)})",
            _copy_source(records),
        )
        cursor.execute(f"create index on {table} using gin (_full_text)")
    return len(records)


def _nullable(names: list[str], typings: list[Typing]) -> str:
    """An empty number or date is null; an empty text stays empty."""
    typed = [name for name, typing in zip(names, typings, strict=True) if typing.type != "text"]
    return f", force_null ({', '.join(typed)})" if typed else ""


def _copy_source(records: list[list[str]]) -> io.StringIO:
    """Every value quoted: none can then be taken for a null or for the end of the data."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(records)
    out.seek(0)
    return out
