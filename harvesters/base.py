"""The three stages of ckanext-harvest for every mode; a mode says only where records come from."""

from __future__ import annotations

import json
import uuid
from abc import abstractmethod
from typing import Any, Literal

from ckan import model
from ckanext.harvest.harvesters.base import HarvesterBase

from harvesters import frame, publish, staging
from harvesters.notes import Note, SourceError
from harvesters.record import Record

Stage = Literal["unchanged"] | bool
DATASETS = uuid.UUID("8a3f5c0e-6a0b-4d0e-9a53-3f0f0f4c8f6d")
"""Namespace of the ids that harvested datasets get: the same record has the same id for ever."""


class GovshareHarvester(HarvesterBase):
    """Gathers keys, skips what has not changed, and files the rest in quarantine."""

    version: str

    @abstractmethod
    def keys(self, source: frame.Source) -> list[str]:
        """The keys of all records at the source; raises SourceError."""

    @abstractmethod
    def load(self, source: frame.Source, key: str) -> Record:
        """One record; raises SourceError."""

    @abstractmethod
    def check_source(self, url: str, owner_org: str) -> None:
        """Refuse an address that this department may not read; raises SourceError."""

    @abstractmethod
    def settings(self, config: str | None) -> dict[str, Any]:
        """The source's settings, checked; raises ValueError."""

    def gather_stage(self, harvest_job: frame.Job) -> list[str] | None:
        """One object for each record, and a finished one for each that has gone."""
        try:
            keys = self.keys(harvest_job.source)
        except SourceError as error:
            if error.passing:
                raise
            frame.gather_error(harvest_job, error.note)
            return None
        known = frame.current(harvest_job.source_id)
        for key in sorted(set(known) - set(keys)):
            package = model.Package.get(known[key].package_id)
            if package and package.state == "active":
                frame.add_gone(harvest_job, known[key], Note("gone", {"file": key}))
        return frame.add_objects(harvest_job, keys)

    def fetch_stage(self, harvest_object: frame.Object) -> Stage:
        """Read the record; the same digest as last time means there is nothing to do."""
        try:
            record = self.load(harvest_object.source, harvest_object.guid)
        except SourceError as error:
            if error.passing:
                raise
            frame.object_error(harvest_object, error.note, "Fetch")
            return False
        previous = frame.previous(harvest_object)
        if previous and self._unchanged(harvest_object.source, record, previous):
            harvest_object.package_id = previous.package_id
            return "unchanged"
        return True

    def import_stage(self, harvest_object: frame.Object) -> Stage:
        """Create or update the dataset; each file goes to quarantine by itself."""
        source, previous = harvest_object.source, frame.previous(harvest_object)
        target = previous.package_id if previous else None
        try:
            record = self.load(source, harvest_object.guid)
            outcome = publish.publish(
                record,
                self.settings(source.config).get("defaults", {}),
                owner_org=_owner(source),
                package_id=target or str(uuid.uuid5(DATASETS, f"{source.id}/{record.key}")),
                before=_kept(previous),
                user=self._get_user_name(),
            )
        except SourceError as error:
            if error.passing:
                raise
            frame.object_error(harvest_object, error.note, "Import")
            return False
        for note in outcome.problems:
            frame.object_error(harvest_object, note, "Import")
        for note in outcome.notices:
            frame.notice(harvest_object, note)
        if outcome.package_id is None:
            return False
        if previous:
            previous.current = False
            previous.add()
        harvest_object.package_id = outcome.package_id
        harvest_object.current = True
        # A record with a broken file is tried again at the next run, changed or not.
        digest = "" if outcome.problems else record.digest(self._salt(source))
        harvest_object.content = json.dumps({"digest": digest, **outcome.kept})
        harvest_object.save()
        return not outcome.problems

    def preview(self, source: frame.Source, limit: int) -> list[dict[str, Any]]:
        """What a run would do with the first `limit` records; nothing is written."""
        known = frame.current(source.id)
        return [self._preview(source, key, known.get(key)) for key in self.keys(source)[:limit]]

    def _preview(
        self, source: frame.Source, key: str, previous: frame.Object | None
    ) -> dict[str, Any]:
        try:
            record = self.load(source, key)
        except SourceError as error:
            return {"key": key, "outcome": "errored", "notes": [error.note.say()]}
        if previous and self._unchanged(source, record, previous):
            return {"key": key, "outcome": "not modified", "notes": []}
        with staging.staged(record) as (files, problems):
            new = "updated" if previous else "added"
            return {
                "key": key,
                "outcome": new if files or previous else "errored",
                "title": record.metadata.get("title", record.title),
                "files": [file.source.key for file in files],
                "notes": [note.say() for note in problems],
            }

    def _unchanged(self, source: frame.Source, record: Record, previous: frame.Object) -> bool:
        return (
            not record.problems
            and _kept(previous).get("digest") == record.digest(self._salt(source))
            and (package := model.Package.get(previous.package_id)) is not None
            and package.state == "active"
        )

    def _salt(self, source: frame.Source) -> str:
        return f"{type(self).__name__} {self.version} {source.config or ''}"


def _kept(previous: frame.Object | None) -> dict[str, Any]:
    return json.loads(previous.content) if previous and previous.content else {}


def _owner(source: frame.Source) -> str:
    owner = frame.owner(source.id)
    if not owner:
        raise SourceError("no_department")
    return owner
