"""Portal mode against a portal that answers as CKAN does."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from ckan.plugins import toolkit as tk
from werkzeug import Request, Response

from .conftest import context, releases
from .test_file_mode import CSV
from .test_quarantine import content


class Portal:
    """Datasets that can change; pages of two."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.datasets: dict[str, dict[str, Any]] = {}
        server.answers |= {
            "/api/3/action/package_search": self.search, "/api/3/action/package_show": self.show,
            "/d/a.csv": lambda _: Response(CSV), "/d/closed.csv": lambda _: Response(status=403),
        }

    def put(self, key: str, *files: str, **more: Any) -> None:
        resources = [{"id": f"{key}-{n}", "url": f"{self.server.url}/d/{file}", "format": "CSV",
                      "name": file} for n, file in enumerate(files)]
        self.datasets[key] = {
            "id": key, "name": key, "title": f"{key}{time.time_ns()}", "resources": resources,
            "metadata_modified": str(time.time_ns()), "tags": [{"name": "救助"}], **more}

    def search(self, request: Request) -> Response:
        start = int(request.args["start"])
        keys = sorted(self.datasets)
        page = [{"id": k, "metadata_modified": self.datasets[k]["metadata_modified"]}
                for k in keys[start:start + 2]]
        return self.say({"count": len(keys), "results": page})

    def show(self, request: Request) -> Response:
        found = self.datasets.get(request.args["id"])
        return self.say(found) if found else Response(status=404)

    def say(self, result: Any) -> Response:
        return Response(json.dumps({"success": True, "result": result}))


@pytest.fixture
def other(server):
    return Portal(server)


def test_entries_files_and_class_come_along(connect, server, other):
    other.put("open", "a.csv", notes="说明", open_class="conditional",
              legal_basis=[{"title": "条例", "article": "4", "level": "law"}],
              open_condition="实名", owner_org="x", spatial="y")
    other.put("second", "a.csv")
    other.put("third")
    source = connect("govshare_portal", server.url, {"rate": 100})
    report = source.harvest()
    assert report.counts == {"added": 3}, report.said("open")
    dataset = tk.get_action("package_show")(context(), {"id": report.records["open"]["dataset"]})
    assert (dataset["notes"], dataset["open_class"]) == ("说明", "conditional")
    assert dataset["owner_org"] == source.org
    assert [tag["name"] for tag in dataset["tags"]] == ["救助"]
    release, = releases(dataset["id"])
    assert release.state == "quarantined" and content(release)[0] == ["编号", "街道", "金额"]


def test_only_what_changed_is_asked_for_and_what_was_withdrawn_is_said(connect, server, other):
    for key in "abc":
        other.put(key, "a.csv")
    source = connect("govshare_portal", server.url, {"rate": 100})
    source.harvest()
    server.asked.clear()
    assert source.harvest().counts == {"unchanged": 3}
    assert {r.path for r in server.asked} == {"/api/3/action/package_search"}
    other.put("a", "a.csv", title="改名")
    del other.datasets["b"]
    report = source.harvest()
    assert (report.outcome("a"), report.outcome("b"), report.outcome("c")) == (
        "updated", "gone", "unchanged")


def test_a_file_that_is_closed_there_does_not_hold_back_the_rest(connect, server, other):
    other.put("half", "a.csv", "closed.csv")
    source = connect("govshare_portal", server.url, {"rate": 100})
    report = source.harvest()
    assert report.outcome("half") == "errored" and "403" in report.said("half")
    assert len(releases(report.records["half"]["dataset"])) == 1


def test_the_token_goes_to_the_portal_and_not_to_another_host(connect, server, other):
    from .servers import serving

    with serving() as elsewhere:
        elsewhere.answers["/x.csv"] = lambda _: Response(CSV)
        other.put("one", "a.csv")
        other.datasets["one"]["resources"].append(
            {"id": "far", "url": f"{elsewhere.url}/x.csv", "format": "CSV", "name": "x"})
        source = connect("govshare_portal", server.url, {"rate": 100}, {"token": "geheim"})
        assert source.harvest().outcome("one") == "added"
        assert "Authorization" not in elsewhere.asked[0].headers
    assert all(r.headers["Authorization"] == "geheim" for r in server.asked)
