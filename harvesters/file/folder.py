"""A folder of files as records.

A file at the top is one dataset; a folder at the top is one dataset with all the files in it.
`dataset.toml` or `dataset.json` in the folder (for a single file: `<file name>.toml` / `.json`
beside it) gives the catalogue elements under the field names of the metadata schema.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harvesters.record import Record, SourceError, SourceFile

MANIFESTS = ("dataset.toml", "dataset.json")


def allowed(folder: Path, roots: list[str]) -> bool:
    """Whether `folder`, links resolved, lies in one of the folders the operator allows."""
    real = folder.resolve()
    return any(real.is_relative_to(Path(root).resolve()) for root in roots)


def keys(root: Path) -> Iterator[str]:
    """The record keys of a folder: names at the top, hidden names and manifests left out."""
    for entry in sorted(root.iterdir()):
        if entry.name.startswith((".", "~$")) or _is_manifest(entry):
            continue
        yield entry.name


def load(root: Path, key: str) -> Record:
    """Read one record's metadata and file digests; raises SourceError."""
    entry = root / key
    if not entry.resolve().is_relative_to(root.resolve()):
        raise SourceError("the path leaves the source folder", key)
    if entry.is_dir():
        paths = [p for p in sorted(entry.rglob("*")) if p.is_file() and not _skip(p)]
        manifest = next((entry / name for name in MANIFESTS if (entry / name).is_file()), None)
    elif entry.is_file():
        paths = [entry]
        beside = (entry.with_name(entry.name + suffix) for suffix in (".toml", ".json"))
        manifest = next((path for path in beside if path.is_file()), None)
    else:
        raise SourceError("the file is gone; it was there when the run began", key)
    metadata = _metadata(manifest) if manifest else {}
    metadata.setdefault("title", entry.stem if entry.is_file() else entry.name)
    return Record(key, metadata, tuple(_file(root, path) for path in paths))


def _file(root: Path, path: Path) -> SourceFile:
    key = path.relative_to(root).as_posix()
    if not path.resolve().is_relative_to(root.resolve()):
        raise SourceError("a link leads out of the source folder", key)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return SourceFile(key, path.name, digest, path.stat().st_size, lambda: path.open("rb"))


def _metadata(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, OSError) as error:
        raise SourceError(f"the description cannot be read: {error}", path.name) from error
    if not isinstance(data, dict):
        raise SourceError("the description must be a table of fields", path.name)
    return data


def _skip(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.name in MANIFESTS


def _is_manifest(path: Path) -> bool:
    """`x.csv.toml` describes `x.csv`; `dataset.toml` at the top describes nothing."""
    if path.suffix not in (".toml", ".json") or not path.is_file():
        return False
    return path.name in MANIFESTS or path.with_suffix("").is_file()
