"""Writing to the index from many processes.

Whoever gets the lock writes all that lies in the spool in one commit; the others wait until their
file is gone. Merges are waited for behind the request, because a writer that is dropped before them
leaves its segments; when too many have piled up, in front of it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import tantivy

from . import schema
from .lock import Lock
from .reader import directory
from .spool import Change, Spool

log = logging.getLogger(__name__)

HEAP = 64_000_000
PATIENCE = 60.0  # seconds for one's own change to be committed
MANY_SEGMENTS = 30


class WriteTimeoutError(Exception):
    """The change is in the spool but was not committed in time."""


class Writer:
    """The changes to the index under `home`.

    `compile_query` turns the text of a delete query into one for the present index.
    """

    def __init__(self, home: Path, compile_query: Callable[[str], tantivy.Query]) -> None:
        self.home, self.spool = home, Spool(home / "spool")
        self.compile_query = compile_query

    def submit(self, changes: Iterable[Change], *, commit: bool) -> None:
        """With `commit`, returns when every reader can see the changes."""
        if commit:
            self.settle([self.spool.put(changes)])
        elif self.spool.defer(changes):
            self.commit()

    def commit(self) -> None:
        """Write whatever lies in the spool."""
        if self.spool.anything():
            self.settle([self.spool.put([])])

    def settle(self, pending: list[Path]) -> None:
        """Returns when each of `pending` is committed; raises `WriteTimeoutError`."""
        until = time.monotonic() + PATIENCE
        while any(path.exists() for path in pending):
            if lock := Lock.take(self.home / "lock"):
                Commit(self, lock).run()
            elif time.monotonic() > until:
                raise WriteTimeoutError(f"the index is busy: {self.home}")
            else:
                time.sleep(0.004)


def open_index(place: Path) -> tantivy.Index:
    """The index at `place`, made when there is none.

    A fresh object for each writer: an old one does not know the files that other processes made,
    and would never clear them away.
    """
    place.mkdir(parents=True, exist_ok=True)
    return tantivy.Index(schema.SCHEMA, str(place), reuse=True)


class Commit:
    """One turn with the lock."""

    def __init__(self, owner: Writer, lock: Lock) -> None:
        self.owner, self.lock = owner, lock
        self.writer: tantivy.IndexWriter | None = None

    def run(self) -> None:
        """Write the spool; merges go on behind."""
        try:
            if not self.owner.spool.anything():
                self.lock.release()
                return
            index = open_index(directory(self.owner.home))
            crowded = index.searcher().num_segments > MANY_SEGMENTS
            self.writer = index.writer(HEAP, 1)
            self.drain(self.writer)
        except BaseException:
            self.end()
            raise
        if crowded:
            self.finish(self.writer)
            return
        try:
            threading.Thread(target=self.finish, args=(self.writer,), name="search-merge").start()
        except RuntimeError:  # the interpreter is shutting down
            self.finish(self.writer)

    def finish(self, writer: tantivy.IndexWriter) -> None:
        """Write what came in meanwhile, wait for the merges, let the next one in."""
        try:
            while self.owner.spool.waiting():
                self.drain(writer)
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

    def drain(self, writer: tantivy.IndexWriter) -> None:
        paths = self.owner.spool.take()
        for path in paths:
            for change in self.owner.spool.read(path):
                self.apply(writer, change)
        writer.commit()
        for path in paths:
            path.unlink(missing_ok=True)

    def apply(self, writer: tantivy.IndexWriter, change: Change) -> None:
        try:  # all was checked before it came here; one bad change must not hold up the others
            built = schema.document(change["add"]) if "add" in change else None
            query = self.owner.compile_query(change["delete"]) if "delete" in change else None
        except Exception:
            log.exception("search index: a change was left out")
            return
        if built is not None:
            writer.delete_documents_by_term("key", str(change["add"]["index_id"]))
            writer.add_document(built)
        if query is not None:
            writer.delete_documents_by_query(query)
        for key in change.get("keys", ()):
            writer.delete_documents_by_term("key", key)
