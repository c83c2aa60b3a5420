"""Runs harvest jobs in CKAN's workers, on as many machines as there are, a slice at a time.

A job is gathered by one worker, its records are taken by as many as come, and whoever finds nothing
left finishes it. Who has what stands in the database (`claims`); Redis only wakes a worker, and the
tick makes good a lost wake-up. A killed worker's work is free at once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import jobs
from ckanext.harvest import queue as stages
from rq.timeouts import BaseTimeoutException, JobTimeoutException, TimerDeathPenalty

from harvesters import claims, frame, news, retry
from harvesters.claims import Claim, Worker
from harvesters.notes import Note

log = logging.getLogger(__name__)
SLICE = 60.0
"""Seconds after which a worker turns to what else waits; the job goes to the end of the queue."""
PAUSE = 0.5
"""Seconds between two looks of a worker that waits for others."""


class TooLong(JobTimeoutException):
    """A record took more than `govshare.harvest.record_seconds`."""


def work(job_id: str) -> None:
    """One slice of a job; the rest is queued."""
    if not run(job_id, SLICE):
        queue(job_id)


def run(job_id: str, seconds: float | None = None, *, wait: bool = False) -> bool:
    """Do what there is to do now. False: time was over before that was.

    :param wait: stay until the job is finished, whoever works on it and whatever is tried again.
    """
    until = None if seconds is None else time.monotonic() + seconds
    with claims.worker() as worker:
        worker.enter(job_id)
        _end_too_long(worker, job_id)
        while step := STEPS.get(worker.phase(job_id) or "done"):
            if not step(worker, job_id):
                if not wait:
                    return True
                time.sleep(PAUSE)
                claims.bury()
            if until is not None and time.monotonic() > until:
                return False
    return True


def queue(job_id: str) -> None:
    """Wake a worker for the job."""
    tk.enqueue_job(work, [job_id], title=f"harvest {job_id}")


def take_over() -> int:
    """Queue the jobs that have work which nobody does and nobody waits to do; how many."""
    claims.bury()
    waiting = {arg for job in jobs.get_queue().jobs for arg in job.args if isinstance(arg, str)}
    left = [job_id for job_id in claims.claimable() if job_id not in waiting]
    for job_id in left:
        queue(job_id)
    return len(left)


def end(job_id: str, note: Note) -> None:
    """Begin nothing of the job any more, say why, and close it."""
    claims.close(job_id)
    frame.leave_waiting(job_id)
    job = frame.job(job_id)
    if job is not None:
        frame.gather_error(job, note)
        _close(job)


def _gather(worker: Worker, job_id: str) -> bool:
    claim = worker.claim_job(job_id, "gather")
    if claim is None:
        return False
    job = _job(job_id)
    job.status = "Running"
    job.save()
    frame.forget_objects(job_id)
    if claim.tries > retry.TRIES:
        frame.gather_error(job, Note("gave_up", {"file": job.source.title, "tries": retry.TRIES}))
    else:
        try:
            with _limit():
                stages.gather_stage(frame.harvester(job.source.type), job)
        except BaseTimeoutException:
            model.Session.rollback()
            job = _job(job_id)
            frame.gather_error(job, Note("too_long", {"file": job.source.title}))
        except Exception as error:
            model.Session.rollback()
            if retry.can_pass(error) and claim.tries < retry.TRIES:
                worker.postpone("job", claim, retry.pause(claim.tries), retry.note(error).stored())
                return True
            log.error("Harvest job %s could not be gathered: %s", job_id, type(error).__name__)
            frame.gather_error(_job(job_id), retry.note(error))
    worker.gathered(job_id)
    if worker.phase(job_id) == "done":  # stopped meanwhile
        frame.leave_waiting(job_id)
    return True


def _object(worker: Worker, job_id: str) -> bool:
    claim = worker.claim_object(job_id)
    if claim is None:
        return worker.nothing_left(job_id)
    if claim.tries > retry.TRIES:
        file = frame.record(claim.id).guid
        _fail(claim.id, Note("gave_up", {"file": file, "tries": retry.TRIES}))
    elif _tried_again(worker, claim):
        return True
    worker.done(claim.id)
    return True


def _tried_again(worker: Worker, claim: Claim) -> bool:
    """Fetch and import one record. True: it is tried again later; its failure is its own."""
    this = frame.record(claim.id)
    try:
        with _limit():
            stages.fetch_and_import_stages(frame.harvester(this.source.type), this)
    except BaseTimeoutException:
        model.Session.rollback()
        _fail(claim.id, Note("too_long", {"file": frame.record(claim.id).guid}))
    except Exception as error:
        model.Session.rollback()
        note = retry.note(error)
        if retry.can_pass(error) and claim.tries < retry.TRIES:
            frame.wait(claim.id)
            worker.postpone("object", claim, retry.pause(claim.tries), note.stored())
            return True
        log.error("Harvest object %s failed: %s", claim.id, type(error).__name__)
        _fail(claim.id, note)
    return False


def _finish(worker: Worker, job_id: str) -> bool:
    if worker.claim_job(job_id, "finish") is None:
        return False
    _close(_job(job_id))
    claims.close(job_id)
    return True


STEPS: dict[str, Callable[[Worker, str], bool]] = {
    "gather": _gather, "objects": _object, "finish": _finish,
}


def _close(job: frame.Job) -> None:
    job.status = "Finished"
    job.finished = datetime.now(UTC).replace(tzinfo=None)
    job.save()
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Any = {"user": site_user, "ignore_auth": True}
    tk.get_action("harvest_source_reindex")(context, {"id": job.source_id})
    news.finished(job)
    model.Session.commit()


def _end_too_long(worker: Worker, job_id: str) -> None:
    hours = tk.config["govshare.harvest.run_hours"]
    phase = worker.phase(job_id)
    if phase in ("gather", "objects") and worker.age(job_id) > timedelta(hours=hours):
        end(job_id, Note("run_too_long", {"hours": hours}))


def _limit() -> TimerDeathPenalty:
    """rq's own limit uses the alarm signal; this one is a thread, so that both can hold."""
    return TimerDeathPenalty(tk.config["govshare.harvest.record_seconds"], TooLong)


def _job(job_id: str) -> frame.Job:
    model.Session.expire_all()
    job = frame.job(job_id)
    if job is None:
        raise LookupError(job_id)
    return job


def _fail(object_id: str, note: Note) -> None:
    this = frame.record(object_id)
    frame.object_error(this, note, "Import")
    this.state, this.report_status = "ERROR", "errored"
    this.save()
