"""The portal's databases and roles, none of them a superuser.

| Role | May |
|---|---|
| `govshare` | owns the database `govshare` |
| `govshare_datastore_write` | owns the database `govshare_datastore` |
| `govshare_datastore_read` | reads the tables of `govshare_datastore`, nothing else |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import extensions, sql

from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _

OWNER = "govshare"
WRITER = "govshare_datastore_write"
READER = "govshare_datastore_read"
CATALOGUE = "govshare"
DATASTORE = "govshare_datastore"


@dataclass(frozen=True)
class Urls:
    """Where the portal's three roles connect."""

    catalogue: str
    datastore_write: str
    datastore_read: str


def urls(admin_url: str, secrets: Mapping[str, str]) -> Urls:
    """The roles' URLs on the server of `admin_url`."""
    return Urls(
        catalogue=_with(admin_url, CATALOGUE, OWNER, secrets["database_owner"]),
        datastore_write=_with(admin_url, DATASTORE, WRITER, secrets["datastore_write"]),
        datastore_read=_with(admin_url, DATASTORE, READER, secrets["datastore_read"]),
    )


def _with(admin_url: str, database: str, role: str, password: str) -> str:
    parts = urlsplit(admin_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(
        netloc=f"{quote(role)}:{quote(password)}@{place}", path=f"/{database}"
    ))


@contextmanager
def connected(url: str) -> Iterator[extensions.connection]:
    """A connection that commits each statement; a `StackError` when there is none."""
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except (psycopg2.OperationalError, psycopg2.ProgrammingError) as error:
        place = urlsplit(url).netloc.rpartition("@")[2]
        raise StackError(
            _("The database at {place} does not answer: {reason}",
              place=place, reason=str(error).strip().splitlines()[-1]),
            _("Check GOVSHARE_DATABASE_URL (host, port, user, password) and that the server runs."),
        ) from None
    connection.autocommit = True
    with closing(connection):
        yield connection


def prepare(admin_url: str, secrets: Mapping[str, str]) -> None:
    """Make the roles and databases that are missing; asks for CREATEROLE and CREATEDB only."""
    passwords = {
        OWNER: secrets["database_owner"],
        WRITER: secrets["datastore_write"],
        READER: secrets["datastore_read"],
    }
    with connected(admin_url) as connection, connection.cursor() as cursor:
        try:
            for role, password in passwords.items():
                _role(cursor, role, password)
            _database(cursor, CATALOGUE, OWNER)
            _database(cursor, DATASTORE, WRITER)
            cursor.execute(sql.SQL("grant connect on database {} to {}").format(
                sql.Identifier(DATASTORE), sql.Identifier(READER)))
        except psycopg2.errors.InsufficientPrivilege as error:
            raise StackError(
                _("The database user may not prepare the portal: {reason}", reason=error),
                _("Give the user of GOVSHARE_DATABASE_URL the rights CREATEROLE and CREATEDB."),
            ) from None


def _role(cursor: extensions.cursor, role: str, password: str) -> None:
    cursor.execute("select 1 from pg_roles where rolname = %s", [role])
    verb = "alter" if cursor.fetchone() else "create"
    cursor.execute(sql.SQL(verb + " role {} login password {}").format(
        sql.Identifier(role), sql.Literal(password)
    ))
    # A CREATEROLE user makes a database for another role only as its member.
    cursor.execute(
        "select rolsuper or pg_has_role(current_user, %s, 'usage') from pg_roles"
        " where rolname = current_user", [role],
    )
    if cursor.fetchone() != (True,):
        cursor.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(role)))


def _database(cursor: extensions.cursor, database: str, owner: str) -> None:
    name = sql.Identifier(database)
    cursor.execute("select 1 from pg_database where datname = %s", [database])
    if not cursor.fetchone():
        cursor.execute(
            sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
                name, sql.Identifier(owner)
            )
        )
    cursor.execute(sql.SQL("revoke all on database {} from public").format(name))


def permit_datastore(admin_url: str, statements: str) -> None:
    """Run the DataStore's own permission script (`ckan datastore set-permissions`)."""
    script = "\n".join(line for line in statements.splitlines() if not line.startswith("\\connect"))
    url = urlunsplit(urlsplit(admin_url)._replace(path=f"/{DATASTORE}"))
    with connected(url) as connection, connection.cursor() as cursor:
        cursor.execute(script)
