"""The three stages of ckanext-harvest for every mode; a mode says only where records come from."""

from __future__ import annotations

import json
import uuid
from abc import abstractmethod
from typing import Any, ClassVar, Literal

from ckan import model
from ckanext.harvest.harvesters.base import HarvesterBase

from harvesters import frame, gathering, publish, staging
from harvesters import settings as source_settings
from harvesters.notes import SourceError
from harvesters.quality import reference
from harvesters.record import Found, Record

Stage = Literal["unchanged"] | bool
DATASETS = uuid.UUID("8a3f5c0e-6a0b-4d0e-9a53-3f0f0f4c8f6d")
"""Namespace of the ids that harvested datasets get: the same record has the same id for ever."""


class GovshareHarvester(HarvesterBase):
    """Gathers keys, skips what has not changed, and files the rest in quarantine."""

    version: str
    mode: ClassVar[str]
    """The way of collection, as the catalogue's element `collect_mode` names it."""
    kind: ClassVar[type[source_settings.Settings]] = source_settings.Settings
    _loaded: tuple[str, Record] | None = None

    @abstractmethod
    def found(self, source: frame.Source) -> list[Found]:
        """The keys of all records at the source; raises SourceError."""

    @abstractmethod
    def load(self, source: frame.Source, key: str, state: dict[str, Any]) -> Record:
        """One record; `state` is what its last good collection left, by the same settings.

        Raises SourceError.
        """

    @abstractmethod
    def check_source(self, url: str, owner_org: str) -> None:
        """Refuse an address that this department may not read; raises SourceError."""

    def needs_approval(self, url: str) -> bool:  # noqa: ARG002
        """Whether the data authority decides before the first run."""
        return True

    def secret_names(self, config: str | None) -> list[str]:  # noqa: ARG002
        """The names of the credentials that the settings ask for."""
        return []

    def test(self, source: frame.Source) -> int:
        """Reach the source with its credentials; how many records there are. SourceError."""
        return len(self.found(source))

    def validate_config(self, config: str) -> str:
        """Refuse settings that a run could not use."""
        self.settings(config)
        return config

    def settings(self, config: str | None) -> Any:
        """The source's settings, of the mode's `kind`; raises ValueError."""
        return source_settings.parse(self.kind, config)

    def gather_stage(self, harvest_job: frame.Job) -> list[str] | None:
        """One object for each record to collect; a finished one for the others."""
        source = harvest_job.source
        try:
            found = self.found(source)
        except SourceError as error:
            if error.passing:
                raise
            frame.gather_error(harvest_job, error.note)
            return None
        listing = gathering.sort(found, frame.known(source.id), self._salt(source))
        return gathering.enter(harvest_job, listing, self.settings(source.config).removal_share)

    def fetch_stage(self, harvest_object: frame.Object) -> Stage:
        """Read the record; the same digest as last time means there is nothing to do."""
        source, previous = harvest_object.source, frame.previous(harvest_object)
        try:
            record = self.load(source, harvest_object.guid, self._state(source, _kept(previous)))
        except SourceError as error:
            if error.passing:
                raise
            frame.object_error(harvest_object, error.note, "Fetch")
            return False
        if previous and self._unchanged(source, record, previous):
            harvest_object.package_id = previous.package_id
            previous.content = json.dumps({
                **_kept(previous), "state": record.state,
                "mark": gathering.salted(record.mark, self._salt(source))})
            return "unchanged"
        self._loaded = harvest_object.id, record
        return True

    def import_stage(self, harvest_object: frame.Object) -> Stage:
        """Create or update the dataset; each file goes to quarantine by itself."""
        source, previous = harvest_object.source, frame.previous(harvest_object)
        target = previous.package_id if previous else None
        settings = self.settings(source.config)
        loaded, self._loaded = self._loaded, None
        try:
            record = loaded[1] if loaded and loaded[0] == harvest_object.id else self.load(
                source, harvest_object.guid, self._state(source, _kept(previous)))
            outcome = publish.publish(
                record, settings, source_id=source.id, owner_org=_owner(source),
                package_id=target or str(uuid.uuid5(DATASETS, f"{source.id}/{record.key}")),
                before=_kept(previous), mode=self.mode, user=self._get_user_name(),
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
        salt = self._salt(source)
        kept = {"digest": record.digest(salt), "mark": gathering.salted(record.mark, salt),
                "state": record.state, "state_of": gathering.salted("", salt)}
        # A record with a broken file is tried again at the next run, changed or not.
        harvest_object.content = json.dumps({**({} if outcome.problems else kept), **outcome.kept})
        harvest_object.save()
        return not outcome.problems

    def preview(self, source: frame.Source, limit: int) -> list[dict[str, Any]]:
        """What a run would do with the first `limit` records; nothing is written."""
        known = frame.known(source.id)
        references = reference.load(self.settings(source.config).rules)
        return [
            self._preview(source, each.key, known.get(each.key), references)
            for each in self.found(source)[:limit]
        ]

    def _preview(
        self, source: frame.Source, key: str, known: frame.Known | None,
        references: dict[str, frozenset[str]],
    ) -> dict[str, Any]:
        try:
            record = self.load(source, key, self._state(source, known.kept) if known else {})
        except SourceError as error:
            return {"key": key, "outcome": "errored", "notes": [error.note.say()]}
        salt = self._salt(source)
        if known and known.active and not record.problems \
                and known.kept.get("digest") == record.digest(salt):
            return {"key": key, "outcome": "not modified", "notes": []}
        rules = self.settings(source.config).rules
        with staging.staged(record, rules, references) as (files, problems):
            new = "updated" if known else "added"
            return {
                "key": key,
                "outcome": new if files or known or record.bare else "errored",
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

    def _state(self, source: frame.Source, kept: dict[str, Any]) -> dict[str, Any]:
        same = kept.get("state_of") == gathering.salted("", self._salt(source))
        return kept["state"] if same else {}

    def _salt(self, source: frame.Source) -> str:
        return f"{type(self).__name__} {self.version} {source.config or ''}"


def _kept(previous: frame.Object | None) -> dict[str, Any]:
    return json.loads(previous.content) if previous and previous.content else {}


def _owner(source: frame.Source) -> str:
    owner = frame.owner(source.id)
    if not owner:
        raise SourceError("no_department")
    return owner
