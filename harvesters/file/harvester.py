"""File mode (文件方式): a department's folder becomes datasets in quarantine."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import ckan.plugins.toolkit as tk
from ckan import model

from harvesters import frame
from harvesters.base import GovshareHarvester
from harvesters.file import folder
from harvesters.notes import SourceError
from harvesters.record import Found, Record


class FileHarvester(GovshareHarvester):
    """Collects a folder on this machine or mounted on it."""

    version = "2"
    mode = "file"

    def info(self) -> dict[str, str]:
        """Name and description as ckanext-harvest's source form shows them."""
        return {
            "name": "govshare_file",
            "title": tk._("Files in a folder"),
            "description": tk._("CSV, XLSX and JSON files that a department puts into a folder"),
            "form_config_interface": "Text",
        }

    def found(self, source: frame.Source) -> list[Found]:
        """The names at the top of the folder."""
        return [Found(key) for key in folder.keys(self._root(source))]

    def load(self, source: frame.Source, key: str, state: dict[str, Any]) -> Record:  # noqa: ARG002
        """One record, read at the moment of collection."""
        return folder.load(self._root(source), key)

    def check_source(self, url: str, owner_org: str) -> None:
        """The folder must lie in the one that has the department's name."""
        place(url, owner_org)

    def needs_approval(self, url: str) -> bool:  # noqa: ARG002
        """No: the operator has given the department this folder."""
        return False

    def _root(self, source: frame.Source) -> Path:
        root = place(source.url, frame.owner(source.id))
        if not root.is_dir():
            raise SourceError("no_folder", file=source.url)
        return root


def place(url: str, owner_org: str | None, scheme: str = "file") -> Path:
    """The path of an address in the department's own folder; raises SourceError."""
    parts = urlsplit(url)
    if parts.scheme != scheme or parts.netloc:
        raise SourceError("address")
    department = model.Group.get(owner_org)
    if department is None:
        raise SourceError("no_department")
    path = Path(unquote(parts.path))
    roots = tk.aslist(tk.config.get("govshare.harvest.folders"), None)
    if not folder.allowed(path, roots, department.name):
        raise SourceError("folder_refused", file=url)
    return path
