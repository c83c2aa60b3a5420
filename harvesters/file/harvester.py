"""File mode (文件方式): a department's folder becomes datasets in quarantine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import ckan.plugins.toolkit as tk
from ckanext.harvest.model import HarvestJob, HarvestObject

from harvesters.base import GovshareHarvester
from harvesters.file import folder
from harvesters.record import Record, SourceError


class FileHarvester(GovshareHarvester):
    """Collects a folder on this machine or mounted on it."""

    version = "1"

    def info(self) -> dict[str, str]:
        """Name and description as ckanext-harvest's source form shows them."""
        return {
            "name": "govshare_file",
            "title": tk._("Files in a folder"),
            "description": tk._("CSV, XLSX and JSON files that a department puts into a folder"),
        }

    def keys(self, job: HarvestJob) -> list[str]:
        """The names at the top of the folder."""
        root = self._root(job.source.url)
        return list(folder.keys(root))

    def load(self, harvest_object: HarvestObject) -> Record:
        """One record, read at the moment of collection."""
        return folder.load(self._root(harvest_object.source.url), harvest_object.guid)

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
        unknown = set(settings) - {"defaults"}
        if unknown:
            raise ValueError(tk._("Unknown settings: {0}").format(", ".join(sorted(unknown))))
        return settings

    def _root(self, url: str) -> Path:
        parts = urlsplit(url)
        if parts.scheme not in ("file", ""):
            raise SourceError(tk._("The address of a folder begins with file:///"), url)
        root = Path(unquote(parts.path))
        roots = tk.aslist(tk.config.get("govshare.harvest.folders"), None)
        if not folder.allowed(root, roots):
            raise SourceError(
                tk._("This folder is not among those that the operator allows "
                     "(govshare.harvest.folders)"), str(root))
        if not root.is_dir():
            raise SourceError(tk._("There is no such folder"), str(root))
        return root
