"""Interface mode (接口方式): the rows of an HTTP interface become a CSV file in quarantine."""

from __future__ import annotations

import csv
import io
from typing import Any

import ckan.plugins.toolkit as tk

from harvesters import consent, frame, network
from harvesters.base import GovshareHarvester
from harvesters.interface.pages import Client
from harvesters.interface.settings import Dataset, InterfaceSettings
from harvesters.notes import SourceError
from harvesters.record import Found, Record, SourceFile
from harvesters.spool import Spool


class InterfaceHarvester(GovshareHarvester):
    """Each dataset of the settings is one record with one file."""

    version = "1"
    mode = "interface"
    kind = InterfaceSettings

    def info(self) -> dict[str, str]:
        """Name and description as ckanext-harvest's source form shows them."""
        return {
            "name": "govshare_interface",
            "title": tk._("An interface"),
            "description": tk._("An HTTP interface that gives JSON, CSV or XML"),
            "form_config_interface": "Text",
        }

    def found(self, source: frame.Source) -> list[Found]:
        """The datasets of the settings."""
        return [Found(dataset.key) for dataset in self.settings(source.config).datasets]

    def load(self, source: frame.Source, key: str, state: dict[str, Any]) -> Record:
        """Ask for every page. An answer of "not modified" takes the file of the last time."""
        settings = self.settings(source.config)
        dataset: Dataset = next(each for each in settings.datasets if each.key == key)
        spool, stamp = Spool(f"{key}.csv"), dict(state.get("stamp", {}))
        columns: list[str] = list(dataset.fields)
        changed = False
        client = _client(source, settings)
        for rows, newest in client.pages(dataset, stamp):
            stamp = newest
            columns = columns or list(rows[0] if rows else {})
            if not changed:
                spool.write(_csv([columns]))
            changed = True
            if any(set(row) - set(columns) for row in rows):
                raise SourceError("not_understood", file=key, reason=tk._("columns change"))
            spool.write(_csv([row.get(name, "") for name in columns] for row in rows))
        if changed:
            file = spool.file(f"{key}.csv")
        else:
            file = SourceFile(f"{key}.csv", f"{key}.csv", state["digest"], 0, spool.open)
        return Record(
            key, dataset.title, {"title": dataset.title, **dataset.metadata}, (file,),
            state={"stamp": stamp, "digest": file.digest},
        )

    def secret_names(self, config: str | None) -> list[str]:
        """As its way of signing wants."""
        return self.settings(config).auth.secrets()

    def check_source(self, url: str, owner_org: str) -> None:  # noqa: ARG002
        """A web address without credentials in it."""
        network.check_address(url)

    def test(self, source: frame.Source) -> int:
        """Ask for the first page of every dataset."""
        settings = self.settings(source.config)
        client = _client(source, settings)
        for dataset in settings.datasets:
            next(client.pages(dataset, {}), None)
        return len(settings.datasets)


def _client(source: frame.Source, settings: InterfaceSettings) -> Client:
    http = network.session(consent.networks(source, settings.allow))
    return Client(source.url, settings, consent.secret(source.id), http)


def _csv(rows: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
