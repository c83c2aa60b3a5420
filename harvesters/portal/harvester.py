"""Portal mode: the datasets of another portal, with class, files and what was withdrawn there."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from harvesters import consent, frame, network
from harvesters.base import GovshareHarvester
from harvesters.notes import Note, SourceError
from harvesters.portal import mapping
from harvesters.portal.client import Client
from harvesters.portal.settings import PortalSettings
from harvesters.record import Found, Record, SourceFile
from harvesters.spool import Spool


class PortalHarvester(GovshareHarvester):
    """Each dataset of the portal is one record; its key is the dataset's id there."""

    version = "1"
    mode = "interface"
    kind = PortalSettings

    def info(self) -> dict[str, str]:
        """Name and description as ckanext-harvest's source form shows them."""
        return {
            "name": "govshare_portal",
            "title": tk._("Another portal"),
            "description": tk._("A CKAN portal, of another level of government for example"),
            "form_config_interface": "Text",
        }

    def found(self, source: frame.Source) -> list[Found]:
        """The ids of its datasets, each with the time of its last change."""
        client, settings = self._client(source)
        listed = client.datasets(settings.query, "id,metadata_modified")
        return [Found(each["id"], each.get("metadata_modified")) for each in listed]

    def load(self, source: frame.Source, key: str, state: dict[str, Any]) -> Record:  # noqa: ARG002
        """The dataset's entry, and each of its files that the portal gives out."""
        client, settings = self._client(source)
        package = client.action("package_show", {"id": key})
        files: list[SourceFile] = []
        problems: list[Note] = []
        for resource in package.get("resources", []) if settings.files else []:
            spool = Spool(f"{key}/{resource['id']}")
            try:
                client.download(resource.get("url") or "", spool)
            except SourceError as error:
                if error.passing:
                    raise
                problems.append(Note(error.note.code, {**error.note.params, "file": spool.key}))
                continue
            files.append(spool.file(mapping.filename(resource)))
        return Record(
            key, package.get("title") or package["name"], mapping.metadata(package), tuple(files),
            tuple(problems), mark=package.get("metadata_modified"), bare=True,
        )

    def secret_names(self, config: str | None) -> list[str]:  # noqa: ARG002
        """An account's API token there, for what is not public."""
        return ["token"]

    def check_source(self, url: str, owner_org: str) -> None:  # noqa: ARG002
        """A web address without credentials in it."""
        network.check_address(url)

    def _client(self, source: frame.Source) -> tuple[Client, PortalSettings]:
        settings: PortalSettings = self.settings(source.config)
        http = network.session(consent.networks(source, settings.allow))
        token = consent.secret(source.id).get("token", "")
        return Client(source.url, http, token, settings.rate, settings.seconds), settings
