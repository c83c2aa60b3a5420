"""What every mode of collection hands on: one record is one dataset with its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from harvesters.notes import Note


@dataclass(frozen=True)
class SourceFile:
    """One file of a record. `key` stays the same for ever, `digest` follows the content."""

    key: str
    filename: str
    digest: str
    size: int
    open: Callable[[], BinaryIO] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Found:
    """A record in the source's listing. `mark`: the source's own sign of its state, if it has one;
    the same mark as at the last collection means that nothing has changed."""

    key: str
    mark: str | None = None


@dataclass(frozen=True)
class Record:
    """One dataset at its source; `key` identifies it there for ever.

    `metadata` are what the source says; `title` names a new dataset where they are silent.
    `problems` are files that are there but cannot be taken. `mark`: see `Found`.
    `bare`: a dataset may be without files. `increment`: the files are what came since the last
    time, so that earlier ones are not missed. `state`: what the next `load` is given.
    """

    key: str
    title: str
    metadata: dict[str, Any]
    files: tuple[SourceFile, ...]
    problems: tuple[Note, ...] = ()
    mark: str | None = None
    bare: bool = False
    increment: bool = False
    state: dict[str, Any] = field(default_factory=dict)

    def digest(self, salt: str) -> str:
        """SHA-256 over metadata, files and `salt` (source settings, harvester version)."""
        files = [(f.key, f.filename, f.digest) for f in self.files]
        return _sha256([salt, self.metadata, files])

    def metadata_digest(self) -> str:
        """SHA-256 over what the source says about the dataset."""
        return _sha256(self.metadata)


def _sha256(state: Any) -> str:
    return hashlib.sha256(json.dumps(state, sort_keys=True, default=str).encode()).hexdigest()
