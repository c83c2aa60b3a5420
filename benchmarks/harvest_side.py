"""One side of the harvest benchmark, in a process of its own: prints its figures as JSON.

    python -m benchmarks.harvest_side stock|ours|bare INI PORTAL_URL
    python -m benchmarks.harvest_side table INI DATABASE_URL
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from typing import Any

from ckan.cli import load_config
from ckan.config.middleware import make_app

OPEN = {"defaults": {"open_class": "unconditional"}, "allow": ["127.0.0.0/8"]}


def source(kind: str, url: str, settings: dict[str, Any]) -> str:
    """A source of the one department; its id."""
    from ckan import model
    from ckan.plugins import toolkit as tk

    name = f"{kind.replace('_', '-')}-{time.time_ns()}"
    if not model.Group.get("bench"):
        tk.get_action("organization_create")(context(), {"name": "bench"})
    return tk.get_action("harvest_source_create")(context(), {
        "name": f"{name}-source", "title": name, "url": url, "source_type": kind,
        "owner_org": model.Group.get("bench").id, "frequency": "MANUAL",
        "config": json.dumps(settings),
    })["id"]


def context() -> Any:
    from ckan import model
    from ckan.plugins import toolkit as tk

    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"user": user, "ignore_auth": True, "model": model, "session": model.Session}


def stock_run(source_id: str) -> None:
    """The stages that ckanext-harvest's consumers call, without their queue."""
    from ckan import model
    from ckanext.harvest import queue
    from ckanext.harvest.model import HarvestJob, HarvestObject, HarvestSource

    job: Any = HarvestJob()
    job.source = HarvestSource.get(source_id)
    job.status = "Running"
    job.save()
    harvester: Any = queue.get_harvester("ckan")
    for object_id in queue.gather_stage(harvester, job):
        queue.fetch_and_import_stages(harvester, HarvestObject.get(object_id))
        model.Session.remove()
    job = HarvestJob.get(job.id)
    job.status = "Finished"
    job.save()


def our_run(source_id: str) -> None:
    from ckan import model
    from ckan.plugins import toolkit as tk

    from harvesters import runner

    job = tk.get_action("harvest_job_create")(context(), {"source_id": source_id, "run": False})
    runner.run(job["id"], wait=True)
    report = tk.get_action("govshare_harvest_report")(context(), {"id": job["id"], "limit": 3})
    if report["notes"] or "errored" in report["counts"]:
        raise SystemExit(str(report))
    model.Session.remove()


def approve(source_id: str, secret: dict[str, str]) -> None:
    from ckan import model
    from ckan.plugins import toolkit as tk

    for action, more in (("govshare_harvest_secret_set", {"values": secret}),
                         ("govshare_harvest_approve", {})):
        tk.get_action(action)(context(), {"source_id": source_id, **more})
    model.Session.commit()


def timed(run: Any, source_id: str) -> float:
    began = time.monotonic()
    run(source_id)
    return time.monotonic() - began


def main(side: str, url: str) -> dict[str, float]:
    """What this side needs: seconds, megabytes."""
    if side == "stock":
        found, run = source("ckan", url, {"force_all": True}), stock_run
    elif side == "table":
        secret = json.loads(os.environ["BENCH_SECRET"])
        table = {"table": "bench_rows", "key": "rows", "title": "rows"}
        found = source("govshare_table", url, {**OPEN, "tables": [table], "may_write": "bench"})
        approve(found, secret)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds = timed(our_run, found)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"seconds": seconds, "memory": peak / 1024, "grown": (peak - before) / 1024}
    else:
        found = source("govshare_portal", url, {**OPEN, "rate": 1000, "files": side == "ours"})
        approve(found, {})
        run = our_run
    return {"create": timed(run, found), "unchanged": timed(run, found)}


if __name__ == "__main__":
    make_app(load_config(sys.argv[2]))
    print("FIGURES " + json.dumps(main(sys.argv[1], sys.argv[3])))
