"""Bad input and bad luck: what cannot be read waits for a person, what was broken off goes on."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from ckan import model
from ckan.lib import jobs as ckan_jobs
from ckan.plugins import toolkit as tk

from ckanext.govshare.release import engine, jobs
from ckanext.govshare.release import model as store
from ckanext.govshare.release.vault import Vault

from .conftest import CSV


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ROWS = [line.split(",") for line in CSV.splitlines()]


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("救助.csv", CSV.encode("gb18030")),
        ("救助.csv", b"\xef\xbb\xbf" + CSV.encode()),
        ("救助.xlsx", workbook(ROWS)),
        ("救助.json", json.dumps([dict(zip(ROWS[0], r, strict=True)) for r in ROWS[1:]]).encode()),
    ],
    ids=["gb18030", "utf8-bom", "xlsx", "json"],
)
def test_every_format_is_scanned_and_transformed(town, receive, work, filename, content):
    release = receive(content, filename)
    work()
    town.call("publisher", "govshare_release_transform", id=release.id)
    work()
    shown = town.call("publisher", "govshare_release_show", id=release.id)
    assert shown["state"] == "transformed", shown["problems"]
    with Vault("quarantine").open(shown["renditions"]["csv"]) as stream:
        text = stream.read().decode("utf-8-sig")
    assert "卧龙区七一路街道" in text
    assert "410101198001011233" not in text
    assert shown["format"] == filename.rsplit(".", 1)[1]


def test_formula_cell_is_defused(town, receive, work):
    content = workbook([["编号", "备注"], [1, "=HYPERLINK(1)"], [2, "+cmd|x"], [3, "正常"]])
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.active["B2"].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    release = receive(out.getvalue(), "公式.xlsx")
    work()
    town.call("publisher", "govshare_release_transform", id=release.id)
    work()
    shown = town.call("publisher", "govshare_release_show", id=release.id)
    assert shown["state"] == "transformed", shown["problems"]
    with Vault("quarantine").open(shown["renditions"]["csv"]) as stream:
        lines = stream.read().decode("utf-8-sig").splitlines()
    assert not any(line.split(",", 1)[1].lstrip('"').startswith(("=", "+")) for line in lines)


@pytest.mark.parametrize(
    ("filename", "content", "says"),
    [
        ("空.csv", b"", "空.csv"),
        ("表.csv", b"PK\x03\x04" + b"\x00" * 60, "表.csv"),
        ("乱.csv", "列一,列二\n甲,".encode() + b"\xff\xfe\xff\n", " 2 行"),
        ("重.csv", "甲,甲\n1,2\n".encode(), "甲"),
        ("扫描件.pdf", b"%PDF-1.7 nothing", "PDF"),
        ("照片.png", b"\x89PNG\r\n\x1a\n", "PNG"),
    ],
)
def test_unreadable_is_held_with_file_and_place(town, receive, work, filename, content, says):
    release = receive(content, filename)
    work()
    shown = town.call("publisher", "govshare_release_show", id=release.id)
    assert shown["state"] == "held"
    assert says in shown["problems"][0]["message"]
    assert Vault("quarantine").has(shown["raw_digest"])  # nothing is lost
    with pytest.raises(tk.ValidationError):
        town.call("publisher", "govshare_release_transform", id=release.id)


def test_document_goes_out_by_hand_only_through_three_persons(town, receive, work):
    """A PDF passes no machine: a statement, and the confidentiality review even where the site's
    regulation does not ask for one."""
    release = receive(b"%PDF-1.7 notice " + town.org.encode(), "公告.pdf")
    work()
    update = "govshare_release_plan_update"
    with pytest.raises(tk.ValidationError):
        town.call("publisher", update, id=release.id, plan={"by_hand": True, "statement": " "})
    town.call("publisher", update, id=release.id,
              plan={"by_hand": True, "statement": "逐页核对，无个人信息"})
    town.call("publisher", update, id=release.id,
              plan={"by_hand": True, "statement": "逐页核对两遍，无个人信息"})
    town.call("publisher", "govshare_release_transform", id=release.id)
    work()
    shown = town.call("publisher", "govshare_release_show", id=release.id)
    assert (shown["state"], shown["format"]) == ("transformed", "pdf")
    assert shown["needed"] == ["publisher", "confidentiality_reviewer", "authority"]
    seen = {"id": release.id, "digest": shown["digest"]}
    town.call("publisher", "govshare_release_sign", **seen)
    for office in ("confidentiality_reviewer", "authority"):
        shown = town.call(office, "govshare_release_review", decision="sign", **seen)
    assert shown["state"] == "released"
    assert Vault().has(shown["digest"])


def test_readable_table_cannot_be_passed_by_hand(town, receive, work):
    release = receive()
    work()
    with pytest.raises(tk.ValidationError):
        town.call("publisher", "govshare_release_plan_update", id=release.id,
                  plan={"by_hand": True, "statement": "ok"})


def test_direct_identifier_left_in_the_output_holds_it(town, receive, work):
    """A person keeps what the scan holds for personal: without a reason it is not even tried."""
    release = receive()
    work()
    plan = town.call("publisher", "govshare_release_show", id=release.id)["plan"]
    plan["tables"][0]["plan"]["columns"][2]["do"] = {"action": "keep"}
    town.call("publisher", "govshare_release_plan_update", id=release.id, plan=plan)
    with pytest.raises(tk.ValidationError):
        town.call("publisher", "govshare_release_transform", id=release.id)


def test_job_run_twice_or_late_changes_nothing(town, receive, work):
    release = receive()
    work()
    before = town.call("publisher", "govshare_release_show", id=release.id)
    jobs.scan(release.id)
    jobs.transform(release.id)
    jobs.scan("no-such-release")
    assert town.call("publisher", "govshare_release_show", id=release.id) == before


def test_plan_changed_while_transforming_drops_the_result(town, receive, work, monkeypatch):
    release = receive()
    work()
    plan = town.call("publisher", "govshare_release_show", id=release.id)["plan"]
    plan["tables"][0]["plan"]["columns"][-1]["do"] = {"action": "drop"}
    transform_file = engine.transform_file

    def meanwhile(*args):
        done = transform_file(*args)
        town.call("publisher", "govshare_release_plan_update", id=release.id, plan=plan)
        return done

    monkeypatch.setattr(engine, "transform_file", meanwhile)
    town.call("publisher", "govshare_release_transform", id=release.id)
    work()
    shown = town.call("publisher", "govshare_release_show", id=release.id)
    assert (shown["state"], shown["digest"]) == ("scanned", None)


KILLED = """
import os, signal, sys
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.plugins import toolkit as tk
app = make_app(load_config(sys.argv[1]))
tk.config["govshare.data_dir"] = sys.argv[2]
from ckanext.govshare.release import engine, jobs
engine.scan_file = lambda *a: os.kill(os.getpid(), signal.SIGKILL)
with app._wsgi_app.test_request_context():
    jobs.scan(sys.argv[3])
"""


def test_killed_worker_is_found_again(town, receive, work, data_dir):
    """SIGKILL in the middle of a scan: the state is whole, the sweep queues it, the scan ends."""
    release = receive()
    queue = ckan_jobs.get_queue()
    queue.empty()
    ini = tk.config["__file__"]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED, ini, str(data_dir), release.id],
        capture_output=True, check=False, cwd=Path(__file__).parents[2],
    )
    assert done.returncode == -9, done.stderr.decode()[-500:]
    model.Session.expire_all()
    row = store.release(release.id)
    assert row.state == "quarantined"
    assert row.work["tries"] == 1
    jobs.sweep()
    assert release.id not in str([j.args for j in queue.jobs])  # may still be at work
    row.work = {**row.work, "since": (store.now() - dt.timedelta(hours=2)).isoformat()}
    model.Session.commit()
    jobs.sweep()
    work()
    assert store.release(release.id).state == "scanned"


def test_job_lost_by_the_queue_is_found_again(receive, work):
    """The queue was away at the commit: the release waits, and the sweep finds it."""
    release = receive()
    ckan_jobs.get_queue().empty()
    release.created = store.now() - dt.timedelta(hours=2)
    model.Session.commit()
    tick = tk.get_action("govshare_release_tick")
    assert tick({"ignore_auth": True}, {})["queued"] >= 1
    queued = [job.args for job in ckan_jobs.get_queue().jobs]
    tick({"ignore_auth": True}, {})
    assert [job.args for job in ckan_jobs.get_queue().jobs] == queued  # once is enough
    work()
    assert store.release(release.id).state == "scanned"


def test_release_that_kills_three_workers_is_held(receive):
    release = receive()
    release.work = {"step": "scan", "since": store.now().isoformat(), "tries": jobs.MAX_TRIES}
    model.Session.commit()
    jobs.scan(release.id)
    row = store.release(release.id)
    assert row.state == "held"
    assert row.problem["problems"][0]["code"] == "worker_died"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "No space left on device"), "storage_failed"),
        (ValueError("could not convert 410101198001011233"), "engine_failed"),
    ],
)
def test_failure_holds_and_tells_no_value(town, receive, work, monkeypatch, caplog, error, code):
    """Whatever breaks, a person is told, and no log or row quotes a value."""

    def breaks(*_):
        raise error

    release = receive()
    monkeypatch.setattr(engine, "scan_file", breaks)
    with caplog.at_level(logging.DEBUG):
        work()
    shown = town.call("publisher", "govshare_release_show", id=release.id)
    assert (shown["state"], shown["problems"][0]["code"]) == ("held", code)
    assert "410101198001011233" not in caplog.text + str(shown)
    monkeypatch.undo()


def test_held_for_a_passing_cause_is_scanned_again(town, receive, work, monkeypatch):
    release = receive()
    with monkeypatch.context() as patch:
        patch.setattr(engine, "scan_file", lambda *_: 1 / 0)
        work()
    assert town.call("publisher", "govshare_release_scan", id=release.id)["state"] == "quarantined"
    work()
    assert store.release(release.id).state == "scanned"


@pytest.mark.parametrize("allowed", [True, False])
def test_standing_signature(town, receive, work, monkeypatch, csv_text, allowed):
    """Same columns, same plan, clean rescan: out on the earlier signatures, if the site allows."""
    first = receive()
    work()
    town.call("publisher", "govshare_release_transform", id=first.id)
    work()
    digest = store.release(first.id).digest
    town.call("publisher", "govshare_release_sign", id=first.id, digest=digest)
    for office in ("confidentiality_reviewer", "authority"):
        town.call(office, "govshare_release_review", id=first.id, decision="sign", digest=digest)
    monkeypatch.setitem(tk.config, "govshare.release.standing_signature", allowed)
    second = receive(csv_text.replace("1200", "1201").encode())
    work()
    now = store.released(town.resource)
    assert now.id == (second.id if allowed else first.id)
    if allowed:
        shown = town.call("auditor", "govshare_release_show", id=second.id)
        assert [s["standing"] for s in shown["signatures"]] == [True, True, True]


def test_standing_signature_falls_with_a_new_column(town, receive, work, monkeypatch, csv_text):
    first = receive()
    work()
    row = store.release(first.id)
    row.state, row.digest, row.released_at = "released", "e" * 64, store.now()
    row.open_class = "unconditional"
    model.Session.commit()
    monkeypatch.setitem(tk.config, "govshare.release.standing_signature", True)
    lines = csv_text.splitlines()
    wider = [lines[0] + ",邮箱", *(f"{line},a{i}@example.com" for i, line in enumerate(lines[1:]))]
    second = receive("\n".join(wider).encode())
    work()
    assert store.release(second.id).state == "scanned"
    assert store.release(second.id).work is None
