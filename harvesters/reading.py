"""What pages, commands and the API say about sources, runs and records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.govshare import offices
from harvesters import auth, consent, frame, notes

OUTCOME = """
    case when o.report_status = 'not modified' then 'unchanged'
         when o.report_status is not null then o.report_status
         when o.state = 'ERROR' then 'stopped'
         when o.state = 'WAITING' then 'waiting'
         else 'working' end
"""
COUNTS = sa.text(f"""
    select {OUTCOME} as outcome, count(*) as n from harvest_object o
    where o.harvest_job_id = :job group by 1
""")  # noqa: S608  no part of it comes from outside
RECORDS = sa.text(f"""
    select o.id, o.guid as key, {OUTCOME} as outcome, p.id as dataset, p.name, p.title,
           o.import_finished as at
    from harvest_object o left join package p on p.id = o.package_id
    where o.harvest_job_id = :job and (cast(:outcome as text) is null or {OUTCOME} = :outcome)
    order by o.guid, o.id limit :limit offset :offset
""")  # noqa: S608
MESSAGES = sa.text("""
    select harvest_object_id as id, message from harvest_object_error
    where harvest_object_id = any(:ids)
    union all
    select harvest_object_id, value from harvest_object_extra
    where key = :notice and harvest_object_id = any(:ids)
""")
RUN_MESSAGES = sa.text("""
    select message from harvest_gather_error where harvest_job_id = :job order by created
""")
JOBS = sa.text("""
    select j.id, j.status, j.created, j.gather_started, j.finished,
           (select count(*) from harvest_object o where o.harvest_job_id = j.id) as records,
           (select count(*) from harvest_object o where o.harvest_job_id = j.id
              and o.report_status = 'errored')
           + (select count(*) from harvest_gather_error e where e.harvest_job_id = j.id) as errors
    from harvest_job j where j.source_id = :source order by j.created desc limit :limit
""")
GONE = sa.text("""
    select g.source_id, g.dataset_id, g.since, p.title, p.owner_org,
           extract(day from now() - g.since) as days
    from govshare_harvest_gone g join package p on p.id = g.dataset_id and p.state = 'active'
    where g.since < now() order by g.since
""")
QUESTIONS = sa.text("select count(*) from govshare_harvest_question where decision is null")
PERIODS = {"DAILY": 1, "WEEKLY": 7, "BIWEEKLY": 14, "MONTHLY": 31}
"""Days between two runs of each of ckanext-harvest's frequencies."""
CYCLES = {"realtime": 1, "daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92,
          "half-yearly": 183, "yearly": 366}
"""Days of the update cycles that the catalogue declares (the Guide's element 11)."""


def outcomes() -> dict[str, str]:
    return {
        "added": tk._("new"),
        "updated": tk._("changed"),
        "unchanged": tk._("unchanged"),
        "errored": tk._("with errors"),
        "gone": tk._("gone at the source"),
        "deleted": tk._("deleted"),
        "stopped": tk._("stopped before its turn"),
        "working": tk._("being collected"),
        "waiting": tk._("waiting"),
    }


def statuses() -> dict[str, str]:
    return {
        "New": tk._("not started"),
        "Running": tk._("running"),
        "Finished": tk._("finished"),
        "Aborted": tk._("cancelled"),
    }


def report(job: frame.Job, outcome: str | None, limit: int, offset: int) -> dict[str, Any]:
    """A run with its counts and a page of its records, each with outcome and reasons."""
    counts: dict[str, int] = {
        row.outcome: row.n for row in model.Session.execute(COUNTS, {"job": job.id})
    }
    done = sum(n for name, n in counts.items() if name not in ("waiting", "working"))
    return {
        "id": job.id,
        "source_id": job.source_id,
        "source": job.source.title,
        "status": job.status,
        "created": _iso(job.created),
        "started": _iso(job.gather_started),
        "finished": _iso(job.finished),
        "counts": counts,
        "total": sum(counts.values()),
        "done": done,
        "notes": [
            notes.say(row.message)
            for row in model.Session.execute(RUN_MESSAGES, {"job": job.id})
        ],
        "records": records(job.id, outcome, limit, offset),
    }


def records(job_id: str, outcome: str | None, limit: int, offset: int) -> list[dict[str, Any]]:
    """Records of a run by key, with what became of them."""
    found = model.Session.execute(
        RECORDS, {"job": job_id, "outcome": outcome, "limit": limit, "offset": offset}
    ).mappings().all()
    said: dict[str, list[str]] = {}
    ids = [row["id"] for row in found]
    for row in model.Session.execute(MESSAGES, {"ids": ids, "notice": frame.NOTICE}):
        said.setdefault(row.id, []).append(notes.say(row.message))
    return [
        {"key": row["key"], "outcome": row["outcome"], "dataset": row["dataset"],
         "name": row["name"], "title": row["title"], "at": _iso(row["at"]),
         "notes": said.get(row["id"], [])}
        for row in found
    ]


def every_record(job_id: str) -> Iterator[dict[str, Any]]:
    """All records of a run, in blocks."""
    offset = 0
    while block := records(job_id, None, 1000, offset):
        yield from block
        offset += len(block)


def runs(source_id: str, limit: int = 20) -> list[dict[str, Any]]:
    """The last runs of a source, the newest first."""
    rows = model.Session.execute(JOBS, {"source": source_id, "limit": limit}).mappings()
    return [
        {**row, **{name: _iso(row[name]) for name in ("created", "gather_started", "finished")}}
        for row in rows
    ]


def status(user_id: str | None, *, everything: bool) -> list[dict[str, Any]]:
    """The sources of the person (or all), their last run, and since when they are late."""
    now = datetime.now(UTC).replace(tzinfo=None)
    found = []
    for source in frame.sources():
        own = auth.of_department(user_id, frame.owner(source.id))
        if everything or own:
            last = next(iter(runs(source.id, 1)), None)
            found.append({
                "id": source.id, "title": source.title, "url": source.url,
                "department": frame.department(source.id), "own": own,
                "frequency": source.frequency, "last": last, "late": _late(source, now),
            })
    return sorted(found, key=lambda each: (not each["late"], each["department"], each["title"]))


def inbox(user_id: str | None) -> list[dict[str, Any]]:
    """Runs that ended with errors, and late sources, of the person's departments."""
    entries = [*_for_authority(user_id), *_proposals(user_id)]
    for source in status(user_id, everything=False):
        last = source["last"]
        if last and last["status"] == "Finished" and last["errors"]:
            entries.append(_entry(
                "harvest_errors", tk._("{source}: {n} errors in the last harvest").format(
                    source=source["title"], n=last["errors"]),
                tk.h.url_for("govshare_harvest.run", id=last["id"]), last["finished"]))
        elif source["late"]:
            entries.append(_entry(
                "harvest_late", tk._("{source} has not been harvested in time").format(
                    source=source["title"]),
                tk.h.url_for("harvester.admin", id=source["id"]), source["late"]))
    return entries


def _proposals(user_id: str | None) -> list[dict[str, Any]]:
    """Datasets whose record has been gone from its source longer than the grace period."""
    entries = []
    for row in model.Session.execute(GONE):
        source = frame.source(row.source_id)
        if source is None or not auth.of_department(user_id, row.owner_org):
            continue
        if row.days >= frame.settings(source).grace_days:
            title = tk._("{title} has gone from its source: withdraw it?").format(title=row.title)
            entries.append(_entry("harvest_gone", title,
                                  tk.h.url_for("dataset.read", id=row.dataset_id),
                                  row.since.isoformat()))
    return entries


def _for_authority(user_id: str | None) -> list[dict[str, Any]]:
    """What waits for the data authority: sources to approve, questions to decide."""
    if not user_id or not offices.holds(user_id, "authority"):
        return []
    entries = [
        _entry("harvest_approval", tk._("{source}: approve the source").format(
            source=source.title), tk.h.url_for("govshare_harvest.source", id=source.id),
            _iso(source.created), "authority")
        for source in frame.sources() if consent.waits(source)
    ]
    questions = model.Session.scalar(QUESTIONS)
    if questions:
        entries.append(_entry(
            "harvest_question", tk._("{n} records that two departments provide").format(
                n=questions), tk.h.url_for("govshare_harvest.questions"), None, "authority"))
    return entries


def _entry(
    kind: str, title: str, url: str, since: str | None, office: str = "publisher"
) -> dict[str, Any]:
    return {"kind": kind, "title": title, "url": url, "due": None, "since": since,
            "office": office}


def period(source: frame.Source) -> int | None:
    """Days between two runs; None: by hand only. ALWAYS: as the declared update cycle says."""
    if source.frequency == "ALWAYS":
        return declared(source) or 1
    return PERIODS.get(source.frequency)


def declared(source: frame.Source) -> int | None:
    """Days of the update cycle that the source declares for its data (LY-4d)."""
    return CYCLES.get(frame.settings(source).defaults.get("update_cycle", ""))


def _late(source: frame.Source, now: datetime) -> str | None:
    """Since when a scheduled source is late: its last good run is over a period and a day old."""
    days = min(filter(None, (period(source), declared(source))), default=None)
    if days is None:
        return None
    finished = [run["finished"] for run in runs(source.id) if run["finished"] and not run["errors"]]
    begun = datetime.fromisoformat(finished[0]) if finished else source.created
    due = begun + timedelta(days=days + 1)
    return _iso(due) if due < now else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
