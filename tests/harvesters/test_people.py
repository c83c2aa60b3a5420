"""Who may connect, start, stop and read; and that no link changes anything."""

from __future__ import annotations

import uuid

import pytest
from ckan import model
from ckan.plugins import toolkit as tk

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


def test_no_link_changes_anything(department, portal):
    department.put("救助.csv", CSV)
    job = department.job()
    headers = _login(department.publisher)
    own = (f"/harvest/source/{department.source}/start", f"/harvest/run/{job}/stop",
           f"/harvest/source/{department.source}/retire")
    stock = tuple(
        "/harvest/" + c.format(source=department.source, job=job) for c in CHANGES)
    for url in own + stock:
        reply = portal.get(url, headers=headers, follow_redirects=False)
        assert reply.status_code == 405 or (url in own and reply.status_code == 404), url
    model.Session.expire_all()
    shown = tk.get_action("harvest_job_show")(context(), {"id": job})
    assert shown["status"] == "New"
    assert model.Package.get(department.source).state == "active"


def _login(user: str) -> dict[str, str]:
    token = tk.get_action("api_token_create")(context(), {"user": user, "name": uuid.uuid4().hex})
    return {"Authorization": token["token"]}


def test_the_pages_show_every_record_and_its_reason(department, portal):
    for number in range(60):
        department.put(f"空{number:02}.csv", b"")
    department.put("救助.csv", CSV)
    job = department.harvest().job
    headers = _login(department.publisher)
    page = portal.get(f"/harvest/run/{job}", headers=headers).body
    assert "空00.csv" in page and "空59.csv" not in page
    assert "归集报告" in page and "0 字节" in page
    second = portal.get(f"/harvest/run/{job}?page=2", headers=headers).body
    assert "空59.csv" in second
    added = portal.get(f"/harvest/run/{job}?outcome=added", headers=headers).body
    assert "救助.csv" in added and "空00.csv" not in added
    table = portal.get(f"/harvest/run/{job}/report.csv", headers=headers).body
    assert len(table.splitlines()) == 62
    assert "空59.csv" in table
    source = portal.get(f"/harvest/admin/{department.source}", headers=headers).body
    assert f"/harvest/run/{job}" in source and 'method="post"' in source
    for path in ("", "/report.csv"):
        reply = portal.get(f"/harvest/run/{job}{path}", follow_redirects=False)
        assert reply.status_code in (302, 403)


def test_the_inbox_tells_the_department_of_errors(department, new_department):
    department.put("空.csv", b"")
    job = department.harvest().job
    entries = tk.get_action("govshare_harvest_inbox")(context(department.publisher), {})
    assert [(e["kind"], job in e["url"]) for e in entries] == [("harvest_errors", True)]
    other = new_department()
    assert tk.get_action("govshare_harvest_inbox")(context(other.publisher), {}) == []
