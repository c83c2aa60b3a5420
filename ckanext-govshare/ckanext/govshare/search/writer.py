"""Writing to the index from many processes.

A change is first a file in `spool/`. Whoever gets the lock writes all that is there in one commit; the
others wait until their file is gone. A process that is killed leaves its file to the next one. Merges
are waited for behind the request, because a writer that is dropped before them leaves its segments.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import tantivy

from . import schema
from .reader import directory

log = logging.getLogger(__name__)

HEAP = 64_000_000
PATIENCE = 60.0  # seconds for one's own change to be committed
PENDING = 500  # documents kept back before they are written without a commit asked for
_number = itertools.count()


class WriteTimeout(Exception):
    """The change is in the spool but was not committed in time."""


class Writer:
    """The changes of one process to the index under `home`.

    `compile_query` turns the text of a delete query into one for the present index.
    """

    def __init__(self, home: Path, compile_query: Callable[[str], tantivy.Query]) -> None:
        self.home, self.spool = home, home / "spool"
        self.compile_query = compile_query
        self.guard = threading.Lock()
        self.kept: list[dict[str, Any]] = []

    def submit(self, changes: Iterable[dict[str, Any]], *, commit: bool) -> None:
        """Each change is `{"add": document}`, `{"keys": [index_id, …]}` or `{"delete": query}`."""
        with self.guard:
            self.kept.extend(changes)
            if not commit and len(self.kept) < PENDING:
                return
            batch, self.kept = self.kept, []
        self._settle(self._spooled(batch) if batch else None)

    def commit(self) -> None:
        self.submit([], commit=True)

    def _spooled(self, batch: list[dict[str, Any]]) -> Path:
        self.spool.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(_number)}"
        part = self.spool / (name + ".part")
        with part.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(change, default=schema.plain) + "\n" for change in batch)
            out.flush()
            os.fsync(out.fileno())
        return part.rename(self.spool / (name + ".op"))

    def _settle(self, mine: Path | None) -> None:
        """Returns when `mine` (or, without it, whatever lay in the spool) is committed."""
        until = time.monotonic() + PATIENCE
        pending = [mine] if mine else self._ops()
        while any(path.exists() for path in pending):
            if lock := Lock.take(self.home):
                _Commit(self, lock).run()
            elif time.monotonic() > until:
                raise WriteTimeout(f"index is busy: {self.home}")
            else:
                time.sleep(0.004)

    def _ops(self) -> list[Path]:
        return sorted(self.spool.glob("*.op"))


class Lock:
    """One writer at a time on this machine."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    @classmethod
    def take(cls, home: Path, *, wait: bool = False) -> Lock | None:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(handle)
            return None
        return cls(handle)

    def release(self) -> None:
        fcntl.flock(self.handle, fcntl.LOCK_UN)  # a forked child may hold the same file
        os.close(self.handle)


def open_index(place: Path) -> tantivy.Index:
    """The index at `place`, made when there is none. A fresh object for each writer: an old one does not
    know the files that other processes made, and would never clear them away."""
    place.mkdir(parents=True, exist_ok=True)
    return tantivy.Index(schema.SCHEMA, str(place), reuse=True)


class _Commit:
    def __init__(self, owner: Writer, lock: Lock) -> None:
        self.owner, self.lock = owner, lock
        self.writer: tantivy.IndexWriter | None = None

    def run(self) -> None:
        try:
            if not self.owner._ops():
                self.lock.release()
                return
            index = open_index(directory(self.owner.home))
            self.writer = index.writer(HEAP, 1)
            self.drain()
        except BaseException:
            self.end()
            raise
        try:
            threading.Thread(target=self.finish, name="search-merge").start()
        except RuntimeError:  # the interpreter is shutting down
            self.finish()

    def finish(self) -> None:
        try:
            while self.owner._ops():
                self.drain()
        except Exception:
            log.exception("search index: could not write the spool")
        finally:
            self.end()

    def end(self) -> None:
        try:
            if self.writer is not None:
                self.writer.wait_merging_threads()
        finally:
            self.lock.release()

    def drain(self) -> None:
        assert self.writer is not None
        paths = self.owner._ops()
        for path in paths:
            for line in path.read_text("utf-8").splitlines():
                self.apply(json.loads(line))
        self.writer.commit()
        for path in paths:
            path.unlink(missing_ok=True)

    def apply(self, change: dict[str, Any]) -> None:
        assert self.writer is not None
        if (doc := change.get("add")) is not None:
            try:
                built = schema.document(doc)
            except schema.BadValue as error:
                log.error("search index: %s left out: %s", doc.get("id"), error)
                return
            self.writer.delete_documents_by_term("key", str(doc["index_id"]))
            self.writer.add_document(built)
        elif (keys := change.get("keys")) is not None:
            for key in keys:
                self.writer.delete_documents_by_term("key", key)
        else:
            self.writer.delete_documents_by_query(self.owner.compile_query(change["delete"]))
