"""A connection to a department's database: guarded, read only, with credentials that cannot write.

PostgreSQL and SQLite are tested here; MySQL and MariaDB by their SQL only. Oracle, SQL Server,
Dameng and Kingbase come with SQLAlchemy dialects of their own: see docs/harvesting.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from harvesters import network
from harvesters.notes import SourceError

SECONDS = 15
PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306}
DRIVERS = {"postgresql": "postgresql+psycopg2", "mysql": "mysql+pymysql",
           "mariadb": "mysql+pymysql", "sqlite": "sqlite"}
CAN_WRITE_POSTGRES = sa.text("""
    select rolsuper or exists (
        select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v') and n.nspname not like 'pg\\_%'
          and n.nspname <> 'information_schema'
          and has_schema_privilege(n.oid, 'usage')
          and has_table_privilege(c.oid, 'insert, update, delete, truncate'))
    from pg_roles where rolname = current_user
""")
READ_GRANTS = ("USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES")


def address(text: str) -> sa.URL:
    """The address of a database, without credentials; raises SourceError."""
    try:
        url = sa.make_url(text)
    except (SQLAlchemyError, ValueError):
        raise SourceError("database_address") from None
    if url.get_backend_name() not in DRIVERS or url.query:
        raise SourceError("database_address")
    if url.username or url.password:
        raise SourceError("secret_in_address")
    if url.get_backend_name() != "sqlite" and not (url.host and url.database):
        raise SourceError("database_address")
    return url


@contextmanager
def reading(
    text: str, secret: dict[str, str], allow: list[network.Network], may_write: str
) -> Iterator[sa.Connection]:
    """A connection in one read-only transaction: what is read belongs together.

    Raises SourceError when it cannot be reached, or when it may write and nobody said why.
    """
    url = address(text)
    engine = _engine(url, secret, allow)
    try:
        with engine.connect() as connection:
            _read_only(connection)
            if not may_write and _can_write(connection):
                raise SourceError("can_write", file=text)
            yield connection
    except DBAPIError as error:
        passing = isinstance(error, OperationalError)
        # The kind only: the words of a driver may quote a value, or the password.
        raise SourceError("database", passing=passing, file=text,
                          reason=type(error.orig).__name__) from None
    finally:
        engine.dispose()


def _engine(url: sa.URL, secret: dict[str, str], allow: list[network.Network]) -> sa.Engine:
    kind = url.get_backend_name()
    if kind == "sqlite":
        url = sa.URL.create("sqlite", database=f"file:{url.database}",
                            query={"mode": "ro", "uri": "true"})
        return sa.create_engine(url, poolclass=NullPool)
    missing = [name for name in ("user", "password") if not secret.get(name)]
    if missing:
        raise SourceError("no_secret", names=", ".join(missing))
    ip = network.resolve(url.host or "", url.port or PORTS[kind], allow)
    more: dict[str, Any] = {"connect_timeout": SECONDS}
    url = url.set(drivername=DRIVERS[kind], username=secret["user"], password=secret["password"])
    if kind == "postgresql":
        more |= {"hostaddr": ip, "options": "-c statement_timeout=0 -c lock_timeout=15s"}
    else:
        url = url.set(host=ip)
        more |= {"read_timeout": 600, "charset": "utf8mb4"}
    return sa.create_engine(url, poolclass=NullPool, connect_args=more, hide_parameters=True)


def _read_only(connection: sa.Connection) -> None:
    kind = connection.dialect.name
    if kind == "postgresql":
        connection.execute(sa.text("set transaction isolation level repeatable read, read only"))
    elif kind in ("mysql", "mariadb"):
        connection.execute(sa.text("start transaction with consistent snapshot, read only"))


def _can_write(connection: sa.Connection) -> bool:
    kind = connection.dialect.name
    if kind == "postgresql":
        return bool(connection.scalar(CAN_WRITE_POSTGRES))
    if kind in ("mysql", "mariadb"):
        grants = [str(row[0]) for row in connection.execute(sa.text("show grants"))]
        return any(can_write_mysql(grant) for grant in grants)
    return False  # SQLite was opened to be read


def can_write_mysql(grant: str) -> bool:
    """Whether a line of `SHOW GRANTS` gives more than reading."""
    words = grant.upper().removeprefix("GRANT ").partition(" ON ")[0]
    given = (word.partition("(")[0].strip() for word in _outside_brackets(words))
    return any(word not in READ_GRANTS for word in given)


def _outside_brackets(words: str) -> list[str]:
    parts, depth = [""], 0
    for letter in words:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
