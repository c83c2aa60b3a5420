"""The actions of ckanext-harvest that our runner stands behind, and the room's own."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Action, Context
from ckanext.harvest.logic import dictization

from ckanext.govshare import ledger, offices
from harvesters import consent, frame, notes, reading, runner, schedule
from harvesters.decisions import get_source
from harvesters.instead import instead
from harvesters.notes import Note, SourceError


@tk.chained_action
def harvest_job_create(
    original: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """Begin a run, unless the source waits for the data authority's approval."""
    tk.check_access("harvest_job_create", context, data_dict)
    source = frame.source(str(data_dict.get("source_id")))
    if source is not None:
        _must_be_approved(source)
    return original(context, data_dict)


@instead
@tk.chained_action
def harvest_send_job_to_gather_queue(
    _original: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """Start a job in CKAN's worker; ckanext-harvest's own Redis consumers are not used.

    Every way to start a harvest (page, command, schedule) comes through this action.
    """
    tk.check_access("harvest_send_job_to_gather_queue", context, data_dict)
    job = _get_job(data_dict)
    if not job.source.active:
        raise tk.ValidationError({"source": [tk._("The source is not active")]})
    _must_be_approved(job.source)
    if job.status == "New":
        job.status = "Running"
        _record("harvest.started", context, job)
        job.save()
        runner.queue(job.id)
    return _dictized(job, context)


@instead
@tk.chained_action
def harvest_job_abort(
    _original: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """Stop a run: the record in hand is finished, no other is begun.

    :param id: the job, or its source with `source_id`: the newest job under way.
    """
    tk.check_access("harvest_job_abort", context, data_dict)
    job = _get_job(data_dict)
    if job.status in ("New", "Running"):
        user = model.User.get(offices.actor_id(context))
        _record("harvest.stopped", context, job)
        runner.end(job.id, Note("stopped", {"user": user.name if user else "-"}))
    return _dictized(job, context)


@instead
@tk.chained_action
def harvest_source_clear(
    _original: Action, context: Context, data_dict: dict[str, Any]  # noqa: ARG001
) -> Any:
    """Refused: it would delete datasets past the gate, the ledger and the retention duties."""
    raise tk.NotAuthorized(tk._("Datasets of a source are withdrawn one by one, with a reason."))


@instead
@tk.chained_action
def harvest_jobs_run(
    _original: Action, context: Context, data_dict: dict[str, Any]
) -> list[dict[str, Any]]:
    """ckanext-harvest's cron action: the same as our tick."""
    tk.check_access("harvest_jobs_run", context, data_dict)
    schedule.tick()
    return []


@tk.chained_action
@tk.side_effect_free
def harvest_job_report(
    original: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """ckanext-harvest's report, its messages in the reader's language."""
    found = original(context, data_dict)
    errors = [e for o in found["object_errors"].values() for e in o["errors"]]
    for error in [*found["gather_errors"], *errors]:
        error["message"] = notes.say(error["message"])
    return found


@tk.side_effect_free
def govshare_harvest_report(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """A run with every record's outcome and reasons.

    :param id: the job.
    :param outcome: only records with this outcome (optional).
    :param limit: at most 1000, 50 if not given; `offset`: where to begin.
    """
    tk.check_access("govshare_harvest_report", context, data_dict)
    limit, offset = min(int(data_dict.get("limit", 50)), 1000), int(data_dict.get("offset", 0))
    return reading.report(_get_job(data_dict), data_dict.get("outcome") or None, limit, offset)


@tk.side_effect_free
def govshare_harvest_status(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """The caller's sources with their last run, the late ones first; all of them for the operator
    and the data authority."""
    tk.check_access("govshare_harvest_status", context, data_dict)
    user = model.User.get(offices.actor_id(context))
    everything = bool(context.get("ignore_auth")) or bool(
        user and (user.sysadmin or offices.holds(user.id, "authority")))
    return reading.status(user.id if user else None, everything=everything)


@tk.side_effect_free
def govshare_harvest_inbox(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """For the workbench: runs with errors and late sources of the caller's departments."""
    tk.check_access("govshare_harvest_inbox", context, data_dict)
    return reading.inbox(offices.actor_id(context))


@tk.side_effect_free
def govshare_harvest_dry_run(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """What the next run would do with the first records; nothing is written.

    :param source_id: id or name of the source; `limit`: how many records (20).
    """
    source = get_source(data_dict)
    tk.check_access("govshare_harvest_dry_run", context, {"source_id": source.id})
    limit = min(int(data_dict.get("limit", 20)), 100)
    try:
        return {"records": frame.harvester(source.type).preview(source, limit), "notes": []}
    except SourceError as error:
        return {"records": [], "notes": [error.note.say()]}


def govshare_harvest_tick(context: Context, data_dict: dict[str, Any]) -> dict[str, int]:
    """Start what is due and take over what a killed worker left; the scheduler calls it."""
    tk.check_access("govshare_harvest_tick", context, data_dict)
    return schedule.tick()


def _must_be_approved(source: frame.Source) -> None:
    if consent.waits(source):
        raise tk.ValidationError({"source": [tk._(
            "The source runs once the data authority has approved it as it is now.")]})


def _get_job(data_dict: dict[str, Any]) -> frame.Job:
    found = frame.job(str(data_dict.get("id") or ""))
    if found is None:
        source_id = data_dict.get("source_id") or data_dict.get("id")
        found = next((j for j in reversed(frame.running()) if j.source_id == source_id), None)
    if found is None:
        raise tk.ObjectNotFound(tk._("Harvest job not found"))
    return found


def _record(kind: str, context: Context, job: frame.Job) -> None:
    ledger.append(
        kind, actor=offices.actor_id(context), subject=("harvest_source", job.source_id),
        data={"job": job.id},
    )


def _dictized(job: frame.Job, context: Context) -> dict[str, Any]:
    untyped: Any = dictization
    return untyped.harvest_job_dictize(job, {**context, "model": model})
