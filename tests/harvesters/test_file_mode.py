"""A department's folder becomes datasets in quarantine, run after run with the same ids."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from .conftest import context, releases

CSV = "编号,街道,金额\n1,卧龙区七一路街道,120\n2,宛城区仲景街道,80\n"


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def show(dataset: str) -> dict:
    return tk.get_action("package_show")(context(), {"id": dataset})


def test_every_kind_of_file_waits_in_quarantine(department):
    department.put("救助.csv", CSV.encode("gb18030"))
    department.put("低保.csv", b"\xef\xbb\xbf" + CSV.encode())
    department.put("养老.xlsx", workbook([["编号", "街道"], [1, "仲景街道"]]))
    department.put("机构.json", json.dumps([{"编号": 1, "街道": "仲景街道"}]))
    report = department.harvest()
    assert report.counts == {"added": 4}, report.records
    for key, record in report.records.items():
        dataset = show(record["dataset"])
        assert dataset["title"] == key.rsplit(".", 1)[0]
        assert dataset["owner_org"] == department.org
        assert [(r.state, r.filename) for r in releases(dataset["id"])] == [
            ("quarantined", key)
        ]


def test_a_folder_is_one_dataset_with_its_description(department):
    department.put("救助/dataset.toml", 'title = "临时救助"\nnotes = "按月汇总"\n')
    department.put("救助/一月.csv", CSV)
    department.put("救助/2026/二月.csv", CSV.replace("120", "130"))
    department.put("低保.csv", CSV)
    department.put("低保.csv.json", json.dumps({"title": "低保发放"}))
    report = department.harvest()
    assert set(report.records) == {"救助", "低保.csv"}
    dataset = show(report.records["救助"]["dataset"])
    assert (dataset["title"], dataset["notes"]) == ("临时救助", "按月汇总")
    assert sorted(r["name"] for r in dataset["resources"]) == ["一月", "二月"]
    assert show(report.records["低保.csv"]["dataset"])["title"] == "低保发放"


def test_a_second_run_imports_nothing(department):
    department.put("救助.csv", CSV)
    first = department.harvest()
    dataset = first.records["救助.csv"]["dataset"]
    before = show(dataset)["metadata_modified"]
    again = department.harvest()
    assert again.counts == {"unchanged": 1}
    assert again.records["救助.csv"]["dataset"] == dataset
    assert len(releases(dataset)) == 1
    assert show(dataset)["metadata_modified"] == before


def test_a_changed_file_goes_the_same_way_under_the_same_ids(department):
    department.put("救助/一月.csv", CSV)
    department.put("救助/二月.csv", CSV.replace("120", "130"))
    dataset = department.harvest().records["救助"]["dataset"]
    resources = {r["name"]: r["id"] for r in show(dataset)["resources"]}
    january = resources["一月"]
    model.Session.execute(
        sa.text("""
            update govshare_release set state = 'released', digest = raw_digest, plan_digest = 'x',
                released_at = now(), open_class = 'unconditional' where resource_id = :r
        """),
        {"r": january},
    )
    model.Session.commit()
    department.put("救助/一月.csv", CSV.replace("80", "90"))
    report = department.harvest()
    assert report.outcome("救助") == "updated"
    assert report.records["救助"]["dataset"] == dataset
    assert {r["name"]: r["id"] for r in show(dataset)["resources"]} == resources
    states = {(r.resource_id, r.number): r.state for r in releases(dataset)}
    assert states == {
        (january, 1): "released", (january, 2): "quarantined",
        (resources["二月"], 1): "quarantined",
    }


def test_what_people_wrote_in_the_portal_stays_until_the_source_says_otherwise(department):
    department.put("救助/dataset.toml", 'notes = "按月"\n')
    department.put("救助/一月.csv", CSV)
    dataset = department.harvest().records["救助"]["dataset"]
    tk.get_action("package_patch")(context(), {"id": dataset, "title": "救助", "notes": "手工"})
    department.put("救助/一月.csv", CSV.replace("80", "90"))
    assert department.harvest().outcome("救助") == "updated"
    assert show(dataset)["notes"] == "手工"
    department.put("救助/dataset.toml", 'notes = "按季"\n')
    department.harvest()
    assert show(dataset)["notes"] == "按季"


def test_a_record_that_has_gone_is_reported_and_nothing_is_deleted(department):
    department.put("救助.csv", CSV)
    path = department.put("低保.csv", CSV)
    dataset = department.harvest().records["低保.csv"]["dataset"]
    path.unlink()
    for _ in range(2):  # as long as it is gone
        report = department.harvest()
        assert report.counts == {"unchanged": 1, "gone": 1}
        assert "低保.csv" in report.said("低保.csv")
        assert report.records["低保.csv"]["dataset"] == dataset
    assert show(dataset)["state"] == "active"
    assert [r.state for r in releases(dataset)] == ["quarantined"]
    department.put("低保.csv", CSV)
    assert department.harvest().records["低保.csv"]["dataset"] == dataset


def test_a_file_that_has_gone_from_its_record_is_reported(department):
    department.put("救助/一月.csv", CSV)
    path = department.put("救助/二月.csv", CSV)
    dataset = department.harvest().records["救助"]["dataset"]
    path.unlink()
    report = department.harvest()
    assert report.outcome("救助") == "updated"
    assert "救助/二月.csv" in report.said("救助")
    assert len(show(dataset)["resources"]) == 2


def test_a_dataset_deleted_in_the_portal_does_not_come_back(department):
    department.put("救助.csv", CSV)
    dataset = department.harvest().records["救助.csv"]["dataset"]
    tk.get_action("package_delete")(context(), {"id": dataset})
    report = department.harvest()
    assert report.outcome("救助.csv") == "errored"
    assert "救助.csv" in report.said("救助.csv")
    assert model.Package.get(dataset).state == "deleted"


def test_a_dry_run_says_what_would_become_of_each_record_and_writes_nothing(department):
    department.put("救助.csv", CSV)
    department.put("空.csv", b"")
    before = model.Session.query(model.Package).count()
    found = tk.get_action("govshare_harvest_dry_run")(context(), {"source_id": department.source})
    assert {r["key"]: r["outcome"] for r in found["records"]} == {
        "救助.csv": "added", "空.csv": "errored",
    }
    assert model.Session.query(model.Package).count() == before


@pytest.mark.parametrize("language, words", [("zh_Hans_CN", "为空"), ("en", "is empty")])
def test_the_report_speaks_the_readers_language(department, monkeypatch, language, words):
    department.put("空.csv", b"")
    job = department.harvest().job
    monkeypatch.setitem(tk.request.environ, "CKAN_LANG", language)
    found = tk.get_action("govshare_harvest_report")(context(), {"id": job})
    assert words in found["records"][0]["notes"][0]
