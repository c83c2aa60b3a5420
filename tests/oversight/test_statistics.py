"""The figures are what the rows say, by department and year."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.gate.model import read
from ckanext.govshare.oversight import export, indicators, statistics
from ckanext.govshare.release.model import Release
from ckanext.govshare.rules.clocks import day_of
from tests.cases.city import COLUMNS, appoint, call, make_dataset, make_organization, make_user

NOW = datetime.now(UTC)
YEAR = day_of(NOW).year
BASIS = [{"title": "某条例", "article": "第三条", "level": "law"}]


def of(org, year=YEAR):
    return statistics.by_department(year, {org})[0]["values"]


def make_reads(dataset, **ways):
    """Rows of served reads, each of ten bytes."""
    release = model.Session.scalars(
        sa.select(Release).where(Release.dataset_id == dataset)
    ).one()
    if model.Session.get(model.Resource, release.resource_id) is None:
        resource = model.Resource(id=release.resource_id, package_id=dataset, url="a.csv")
        resource.position = 0
        model.Session.add(resource)
        model.Session.flush()
    for way, count in ways.items():
        for _ in range(count):
            model.Session.execute(read.insert().values(
                id=str(uuid.uuid4()), at=NOW, resource_id=release.resource_id,
                release_id=release.id, way=way, bytes=10,
            ))
    model.Session.commit()


@pytest.mark.requirement("LY-19a", "YN-28b")
def test_use_reconciles_with_the_reads(city):
    """Downloads, calls and verifications are the rows that were written; so is the volume."""
    make_reads(city.dataset, download=3, rows=5, verify=2)
    values = of(city.org)
    assert (values["downloads"], values["calls"], values["verifications"]) == (3, 5, 2)
    assert values["bytes"] == 100
    last = of(city.org, YEAR - 1)
    assert (last["downloads"], last["calls"], last["bytes"]) == (0, 0, 0)


@pytest.mark.requirement("LY-19a", "YN-39")
def test_review_reconciles_with_the_cases(city):
    """Received, answered, in time, refused; the time to answer; what is overdue now."""
    refused = city.taken()
    city.act(city.publisher, refused, "prepare", decision="refuse", reasons=["personal_privacy"],
             reason="涉及个人隐私", basis=BASIS)
    refused = city.act(city.reviewer, refused, "refuse")
    late = city.submit(user=city.stranger)
    model.Session.execute(
        sa.text("update govshare_case set due_moment = now() - interval '1 day' where id = :id"),
        {"id": late["id"]},
    )
    model.Session.execute(
        sa.text("update govshare_case set received_at = answered_at - interval '36 hours' "
                "where id = :id"), {"id": refused["id"]},
    )
    model.Session.commit()
    values = of(city.org)
    wanted = {"applications": 2, "answered": 1, "in_time": 1, "refused": 1, "overdue": 1,
              "answer_days": 1.5}
    assert {name: values[name] for name in wanted} == wanted


def test_stocks_are_the_entries_and_what_is_attached(city):
    """Entries by class, resources, items and records of what is released."""
    make_dataset(city.org, "unconditional", columns=["a", "b"])
    make_dataset(city.org, "non-open", columns=[])
    release = model.Session.scalars(
        sa.select(Release).where(Release.dataset_id == city.dataset)
    ).one()
    model.Session.execute(sa.text(
        "insert into govshare_rows (resource_id, release_id, count, at) "
        "values (:r, :l, 1200, now())"), {"r": release.resource_id, "l": release.id})
    model.Session.commit()
    values = of(city.org)
    wanted = {
        "entries": 3, "open_unconditional": 1, "open_conditional": 1, "open_closed": 1,
        "attached": 3, "items": len(COLUMNS) + 2, "records": 1200, "released": 3,
    }
    assert {name: values[name] for name in wanted} == wanted


def test_entries_past_their_cycle_are_counted(city):
    """A daily dataset whose newest release is old is late, an irregular one never."""
    for cycle in ("daily", "irregular"):
        dataset = make_dataset(city.org)
        package = model.Package.get(dataset)
        package.extras["update_cycle"] = cycle
        model.Session.execute(
            sa.text("update govshare_release set released_at = now() - interval '9 days' "
                    "where dataset_id = :id"), {"id": dataset},
        )
    model.Session.commit()
    assert of(city.org)["late"] == 1


@pytest.mark.requirement("NY-59a", "NY-9", "ZS-34", "YN-35", "YN-37a", "TZ-18")
def test_all_five_areas_are_counted_and_exported(app, city):
    """Gathering, sharing, opening, use and security, one line for each department, as CSV."""
    assert {i.area for i in indicators.INDICATORS.values()} == set(indicators.AREAS)
    assert len(indicators.AREAS) == 5
    token = _token(city.auditor)
    answer = app.get("/oversight/statistics?format=csv", headers=token)
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows[0]) == len(indicators.INDICATORS) + 1
    assert sum(row[0] == model.Group.get(city.org).display_name for row in rows[1:]) >= 1


@pytest.mark.requirement("NY-59b", "YN-4c")
def test_a_county_is_counted_with_what_is_below_it(city):
    """Only the organizations in the tree under the county."""
    county = make_organization("某县")
    model.Session.add(model.Member(
        group=model.Group.get(city.org), table_name="group", table_id=county, capacity="parent",
    ))
    model.Session.commit()
    found = call(city.authority, "govshare_statistics_show", year=YEAR, under=county)
    assert {d["organization_id"] for d in found["departments"]} == {county, city.org}
    assert found["total"]["entries"] == 1


def test_departments_see_their_own_figures(city):
    other = make_organization("教育局")
    head = make_user("head")
    appoint(head, "head", other)
    found = call(head, "govshare_statistics_show", year=YEAR)
    assert [d["organization_id"] for d in found["departments"]] == [other]
    with pytest.raises(tk.NotAuthorized):
        call(city.applicant, "govshare_statistics_show", year=YEAR)
    with pytest.raises(tk.ValidationError):
        call(head, "govshare_statistics_show", year=99)


def test_the_total_weighs_answers_by_their_number():
    def line(answered, days):
        values = dict.fromkeys(indicators.INDICATORS, 0)
        return {"values": {**values, "answered": answered, "answer_days": days}}

    assert statistics.total([line(1, 10.0), line(3, 2.0), line(0, None)])["answer_days"] == 4.0
    assert statistics.total([])["answer_days"] is None


@pytest.mark.requirement("YN-28b")
def test_the_public_page_shows_frequency_volume_and_items(app, city):
    """Everybody sees use and stocks; nothing of security, rectification or drafts."""
    page = app.get("/supervision/").body
    assert "times used" in page or "使用次数" in page
    found = call(None, "govshare_statistics_public", year=YEAR)
    assert {"items", "bytes", "downloads", "calls"} <= set(found["total"])
    assert not {"incidents", "violations", "rectifications", "entries"} & set(found["total"])
    app.get("/supervision/?year=1900", status=404)


def test_a_spreadsheet_calculates_nothing():
    table = export.as_csv(["a"], [["=1+1"], ["-2"], [None], [5]]).decode("utf-8-sig")
    assert table.split() == ["a", "'=1+1", "'-2", '""', "5"]


def _token(user):
    made = tk.get_action("api_token_create")(
        {"ignore_auth": True, "user": model.User.get(user).name},
        {"user": user, "name": uuid.uuid4().hex},
    )
    return {"Authorization": made["token"]}
