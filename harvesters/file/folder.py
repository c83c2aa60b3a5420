"""A folder of files as records.

A file at the top is one dataset; a folder at the top is one dataset with all the files in it.
`dataset.toml` or `dataset.json` in the folder (for a single file: `<file name>.toml` / `.json`
beside it) gives the catalogue elements under the field names of the metadata schema.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import Any

from harvesters.notes import Note, SourceError
from harvesters.record import Record, SourceFile

MANIFESTS = ("dataset.toml", "dataset.json")


def allowed(folder: Path, roots: list[str], department: str) -> bool:
    """Whether `folder`, links resolved, lies in the department's own folder of an allowed one."""
    real = folder.resolve()
    return any(real.is_relative_to(Path(root).resolve() / department) for root in roots)


def keys(root: Path) -> Iterator[str]:
    """The record keys of a folder: names at the top, hidden names and manifests left out."""
    for entry in sorted(root.iterdir()):
        if not (entry.name.startswith((".", "~$")) or _is_manifest(entry)):
            yield entry.name


def load(root: Path, key: str) -> Record:
    """Read one record's metadata and file digests; raises SourceError.

    Files that cannot be opened or lead out of the folder are the record's problems.
    """
    if Path(key).name != key or key in ("", ".", ".."):
        raise SourceError("path_outside", file=key)
    entry = root / key
    _inside(root, entry, key)
    if entry.is_dir():
        paths = [p for p in sorted(entry.rglob("*")) if not (_skip(p) or _plain_folder(p))]
        manifest = next((entry / name for name in MANIFESTS if (entry / name).is_file()), None)
    elif entry.is_file():
        paths = [entry]
        beside = (entry.with_name(entry.name + suffix) for suffix in (".toml", ".json"))
        manifest = next((path for path in beside if path.is_file()), None)
    else:
        raise SourceError("not_a_file", file=key)
    files: list[SourceFile] = []
    problems: list[Note] = []
    for path in paths:
        try:
            files.append(_file(root, path))
        except SourceError as error:
            problems.append(error.note)
    title = entry.stem if entry.is_file() else entry.name
    metadata = _metadata(root, manifest) if manifest else {}
    return Record(key, title, metadata, tuple(files), tuple(problems))


def _file(root: Path, path: Path) -> SourceFile:
    key = path.relative_to(root).as_posix()
    real = _inside(root, path, key)
    if not real.is_file():
        raise SourceError("not_a_file", file=key)
    try:
        with _open(real) as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            size = stream.tell()
    except OSError:
        raise SourceError("cannot_open", file=key) from None
    return SourceFile(key, path.name, digest, size, partial(_open, real))


def _open(real: Path) -> BufferedReader:
    """Open a resolved path; what has become a link since is refused (OSError)."""
    return os.fdopen(os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def _inside(root: Path, path: Path, key: str) -> Path:
    real = path.resolve()
    if not real.is_relative_to(root.resolve()):
        raise SourceError("link_outside", file=key)
    return real


def _metadata(root: Path, path: Path) -> dict[str, Any]:
    key = path.relative_to(root).as_posix()
    real = _inside(root, path, key)
    try:
        text = real.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError:
        raise SourceError("cannot_open", file=key) from None
    except ValueError as error:
        raise SourceError("description_broken", file=key, row=_row(error)) from None
    if not isinstance(data, dict):
        raise SourceError("description_not_table", file=key)
    return data


def _row(error: ValueError) -> int:
    """The line that a parser complains of; 1 when it says none."""
    if isinstance(error, json.JSONDecodeError):
        return error.lineno
    found = re.search(r"line (\d+)", str(error))
    return int(found[1]) if found else 1


def _plain_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _skip(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.name in MANIFESTS


def _is_manifest(path: Path) -> bool:
    """`x.csv.toml` describes `x.csv`; `dataset.toml` at the top describes nothing."""
    if path.suffix not in (".toml", ".json") or not path.is_file():
        return False
    return path.name in MANIFESTS or path.with_suffix("").is_file()
