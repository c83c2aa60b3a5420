"""The executor: claims, take-over, retries, limits; with any harvester of ckanext-harvest."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckanext.harvest.model import HarvestObject, HarvestObjectError

from harvesters import claims, frame, retry, runner
from harvesters.notes import SourceError

from . import workers
from .conftest import context, read
from .test_file_mode import CSV

KILLS = int(os.environ.get("GOVSHARE_TEST_KILLS", "3"))
"""Runs that are disturbed; 50 before a release."""


class Plain:
    """A harvester that knows nothing of us: each record does what `acts` says, in turn."""

    def __init__(self, **acts: list[Any]) -> None:
        self.acts = acts
        self.seen: list[str] = []

    def info(self) -> dict[str, str]:
        return {"name": "plain"}

    def gather_stage(self, job: Any) -> list[str]:
        found = [HarvestObject(guid=key, job=job) for key in self.acts]
        model.Session.add_all(found)
        model.Session.commit()
        return [each.id for each in found]

    def fetch_stage(self, this: Any) -> Any:
        self.seen.append(this.guid)
        acts = self.acts[this.guid]
        act = acts.pop(0) if len(acts) > 1 else acts[0]
        if isinstance(act, BaseException):
            raise act
        return act(this) if callable(act) else act

    def import_stage(self, this: Any) -> str:  # noqa: ARG002
        return "unchanged"


@pytest.fixture
def plain(department, monkeypatch):
    """`plain(key=[acts])` runs a job of such records to its end; the report and the harvester."""
    monkeypatch.setattr(retry, "FIRST_PAUSE", timedelta(0))
    monkeypatch.setattr(runner, "PAUSE", 0.05)

    def run(**acts: list[Any]):
        harvester = Plain(**acts)
        job = department.job()
        monkeypatch.setattr(frame, "harvester", lambda _type: harvester)
        assert runner.run(job, wait=True)
        return read(job), harvester

    return run


def test_any_harvester_of_the_frame_plugs_in(plain):
    def refused(this):
        HarvestObjectError.create("No title", this, "Fetch")
        return False

    report, _ = plain(good=["unchanged"], bad=[refused])
    assert report.counts == {"unchanged": 1, "errored": 1}
    assert report.said("bad") == "No title"


@pytest.mark.parametrize("error", [
    ConnectionResetError(), TimeoutError(), SourceError("no_answer", passing=True, file="x"),
    sa.exc.OperationalError("", {}, Exception()),
])
def test_what_can_pass_is_tried_again_and_succeeds(plain, error):
    report, harvester = plain(once=[error, error, True], other=[True])
    assert report.outcome("once") == "unchanged"
    assert harvester.seen.count("once") == 3


def test_what_does_not_pass_is_reported_after_the_last_try(plain):
    report, harvester = plain(down=[TimeoutError()], other=[True])
    assert (report.outcome("down"), report.outcome("other")) == ("errored", "unchanged")
    assert harvester.seen.count("down") == retry.TRIES
    assert "TimeoutError" in report.said("down")


@pytest.mark.parametrize("error", [ValueError("x"), SourceError("no_files", file="x")])
def test_what_cannot_pass_is_tried_once(plain, error):
    report, harvester = plain(bad=[error])
    assert report.outcome("bad") == "errored"
    assert harvester.seen == ["bad"]


def test_the_pauses_grow():
    assert [retry.pause(n).total_seconds() for n in (1, 2, 3)] == [30, 120, 480]


def test_a_record_that_hangs_is_left_and_the_rest_goes_on(plain, monkeypatch):
    def hang(_this):
        for _ in range(200):
            time.sleep(0.05)

    monkeypatch.setitem(tk.config, "govshare.harvest.record_seconds", 1)
    began = time.monotonic()
    report, _ = plain(hangs=[hang], other=[True])
    assert (report.outcome("hangs"), report.outcome("other")) == ("errored", "unchanged")
    assert time.monotonic() - began < 8


def test_a_run_that_takes_too_long_is_ended(department, monkeypatch):
    department.put("救助.csv", CSV)
    job = department.job()
    with claims.worker() as worker:
        worker.enter(job)
    model.Session.execute(sa.text(
        "update govshare_harvest_job set begun = now() - interval '25 hours' where job_id = :j"
    ), {"j": job})
    model.Session.commit()
    assert runner.run(job)
    report = read(job)
    assert report.records == {} and "24" in report.notes[0]
    assert department.harvest().counts == {"added": 1}


def test_two_workers_never_have_the_same_record(department):
    for number in range(5):
        department.put(f"表{number}.csv", CSV)
    job = department.job()
    claims.bury()  # whom other tests killed
    with claims.worker() as one, claims.worker() as two:
        one.enter(job)
        assert one.claim_job(job, "gather") and two.claim_job(job, "gather") is None
        found = frame.job(job)
        assert found
        frame.harvester("govshare_file").gather_stage(found)
        one.gathered(job)
        taken = [worker.claim_object(job) for worker in (one, two, one, two, one, two)]
        ids = [claim.id for claim in taken if claim]
        assert len(ids) == len(set(ids)) == 5 and taken[-1] is None
        assert claims.bury() == 0 and not one.nothing_left(job)
        assert job not in claims.claimable()
    assert job in claims.claimable()  # they gave back what they had when they left


def test_killed_at_random_moments_the_end_is_the_same(department, request):
    """Two workers at once, one is killed: each dataset once, each content one release."""
    chance = random.Random(20261122)
    for number in range(10):
        department.put(f"表{number:02}.csv", CSV.replace("80", str(number)))
    for round_ in range(KILLS):
        department.put("变化.csv", CSV.replace("80", f"{900 + round_}"))
        job = department.job()
        ini = request.config.option.ckan_ini
        running = [workers.begin(ini, job) for _ in range(2)]
        for worker in running:
            assert worker.stdout and worker.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0, 1.5))
        victim = chance.choice(running)
        os.kill(victim.pid, signal.SIGKILL)
        for worker in running:
            worker.communicate(timeout=120)
            assert worker.returncode == 0 or worker is victim
        assert runner.run(job, wait=True)
        report = read(job)
        assert sum(report.counts.values()) == 11, report.counts
        assert not set(report.counts) - {"added", "updated", "unchanged"}, report.records
        _as_undisturbed(department, round_ + 1)


def _as_undisturbed(department, contents: int) -> None:
    model.Session.expire_all()
    rows = model.Session.execute(sa.text("""
        select p.id, count(distinct r.id) as files,
               count(distinct g.raw_digest) as contents, count(g.id) as releases
        from package p join resource r on r.package_id = p.id
        left join govshare_release g on g.resource_id = r.id
        where p.owner_org = :o and p.type = 'dataset' and p.state = 'active'
        group by p.id order by contents
    """), {"o": department.org}).all()
    model.Session.commit()
    assert len(rows) == 11
    assert all(row.files == 1 and row.contents == row.releases for row in rows)
    assert sorted(row.contents for row in rows) == sorted([1] * 10 + [contents])
    leftover = model.Session.scalar(sa.text("""
        select count(*) from govshare_harvest_object where owner is not null"""))
    assert leftover == 0
    checked = tk.get_action("govshare_ledger_verify")(context(), {})
    assert checked["broken_seq"] is None, checked
