"""Runs a harvest job in CKAN's workers, a slice at a time, however often workers are killed.

Who runs a job holds a lock of the database. The lock ends with the connection, so a killed worker's
job is free at once: the next tick queues it again and it goes on with the record it was at. Redis
only wakes a worker; a lost wake-up is made good by the tick.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs
from ckanext.harvest import queue as stages
from rq.timeouts import BaseTimeoutException

from harvesters import frame
from harvesters.notes import Note

log = logging.getLogger(__name__)
SLICE = 60.0
"""Seconds after which a worker turns to what else waits; the job goes to the end of the queue."""
TRIES = 3
"""How often a record may break the whole worker before it is left out."""


def work(job_id: str) -> None:
    """One slice of a job; the rest is queued."""
    if not run(job_id, SLICE):
        queue(job_id)


def run(job_id: str, seconds: float | None = None) -> bool:
    """Gather, then fetch and import each object. False: time was over before the job was.

    A job that somebody else runs, or that is finished, is left alone.
    """
    until = None if seconds is None else time.monotonic() + seconds
    with _lock(job_id) as mine:
        job = frame.job(job_id)
        if not mine or job is None or job.status not in ("New", "Running"):
            return True
        job.status = "Running"
        job.save()
        if not job.gather_finished:
            _gather(job)
        for object_id in frame.open_objects(job_id):
            if _stopped(job_id):
                return True
            _one(object_id)
            if until is not None and time.monotonic() > until:
                return False
        if not _stopped(job_id):
            finish(job_id)
    return True


def queue(job_id: str) -> None:
    """Wake a worker for the job."""
    tk.enqueue_job(work, [job_id], title=f"harvest {job_id}")


def take_over() -> int:
    """Queue the jobs that nobody runs and nobody waits to run; how many."""
    waiting = {arg for job in jobs.get_queue().jobs for arg in job.args if isinstance(arg, str)}
    left = [job.id for job in frame.running() if job.id not in waiting and _free(job.id)]
    for job_id in left:
        queue(job_id)
    return len(left)


def finish(job_id: str) -> None:
    """Close the job and show it on the source's page."""
    job = frame.job(job_id)
    if job is None:
        return
    job.status = "Finished"
    job.finished = datetime.now(UTC).replace(tzinfo=None)
    job.save()
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Any = {"user": site_user, "ignore_auth": True}
    tk.get_action("harvest_source_reindex")(context, {"id": job.source_id})


def _gather(job: frame.Job) -> None:
    frame.forget_objects(job.id)
    try:
        stages.gather_stage(frame.harvester(job.source.type), job)
    except Exception as error:
        _note(job, error)


def _one(object_id: str) -> None:
    """One object; its failure is its own."""
    this = frame.record(object_id)
    this.retry_times += 1
    this.save()
    if this.retry_times > TRIES:
        _fail(object_id, Note("gave_up", {"file": this.guid, "tries": TRIES}))
        return
    try:
        stages.fetch_and_import_stages(frame.harvester(this.source.type), this)
    except BaseTimeoutException:
        model.Session.rollback()
        _fail(object_id, Note("too_long", {"file": frame.record(object_id).guid}))
    except Exception as error:
        model.Session.rollback()
        # The type only: a message may quote a value.
        log.error("Harvest object %s failed: %s", object_id, type(error).__name__)
        _fail(object_id, Note("crashed", {"reason": type(error).__name__}))


def _fail(object_id: str, note: Note) -> None:
    this = frame.record(object_id)
    frame.object_error(this, note, "Import")
    this.state, this.report_status = "ERROR", "errored"
    this.save()


def _note(job: frame.Job, error: Exception) -> None:
    model.Session.rollback()
    log.error("Harvest job %s could not be gathered: %s", job.id, type(error).__name__)
    frame.gather_error(job, Note("crashed", {"reason": type(error).__name__}))


def _stopped(job_id: str) -> bool:
    model.Session.expire_all()
    job = frame.job(job_id)
    return job is None or job.status != "Running"


def _key(job_id: str) -> Any:
    return sa.func.hashtextextended(f"govshare_harvest:{job_id}", 0)


@contextmanager
def _lock(job_id: str) -> Iterator[bool]:
    """Whether the job is ours until the end of the block, or of this process."""
    engine: Any = model.meta.engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_key(job_id))))
        try:
            yield bool(mine)
        finally:
            if mine:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_key(job_id))))


def _free(job_id: str) -> bool:
    with _lock(job_id) as mine:
        return mine
