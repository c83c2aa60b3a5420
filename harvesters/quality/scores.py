"""The score of a dataset in the four dimensions of Nanyang 27, kept for every version judged."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from ckan import model

from harvesters.quality.judge import Judge

KEEP = sa.text("""
    insert into govshare_quality
        (resource_id, digest, dataset_id, rows, cells, empty, failed_rows, rules)
    values (:resource, :digest, :dataset, :rows, :cells, :empty, :failed, :rules)
    on conflict (resource_id, digest) do update set
        at = now(), rows = excluded.rows, cells = excluded.cells, empty = excluded.empty,
        failed_rows = excluded.failed_rows, rules = excluded.rules
""")
NEWEST = sa.text("""
    select distinct on (q.resource_id) q.resource_id, q.at, q.rows, q.cells, q.empty,
           q.failed_rows, q.rules
    from govshare_quality q join resource r on r.id = q.resource_id and r.state = 'active'
    where q.dataset_id = :dataset order by q.resource_id, q.at desc
""")
READABLE = {"CSV", "XLSX", "JSON", "GEOJSON", "XML"}
"""Formats that machines read without guessing (usability)."""


def keep(judge: Judge, *, dataset: str, resource: str, digest: str) -> None:
    """The verdict on one version of a file; the caller commits."""
    model.Session.execute(KEEP, {
        "resource": resource, "digest": digest, "dataset": dataset, "rows": judge.rows,
        "cells": judge.cells, "empty": judge.empty, "failed": judge.failed_rows,
        "rules": json.dumps([f.as_json() for f in judge.findings], ensure_ascii=False),
    })


def newest(dataset_id: str) -> list[dict[str, Any]]:
    """The newest verdict on each file of a dataset."""
    rows = model.Session.execute(NEWEST, {"dataset": dataset_id}).mappings()
    return [{**row, "at": row["at"].isoformat()} for row in rows]


def score(verdicts: list[dict[str, Any]], formats: list[str], fresh: str) -> dict[str, Any] | None:
    """`accuracy`, `completeness`, `timeliness`, `usability` and their mean, 0–100; or None.

    :param fresh: `fresh`, `late`, `free` or `unknown`, as the catalogue says it.
    """
    rows, cells = (sum(v[name] for v in verdicts) for name in ("rows", "cells"))
    if not cells:
        return None
    failed, empty = (sum(v[name] for v in verdicts) for name in ("failed_rows", "empty"))
    readable = sum(format_.upper() in READABLE for format_ in formats)
    parts = {
        "accuracy": 100 * (1 - failed / rows) if rows else 0.0,
        "completeness": 100 * (1 - empty / cells),
        "timeliness": {"late": 0.0}.get(fresh, 100.0),
        "usability": 100 * readable / len(formats) if formats else 0.0,
    }
    rounded = {name: round(value, 1) for name, value in parts.items()}
    return {**rounded, "score": round(sum(parts.values()) / len(parts), 1)}
