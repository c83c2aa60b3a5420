"""Table mode (库表方式): tables of a database become CSV files in quarantine."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from harvesters import consent, frame
from harvesters.base import GovshareHarvester
from harvesters.file.harvester import place
from harvesters.notes import SourceError
from harvesters.record import Found, Record
from harvesters.spool import Spool
from harvesters.table import connection as databases
from harvesters.table import reading
from harvesters.table.settings import TableSet, TableSettings


class TableHarvester(GovshareHarvester):
    """Each table of the settings is one record."""

    version = "1"
    mode = "table"
    kind = TableSettings

    def info(self) -> dict[str, str]:
        """Name and description as ckanext-harvest's source form shows them."""
        return {
            "name": "govshare_table",
            "title": tk._("Tables of a database"),
            "description": tk._("Tables and views of PostgreSQL, MySQL, MariaDB or SQLite"),
            "form_config_interface": "Text",
        }

    def found(self, source: frame.Source) -> list[Found]:
        """The tables of the settings, each with its watermark."""
        found = []
        with self._reading(source) as connection:
            for wanted in self.settings(source.config).tables:
                mark = None
                try:
                    table, _ = reading.describe(connection, wanted)
                    mark = reading.watermark(connection, table, wanted)
                except SourceError:
                    pass  # said of this table when it is loaded; the others go on
                found.append(Found(wanted.name, mark))
        return found

    def load(self, source: frame.Source, key: str, state: dict[str, Any]) -> Record:
        """Read the table as it is at this moment."""
        settings = self.settings(source.config)
        wanted: TableSet = next(each for each in settings.tables if each.name == key)
        since = state.get("watermark") if wanted.increment else None
        with self._reading(source) as connection:
            table, items = reading.describe(connection, wanted)
            mark = reading.watermark(connection, table, wanted)
            name = key if since is None else f"{key} {since}"
            spool = Spool(f"{key}/{name}.csv")
            count, highest = reading.write(connection, table, wanted, since, spool)
        title = wanted.title or key
        files = (spool.file(f"{_safe(name)}.csv"),) if count or since is None else ()
        return Record(
            key, title, {"title": title, "items": items, **wanted.metadata}, files,
            mark=mark, increment=wanted.increment, bare=since is not None,
            state={"watermark": highest, "rows": count},
        )

    def secret_names(self, config: str | None) -> list[str]:  # noqa: ARG002
        """The account that may read."""
        return ["user", "password"]

    def check_source(self, url: str, owner_org: str) -> None:
        """A server, or a SQLite file in the department's folder."""
        found = databases.address(url)
        if found.get_backend_name() == "sqlite":
            place(f"file://{found.database}", owner_org)

    def _reading(self, source: frame.Source) -> Any:
        self.check_source(source.url, frame.owner(source.id) or "")
        settings = self.settings(source.config)
        return databases.reading(
            source.url, consent.secret(source.id), consent.networks(source, settings.allow),
            settings.may_write)


def _safe(name: str) -> str:
    return "".join("-" if letter in '/\\:*?"<>|' else letter for letter in name)
