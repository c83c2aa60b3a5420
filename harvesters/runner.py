"""Runs a harvest job from beginning to end in CKAN's worker."""

from __future__ import annotations

import datetime
import logging

import ckan.plugins as p
from ckan import model
from ckanext.harvest.interfaces import IHarvester
from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject, HarvestObjectError
from ckanext.harvest.queue import fetch_and_import_stages, gather_stage

log = logging.getLogger(__name__)


def run(job_id: str) -> None:
    """Gather, then fetch and import each object; a job that was interrupted goes on."""
    job = HarvestJob.get(job_id)
    if job is None or job.status == "Finished":
        return
    harvester = _harvester(job.source.type)
    try:
        if not job.gather_finished:
            gather_stage(harvester, job)
        for object_id in _open_objects(job_id):
            if HarvestJob.get(job_id).status == "Finished":
                return
            _one(harvester, object_id)
    except Exception as error:
        model.Session.rollback()
        log.error("Harvest job %s stopped: %s", job_id, type(error).__name__)
        HarvestGatherError.create(f"The run stopped: {type(error).__name__}", job)
    finally:
        _finish(job_id)


def _one(harvester: IHarvester, object_id: str) -> None:
    """One object; its failure is its own."""
    harvest_object = HarvestObject.get(object_id)
    try:
        fetch_and_import_stages(harvester, harvest_object)
    except Exception as error:
        model.Session.rollback()
        log.error("Harvest object %s failed: %s", object_id, type(error).__name__)
        harvest_object = HarvestObject.get(object_id)
        message = f"Internal error: {type(error).__name__}"
        HarvestObjectError.create(message, harvest_object, "Import")
        harvest_object.state = "ERROR"
        harvest_object.report_status = "errored"
        harvest_object.save()


def _open_objects(job_id: str) -> list[str]:
    rows = (
        model.Session.query(HarvestObject.id)
        .filter(HarvestObject.harvest_job_id == job_id)
        .filter(HarvestObject.state.notin_(["COMPLETE", "ERROR"]))
        .order_by(HarvestObject.guid)
    )
    return [row.id for row in rows]


def _finish(job_id: str) -> None:
    job = HarvestJob.get(job_id)
    job.status = "Finished"
    job.finished = datetime.datetime.utcnow()
    job.save()


def _harvester(source_type: str) -> IHarvester:
    for harvester in p.PluginImplementations(IHarvester):
        if harvester.info()["name"] == source_type:
            return harvester
    raise LookupError(source_type)
