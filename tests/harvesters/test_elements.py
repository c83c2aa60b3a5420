"""Catalogue elements that a source declares arrive with its data, and hold it to them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from ckan import model
from ckan.plugins import toolkit as tk

from harvesters import frame, reading

from .conftest import appoint, context
from .test_file_mode import CSV


def declare(department, elements: dict) -> dict:
    """The dataset of a harvest with these elements in its description."""
    department.put("救助.csv", CSV)
    department.put("救助.csv.json", json.dumps(elements))
    report = department.harvest()
    assert report.outcome("救助.csv") == "added", report.said("救助.csv")
    return tk.get_action("package_show")(context(), {"id": report.records["救助.csv"]["dataset"]})


@pytest.mark.requirement("LY-3a")
@pytest.mark.parametrize("code", ["base", "topic", "special-topic", "common-business"])
def test_the_kind_of_database(department, code):
    assert declare(department, {"library_type": code})["library_type"] == code


@pytest.mark.requirement("YN-7a")
@pytest.mark.parametrize("code", ["yes", "no", "planned"])
def test_whether_it_is_digitised(department, code):
    assert declare(department, {"digitised": code})["digitised"] == code


@pytest.mark.requirement("ZS-15a")
def test_the_basis_of_collection(department):
    found = declare(department, {"collection_basis": "社会救助暂行办法第六条"})
    assert found["collection_basis"] == "社会救助暂行办法第六条"


@pytest.mark.parametrize("element", [
    "library_type", "digitised", "collect_mode", "source_nature", "acquisition", "update_cycle"])
def test_a_value_that_no_list_has_is_refused(department, element):
    department.put("救助.csv", CSV)
    department.put("救助.csv.json", json.dumps({element: "anything"}))
    report = department.harvest()
    assert report.outcome("救助.csv") == "errored"
    assert report.records["救助.csv"]["dataset"] is None


@pytest.fixture
def declared(department):
    """`declared(cycle, finished)`: the source declares a cycle; its last good run was then."""

    def make(cycle: str, finished: datetime) -> str | None:
        department.put("救助.csv", CSV)
        job = department.harvest().job
        source, last = frame.source(department.source), frame.job(job)
        assert source and last
        source.config = json.dumps({"defaults": {
            "open_class": "unconditional", "update_cycle": cycle, "collect_mode": "realtime"}})
        last.finished = finished
        model.Session.commit()
        found = tk.get_action("govshare_harvest_status")(context(department.publisher), {})
        return next(each["late"] for each in found if each["id"] == department.source)

    return make


@pytest.mark.requirement("LY-4d", "NY-29a")
@pytest.mark.parametrize("cycle, late", [("realtime", True), ("daily", True), ("weekly", False),
                                         ("irregular", False)])
def test_a_source_behind_its_declared_cycle_is_late_and_on_the_workbench(
    declared, department, cycle, late
):
    appoint(department.publisher, "publisher", department.org)
    then = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=3)
    assert bool(declared(cycle, then)) is late
    user = model.User.get(department.publisher)
    assert user
    kinds = [entry["kind"] for entry in reading.inbox(user.id)]
    assert ("harvest_late" in kinds) is late


def test_the_data_authority_sees_all_sources_the_late_ones_first(declared, authority):
    assert declared("daily", datetime(2026, 1, 1))
    found = tk.get_action("govshare_harvest_status")(context(authority), {})
    assert [bool(each["late"]) for each in found] == sorted(
        (bool(each["late"]) for each in found), reverse=True)
    assert any(each["late"] and each["department"] == "民政局" for each in found)


def test_a_source_that_follows_its_cycle_is_run_by_it(department):
    source = frame.source(department.source)
    assert source
    source.frequency = "ALWAYS"
    for cycle, days in (("daily", 1), ("quarterly", 92), ("irregular", 1)):
        source.config = json.dumps({"defaults": {"update_cycle": cycle}})
        assert reading.period(source) == days
    source.frequency = "MANUAL"
    assert reading.period(source) is None
