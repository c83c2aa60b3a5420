"""File mode (文件方式): a department's folder becomes datasets in quarantine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import ckan.plugins.toolkit as tk
from ckan import model

from harvesters import frame
from harvesters.base import GovshareHarvester
from harvesters.file import folder
from harvesters.notes import SourceError
from harvesters.record import Record


class FileHarvester(GovshareHarvester):
    """Collects a folder on this machine or mounted on it."""

    version = "2"

    def info(self) -> dict[str, str]:
        """Name and description as ckanext-harvest's source form shows them."""
        return {
            "name": "govshare_file",
            "title": tk._("Files in a folder"),
            "description": tk._("CSV, XLSX and JSON files that a department puts into a folder"),
            "form_config_interface": "Text",
        }

    def keys(self, source: frame.Source) -> list[str]:
        """The names at the top of the folder."""
        return list(folder.keys(self._root(source)))

    def load(self, source: frame.Source, key: str) -> Record:
        """One record, read at the moment of collection."""
        return folder.load(self._root(source), key)

    def check_source(self, url: str, owner_org: str) -> None:
        """The folder must lie in the one that has the department's name."""
        _folder(url, owner_org)

    def validate_config(self, config: str) -> str:
        """Refuse settings that a run could not use."""
        self.settings(config)
        return config

    def settings(self, config: str | None) -> dict[str, Any]:
        """The source's settings: `defaults`, catalogue elements for records that lack them."""
        try:
            settings = json.loads(config or "{}")
        except ValueError as error:
            raise ValueError(tk._("The settings must be JSON: {0}").format(error)) from error
        if not isinstance(settings, dict) or not isinstance(settings.get("defaults", {}), dict):
            raise ValueError(tk._("The settings must be a JSON object"))
        unknown = set(settings) - {"defaults"}
        if unknown:
            raise ValueError(tk._("Unknown settings: {0}").format(", ".join(sorted(unknown))))
        return settings

    def _root(self, source: frame.Source) -> Path:
        root = _folder(source.url, frame.owner(source.id))
        if not root.is_dir():
            raise SourceError("no_folder", file=source.url)
        return root


def _folder(url: str, owner_org: str | None) -> Path:
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc:
        raise SourceError("address")
    department = model.Group.get(owner_org)
    if department is None:
        raise SourceError("no_department")
    path = Path(unquote(parts.path))
    roots = tk.aslist(tk.config.get("govshare.harvest.folders"), None)
    if not folder.allowed(path, roots, department.name):
        raise SourceError("folder_refused", file=url)
    return path
