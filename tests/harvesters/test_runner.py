"""Runs that are killed, stopped, doubled and scheduled; the real queue and the real worker."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs
from ckan.plugins import toolkit as tk
from rq import SimpleWorker

from harvesters import claims, frame, runner

from . import workers
from .conftest import context, read, releases
from .test_file_mode import CSV


@pytest.fixture
def queue(portal):
    """The real queue, emptied."""
    found = jobs.get_queue()
    found.empty()
    yield found
    found.empty()


def work(queue) -> None:
    harvests = SimpleWorker([queue], connection=queue.connection)
    harvests.work(burst=True, logging_level="ERROR")
    model.Session.expire_all()


def state(job: str) -> dict[str, int]:
    rows = model.Session.execute(sa.text(
        "select state, count(*) from harvest_object where harvest_job_id = :j group by 1"
    ), {"j": job})
    found = {row.state: row.count for row in rows}
    model.Session.commit()
    return found


def test_a_killed_run_is_taken_over_without_loss_or_double(department, queue, request):
    for number in range(12):
        department.put(f"表{number:02}.csv", CSV)
    job = department.job()
    worker = workers.begin(request.config.option.ckan_ini, job)
    try:
        until = time.monotonic() + 120
        while state(job).get("COMPLETE", 0) < 3:
            assert worker.poll() is None and time.monotonic() < until
            time.sleep(0.1)
        assert claims.bury() == 0
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
    while not claims.bury():  # the database notices that the connection is gone
        assert time.monotonic() < until
        time.sleep(0.1)
    for _ in range(2):  # once it waits in the queue it is not queued again
        runner.take_over()
        assert sum(job in waiting.args for waiting in queue.jobs) == 1
    work(queue)
    report = read(job)
    assert report.counts == {"added": 12}, report.records
    datasets = {record["dataset"] for record in report.records.values()}
    assert len(datasets) == 12
    found = [releases(dataset) for dataset in datasets]
    assert all(len(each) == 1 for each in found)
    assert sum(each[0].source == "harvest" for each in found) >= 3  # before the kill, no request
    owned = model.Session.query(model.Package).filter_by(
        owner_org=department.org, type="dataset", state="active")
    assert owned.count() == 12


def test_a_stopped_run_stops_and_the_next_goes_on(department, monkeypatch):
    for number in range(4):
        department.put(f"表{number}.csv", CSV)
    job = department.job()
    whole, seen = runner._tried_again, []

    def tried(worker, claim):
        again = whole(worker, claim)
        seen.append(claim.id)
        if len(seen) == 2:
            tk.get_action("harvest_job_abort")(context(department.publisher), {"id": job})
        return again

    monkeypatch.setattr(runner, "_tried_again", tried)
    runner.run(job)
    report = read(job)
    assert report.counts == {"added": 2, "stopped": 2}
    assert department.publisher in report.notes[0]
    monkeypatch.undo()
    monkeypatch.setitem(tk.config, "govshare.harvest.folders", str(department.folder.parent))
    again = department.harvest()
    assert again.counts == {"added": 2, "unchanged": 2}, again.records


def test_a_long_run_lets_others_have_the_worker(department, queue, monkeypatch):
    for number in range(3):
        department.put(f"表{number}.csv", CSV)
    monkeypatch.setattr(runner, "SLICE", 0.0)
    job = tk.get_action("harvest_job_create")(
        context(department.publisher), {"source_id": department.source, "run": True})["id"]
    assert queue.count == 1
    work(queue)
    report = read(job)
    assert report.counts == {"added": 3}
    assert queue.count == 0


def test_a_scheduled_source_runs_when_it_is_due(department, queue):
    department.put("救助.csv", CSV)
    source = frame.source(department.source)
    source.frequency, source.next_run = "DAILY", datetime(2026, 1, 1)
    model.Session.commit()
    tk.get_action("govshare_harvest_tick")(context(), {})
    tk.get_action("govshare_harvest_tick")(context(), {})
    mine = [job for job in frame.running() if job.source_id == department.source]
    assert len(mine) == 1
    work(queue)
    assert read(mine[0].id).counts == {"added": 1}
    tomorrow = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
    assert abs(frame.source(department.source).next_run - tomorrow) < timedelta(minutes=5)
