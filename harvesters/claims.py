"""Who works on what: workers, and the work they claim, in tables beside ckanext-harvest's.

A worker is a row and a lock of the database that ends with its connection. So nobody needs a clock
to see that a worker was killed: its row is there and its lock is not. What it had is free again.
Any number of workers on any number of machines claim work by `FOR UPDATE SKIP LOCKED`.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model

WORKERS = 0x67687276
"""The class of the locks, apart from every other use of advisory locks."""

ENTER = sa.text("""
    insert into govshare_harvest_job (job_id) select id from harvest_job where id = :job
    on conflict do nothing
""")
ENLIST = sa.text("""
    insert into govshare_harvest_object (object_id, job_id, place)
    select id, harvest_job_id, row_number() over (order by guid, id) from harvest_object
    where harvest_job_id = :job and state not in ('COMPLETE', 'ERROR')
    on conflict do nothing
""")
CLAIM_JOB = sa.text("""
    update govshare_harvest_job set owner = :me, tries = tries + 1
    where job_id = (
        select job_id from govshare_harvest_job
        where job_id = :job and phase = :phase and owner is null and not_before <= now()
        for update skip locked)
    returning job_id as id, tries
""")
CLAIM_OBJECT = sa.text("""
    update govshare_harvest_object set owner = :me, tries = tries + 1
    where object_id = (
        select o.object_id from govshare_harvest_object o
        join govshare_harvest_job j on j.job_id = o.job_id
        where o.job_id = :job and j.phase = 'objects' and not o.done and o.owner is null
          and o.not_before <= now()
        order by o.place limit 1 for update of o skip locked)
    returning object_id as id, tries
""")
FINISH = sa.text("""
    update govshare_harvest_job set phase = 'finish', tries = 0
    where job_id = :job and phase = 'objects' and not exists (
        select 1 from govshare_harvest_object where job_id = :job and not done)
""")
DEAD = sa.text("""
    select id from govshare_harvest_worker where id <> all (
        select objid::bigint::int from pg_locks
        where locktype = 'advisory' and objsubid = 2 and classid = cast(:class as oid) and granted
          and database = (select oid from pg_database where datname = current_database()))
""")
CLAIMABLE = sa.text("""
    select j.job_id from govshare_harvest_job j where
        (j.phase in ('gather', 'finish') and j.owner is null and j.not_before <= now())
        or (j.phase = 'objects' and (
            exists (select 1 from govshare_harvest_object o where o.job_id = j.job_id
                    and not o.done and o.owner is null and o.not_before <= now())
            or not exists (select 1 from govshare_harvest_object o
                           where o.job_id = j.job_id and not o.done)))
    order by j.begun
""")


@dataclass(frozen=True)
class Claim:
    """A job or an object that is this worker's; `tries` counts this time too."""

    id: str
    tries: int


class Worker:
    """One worker while it works; every method is a short transaction of its own."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        # The lock before the row: a row without a lock is a dead worker, at every moment.
        self.id: int = self._scalar("""
            select nextval(pg_get_serial_sequence('govshare_harvest_worker', 'id'))""")
        self._run("select pg_advisory_lock(:class, :id)", {"class": WORKERS, "id": self.id})
        self._run("""
            insert into govshare_harvest_worker (id, machine, pid) overriding system value
            values (:id, :machine, :pid)
        """, {"id": self.id, "machine": platform.node(), "pid": os.getpid()})

    def leave(self) -> None:
        """Give back what is still held and go."""
        _forget(self._connection, [self.id])
        self._run("select pg_advisory_unlock(:class, :id)", {"class": WORKERS, "id": self.id})

    def enter(self, job_id: str) -> None:
        """Make the job known to the executor; a second time changes nothing."""
        self._connection.execute(ENTER, {"job": job_id})

    def phase(self, job_id: str) -> str | None:
        """`gather`, `objects`, `finish` or `done`; None: there is no such job."""
        return self._scalar(
            "select phase from govshare_harvest_job where job_id = :job", {"job": job_id})

    def claim_job(self, job_id: str, phase: str) -> Claim | None:
        """The gathering or finishing of a job, unless somebody has it."""
        return self._claim(CLAIM_JOB, job=job_id, phase=phase)

    def claim_object(self, job_id: str) -> Claim | None:
        """The next record of a job that nobody has and that is due."""
        return self._claim(CLAIM_OBJECT, job=job_id)

    def gathered(self, job_id: str) -> None:
        """List what was gathered; the objects may be claimed from now on."""
        with _one_transaction() as connection:
            connection.execute(ENLIST, {"job": job_id})
            connection.execute(sa.text("""
                update govshare_harvest_job set phase = 'objects', owner = null, tries = 0
                where job_id = :job and phase = 'gather'
            """), {"job": job_id})

    def done(self, object_id: str) -> None:
        """The object has its outcome."""
        self._run("""
            update govshare_harvest_object set done = true, owner = null where object_id = :id
        """, {"id": object_id})

    def postpone(self, table: str, claim: Claim, pause: timedelta, error: str) -> None:
        """Give it back, not to be tried before `pause` is over. `table`: `job` or `object`."""
        kept = ", error = :error" if table == "object" else ""
        self._run(
            f"update govshare_harvest_{table} set owner = null, "  # noqa: S608  two fixed words
            f"not_before = now() + :pause{kept} where {table}_id = :id",
            {"id": claim.id, "pause": pause, "error": error})

    def nothing_left(self, job_id: str) -> bool:
        """Whether all objects are done; then the job waits to be finished."""
        return self._connection.execute(FINISH, {"job": job_id}).rowcount == 1

    def age(self, job_id: str) -> timedelta:
        """How long ago the job began."""
        return self._scalar(
            "select now() - begun from govshare_harvest_job where job_id = :job", {"job": job_id})

    def _claim(self, statement: sa.TextClause, **values: str) -> Claim | None:
        row = self._connection.execute(statement, {"me": self.id, **values}).first()
        return Claim(row.id, row.tries) if row else None

    def _run(self, statement: str, values: dict[str, Any] | None = None) -> None:
        self._connection.execute(sa.text(statement), values or {})

    def _scalar(self, statement: str, values: dict[str, Any] | None = None) -> Any:
        return self._connection.scalar(sa.text(statement), values or {})


@contextmanager
def worker() -> Iterator[Worker]:
    """This process as a worker, until the end of the block or of the process."""
    with _connection() as connection:
        # A machine that vanished without a word is noticed in half a minute.
        for name, seconds in (("idle", 10), ("interval", 5), ("count", 4)):
            connection.execute(sa.text(f"set tcp_keepalives_{name} = {seconds}"))
        me = Worker(connection)
        try:
            yield me
        finally:
            me.leave()


def close(job_id: str) -> None:
    """Nothing of the job may be claimed any more."""
    with _one_transaction() as connection:
        connection.execute(ENTER, {"job": job_id})
        connection.execute(sa.text("""
            update govshare_harvest_job set phase = 'done', owner = null where job_id = :job
        """), {"job": job_id})


def bury() -> int:
    """Free what killed workers had; how many there were."""
    with _one_transaction() as connection:
        dead = [row.id for row in connection.execute(DEAD, {"class": WORKERS})]
        _forget(connection, dead)
    return len(dead)


def claimable() -> list[str]:
    """The jobs on which a worker could work now, the oldest first."""
    with _connection() as connection:
        return [row.job_id for row in connection.execute(CLAIMABLE)]


def _forget(connection: sa.Connection, ids: list[int]) -> None:
    for table in ("object", "job"):
        connection.execute(sa.text(
            f"update govshare_harvest_{table} set owner = null where owner = any(:ids)"  # noqa: S608
        ), {"ids": ids})
    connection.execute(
        sa.text("delete from govshare_harvest_worker where id = any(:ids)"), {"ids": ids})


@contextmanager
def _connection() -> Iterator[sa.Connection]:
    engine: Any = model.meta.engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@contextmanager
def _one_transaction() -> Iterator[sa.Connection]:
    engine: Any = model.meta.engine
    with engine.begin() as connection:
        yield connection
