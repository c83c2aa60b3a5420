"""From a record to a dataset whose files wait in quarantine; ids stay the same for ever."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.munge import munge_title_to_name
from pypinyin import lazy_pinyin
from werkzeug.datastructures import FileStorage

from harvesters import one_source
from harvesters.notes import Note, SourceError
from harvesters.quality import reference, scores
from harvesters.record import Record
from harvesters.settings import Settings
from harvesters.staging import Staged, staged


@dataclass
class Outcome:
    """What became of a record. `package_id` is None when there was nothing to make a dataset of.

    `kept` is what the next run compares with: digests of the metadata and of each file taken.
    """

    package_id: str | None
    problems: list[Note]
    notices: list[Note] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)


def publish(
    record: Record, settings: Settings, *, source_id: str, owner_org: str, package_id: str,
    before: dict[str, Any], mode: str, user: str,
) -> Outcome:
    """Create the dataset with this id, or update it, then take each file that is new or changed.

    What people have edited in the portal stays, unless the source itself says something new.
    Raises SourceError when the dataset was deleted, another department has the same, or the
    metadata are refused.
    """
    taken: dict[str, str] = dict(before.get("files", {}))
    references = reference.load(settings.rules)
    with staged(record, settings.rules, references, taken) as (files, problems):
        old = model.Package.get(package_id)
        if old is None and not files and not record.bare:
            return Outcome(None, problems or [Note("no_files", {"file": record.key})])
        if old is not None and old.state == "deleted":
            raise SourceError("dataset_deleted", file=record.key)
        metadata = record.metadata_digest()
        try:
            if old is None:
                elements = {"title": record.title, **_collection(settings, mode),
                            **settings.defaults, **record.metadata}
                one_source.check(source_id, record.key, str(elements["title"]), owner_org,
                                 [file.source.digest for file in files])
                _create(elements, package_id, owner_org, user)
            elif before.get("metadata") != metadata and record.metadata:
                tk.get_action("package_patch")(
                    _context(user), {**record.metadata, "id": package_id}
                )
        except tk.ValidationError as error:
            raise _refused(record.key, error) from error
        problems += _take(files, package_id, user, taken)
        _score(files, package_id)
        warnings = [note for file in files for note in file.warnings]
    present = {f.key for f in record.files} | {note.file for note in problems}
    missed = set() if record.increment else set(taken) - present
    gone = [key for key in sorted(missed) if _is_there(package_id, key)]
    notices = [*warnings, *(Note("file_gone", {"file": key}) for key in gone)]
    return Outcome(package_id, problems, notices, {"metadata": metadata, "files": taken})


def resource_id(package_id: str, key: str) -> str:
    """The id of a file's resource: the same file of a record has the same id for ever."""
    return str(uuid.uuid5(uuid.UUID(package_id), key))


def _collection(settings: Settings, mode: str) -> dict[str, str]:
    """The catalogue's elements on the way of collection; an interval is filed with its reason."""
    filed = settings.filing
    return {"collect_mode": mode} | (
        {"collect_interval": filed.interval, "collect_reason": filed.reason} if filed else {})


def _score(files: list[Staged], package_id: str) -> None:
    for file in files:
        scores.keep(
            file.judge, dataset=package_id, resource=resource_id(package_id, file.source.key),
            digest=file.source.digest)
    model.Session.commit()


def _create(metadata: dict[str, Any], package_id: str, owner_org: str, user: str) -> None:
    metadata.setdefault("name", _name(str(metadata["title"]), package_id))
    tk.get_action("package_create")(
        _context(user), {**metadata, "id": package_id, "owner_org": owner_org, "type": "dataset"}
    )


def _is_there(package_id: str, key: str) -> bool:
    resource = model.Session.get(model.Resource, resource_id(package_id, key))
    return resource is not None and resource.state == "active"


def _take(
    files: list[Staged], package_id: str, user: str, taken: dict[str, str]
) -> list[Note]:
    """Put the files into quarantine, in one write if it can be; `taken` learns which are there."""
    problems: list[Note] = []
    try:
        if len(files) > 1:
            _write_all(files, package_id, user)
            taken |= {file.source.key: file.source.digest for file in files}
            return problems
    except tk.ValidationError:
        model.Session.rollback()  # one by one, to name the file that is refused
    for file in files:
        try:
            _write(file, package_id, user)
            taken[file.source.key] = file.source.digest
        except tk.ValidationError as error:
            problems.append(_refused(file.source.key, error).note)
    return problems


def _write_all(files: list[Staged], package_id: str, user: str) -> None:
    shown = tk.get_action("package_show")(_context(user), {"id": package_id})
    resources = {resource["id"]: resource for resource in shown["resources"]}
    for file in files:
        data = _resource(file, package_id)
        new = {"name": Path(file.source.filename).stem}
        resources[data["id"]] = {**resources.get(data["id"], new), **data}
    tk.get_action("package_patch")(
        _context(user), {"id": package_id, "resources": list(resources.values())})


def _write(file: Staged, package_id: str, user: str) -> None:
    data = _resource(file, package_id)
    if model.Session.get(model.Resource, data["id"]):
        tk.get_action("resource_patch")(_context(user), data)
    else:
        new = {**data, "package_id": package_id, "name": Path(file.source.filename).stem}
        tk.get_action("resource_create")(_context(user), new)


def _resource(file: Staged, package_id: str) -> dict[str, Any]:
    name = file.source.filename
    file.stream.seek(0)
    return {
        "id": resource_id(package_id, file.source.key),
        "format": Path(name).suffix.lstrip(".").upper(),
        "upload": FileStorage(file.stream, filename=name),
    }


def _refused(key: str, error: tk.ValidationError) -> SourceError:
    reason = "; ".join(f"{name}: {text}" for name, text in error.error_summary.items())
    return SourceError("refused", file=key, reason=reason)


def _context(user: str) -> Any:
    return {"user": user, "ignore_auth": True}


def _name(title: str, package_id: str) -> str:
    """A readable address from the title's pinyin; a digest of the id keeps it unique."""
    readable = munge_title_to_name("-".join(lazy_pinyin(title)))[:80].strip("-_")
    return f"{readable}-{hashlib.sha256(package_id.encode()).hexdigest()[:6]}"
