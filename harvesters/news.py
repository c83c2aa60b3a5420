"""Mail on a run that had errors, to those who can do something about it."""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import notify, offices
from harvesters import frame

ERRORS = sa.text("""
    select (select count(*) from harvest_object where harvest_job_id = :job
              and report_status = 'errored')
         + (select count(*) from harvest_gather_error where harvest_job_id = :job)
""")


def finished(job: frame.Job) -> None:
    """Tell the department's publishers when the run had errors; the caller commits."""
    errors = model.Session.scalar(ERRORS, {"job": job.id})
    if not errors:
        return
    for user in offices.holders("publisher", frame.owner(job.source_id)):
        notify.send("harvest_errors", user, ("harvest_run", job.id),
                    {"source": job.source.title, "count": errors}, once=f"harvest:{job.id}")


def ask_authority(kind: str, source: frame.Source, once: str) -> None:
    """Tell the data authority that a source waits for its decision; the caller commits."""
    for user in offices.holders("authority"):
        notify.send(kind, user, ("harvest_source", source.id), {"source": source.title},
                    once=f"{kind}:{once}")
