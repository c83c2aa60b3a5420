"""All that shows how a dataset was handled, in files for one archive (NY 68, ZS 40, YN 41).

Personal values are in none of them: people stand by account id and office. The data themselves go
through the gate like every read, so an archive holds only what its reader may have.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import IO, Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import gate
from ckanext.govshare.gate import reader, reads

BLOCK = 1 << 20

RELEASES = """
    select * from govshare_release where dataset_id = :dataset order by resource_id, number
"""
SIGNATURES = """
    select s.* from govshare_signature s join govshare_release r on r.id = s.release_id
    where r.dataset_id = :dataset order by s.at
"""
PUBLICATION = "select * from govshare_publication where dataset_id = :dataset"
CASES = """
    select id, number, kind, layer, state, profile, profile_version, received_at, due_day,
      answered_at, clock, decision ->> 'act' as decision
    from govshare_case where dataset_id = :dataset and number is not null order by received_at
"""
GRANTS = """
    select id, case_id, holder, columns, mode, valid_from, valid_to, state, reads, created
    from govshare_grant where dataset_id = :dataset order by created
"""
RECORDS = """
    select id, number, kind, data, state, due, created, created_by, closed_at, closed_by
    from govshare_oversight where dataset_id = :dataset and kind <> 'complaint' order by created
"""
READS = """
    select g.at, g.user_id, g.resource_id, g.release_id, g.grant_id, g.way, g.columns, g.bytes
    from govshare_read g join resource r on r.id = g.resource_id
    where r.package_id = :dataset order by g.at
"""
EVENTS = """
    select e.* from govshare_event e where
      (e.subject_type = 'dataset' and e.subject_id = :dataset)
      or (e.subject_type = 'resource' and e.subject_id in
          (select id from resource where package_id = :dataset))
      or (e.subject_type = 'release' and e.subject_id in
          (select id from govshare_release where dataset_id = :dataset))
      or (e.subject_type = 'case' and e.subject_id in
          (select id from govshare_case where dataset_id = :dataset))
      or (e.subject_type = 'grant' and e.subject_id in
          (select id from govshare_grant where dataset_id = :dataset))
      or (e.subject_type = 'oversight' and e.subject_id in
          (select id from govshare_oversight where dataset_id = :dataset))
    order by e.seq
"""
# The raw file's name may hold a personal value; the rest is the stage's own work.
INSIDE = {"problem", "work", "findings", "filename"}


def documents(package: dict[str, Any]) -> dict[str, Any]:
    """The written evidence of a dataset by file name, each a list or a dict of plain values."""
    dataset = package["id"]
    return {
        "metadata.json": package,
        "publication.json": _rows(PUBLICATION, dataset),
        "releases.json": [
            {k: v for k, v in row.items() if k not in INSIDE} for row in _rows(RELEASES, dataset)
        ],
        "signatures.json": _rows(SIGNATURES, dataset),
        "cases.json": _rows(CASES, dataset),
        "grants.json": _rows(GRANTS, dataset),
        "records.json": _rows(RECORDS, dataset),
        "reads.json": _rows(READS, dataset),
        "events.json": _rows(EVENTS, dataset),
    }


def write(out: IO[bytes], evidence: dict[str, Any]) -> None:
    """The archive: the documents, the released data that the reader may have, and a manifest
    with the SHA-256 of each file and why data are left out."""
    files: list[dict[str, Any]] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in evidence.items():
            text = json.dumps(content, ensure_ascii=False, indent=1).encode()
            files.append(_put(archive, name, [text]))
        files += _data(archive, evidence["releases.json"])
        manifest = {
            "dataset": evidence["metadata.json"]["id"],
            "made": datetime.now(UTC).isoformat(), "files": files,
        }
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))


def _data(archive: zipfile.ZipFile, releases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    actor = gate.actor()
    for release in releases:
        if release["state"] != "released":
            continue
        name = f"data/{release['resource_id']}.{release['format']}"
        decision = gate.decide(actor, release["resource_id"], "download")
        if not decision.allowed or decision.columns is not None:
            why = decision.reason or tk._("Only a part of the columns may be read.")
            yield {"name": name, "sha256": release["digest"], "left_out": why}
            continue
        with reader.open_released(decision) as stream:
            reads.record(actor, release["resource_id"], decision, "download",
                         stream.seek(0, io.SEEK_END))
            stream.seek(0)
            yield _put(archive, name, iter(lambda: stream.read(BLOCK), b""))


def _put(archive: zipfile.ZipFile, name: str, blocks: Iterable[bytes]) -> dict[str, Any]:
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as out:
        for block in blocks:
            digest.update(block)
            out.write(block)
    return {"name": name, "sha256": digest.hexdigest()}


def _rows(sql: str, dataset: str) -> list[dict[str, Any]]:
    rows = model.Session.execute(sa.text(sql), {"dataset": dataset}).mappings()
    return [{key: _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
