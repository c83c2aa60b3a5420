"""A department with its folder, its people and a harvest source; everything on the real stack."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk

from ckanext.govshare.offices import model as office_model
from harvesters import retry, runner

from . import servers


@dataclass(frozen=True)
class Report:
    """A finished run."""

    job: str
    records: dict[str, dict[str, Any]]
    notes: list[str]
    counts: dict[str, int]

    def outcome(self, key: str) -> str:
        return self.records[key]["outcome"]

    def said(self, key: str) -> str:
        return " ".join(self.records[key]["notes"])


@dataclass(frozen=True)
class Department:
    """One department: its folder and the source that reads it."""

    org: str
    name: str
    folder: Path
    source: str
    publisher: str

    def put(self, name: str, content: bytes | str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def job(self) -> str:
        data = {"source_id": self.source, "run": False}
        return tk.get_action("harvest_job_create")(context(), data)["id"]

    def harvest(self) -> Report:
        job = self.job()
        assert runner.run(job, wait=True)
        return read(job)


def read(job: str) -> Report:
    model.Session.expire_all()
    found = tk.get_action("govshare_harvest_report")(context(), {"id": job, "limit": 1000})
    records = {record["key"]: record for record in found["records"]}
    return Report(job, records, found["notes"], found["counts"])


def context(user: str | None = None) -> Any:
    """The operator's command line, or a person with every check."""
    base: Any = {"model": model, "session": model.Session}
    if user:
        return {**base, "user": user}
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {**base, "user": site_user, "ignore_auth": True}


def releases(dataset: str) -> list[Any]:
    """The releases of a dataset, the oldest first: `state, filename, number, resource_id, id`."""
    return list(model.Session.execute(sa.text(
        "select * from govshare_release where dataset_id = :d order by resource_id, number"
    ), {"d": dataset}))


def person(name: str, org: str | None = None, role: str | None = None) -> str:
    """A user, maybe a member of the organization in CKAN; its name."""
    unique = f"{name}-{uuid.uuid4().hex[:8]}"
    user = model.User(name=unique, email=f"{unique}@example.invalid")
    user.password = "Harvest-2026"
    model.Session.add(user)
    model.Session.commit()
    if org:
        member = {"id": org, "username": user.name, "role": role}
        tk.get_action("organization_member_create")(context(), member)
    return user.name


def appoint(name: str, office: str, org: str | None) -> None:
    model.Session.execute(office_model.table.insert().values(
        id=str(uuid.uuid4()), user_id=model.User.get(name).id, org_id=org, office=office,
        valid_from=sa.func.now(),
    ))
    model.Session.commit()


@pytest.fixture
def portal(site, tmp_path, monkeypatch):
    """The portal's database, with data and folders of the test's own."""
    monkeypatch.setitem(tk.config, "govshare.data_dir", str(tmp_path / "data"))
    monkeypatch.setitem(tk.config, "govshare.harvest.folders", str(tmp_path / "folders"))
    reader = {"CKAN_LANG": "zh_Hans_CN", "CKAN_LANG_IS_DEFAULT": True}
    with site.flask_app.test_request_context(environ_overrides=reader):
        yield site
        model.Session.rollback()
        model.Session.remove()


@pytest.fixture
def new_department(portal, tmp_path):
    """Makes departments; their datasets end with the test, since one datum has one source."""
    made: list[str] = []

    def make() -> Department:
        name = f"dept-{uuid.uuid4().hex[:8]}"
        org = tk.get_action("organization_create")(context(), {"name": name, "title": "民政局"})
        folder = tmp_path / "folders" / name
        folder.mkdir(parents=True)
        source = tk.get_action("harvest_source_create")(context(), {
            "name": f"{name}-folder", "title": "民政局文件夹", "url": folder.as_uri(),
            "source_type": "govshare_file", "owner_org": org["id"], "frequency": "MANUAL",
            "config": '{"defaults": {"open_class": "unconditional"}}',
        })
        publisher = person("publisher", org["id"], "editor")
        model.Session.commit()
        made.append(org["id"])
        return Department(org["id"], name, folder, source["id"], publisher)

    yield make
    model.Session.rollback()
    ended = model.Session.execute(
        sa.text("update package set state = 'deleted' where owner_org = any(:made) returning id"),
        {"made": made}).scalars().all()
    model.Session.commit()
    for id_ in ended:
        search.clear(id_)


@pytest.fixture(autouse=True)
def quiet(caplog):
    """werkzeug's test server writes a line for each request."""
    caplog.set_level("ERROR", logger="werkzeug")


@pytest.fixture
def server():
    """A source that answers over HTTP."""
    with servers.serving() as found:
        yield found


@pytest.fixture
def authority(portal) -> str:
    """A person of the data authority."""
    name = person("authority")
    appoint(name, "authority", None)
    return name


@pytest.fixture
def connect(department, authority, monkeypatch):
    """`connect(type, url, settings, secret)`: an approved source of the department."""
    monkeypatch.setattr(retry, "FIRST_PAUSE", timedelta(0))

    def make(
        kind: str, url: str, settings: dict[str, Any], secret: dict[str, str] | None = None,
        *, approved: bool = True,
    ) -> Department:
        settings = {"allow": ["127.0.0.0/8"], "defaults": {"open_class": "unconditional"},
                    **settings}
        source = tk.get_action("harvest_source_create")(context(), {
            "name": f"source-{uuid.uuid4().hex[:8]}", "title": "业务系统", "url": url,
            "source_type": kind, "owner_org": department.org, "frequency": "DAILY",
            "config": json.dumps(settings, ensure_ascii=False),
        })["id"]
        if secret:
            tk.get_action("govshare_harvest_secret_set")(
                context(department.publisher), {"source_id": source, "values": secret})
        if approved:
            tk.get_action("govshare_harvest_approve")(context(authority), {"source_id": source})
        return replace(department, source=source)

    return make


@pytest.fixture
def department(new_department) -> Department:
    return new_department()


@pytest.fixture
def page(portal):
    """`page(who, url)`: a request of that person, who is remembered by nobody afterwards."""
    tokens: dict[str, str] = {}

    def ask(who: str | None, url: str, method: str = "GET"):
        for name in ("_login_user", "user", "userobj"):
            flask.g.pop(name, None)  # CKAN's test client shares `g` with the test
        headers = {}
        if who:
            if who not in tokens:
                data = {"user": who, "name": uuid.uuid4().hex}
                tokens[who] = tk.get_action("api_token_create")(context(), data)["token"]
            headers = {"Authorization": tokens[who]}
        client = portal.test_client(use_cookies=False)
        reply = client.open(url, method=method, headers=headers, follow_redirects=False)
        model.Session.expire_all()
        return reply

    return ask
