"""From a record to a dataset whose files wait in quarantine; ids stay the same for ever."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.munge import munge_title_to_name
from pypinyin import lazy_pinyin
from werkzeug.datastructures import FileStorage

from desensitize import read
from harvesters.record import Record, SourceFile


@dataclass
class Outcome:
    """What became of a record: its dataset, and a line for each file that could not be taken."""

    package_id: str
    problems: list[str] = field(default_factory=list)


def publish(
    record: Record, defaults: dict[str, Any], *, owner_org: str, package_id: str | None, user: str
) -> Outcome:
    """Create the dataset or update the one that `package_id` names, then take each file.

    Raises tk.ValidationError when the metadata are not accepted.
    """
    metadata = {**defaults, **record.metadata, "owner_org": owner_org}
    if package_id:
        old = tk.get_action("package_show")(_context(user), {"id": package_id})
        package = tk.get_action("package_patch")(_context(user), {**metadata, "id": package_id})
        known = {r.get("source_key"): r for r in old["resources"]}
    else:
        metadata.setdefault("name", _name(str(metadata["title"]), record.key, owner_org))
        package = tk.get_action("package_create")(_context(user), metadata)
        known = {}
    outcome = Outcome(package["id"])
    for file in record.files:
        problem = unreadable(file)
        if problem:
            outcome.problems.append(problem)
        else:
            _take(file, package["id"], known.get(file.key), user)
    return outcome


def unreadable(file: SourceFile) -> str | None:
    """Read the file as the desensitization stage will; what it cannot read is said now."""
    with tempfile.NamedTemporaryFile() as copy, file.open() as stream:
        while block := stream.read(1 << 20):
            copy.write(block)
        copy.flush()
        try:
            read.tables(Path(copy.name), file.filename)
        except read.Unreadable as error:
            return f"{file.key}: {error}"
    return None


def explain(error: Exception) -> str:
    """An error as one line for the report."""
    if isinstance(error, tk.ValidationError):
        return "; ".join(f"{key}: {value}" for key, value in error.error_summary.items())
    return str(error)


def _take(file: SourceFile, package_id: str, known: dict[str, Any] | None, user: str) -> None:
    data: dict[str, Any] = {
        "package_id": package_id,
        "source_key": file.key,
        "name": file.title or Path(file.filename).stem,
        "format": Path(file.filename).suffix.lstrip(".").upper(),
    }
    with file.open() as stream:
        data["upload"] = FileStorage(stream, filename=file.filename)
        if known:
            tk.get_action("resource_patch")(_context(user), {**data, "id": known["id"]})
        else:
            tk.get_action("resource_create")(_context(user), data)


def _context(user: str) -> Any:
    return {"user": user, "ignore_auth": True}


def _name(title: str, key: str, owner_org: str) -> str:
    """A readable address from the title's pinyin; a digest of the source key keeps it unique."""
    readable = munge_title_to_name("-".join(lazy_pinyin(title)))[:80].strip("-_")
    return f"{readable}-{hashlib.sha256(f'{owner_org}/{key}'.encode()).hexdigest()[:6]}"
