"""A record's files as nameless copies: read as a whole, checked, and gone with the process.

The copy is what is checked and what is handed on, so a file that changes meanwhile changes nothing;
a killed worker leaves no raw data behind, since the copies have no name.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import ckan.plugins.toolkit as tk

from desensitize import read
from harvesters.notes import Note, SourceError
from harvesters.quality.judge import ROWS_SAID, Finding, Judge
from harvesters.quality.rules import Rule
from harvesters.record import Record, SourceFile

BLOCK = 1 << 20
MB = 1 << 20


@dataclass(frozen=True)
class Staged:
    """A file that can be read as the desensitization stage will read it, and how good it is."""

    source: SourceFile
    stream: IO[bytes]
    judge: Judge

    @property
    def warnings(self) -> list[Note]:
        """Rules that it breaks without being held back for it."""
        return [_broken(self.source, f) for f in self.judge.findings if f.count]


@contextmanager
def staged(
    record: Record, rules: list[Rule], references: Mapping[str, frozenset[str]],
    known: dict[str, str] | None = None,
) -> Iterator[tuple[list[Staged], list[Note]]]:
    """The files that can be taken, and why the others cannot.

    A file with the digest that `known` has for its key is left out: it was taken before.
    """
    good, problems = [], list(record.problems)
    with ExitStack() as stack:
        for file in record.files:
            if (known or {}).get(file.key) == file.digest:
                continue
            judge = Judge(rules, references)
            try:
                copy = stack.enter_context(_copy(file, judge))
            except SourceError as error:
                problems.append(error.note)
                continue
            returned = [_broken(file, finding) for finding in judge.refused]
            if returned:
                problems += returned
            else:
                good.append(Staged(file, copy, judge))
        yield good, problems


def _broken(file: SourceFile, finding: Finding) -> Note:
    return Note(f"rule_{finding.check}", {
        "file": file.key, "column": finding.rule.column, "count": finding.count,
        "rows": ", ".join(map(str, finding.rows)) + (" …" if finding.count > ROWS_SAID else ""),
    })


@contextmanager
def _copy(file: SourceFile, judge: Judge) -> Iterator[IO[bytes]]:
    limit = tk.asint(tk.config.get("ckan.max_resource_size"))
    if limit and file.size > limit * MB:
        raise SourceError("too_large", file=file.key, size=-(-file.size // MB), limit=limit)
    with tempfile.TemporaryFile() as copy:
        _fill(copy, file)
        _check(copy, file, judge)
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


def _check(copy: IO[bytes], file: SourceFile, judge: Judge) -> None:
    try:
        for table in read.blocks(Path(f"/proc/self/fd/{copy.fileno()}"), file.filename):
            judge.block(table.frame)
    except read.Unreadable as error:
        raise SourceError(error.code, **{**error.where, "file": file.key}) from None
    judge.finish()
    if judge.missing:
        raise SourceError("rule_column", file=file.key, column=", ".join(judge.missing))
    copy.seek(0)
