"""Reports and pages by which the catalogue is kept and supervised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.catalogue import due, reports, versions
from ckanext.govshare.catalogue import model as store
from ckanext.govshare.release.model import Release
from ckanext.govshare.rules import clocks
from ckanext.govshare.rules.calendar import WorkingCalendar


def ids(rows) -> set[str]:
    return {row["dataset_id"] for row in rows}


#: What a released row must carry.
DONE = {
    "digest": "1" * 64, "renditions": {"csv": "1" * 64}, "plan": {}, "plan_digest": "2" * 64,
    "engine": "test", "columns": [{"name": "线路", "type": "text"}], "evidence": {},
}


def release(dataset: str, state: str, created: datetime) -> None:
    resource = model.Resource(url="raw.csv", url_type="upload", package_id=dataset, name="表")
    resource.position = 0
    model.Session.add(resource)
    model.Session.flush()
    model.Session.add(Release(
        dataset_id=dataset, resource_id=resource.id, number=1, state=state, source="form",
        filename="raw.csv", raw_digest="0" * 64, created=created, open_class="unconditional",
        **(DONE | {"released_at": created} if state == "released" else {}),
    ))  # fmt: skip
    model.Session.commit()


def ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


@pytest.mark.requirement("LY-C1", "YN-7b")
def test_entries_without_data_are_listed_by_department(city, profile):
    profile("yunnan")
    bare, filled = city.entry(), city.entry()
    release(filled, "released", ago(1))
    listed = city.report("unattached", organization=city.orgs["transport"])
    assert ids(listed) == {bare}
    line = city.report("departments", organization=city.orgs["transport"])[0]
    assert (line["published"], line["attached"]) == (2, 1)


@pytest.mark.requirement("ZS-11a")
def test_entries_with_old_data_are_listed(city, profile):
    profile("zhongshan", "nanyang")
    old, fresh = city.entry(update_cycle="daily"), city.entry(update_cycle="daily")
    release(old, "released", ago(9))
    release(fresh, "released", ago(0))
    assert ids(city.report("stale", organization=city.orgs["transport"])) == {old}


@pytest.mark.requirement("YN-18")
def test_each_entry_is_confirmed_every_calendar_year(city, profile):
    profile("yunnan")
    first, second = city.entry(), city.entry()
    city.call("transport publisher", "govshare_entry_confirm", id=first)
    org = city.orgs["transport"]
    assert ids(city.report("unconfirmed", organization=org)) == {second}
    model.Session.execute(
        sa.update(store.EntryVersion)
        .where(store.EntryVersion.dataset_id == first, store.EntryVersion.cause == "confirmed")
        .values(at=datetime(clocks.day_of(store.now()).year - 1, 12, 31, 15, 59, tzinfo=UTC))
    )
    model.Session.commit()
    assert ids(city.report("unconfirmed", organization=org)) == {first, second}
    with pytest.raises(tk.NotAuthorized):
        city.call("health publisher", "govshare_entry_confirm", id=first)


@pytest.mark.requirement("NY-37d")
def test_topic_entries_that_are_not_shared_go_to_the_authority(city, profile):
    profile("nanyang")
    basis = [{"title": "某法", "level": "law"}]
    closed = {"share_class": "non-shared", "class_reason": "x", "legal_basis": basis}
    topic = city.entry(library_type="topic", **closed, published=False)
    other = city.entry(library_type="department", **closed, published=False)
    listed = ids(city.report("topic-not-shared"))
    assert topic in listed
    assert other not in listed


@pytest.mark.requirement("NY-61a", "YN-37b", "ZS-14", "NY-61b")
def test_projects_compile_before_approval_and_are_accepted_when_connected(city, profile):
    profile("nanyang")
    code = f"XM-{city.orgs['transport'][:8]}"
    dataset = city.entry(published=False, project_code=code, pre_compiled="1")
    line = project(city, code)
    assert [e["state"] for e in line["entries"]] == ["pre-compiled"]
    assert (line["pre_compiled"], line["acceptable"]) == (1, False)
    city.publish(dataset)
    assert (project(city, code)["included"], project(city, code)["acceptable"]) == (1, False)
    release(dataset, "released", ago(0))
    line = project(city, code)
    assert [e["state"] for e in line["entries"]] == ["included"]
    assert (line["connected"], line["acceptable"]) == (1, True)


def project(city, code: str) -> dict:
    return next(r for r in city.report("projects") if r["project_code"] == code)


@pytest.mark.requirement("TZ-7b")
def test_city_view_shows_how_each_department_updates(city, profile):
    profile("tengzhou", "nanyang")
    city.entry()
    matter = city.open("transport publisher", "change", "transport", title="x", cause="law",
                       day=ago(60).date().isoformat())  # fmt: skip
    city.act("transport publisher", matter, "submit", summary="x")
    lines = {r["organization_id"]: r for r in city.report("departments")}
    line = lines[city.orgs["transport"]]
    assert (line["entries"], line["published"], line["late_changes"]) == (1, 1, 1)
    assert line["to_maintain"] == 1


@pytest.mark.requirement("ZS-27f")
@pytest.mark.parametrize(("days", "late"), [(10, False), (60, True)])
def test_open_data_are_due_in_twenty_working_days_from_formation(city, profile, days, late):
    profile("zhongshan", "nanyang")
    dataset, received = city.entry(), ago(days)
    release(dataset, "scanned", received)
    row = next(r for r in due.publications(city.orgs["transport"]) if r["dataset_id"] == dataset)
    expected = clocks.due(received, 20, WorkingCalendar.load()).day
    assert (row["due"], row["rule"]) == (expected.isoformat(), "zhongshan 27")
    listed = [r for r in city.report("overdue") if r["dataset_id"] == dataset]
    assert bool(listed) is late


@pytest.mark.requirement("ZS-27g")
def test_another_laws_limit_goes_before(city, profile):
    """Only together with its basis."""
    profile("zhongshan", "nanyang")
    basis = "中华人民共和国政府信息公开条例第二十六条"
    dataset = city.entry(publish_limit="5", publish_limit_basis=basis)
    unfounded = city.entry(publish_limit="5")
    for one in (dataset, unfounded):
        release(one, "scanned", ago(10))
    rows = {r["dataset_id"]: r for r in due.publications(city.orgs["transport"])}
    assert rows[dataset]["rule"] == basis
    assert rows[dataset]["due"] == clocks.due(ago(10), 5, WorkingCalendar.load()).day.isoformat()
    assert rows[unfounded]["rule"] == "zhongshan 27"


@pytest.mark.requirement("NY-67b", "YN-42b", "TZ-21b")
@pytest.mark.parametrize(
    ("code", "breach"), [("nanyang", "67(1)"), ("yunnan", "42(1)"), ("tengzhou", "21(1)")]
)
def test_overdue_clocks_suggest_the_breach_that_they_may_be(city, profile, code, breach):
    profile(code, None if code == "nanyang" else "nanyang")
    matter = city.open("transport publisher", "change", "transport", title="修法", cause="law",
                       day=ago(60).date().isoformat(), dataset_id=city.entry())  # fmt: skip
    row = next(r for r in city.report("overdue") if r["dataset_id"] == matter["dataset_id"])
    assert (row["what"], row["breach"]) == ("change", f"{code} {breach}")


@pytest.mark.requirement("NY-18a", "NY-62a")
def test_registered_systems_without_an_entry_are_found(city, profile):
    """A source that is registered for harvesting and brought no entry; it may be an omission."""
    profile("nanyang")
    source, covered = system(city), system(city)
    dataset = city.entry(published=False)
    model.Session.execute(sa.text("""
        insert into harvest_object (id, guid, harvest_source_id, package_id, current, state)
        values (gen_random_uuid()::text, 'g', :source, :package, true, 'COMPLETE')
    """), {"source": covered, "package": dataset})  # fmt: skip
    model.Session.commit()
    rows = city.report("coverage", organization=city.orgs["transport"])
    assert [r["source_id"] for r in rows] == [source]
    suggested = city.report("overdue", organization=city.orgs["transport"])
    assert ("coverage", "nanyang 62(1)") in {(r["what"], r["breach"]) for r in suggested}


def system(city) -> str:
    package = model.Package(name=f"system-{store.now().timestamp()}".replace(".", "-"),
                            title="公交调度系统", type="harvest", url="https://example.gov.cn",
                            owner_org=city.orgs["transport"])  # fmt: skip
    model.Session.add(package)
    model.Session.flush()
    model.Session.execute(sa.text("""
        insert into harvest_source (id, url, title, type, active, created)
        values (:id, 'https://example.gov.cn', '公交调度系统', 'x', true, now())
    """), {"id": package.id})  # fmt: skip
    model.Session.commit()
    return package.id


@pytest.mark.requirement("NY-42c", "ZS-27a")
def test_open_catalogue_page_shows_version_date_changes_and_progress(site, city, profile):
    profile("nanyang")
    dataset = city.entry()
    release(dataset, "released", ago(0))
    shown = city.visit(site, None, "/catalogue/open").text
    assert f"<strong>{versions.current()}</strong>" in shown
    newest = model.Session.get(store.CatalogueVersion, versions.current())
    assert newest.at.astimezone(clocks.SHANGHAI).strftime("%Y") in shown
    line = next(r for r in reports.opened() if r["organization_id"] == city.orgs["transport"])
    assert (line["unconditional"], line["with_data"]) == (1, 1)
    assert f"/organization/{line['name']}" in shown


@pytest.mark.requirement("NY-38a", "YN-8b")
def test_sharing_catalogue_is_the_published_entries_by_class(city, profile):
    """Nothing stands only in it, and each publication is an event of the ledger."""
    profile("nanyang")
    dataset, draft = city.entry(), city.entry(published=False)
    classes = reports.sharing_catalogue()
    assert dataset in ids(classes["unconditional"])
    assert draft not in {i for rows in classes.values() for i in ids(rows)}
    events = model.Session.execute(sa.text(
        "select kind from govshare_event where subject_id = :id and kind = 'catalogue.version'"
    ), {"id": city.orgs["transport"]}).all()  # fmt: skip
    assert len(events) == 1


@pytest.mark.parametrize(("who", "status"), [("citizen", 403), ("transport publisher", 200)])
def test_sharing_catalogue_is_for_departments(site, city, profile, who, status):
    profile("nanyang")
    assert city.visit(site, who, "/catalogue/sharing").status_code == status


@pytest.mark.parametrize("name", sorted(reports.REPORTS))
def test_each_report_is_a_page_for_those_who_supervise(site, city, profile, name):
    profile("nanyang")
    city.entry()
    for who, status in (("authority", 200), ("citizen", 403), (None, 403)):
        assert city.visit(site, who, f"/catalogue/report/{name}").status_code == status


def test_a_change_goes_its_way_by_the_pages(site, city, profile):
    """Open, submit, approve, as people do it."""
    profile("nanyang")
    form = {"organization": city.orgs["transport"], "title": "修法", "cause": "law",
            "day": clocks.day_of(store.now()).isoformat(), "dataset_id": city.entry()}  # fmt: skip
    publisher = "transport publisher"

    def visit(who, path, method="GET", **data):
        answer = city.visit(site, who, path, method, **data)
        assert answer.status_code in (200, 302), (path, answer.status_code)
        return answer.text

    assert "市交通局" in visit(publisher, "/matter/new/change")
    wrong = visit(publisher, "/matter/new/change", "POST", **{**form, "day": ""})
    assert 'value="修法"' in wrong
    visit(publisher, "/matter/new/change", "POST", **form)
    matter = city.matters(dataset_id=form["dataset_id"], kind="change")[0]
    path = f"/matter/{matter['id']}"
    assert path in visit(publisher, "/matter/")
    assert "修法" in visit(publisher, path)
    assert city.visit(site, "citizen", path).status_code == 403
    visit(publisher, f"{path}/submit", "POST", summary="已更新目录")
    visit("authority", f"{path}/approve", "POST")
    assert city.call("authority", "govshare_matter_show", id=matter["id"])["state"] == "closed"
    visit(publisher, f"/catalogue/confirm/{form['dataset_id']}", "POST")
    assert "年度确认" in visit(publisher, f"/catalogue/versions/{form['dataset_id']}")


@pytest.mark.requirement("YN-16b")
def test_new_data_adjust_the_catalogue_which_is_filed(city, profile):
    profile("yunnan")
    dataset, before = city.entry(), versions.current()
    release(dataset, "released", ago(0))
    newest = model.Session.get(store.CatalogueVersion, versions.current())
    assert (newest.number, newest.cause, newest.datasets) == (before + 1, "data", [dataset])
    filed = [(m["form"]["version"], m["rule"]) for m in city.matters(dataset_id=dataset)
             if m["kind"] == "filing" and m["form"]["cause"] == "data"]  # fmt: skip
    assert filed == [(newest.number, "yunnan 16")]
