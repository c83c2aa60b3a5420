"""What a source sends, kept while it is collected: a file without a name, gone with the process."""

from __future__ import annotations

import hashlib
import os
import tempfile
import weakref
from pathlib import Path
from typing import BinaryIO

import ckan.plugins.toolkit as tk

from harvesters.notes import SourceError
from harvesters.record import SourceFile

MB = 1 << 20


class Spool:
    """Written once, from front to back; read as often as wanted.

    `key` names it in reports. More than `ckan.max_resource_size` is refused.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.size = 0
        self._digest = hashlib.sha256()
        with tempfile.TemporaryFile() as unnamed:
            self._handle = os.dup(unnamed.fileno())
        weakref.finalize(self, os.close, self._handle)
        self._limit = tk.asint(tk.config.get("ckan.max_resource_size")) * MB

    def write(self, data: bytes) -> int:
        """Append; raises SourceError above the limit."""
        self.size += len(data)
        if self._limit and self.size > self._limit:
            raise SourceError(
                "too_large", file=self.key, size=-(-self.size // MB), limit=self._limit // MB)
        self._digest.update(data)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._handle, rest):]
        return len(data)

    def path(self) -> Path:
        """A path that this process can open while the spool lives."""
        return Path(f"/proc/self/fd/{self._handle}")

    def open(self) -> BinaryIO:
        """From the front, with a position of its own."""
        return self.path().open("rb")

    def file(self, filename: str) -> SourceFile:
        """As a file of a record."""
        return SourceFile(self.key, filename, self._digest.hexdigest(), self.size, self.open)
