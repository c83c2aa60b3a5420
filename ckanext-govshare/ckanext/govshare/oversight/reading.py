"""Records, duties and statistics as a reader may see them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model, plugins
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk

from ckanext.govshare.oversight import complaint, desk, duties, indicators, statistics
from ckanext.govshare.oversight import model as store
from ckanext.govshare.oversight.duties import Due
from ckanext.govshare.oversight.kinds import COMPLAINT, every
from ckanext.govshare.oversight.model import Record, table
from ckanext.govshare.rules.clocks import day_of
from ckanext.govshare.rules.words import Words

# What everybody may know of each department (LY 19, 20; YN 28): stocks of published data, use.
PUBLIC = (
    "open_unconditional", "open_conditional", "open_closed", "attached", "items", "records",
    "released", "applications", "answered", "in_time", "refused", "answer_days", "downloads",
    "calls", "verifications", "bytes",
)
KEPT = 600  # seconds for which the public page's figures may be old

CASES = {
    "application": Words("依申请开放", "Application for data"),
    "objection": Words("目录异议", "Objection"),
    "correction": Words("数据校核", "Report of wrong data"),
}
COMPLAINT_TITLE = Words("投诉举报", "Complaints and reports")


def language() -> str:
    return tk.h.lang() or "zh_Hans_CN"


def title(kind: str) -> str:
    """What a kind of record or of case is called in the reader's language."""
    if kind == COMPLAINT:
        return COMPLAINT_TITLE.pick(language())
    words = every()[kind].title if kind in every() else CASES.get(kind, Words(kind, kind))
    return words.pick(language())


def department(org_id: str | None) -> str:
    group = model.Group.get(org_id) if org_id else None
    return group.display_name if group else (org_id or "")


def show(record: Record, user_id: str | None) -> dict[str, Any]:
    """One record; of a complaint what was written, to the authority also whom to answer."""
    shown: dict[str, Any] = {
        "id": record.id, "number": record.number, "kind": record.kind,
        "organization_id": record.org_id, "organization_title": department(record.org_id),
        "dataset_id": record.dataset_id, "values": record.data, "state": record.state,
        "due": record.due.isoformat() if record.due else None,
        "created": record.created.isoformat(), "created_by": record.created_by,
        "closed": record.closed_at.isoformat() if record.closed_at else None,
        "closed_by": record.closed_by,
    }
    if record.kind == COMPLAINT:
        authority = desk.office(user_id, ("authority",), None) is not None
        shown["age_days"] = complaint.age(record)
        shown["sealed"] = complaint.opened(record, contact=authority)
    return shown


def listing(user_id: str | None, asked: dict[str, Any]) -> dict[str, Any]:
    """The records that the user may read: `{"count", "results"}`, newest first."""
    conditions: list[Any] = [desk.visible(user_id)]
    for name in ("kind", "state", "dataset_id"):
        if asked.get(name):
            conditions.append(table.c[name] == asked[name])
    if asked.get("organization"):
        group = model.Group.get(asked["organization"])
        conditions.append(table.c.org_id == (group.id if group else ""))
    found = store.find(*conditions, limit=asked["limit"], offset=asked["offset"])
    return {"count": store.count(*conditions), "results": [show(r, user_id) for r in found]}


def public() -> list[dict[str, Any]]:
    """What was published of evaluations, reports and rules: the fields their kinds let be shown."""
    codes = [kind.code for kind in every().values() if kind.shown]
    found = store.find(
        table.c.kind.in_(codes), table.c.data.has_key("published"),
        table.c.data["published"].astext <= day_of(store.now()).isoformat(),
    )
    return [
        {
            "number": r.number, "kind": r.kind, "department": department(r.org_id),
            "published": r.data["published"],
            "values": {k: r.data[k] for k in every()[r.kind].shown if k in r.data},
        }
        for r in found
    ]


def due_list(user_id: str | None, now: datetime) -> list[dict[str, Any]]:
    """What is due or overdue: for those who supervise everything, for others their departments'."""
    own = None if desk.supervises(user_id) else desk.departments(user_id)
    return [_due(due, day_of(now)) for due in duties.standing(now, own)]


def inbox(user_id: str | None, now: datetime) -> list[dict[str, Any]]:
    """What waits for the user: a head's own duties, the portal's, complaints, and one line on
    what departments left undone."""
    office = desk.office(user_id, ("authority",), None)
    heads = {o for o in desk.departments(user_id) if desk.office(user_id, ("head",), o)}
    if not office and not heads:
        return []
    every_due = [d for d in duties.standing(now) if d.case is None]
    mine = [d for d in every_due if d.org_id in heads or (office and d.org_id is None)]
    entries = [
        _entry("duty", title(d.what), _link(d), d.day.isoformat(),
               "head" if d.org_id else "authority")
        for d in mine
    ]
    if office:
        entries += [
            _entry("complaint", f"{title(COMPLAINT)} {r.number}",
                   tk.h.url_for("govshare_oversight.record", id=r.id), None, "authority",
                   r.created.isoformat())
            for r in store.find(table.c.kind == COMPLAINT, table.c.state == "open")
        ]
        late = sum(d.org_id is not None and d.overdue(day_of(now)) for d in every_due)
        if late:
            entries.append(_entry(
                "duty", tk._("{n} overdue duties of departments").format(n=late),
                tk.h.url_for("govshare_oversight.duties"), None, "authority",
            ))
    return entries


def figures(
    year: int, org_ids: set[str] | None = None, names: tuple[str, ...] | None = None
) -> dict[str, Any]:
    """`{"year", "departments": […], "total": {…}}` with all indicators, or only those named."""
    statistics.check(year)
    lines = statistics.by_department(year, org_ids)
    whole = statistics.total(lines)
    for values in (whole, *(line["values"] for line in lines)):
        for name in set(values) - set(names or indicators.INDICATORS):
            del values[name]
    return {"year": year, "departments": lines, "total": whole}


def public_figures(year: int) -> dict[str, Any]:
    """The figures for everybody; counted anew at most every `KEPT` seconds."""
    statistics.check(year)
    key = f"govshare:{tk.config['ckan.site_id']}:statistics:{year}"
    redis = connect_to_redis()
    kept = redis.get(key)
    if kept:
        return json.loads(kept)  # type: ignore[arg-type]  # bytes: the client is no async one
    found = figures(year, names=PUBLIC)
    found["departments"] = [d for d in found["departments"] if any(d["values"].values())]
    found["counted"] = datetime.now(UTC).isoformat()
    redis.set(key, json.dumps(found), ex=KEPT)
    return found


def releases_of(dataset_id: str) -> list[str]:
    """The releases of a dataset that are served now."""
    if not plugins.plugin_loaded("govshare_release"):
        return []
    return list(model.Session.scalars(
        sa.text("select id from govshare_release where dataset_id = :id and state = 'released'"),
        {"id": dataset_id},
    ))


def _due(due: Due, today: date) -> dict[str, Any]:
    return {
        "what": due.what, "title": title(due.what), "year": due.year, "number": due.number,
        "organization_id": due.org_id, "organization_title": department(due.org_id),
        "due": due.day.isoformat(), "overdue": due.overdue(today),
        "days": (today - due.day).days, "rule": due.rule, "url": _link(due),
    }


def _link(due: Due) -> str:
    if due.case:
        return tk.h.url_for("govshare_cases.read", id=due.case)
    if due.record:
        return tk.h.url_for("govshare_oversight.record", id=due.record)
    return tk.h.url_for(
        "govshare_oversight.new", kind=due.what, organization=due.org_id, year=due.year
    )


def _entry(
    kind: str, title: str, url: str, due: str | None, office: str, since: str | None = None
) -> dict[str, Any]:
    return {"kind": kind, "title": title, "url": url, "due": due, "since": since,
            "office": office}
