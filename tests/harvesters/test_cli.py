"""`govshare harvest run | status | dry-run | stop`."""

from __future__ import annotations

import json

from ckan import model
from click.testing import CliRunner

from harvesters import reading
from harvesters.cli import harvest

from .test_file_mode import CSV


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(harvest, arguments)
    model.Session.expire_all()
    return result.exit_code, result.stdout


def test_a_run_from_the_command_line_says_what_became_of_each_record(department):
    department.put("救助.csv", CSV)
    department.put("空.csv", b"")
    name = f"{department.name}-folder"
    code, out = call("dry-run", name, "--json")
    assert code == 0
    assert {r["key"]: r["outcome"] for r in json.loads(out)["records"]} == {
        "救助.csv": "added", "空.csv": "errored",
    }
    assert reading.runs(department.source) == []
    code, out = call("run", name, "--wait", "--json")
    assert code == 1  # one file was bad
    assert json.loads(out)["counts"] == {"added": 1, "errored": 1}
    (department.folder / "空.csv").unlink()
    code, out = call("run", name, "--wait")
    assert code == 0 and "救助.csv" in out
    found = json.loads(call("status", "--json")[1])
    mine = next(source for source in found if source["id"] == department.source)
    assert (mine["last"]["records"], mine["last"]["errors"]) == (1, 0)


def test_stop_ends_the_run_under_way(department):
    department.put("救助.csv", CSV)
    assert call("run", f"{department.name}-folder")[0] == 0
    assert reading.runs(department.source)[0]["status"] == "Running"
    call("stop", f"{department.name}-folder")
    assert reading.runs(department.source)[0]["status"] == "Finished"
    assert call("run", "no-such-source")[0] == 1
