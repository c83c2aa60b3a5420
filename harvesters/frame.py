"""ckanext-harvest's records, with types and with notes: its own classes have neither."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, cast

import ckan.plugins as p
import sqlalchemy as sa
from ckan import model
from ckanext.harvest import model as untyped
from ckanext.harvest.interfaces import IHarvester

from harvesters.notes import Note

_model: Any = untyped
NOTICE = "notice"
"""The key of extras that hold notes which are no errors."""


class Source(Protocol):
    """A harvest source; it has the id of its package."""

    id: str
    url: str
    title: str
    type: str
    config: str | None
    active: bool
    frequency: str
    created: datetime
    next_run: datetime | None


class Job(Protocol):
    """One run of a source. Times are naive UTC, as ckanext-harvest keeps them."""

    id: str
    status: str
    source: Source
    source_id: str
    created: datetime
    gather_started: datetime | None
    gather_finished: datetime | None
    finished: datetime | None
    save: Callable[[], None]


class Object(Protocol):
    """One record of one run."""

    id: str
    guid: str
    state: str
    report_status: str | None
    content: str | None
    current: bool
    package_id: str | None
    source: Source
    harvest_source_id: str
    harvest_job_id: str
    save: Callable[[], None]
    add: Callable[[], None]


def job(job_id: str) -> Job | None:
    return _model.HarvestJob.get(job_id)


def source(source_id: str) -> Source | None:
    return _model.HarvestSource.get(source_id)


def record(object_id: str) -> Object:
    return _model.HarvestObject.get(object_id)


def sources() -> list[Source]:
    """All active sources."""
    return model.Session.query(_model.HarvestSource).filter_by(active=True).all()


def running() -> list[Job]:
    """All jobs under way, the oldest first."""
    jobs = model.Session.query(_model.HarvestJob).filter_by(status="Running")
    return jobs.order_by(_model.HarvestJob.created).all()


def add_objects(job: Job, keys: list[str]) -> list[str]:
    """One waiting object for each key; their ids."""
    objects = [_model.HarvestObject(guid=key, job=job) for key in keys]
    model.Session.add_all(objects)
    model.Session.commit()
    return [found.id for found in objects]


def add_gone(job: Job, previous: Object, note: Note) -> None:
    """A finished object for a record that the source no longer has."""
    gone: Any = _model.HarvestObject(
        guid=previous.guid, job=job, state="COMPLETE", report_status="gone",
        package_id=previous.package_id,
    )
    model.Session.add(gone)
    model.Session.flush()
    notice(gone, note)


def forget_objects(job_id: str) -> None:
    """Drop what an interrupted gathering left."""
    for table in ("harvest_object_extra", "harvest_object_error"):
        model.Session.execute(sa.text(f"""
            delete from {table} where harvest_object_id in (
                select id from harvest_object where harvest_job_id = :job)
        """), {"job": job_id})  # noqa: S608  two fixed words
    for table in ("harvest_object", "harvest_gather_error"):
        model.Session.execute(
            sa.text(f"delete from {table} where harvest_job_id = :job"), {"job": job_id})  # noqa: S608
    model.Session.commit()


def leave_waiting(job_id: str) -> None:
    """What a run that ended had not begun."""
    model.Session.execute(sa.text("""
        update harvest_object set state = 'ERROR', report_status = 'stopped'
        where harvest_job_id = :job and state = 'WAITING'
    """), {"job": job_id})
    model.Session.commit()


def wait(object_id: str) -> None:
    """The record is tried again later."""
    this = record(object_id)
    this.state = "WAITING"
    this.save()


def current(source_id: str) -> dict[str, Object]:
    """The last object of each key that led to a dataset."""
    found = model.Session.query(_model.HarvestObject).filter_by(
        harvest_source_id=source_id, current=True
    )
    return {row.guid: row for row in found}


def previous(this: Object) -> Object | None:
    """The object of the same key that led to the dataset before."""
    columns = _model.HarvestObject
    return (
        model.Session.query(columns)
        .filter_by(guid=this.guid, harvest_source_id=this.harvest_source_id, current=True)
        .filter(columns.id != this.id)
        .first()
    )


def gather_error(job: Job, note: Note) -> None:
    """A note on the run as a whole."""
    _model.HarvestGatherError.create(note.stored(), job)


def object_error(this: Object, note: Note, stage: str) -> None:
    """A note on a record that failed, wholly or in a file."""
    _model.HarvestObjectError.create(note.stored(), this, stage)


def notice(this: Object, note: Note) -> None:
    """A note on a record that is no error."""
    this_extra = _model.HarvestObjectExtra(
        harvest_object_id=this.id, key=NOTICE, value=note.stored()
    )
    model.Session.add(this_extra)
    model.Session.commit()


def owner(source_id: str) -> str | None:
    """The id of the department that owns the source."""
    package = model.Package.get(source_id)
    return package.owner_org if package else None


def harvester(source_type: str) -> Any:
    """The plugin for a kind of source; raises LookupError."""
    for found in p.PluginImplementations(IHarvester):
        if cast("Any", found).info()["name"] == source_type:
            return found
    raise LookupError(source_type)
