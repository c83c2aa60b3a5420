"""The three stages of ckanext-harvest for every mode; a mode says only where records come from."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any, Literal

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.harvest.harvesters.base import HarvesterBase
from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject, HarvestObjectError

from harvesters import publish
from harvesters.record import Record, SourceError

Stage = Literal["unchanged"] | bool


class GovshareHarvester(HarvesterBase):
    """Gathers keys, skips what has not changed, and files the rest in quarantine."""

    version: str

    @abstractmethod
    def keys(self, job: HarvestJob) -> list[str]:
        """The keys of all records at the source; raises SourceError."""

    @abstractmethod
    def load(self, harvest_object: HarvestObject) -> Record:
        """One record; raises SourceError."""

    @abstractmethod
    def settings(self, config: str | None) -> dict[str, Any]:
        """The source's settings, checked; raises ValueError."""

    def gather_stage(self, harvest_job: HarvestJob) -> list[str] | None:
        """One harvest object for each record, and one for each that has gone."""
        try:
            keys = self.keys(harvest_job)
        except SourceError as error:
            HarvestGatherError.create(str(error), harvest_job)
            return None
        return [self._object(harvest_job, key) for key in keys]

    def fetch_stage(self, harvest_object: HarvestObject) -> Stage:
        """Read the record; the same digest as last time means there is nothing to do."""
        try:
            record = self.load(harvest_object)
        except SourceError as error:
            HarvestObjectError.create(str(error), harvest_object, "Fetch")
            return False
        config = harvest_object.source.config or ""
        digest = record.digest(f"{type(self).__name__} {self.version} {config}")
        previous = _current(harvest_object)
        if previous and previous.content and json.loads(previous.content)["digest"] == digest:
            harvest_object.package_id = previous.package_id
            return "unchanged"
        harvest_object.content = json.dumps({"digest": digest})
        harvest_object.save()
        return True

    def import_stage(self, harvest_object: HarvestObject) -> Stage:
        """Create or update the dataset; each file goes to quarantine by itself."""
        try:
            record = self.load(harvest_object)
            defaults = self.settings(harvest_object.source.config).get("defaults", {})
            previous = _current(harvest_object)
            outcome = publish.publish(
                record,
                defaults,
                owner_org=_owner(harvest_object),
                package_id=previous.package_id if previous else None,
                user=self._get_user_name(),
            )
        except (SourceError, tk.ValidationError) as error:
            HarvestObjectError.create(publish.explain(error), harvest_object, "Import")
            return False
        for problem in outcome.problems:
            HarvestObjectError.create(problem, harvest_object, "Import")
        if previous:
            previous.current = False
            previous.add()
        harvest_object.package_id = outcome.package_id
        # A record with a broken file is tried again at the next run, changed or not.
        harvest_object.current = True
        if outcome.problems:
            harvest_object.content = json.dumps({"digest": ""})
        harvest_object.save()
        return not outcome.problems

    @staticmethod
    def _object(job: HarvestJob, key: str) -> str:
        harvest_object = HarvestObject(guid=key, job=job)
        harvest_object.save()
        return harvest_object.id


def _current(harvest_object: HarvestObject) -> HarvestObject | None:
    return (
        model.Session.query(HarvestObject)
        .filter_by(guid=harvest_object.guid, harvest_source_id=harvest_object.harvest_source_id)
        .filter_by(current=True)
        .filter(HarvestObject.id != harvest_object.id)
        .first()
    )


def _owner(harvest_object: HarvestObject) -> str:
    source = model.Package.get(harvest_object.harvest_source_id)
    if source is None or not source.owner_org:
        raise SourceError(tk._("The source belongs to no department; edit it and choose one"))
    return source.owner_org
