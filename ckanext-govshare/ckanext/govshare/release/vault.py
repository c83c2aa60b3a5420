"""Bytes kept by their SHA-256, in two roots: what waits, and what may be served.

Nothing is ever overwritten: a digest names exactly one content, so a later upload, a rollback or
an id used again cannot change what a signature stands for.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import ckan.plugins.toolkit as tk

from ckanext.govshare.release.model import QUARANTINE, VAULT

BLOCK = 1 << 20


class NotIntact(Exception):  # noqa: N818  the word people use
    """The bytes on disk are not the bytes that the digest names."""


class Missing(Exception):  # noqa: N818
    """Nothing is stored under that digest in that root."""


@dataclass(frozen=True)
class Stored:
    digest: str
    size: int


class Vault:
    """One root. `Vault("quarantine")` is never served; the gate reads from `Vault("vault")`."""

    def __init__(self, place: str = VAULT) -> None:
        if place not in (QUARANTINE, VAULT):
            raise ValueError(place)
        self.place = place
        self.root = Path(tk.config["govshare.data_dir"]) / place

    def path(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise Missing(digest)
        return self.root / digest[:2] / digest

    def put(self, stream: IO[bytes]) -> Stored:
        """Store the stream to its end.

        :raises OSError: the disk is full or not writable; nothing is left behind.
        """
        self._folder(self.root)
        handle, name = tempfile.mkstemp(prefix=".incoming-", dir=self.root)
        temporary = Path(name)
        digest, size = hashlib.sha256(), 0
        try:
            with os.fdopen(handle, "wb") as out:
                while block := stream.read(BLOCK):
                    digest.update(block)
                    size += len(block)
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
            target = self.path(digest.hexdigest())
            self._folder(target.parent)
            temporary.replace(target)
        except BaseException:
            with suppress(FileNotFoundError):
                temporary.unlink()
            raise
        return Stored(digest.hexdigest(), size)

    def open(self, digest: str) -> BinaryIO:
        """The content, hashed again before its first byte is handed out.

        :raises Missing: nothing is there.
        :raises NotIntact: the bytes have changed on disk.
        """
        try:
            stream = self.path(digest).open("rb")
        except FileNotFoundError as error:
            raise Missing(digest) from error
        if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
            stream.close()
            raise NotIntact(digest)
        stream.seek(0)
        return stream

    def has(self, digest: str) -> bool:
        return self.path(digest).is_file()

    def adopt(self, digest: str, other: Vault) -> None:
        """Take over a content of the other root, after looking at every byte of it."""
        with other.open(digest) as stream:
            self.put(stream)

    def erase(self, digest: str) -> None:
        with suppress(FileNotFoundError):
            self.path(digest).unlink()

    @staticmethod
    def _folder(path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
