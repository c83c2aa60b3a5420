"""A department and a way to write entries for it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.api_token import encode
from ckan.plugins import toolkit as tk

from ckanext.govshare.offices.model import table as office_table


@pytest.fixture
def site_context(site):
    """The application's context, left without uncommitted rows."""
    with site.flask_app.test_request_context():
        yield site
        model.Session.rollback()


@pytest.fixture
def department(site_context) -> str:
    """The id of a new department."""
    group = model.Group(name=f"dept-{uuid.uuid4().hex[:8]}", type="organization", title="市交通局")
    group.is_organization = True
    model.Session.add(group)
    model.Session.commit()
    return group.id


@pytest.fixture
def write(department):
    """Creates an entry of the department: the least that the schema asks, and what is given."""

    def create(**elements: Any) -> dict[str, Any]:
        site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        least = {
            "title": f"公交站点 {uuid.uuid4().hex[:6]}",
            "owner_org": department,
            "open_class": "unconditional",
        }
        return tk.get_action("package_create")(
            {"user": site, "ignore_auth": True}, {**least, **elements}
        )

    return create


@pytest.fixture
def problems(write):
    """The errors of an entry that must not be accepted."""

    def refused(**elements: Any) -> dict[str, list[str]]:
        with pytest.raises(tk.ValidationError) as caught:
            write(**elements)
        return caught.value.error_dict

    return refused


@dataclass
class City:
    """Two departments of the city, a county's department with its authority, and their people."""

    orgs: dict[str, str]
    people: dict[str, str]

    def call(self, who: str, action: str, **data: Any) -> Any:
        """An action as one of the people, with the checks of the API."""
        return tk.get_action(action)({"user": self.people[who]}, data)

    def open(self, who: str, kind: str, org: str, **data: Any) -> dict[str, Any]:
        wanted = {"kind": kind, "organization": self.orgs[org], **data}
        return self.call(who, "govshare_matter_open", **wanted)

    def act(self, who: str, matter: dict[str, Any], act: str, **data: Any) -> dict[str, Any]:
        return self.call(who, "govshare_matter_act", id=matter["id"], act=act, **data)

    def visit(self, site: Any, who: str | None, path: str, method: str = "GET", **form: str) -> Any:
        """A page as one of the people, or as a visitor; no cookie is kept."""
        headers = {}
        if who:
            row = model.ApiToken(user_id=self.people[who], name="t")
            model.Session.add(row)
            model.Session.commit()
            headers["Authorization"] = encode({"jti": row.id})
        client = site.test_client(use_cookies=False)
        with site.flask_app.app_context():  # a new `g`: the fixture's own knows no user
            return client.open(path, method=method, headers=headers, data=form, buffered=True)

    def entry(self, org: str = "transport", *, published: bool = True, **elements: Any) -> str:
        """An entry of the department, published by the authority if wanted; its id."""
        site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        package = tk.get_action("package_create")({"user": site, "ignore_auth": True}, {
            "title": f"公交线路 {uuid.uuid4().hex[:6]}", "owner_org": self.orgs[org],
            "open_class": "unconditional", **COMPLETE, **elements,
        })  # fmt: skip
        if published:
            self.publish(package["id"], org)
        return package["id"]

    def publish(self, dataset: str, org: str = "transport") -> None:
        self.call(f"{org} publisher", "govshare_publication_request", id=dataset)
        self.call("authority", "govshare_publication_decide", id=dataset, state="published")

    def versions(self, dataset: str) -> list[dict[str, Any]]:
        return self.call("authority", "govshare_entry_versions", id=dataset)

    def report(self, name: str, **data: Any) -> list[dict[str, Any]]:
        return self.call("authority", "govshare_catalogue_report", name=name, **data)

    def matters(self, who: str = "authority", **data: Any) -> list[dict[str, Any]]:
        return self.call(who, "govshare_matter_list", **data)


#: Every element that one of the five regulations names.
COMPLETE: dict[str, Any] = {
    "cat_class": "3", "cat_item": "01", "cat_subitem": "004", "cat_detail": "2",
    "format_category": "spreadsheet", "format_type": "csv", "share_mode_category": "platform",
    "share_mode_type": "file", "update_cycle": "monthly", "update_limit": "10个工作日",
    "attributes": "部门数据", "use_requirements": "注明来源", "data_form": "text",
    "sample": "1路,卧龙区", "data_category": "交通", "data_level": "1", "legal_review": "1",
    "items": [{"item_name": "线路", "item_type": "C"}],
}


@pytest.fixture
def profile(site_context, monkeypatch):
    """Sets the regulation that the portal works under."""

    def choose(code: str, borrowed: str | None = None) -> None:
        monkeypatch.setitem(tk.config, "govshare.profile", code)
        monkeypatch.setitem(tk.config, "govshare.borrowed_from", borrowed)

    return choose


@pytest.fixture
def city(site_context) -> City:
    orgs = {
        "transport": organization("市交通局"), "health": organization("市卫健委"),
        "upper": organization("县数据局"),
    }
    orgs["county"] = organization("县民政局", upper=orgs["upper"])
    people = {}
    for org, id_ in orgs.items():
        for office in ("publisher", "reviewer", "confidentiality_reviewer"):
            people[f"{org} {office}"] = person(office, id_)
    people["authority"], people["second authority"] = person("authority"), person("authority")
    people["citizen"] = person(None)
    return City(orgs, people)


def organization(title: str, **extras: str) -> str:
    group = model.Group(name=f"dept-{uuid.uuid4().hex[:8]}", type="organization", title=title)
    group.is_organization = True
    group.extras = extras
    model.Session.add(group)
    model.Session.commit()
    return group.id


def person(office: str | None, org: str | None = None) -> str:
    """A person in an office; publishers are editors of their department in CKAN too."""
    user = model.User(name=f"{office or 'citizen'}-{uuid.uuid4().hex[:8]}"[:100])
    model.Session.add(user)
    model.Session.flush()
    if office:
        model.Session.execute(office_table.insert().values(
            id=str(uuid.uuid4()), user_id=user.id, org_id=org, office=office,
            valid_from=sa.func.now(),
        ))  # fmt: skip
    if office == "publisher":
        model.Session.add(model.Member(
            group=model.Group.get(org), table_name="user", table_id=user.id, capacity="editor"
        ))  # fmt: skip
    model.Session.commit()
    return user.id
