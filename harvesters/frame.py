"""ckanext-harvest's records, with types and with notes: its own classes have neither."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, cast

import ckan.plugins as p
import sqlalchemy as sa
from ckan import model
from ckanext.harvest import model as untyped
from ckanext.harvest.interfaces import IHarvester

from harvesters.notes import Note
from harvesters.settings import Settings

_model: Any = untyped
NOTICE = "notice"
"""The key of extras that hold notes which are no errors."""


KNOWN = sa.text("""
    select o.guid, o.package_id, p.state = 'active' as active, o.content
    from harvest_object o join package p on p.id = o.package_id
    where o.harvest_source_id = :source and o.current
""")


@dataclass(frozen=True)
class Known:
    """A record that was collected before. `active`: its dataset was not deleted since."""

    key: str
    package_id: str
    active: bool
    kept: dict[str, Any]


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
    return _insert(job, [{"guid": key, "state": "WAITING"} for key in keys])


def add_unchanged(job: Job, records: list[Known]) -> None:
    """A finished object for each record that needs not be looked at."""
    _insert(job, [
        {"guid": each.key, "package_id": each.package_id, "state": "COMPLETE",
         "report_status": "not modified"} for each in records
    ])


def add_gone(job: Job, known: Known, note: Note) -> None:
    """A finished object for a record that the source no longer has."""
    gone: Any = _model.HarvestObject(
        guid=known.key, job=job, state="COMPLETE", report_status="gone",
        package_id=known.package_id,
    )
    model.Session.add(gone)
    model.Session.flush()
    notice(gone, note)


def _insert(job: Job, rows: list[dict[str, Any]]) -> list[str]:
    common = {"harvest_job_id": job.id, "harvest_source_id": job.source_id, "current": False,
              "gathered": datetime.now(UTC).replace(tzinfo=None), "retry_times": 0}
    filled = [{**common, **row, "id": str(uuid.uuid4())} for row in rows]
    if filled:
        model.Session.execute(_model.HarvestObject.__table__.insert(), filled)
    model.Session.commit()
    return [row["id"] for row in filled]


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


def known(source_id: str) -> dict[str, Known]:
    """For each key that led to a dataset, how it was left."""
    rows = model.Session.execute(KNOWN, {"source": source_id})
    return {
        row.guid: Known(
            row.guid, row.package_id, row.active, json.loads(row.content) if row.content else {})
        for row in rows
    }


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


def needs_approval(source: Source) -> bool:
    """Whether the data authority decides before the source's first run."""
    try:
        found = harvester(source.type)
    except LookupError:
        return True
    return not hasattr(found, "needs_approval") or found.needs_approval(source.url)


def settings(source: Source) -> Settings:
    """What every mode knows of a source's settings; what is usual for other harvesters' sources."""
    try:
        found = harvester(source.type)
        return found.settings(source.config) if hasattr(found, "settings") else Settings()
    except (LookupError, ValueError):
        return Settings()


def department(source_id: str) -> str:
    """The name of the department that owns the source."""
    group = model.Group.get(owner(source_id))
    return (group.title or group.name) if group else ""
