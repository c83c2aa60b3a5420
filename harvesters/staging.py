"""A record's files as nameless copies: read as a whole, checked, and gone with the process.

The copy is what is checked and what is handed on, so a file that changes meanwhile changes nothing;
a killed worker leaves no raw data behind, since the copies have no name.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import ckan.plugins.toolkit as tk

from desensitize import read
from harvesters.notes import Note, SourceError
from harvesters.record import Record, SourceFile

BLOCK = 1 << 20
MB = 1 << 20


@dataclass(frozen=True)
class Staged:
    """A file that can be read as the desensitization stage will read it."""

    source: SourceFile
    stream: IO[bytes]


@contextmanager
def staged(record: Record, known: dict[str, str] | None = None) -> Iterator[
    tuple[list[Staged], list[Note]]
]:
    """The files that can be taken, and why the others cannot.

    A file with the digest that `known` has for its key is left out: it was taken before.
    """
    good, problems = [], list(record.problems)
    with ExitStack() as stack:
        for file in record.files:
            if (known or {}).get(file.key) == file.digest:
                continue
            try:
                good.append(Staged(file, stack.enter_context(_copy(file))))
            except SourceError as error:
                problems.append(error.note)
        yield good, problems


@contextmanager
def _copy(file: SourceFile) -> Iterator[IO[bytes]]:
    limit = tk.asint(tk.config.get("ckan.max_resource_size"))
    if limit and file.size > limit * MB:
        raise SourceError("too_large", file=file.key, size=-(-file.size // MB), limit=limit)
    with tempfile.TemporaryFile() as copy:
        _fill(copy, file)
        _check(copy, file)
        yield copy


def _fill(copy: IO[bytes], file: SourceFile) -> None:
    digest = hashlib.sha256()
    try:
        with file.open() as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
                copy.write(block)
    except OSError:
        raise SourceError("cannot_open", file=file.key) from None
    if digest.hexdigest() != file.digest:
        raise SourceError("changed_while_read", file=file.key)
    copy.flush()


def _check(copy: IO[bytes], file: SourceFile) -> None:
    try:
        for _ in read.blocks(Path(f"/proc/self/fd/{copy.fileno()}"), file.filename):
            pass
    except read.Unreadable as error:
        raise SourceError(error.code, **{**error.where, "file": file.key}) from None
    copy.seek(0)
