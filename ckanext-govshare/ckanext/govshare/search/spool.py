"""Changes on their way into the index, as files: nothing is lost when a process dies.

`*.part` holds changes for which nobody has asked a commit yet; `*.op` is to be written now. The
next commit of any process writes both, as a Solr commit does.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from . import schema

Change = dict[str, Any]
"""`{"add": document}`, `{"keys": [index_id, …]}` or `{"delete": query}`."""

FULL = 8_000_000  # bytes of a part that is written without waiting for a commit
_number = itertools.count()


class Spool:
    """The folder of changes of one index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, changes: Iterable[Change]) -> Path:
        """Keep `changes` safe on disk, to be written now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(_number)}"
        new = self.folder / (name + ".new")
        with new.open("w", encoding="utf-8") as out:
            _write(out, changes)
            os.fsync(out.fileno())
        return new.rename(new.with_suffix(".op"))

    def defer(self, changes: Iterable[Change]) -> bool:
        """Keep `changes` for the next commit; true when they have become many."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{os.getpid()}.part"
        while True:
            with path.open("a", encoding="utf-8") as out:
                fcntl.flock(out, fcntl.LOCK_EX)
                if not _same(path, out):  # a commit took the file in between
                    continue
                _write(out, changes)
                return out.tell() > FULL

    def take(self) -> list[Path]:
        """The files to write, in order. For the one who holds the index's lock."""
        for part in self.folder.glob("*.part"):
            with part.open("a") as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                # Older than any change that was to be written at once: it waits behind nobody.
                part.rename(self.folder / f"{0:020d}-{time.time_ns()}-{part.stem}.op")
        return self.waiting()

    def waiting(self) -> list[Path]:
        return sorted(self.folder.glob("*.op"))

    def anything(self) -> bool:
        return any(self.folder.glob("*.op")) or any(self.folder.glob("*.part"))

    @staticmethod
    def read(path: Path) -> Iterator[Change]:
        """The changes of one file; a line that a killed process half wrote is passed over."""
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.endswith("\n"):
                    yield json.loads(line)


def _write(out: TextIO, changes: Iterable[Change]) -> None:
    for change in changes:
        out.write(json.dumps(change, default=schema.plain) + "\n")
    out.flush()


def _same(path: Path, opened: TextIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(opened.fileno()))
    except FileNotFoundError:
        return False
