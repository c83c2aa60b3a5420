"""How grants are used: every served read with user, approver, content, time, mode and medium
(ZS 32), and the list of what may be used, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

READS = sa.text("""
    select r.at, r.way, r.columns, r.bytes, u.name as user, a.name as approver, r.release_id
    from govshare_read r
    left join "user" u on u.id = r.user_id
    join govshare_grant g on g.id = r.grant_id
    left join govshare_case c on c.id = g.case_id
    left join "user" a on a.id = c.decision ->> 'by'
    where r.grant_id = :grant order by r.at desc limit 10000
""")
MEDIUM = {"download": "file", "rows": "interface", "verify": "answer"}
READ_COLUMNS = ("at", "user", "approver", "way", "mode", "medium", "columns", "bytes", "release")
ENTITLED_COLUMNS = (
    "id", "holder_name", "dataset_title", "columns", "mode", "purpose", "valid_from", "valid_to",
    "standing", "reads", "max_reads", "calls_per_minute", "calls_per_day", "case_id", "trace",
)


def of(grant_id: str, mode: str) -> list[dict[str, Any]]:
    """The reads under a grant, newest first, at most 10,000. Approver None: by time (LY 13)."""
    return [
        {
            "at": row.at.isoformat(), "user": row.user, "approver": row.approver, "way": row.way,
            "mode": mode, "medium": MEDIUM.get(row.way, row.way), "columns": row.columns,
            "bytes": row.bytes, "release": row.release_id,
        }
        for row in model.Session.execute(READS, {"grant": grant_id})
    ]


def as_csv(columns: Sequence[str], lines: Iterable[Mapping[str, Any]]) -> bytes:
    """CSV in UTF-8 with a mark, so that a spreadsheet reads the Chinese; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for line in lines:
        writer.writerow([_cell(line.get(name)) for name in columns])
    return "\ufeff".encode() + out.getvalue().encode()


def _cell(value: Any) -> str:
    text = "、".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
