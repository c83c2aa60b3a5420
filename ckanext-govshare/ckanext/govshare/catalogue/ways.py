"""How data can be looked at, and whether they keep their update cycle: for the list's filters.

The day by which a dataset is due stands in the index, so that nothing has to be indexed again when
the day comes; `freshness:"late"` in a query is a question about that day.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from . import coordinates, vocabularies

COLUMNS = sa.text("""
    select c->>'name' from govshare_release, jsonb_array_elements(columns) c
    where dataset_id = :id and state = 'released' and jsonb_typeof(columns) = 'array'
""")
STATES = {"fresh": "due_date:[NOW TO *]", "late": "due_date:[* TO NOW]"}
STATE = re.compile(r'freshness:"?(fresh|late)"?')


def indexed(document: dict[str, Any]) -> dict[str, Any]:
    """What the filters need of a dataset, as fields of its document."""
    found: dict[str, Any] = {}
    names = _columns(document)
    if names:
        found["way"] = ["rows", *(["map"] if coordinates.columns(names) else [])]
    if due := _due(document):
        found["due_date"] = due.strftime("%Y-%m-%dT%H:%M:%SZ")
    return found


def asked(query: dict[str, Any]) -> dict[str, Any]:
    """The query with questions about freshness as questions about the day."""
    if isinstance(query.get("fq"), str):
        query["fq"] = STATE.sub(lambda match: STATES[match[1]], query["fq"])
    return query


def fresh_items(q: str, fields: dict[str, list[str]]) -> list[dict[str, Any]]:
    """The filter by freshness with its counts, beside the other filters chosen."""
    others = [
        f"+{name}:{json.dumps(value, ensure_ascii=False)}"
        for name, values in fields.items() if name != "freshness" for value in values
    ]  # fmt: skip
    chosen = fields.get("freshness", [])
    items = []
    for name in STATES:
        fq = " ".join(["+dataset_type:dataset", *others, f'+freshness:"{name}"'])
        found = tk.get_action("package_search")({}, {"q": q or "*:*", "fq": fq, "rows": 0})
        items.append({"name": name, "display_name": label("freshness", name),
                      "count": found["count"], "active": name in chosen})  # fmt: skip
    return [item for item in items if item["count"] or item["active"]]


def label(facet: str, value: str) -> str:
    """The name of a filter's value, the value itself where it needs none."""
    names = {
        "freshness": {"fresh": tk._("Up to date"), "late": tk._("Update overdue")},
        "way": {"rows": tk._("Table, chart and API"), "map": tk._("Map")},
    }
    return names.get(facet, {}).get(value, value)


def _columns(document: dict[str, Any]) -> list[str]:
    """The columns of the released data; closed data have none to look at."""
    if document.get("open_class") == "non-open" or not p.plugin_loaded("govshare_release"):
        return []
    return list(model.Session.scalars(COLUMNS, {"id": document.get("id")}))


def _due(document: dict[str, Any]) -> datetime | None:
    cycle = document.get("update_cycle")
    days = next((t.days for t in vocabularies.terms("update_cycle") if t.code == cycle), None)
    shown = json.loads(document.get("data_dict") or "{}")
    stamps = [r.get("last_modified") or r.get("created") for r in shown.get("resources", [])]
    newest = max((s for s in stamps if s), default=None)
    if days is None or newest is None:
        return None
    return datetime.fromisoformat(newest).replace(tzinfo=None) + timedelta(days=days)
