"""What every mode of collection hands on: one record is one dataset with its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO


class SourceError(Exception):
    """A fault of the source, told to its owner: what is wrong, where, and what to do.

    `where` names the file (and row); the message never quotes a value of the data.
    """

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)


@dataclass(frozen=True)
class SourceFile:
    """One file of a record. `key` stays the same for ever, `digest` follows the content."""

    key: str
    filename: str
    digest: str
    size: int
    open: Callable[[], BinaryIO] = field(compare=False, repr=False)
    title: str = ""


@dataclass(frozen=True)
class Record:
    """One dataset at its source; `key` identifies it there for ever."""

    key: str
    metadata: dict[str, Any]
    files: tuple[SourceFile, ...]

    def digest(self, salt: str) -> str:
        """SHA-256 over metadata, file digests and `salt` (source settings, harvester version)."""
        state = [salt, self.metadata, [(f.key, f.filename, f.digest, f.title) for f in self.files]]
        return hashlib.sha256(json.dumps(state, sort_keys=True, default=str).encode()).hexdigest()
