"""Who may connect, start, stop and read; and that no link changes anything."""

from __future__ import annotations

import uuid

import pytest
from ckan import model
from ckan.plugins import toolkit as tk

from harvesters import reading

from .conftest import appoint, context, person
from .test_file_mode import CSV


@pytest.fixture
def start(department):
    def call(who: str) -> dict:
        user = context(who)
        return tk.get_action("harvest_job_create")(
            user, {"source_id": department.source, "run": True})

    return call


def test_people_of_the_department_and_the_operator_start_a_harvest(department, start):
    officer = person("officer")
    appoint(officer, "publisher", department.org)
    operator = person("operator")
    model.User.get(operator).sysadmin = True
    model.Session.commit()
    for who in (department.publisher, officer, operator):
        job = start(who)
        assert job["status"] == "Running"
        tk.get_action("harvest_job_abort")(context(who), {"id": job["id"]})


def test_nobody_else_starts_stops_or_reads(department, new_department, start):
    other = new_department()
    reader = person("reader", department.org, "member")
    authority = person("authority")
    appoint(authority, "authority", None)
    department.put("救助.csv", CSV)
    job = department.harvest().job
    for who in (other.publisher, reader, authority, person("citizen")):
        for action, data in (
            ("harvest_job_create", {"source_id": department.source}),
            ("harvest_job_abort", {"id": job}),
            ("harvest_job_show", {"id": job}),
            ("harvest_job_report", {"id": job}),
            ("harvest_job_list", {"source_id": department.source}),
            ("govshare_harvest_report", {"id": job}),
            ("govshare_harvest_dry_run", {"source_id": department.source}),
        ):
            with pytest.raises(tk.NotAuthorized):
                tk.get_action(action)(context(who), data)


def test_datasets_of_a_source_are_never_cleared_at_once(department):
    department.put("救助.csv", CSV)
    dataset = department.harvest().records["救助.csv"]["dataset"]
    operator = person("operator")
    model.User.get(operator).sysadmin = True
    model.Session.commit()
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("harvest_source_clear")(context(operator), {"id": department.source})
    assert model.Package.get(dataset).state == "active"


@pytest.mark.parametrize("address", ["folder-of-the-other", "/etc", "dots", "link", "http"])
def test_a_source_reads_its_own_departments_folder_only(
    department, new_department, tmp_path, address
):
    other = new_department()
    (department.folder / "link").symlink_to(other.folder)
    url = {
        "folder-of-the-other": other.folder.as_uri(),
        "/etc": "file:///etc",
        "dots": f"{department.folder.as_uri()}/../{other.name}",
        "link": (department.folder / "link").as_uri(),
        "http": "http://127.0.0.1/",
    }[address]
    data = {
        "name": f"source-{uuid.uuid4().hex[:8]}", "title": "x", "url": url, "config": "",
        "source_type": "govshare_file", "owner_org": department.org, "frequency": "MANUAL",
    }
    with pytest.raises(tk.ValidationError) as caught:
        tk.get_action("harvest_source_create")(context(department.publisher), data)
    assert "url" in caught.value.error_dict
    model.Session.rollback()
    assert model.Package.get(data["name"]) is None


def test_a_folder_swapped_after_the_source_was_made_is_refused_by_the_run(
    department, new_department
):
    other = new_department()
    other.put("别人.csv", CSV)
    department.folder.rmdir()
    department.folder.symlink_to(other.folder)
    report = department.harvest()
    assert report.records == {}
    assert "govshare.harvest.folders" in report.notes[0]


CHANGES = ("delete/{source}", "refresh/{source}", "clear/{source}", "{source}/job/{job}/abort")


def test_no_link_changes_anything(department, page):
    department.put("救助.csv", CSV)
    job = department.job()
    own = (f"/harvest/source/{department.source}/start", f"/harvest/run/{job}/stop",
           f"/harvest/source/{department.source}/retire")
    stock = tuple(
        "/harvest/" + c.format(source=department.source, job=job) for c in CHANGES)
    for url in own + stock:
        reply = page(department.publisher, url)
        assert reply.status_code == 405 or (url in own and reply.status_code == 404), url
    shown = tk.get_action("harvest_job_show")(context(), {"id": job})
    assert shown["status"] == "New"
    assert model.Package.get(department.source).state == "active"


def test_the_pages_show_every_record_and_its_reason(department, page):
    for number in range(55):
        department.put(f"空{number:02}.csv", b"")
    department.put("救助.csv", CSV)
    job = department.harvest().job
    me, url = department.publisher, f"/harvest/run/{job}"
    first = page(me, url).text
    assert "空00.csv" in first and "空54.csv" not in first
    assert "归集报告" in first and "0 字节" in first
    assert "空54.csv" in page(me, f"{url}?page=2").text
    added = page(me, f"{url}?outcome=added").text
    assert "救助.csv" in added and "空00.csv" not in added
    table = page(me, f"{url}/report.csv").text
    assert len(table.splitlines()) == 57 and "空54.csv" in table
    source = page(me, f"/harvest/admin/{department.source}").text
    assert url in source and 'method="post"' in source
    assert f"/harvest/admin/{department.source}" in page(me, "/harvest/").text
    form = page(me, f"/harvest/edit/{department.source}").text
    assert "停用归集源" in form and "仅手动" in form
    last = page(me, f"/harvest/{department.source}/job/last")
    assert last.status_code == 302 and url in last.headers["Location"]
    for stranger in (None, person("citizen")):
        assert department.source not in page(stranger, "/harvest/").text
        assert page(stranger, url).status_code in (302, 403)
        assert page(stranger, f"{url}/report.csv").status_code in (302, 403)


def test_the_buttons_start_and_stop(department, page):
    department.put("救助.csv", CSV)
    start_url = f"/harvest/source/{department.source}/start"
    assert page(person("citizen"), start_url, "POST").status_code == 403
    assert reading.runs(department.source) == []
    assert page(department.publisher, start_url, "POST").status_code == 302
    run = reading.runs(department.source)[0]
    assert run["status"] == "Running"
    live = page(department.publisher, f"/harvest/run/{run['id']}?part=1").text
    assert "hx-get" in live and "<html" not in live
    assert page(department.publisher, f"/harvest/run/{run['id']}/stop", "POST").status_code == 302
    assert reading.runs(department.source)[0]["status"] == "Finished"


def test_the_inbox_tells_the_department_of_errors(department, new_department):
    department.put("空.csv", b"")
    job = department.harvest().job
    entries = tk.get_action("govshare_harvest_inbox")(context(department.publisher), {})
    assert [(e["kind"], job in e["url"]) for e in entries] == [("harvest_errors", True)]
    other = new_department()
    assert tk.get_action("govshare_harvest_inbox")(context(other.publisher), {}) == []
