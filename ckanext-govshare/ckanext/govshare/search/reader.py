"""Reading the index: each process holds one reader and looks, before each search, for a newer
commit.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import tantivy

from .schema import VERSION

_readers: dict[tuple[int, Path], Reader] = {}
_guard = threading.Lock()


class IndexMissingError(Exception):
    """There is no index that can be read."""


class Reader:
    """The index of one directory as this process sees it."""

    def __init__(self, home: Path) -> None:
        self.place = directory(home)
        self.seen: tuple[int, int, int] | None = None
        self.index: tantivy.Index | None = None
        self.guard = threading.Lock()

    def searcher(self) -> tantivy.Searcher:
        """A searcher over the newest commit; raises `IndexMissingError`."""
        try:
            stat = (self.place / "meta.json").stat()
        except OSError as error:
            raise IndexMissingError(str(error)) from error
        now = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        with self.guard:
            return self._load(now).searcher()

    def _load(self, now: tuple[int, int, int]) -> tantivy.Index:
        if self.index is not None and now == self.seen:
            return self.index
        try:
            if self.index is None:
                self.index = tantivy.Index.open(str(self.place))
                self.index.config_reader("manual")
            self.index.reload()
        except Exception as error:
            self.index = self.seen = None
            raise IndexMissingError(str(error)) from error
        self.seen = now
        return self.index

    def forget(self) -> None:
        """The directory was replaced: open it again."""
        with self.guard:
            self.index = self.seen = None


def directory(home: Path) -> Path:
    """Where the index of the present schema version is."""
    return home / f"index-{VERSION}"


def of(home: Path) -> Reader:
    key = (os.getpid(), home)
    with _guard:
        if key not in _readers:
            _readers[key] = Reader(home)
        return _readers[key]
