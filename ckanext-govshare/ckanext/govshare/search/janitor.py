"""Keeping the index true to the database.

`repair` looks at every document of the index and every dataset of the database. What is missing,
old, carries other labels than it should or is no longer there is put right; an index that cannot be
read is set aside and built again. Readers are answered all the while. The portal runs it when its
web server answers its first request and when a process finds the index missing or broken.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tantivy

from . import files, reader, schema
from .lock import Lock
from .writer import Writer, open_index

log = logging.getLogger(__name__)

PAUSE = 600.0  # seconds in which several processes start one repair only
BATCH = 200


@dataclass(frozen=True)
class Entry:
    """A dataset as the index or the database has it."""

    key: str
    modified: int | None
    labels: tuple[str, ...]


@dataclass
class Findings:
    """What a look at the index found, by dataset id."""

    indexed: int = 0
    broken: bool = False
    missing: list[str] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    mislabelled: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        return not (self.broken or self.missing or self.old or self.mislabelled or self.surplus)


def entries(searcher: tantivy.Searcher, site_id: str) -> Iterator[tuple[str, Entry]]:
    """Every document of this site; reading each one whole shows damage."""
    total = searcher.num_docs
    if not total:
        return
    hits = searcher.search(tantivy.Query.all_query(), limit=total, count=False).hits
    addresses = [address for _, address in hits]
    modified = searcher.fast_field_values("metadata_modified", addresses)
    for address, moment in zip(addresses, modified, strict=True):
        stored = searcher.doc(address)
        doc = json.loads(bytes(stored["doc"][0]))
        labels = bytes(stored["labels"][0]).decode()
        if doc.get("site_id") == site_id:
            when = None if moment is None else int(moment)
            yield doc["id"], Entry(doc["index_id"], when, tuple(labels.split(schema.SEP)))


def compare(
    searcher: tantivy.Searcher, site_id: str, wanted: Callable[[], Iterable[tuple[str, Entry]]]
) -> Findings:
    """The index against what the database wants in it."""
    found = Findings()
    try:
        have = dict(entries(searcher, site_id))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # Tantivy panics on damaged files
        log.error("search index: cannot be read: %s", error)
        return Findings(broken=True)
    found.indexed = len(have)
    for id_, want in wanted():
        is_ = have.pop(id_, None)
        if is_ is None:
            found.missing.append(id_)
        elif is_.modified != want.modified:
            found.old.append(id_)
        elif is_.labels != want.labels:
            found.mislabelled.append(id_)
    found.surplus = [entry.key for entry in have.values()]
    return found


def set_aside(home: Path) -> None:
    """Begin an empty index in place of a broken one. For the one who holds the index's lock."""
    place = reader.directory(home)
    broken = home / "broken"
    shutil.rmtree(broken, ignore_errors=True)
    if place.exists():
        place.rename(broken)
    open_index(place)
    reader.of(home).forget()


def replace(home: Path) -> None:
    """`set_aside` under the lock."""
    with Lock.take(home / "lock", wait=True) or contextlib.nullcontext():
        set_aside(home)


def clear_away(home: Path) -> int:
    """Remove what killed processes and earlier versions left: files that no commit names."""
    removed = 0
    with Lock.take(home / "lock", wait=True) or contextlib.nullcontext():
        place = reader.directory(home)
        named = files.segments(place)
        for path, id_ in files.of_segments(place):
            if id_ not in named:
                path.unlink(missing_ok=True)
                removed += 1
        for path in (home / "spool").glob("*.new"):
            if time.time() - path.stat().st_mtime > 60:
                path.unlink(missing_ok=True)
                removed += 1
        for old in home.glob("index-*"):
            if old != place:
                shutil.rmtree(old, ignore_errors=True)
                removed += 1
    return removed


def look(home: Path, site_id: str, wanted: Callable[[], Iterable[tuple[str, Entry]]]) -> Findings:
    """`compare`, once the files are known to be whole."""
    if spoilt := files.damaged(reader.directory(home)):
        log.error("search index: missing or damaged: %s", ", ".join(spoilt)[:500])
        return Findings(broken=True)
    try:
        return compare(reader.of(home).searcher(), site_id, wanted)
    except reader.IndexMissingError as error:
        log.error("search index: cannot be opened: %s", error)
        return Findings(broken=True)


def repair(
    home: Path,
    writer: Writer,
    site_id: str,
    wanted: Callable[[], Iterable[tuple[str, Entry]]],
    index: Callable[[list[str]], Any],
) -> Findings | None:
    """Put the index right; `index` indexes datasets by id. `None` when another process is at it."""
    lock = Lock.take(home / "repair.lock")
    if lock is None:
        return None
    with lock:
        with contextlib.suppress(
            Exception
        ):  # a broken index takes no changes; they wait in the spool
            writer.commit()
        found = look(home, site_id, wanted)
        if found.broken:
            replace(home)
            found = look(home, site_id, wanted)
            found.broken = True
        if found.surplus:
            writer.submit([{"keys": found.surplus}], commit=True)
        todo = found.missing + found.old + found.mislabelled
        for start in range(0, len(todo), BATCH):
            index(todo[start : start + BATCH])
            writer.commit()
        clear_away(home)
    return found


def start(home: Path, ini: str, *, pause: float = PAUSE) -> bool:
    """Begin a repair in a process of its own, unless one began in the last `pause` seconds."""
    home.mkdir(parents=True, exist_ok=True)
    with Lock.take(home / "start.lock", wait=True) or contextlib.nullcontext():
        stamp = home / "repaired"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < pause:
            return False
        stamp.touch()
    command = [sys.executable, "-m", "ckanext.govshare.search.cli", ini]
    process = subprocess.Popen(  # noqa: S603 - our own command, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )
    threading.Thread(target=process.wait, name="search-repair", daemon=True).start()
    return True
