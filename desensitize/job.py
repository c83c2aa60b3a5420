"""A whole file at once: what the command and a background job do, in memory that does not grow
with the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from . import evidence, read, scan, transform, verify, write
from .plan import Plan
from .problems import Unreadable
from .profile import Profile
from .scan import Progress
from .table import Table

WRITERS = {".csv": write.csv, ".xlsx": write.xlsx, ".json": write.json}


class SeveralSheets(Exception):  # noqa: N818 says what it is
    """The file has more than one sheet and none was named."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(", ".join(names))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def blocks(path: Path, sheet: str | None = None) -> Iterator[Table]:
    """One table of a file, in blocks if it is large. Errors: ``Unreadable``, ``SeveralSheets``,
    ``KeyError``.
    """
    if read.large(path):
        yield from read.blocks(path, path.name)
        return
    tables = read.tables(path, path.name)
    if sheet is None and len(tables) > 1:
        raise SeveralSheets([t.name for t in tables])
    named = {t.name: t for t in tables}
    yield named[sheet] if sheet is not None else tables[0]


def profile(
    path: Path, sheet: str | None = None, *, ner: bool = True, progress: Progress | None = None
) -> Profile:
    """The profile of a file's table."""
    return scan.profile_blocks(blocks(path, sheet), ner=ner, progress=progress)


def apply(
    path: Path,
    out: Path,
    plan: Plan,
    key: bytes,
    sheet: str | None = None,
    *,
    ner: bool = True,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Transforms a file, verifies the output and gives the evidence.

    The output is written in any case; who calls must not publish it unless
    ``report["verdict"]["ok"]``.
    """
    found = profile(path, sheet, ner=ner, progress=progress)
    if problems := plan.problems(found):
        raise transform.NotReady(problems[0])
    tally = evidence.Tally(found, plan)

    def transformed() -> Iterator[Table]:
        for block in blocks(path, sheet):
            made = transform.apply(block, plan, key, ner=ner)
            tally.add(block, made)
            yield made

    _write(transformed(), out)
    verdict = verify.check_blocks(lambda: blocks(out), plan, found, progress)
    return tally.report(verdict, raw_digest=digest(path), digest=digest(out))


def _write(tables: Iterable[Table], out: Path) -> None:
    """CSV block by block; other kinds have to be made in one piece."""
    suffix = out.suffix.lower()
    if suffix not in WRITERS:
        raise Unreadable("unsupported_kind", file=out.name, found=suffix.lstrip(".").upper() or "?")
    with out.open("wb") as stream:
        for number, table in enumerate(tables):
            if suffix == ".csv":
                write.csv(table, stream, first=number == 0)
            elif number == 0:
                WRITERS[suffix](table, stream)
            else:
                raise Unreadable("too_large_for_kind", file=out.name)
