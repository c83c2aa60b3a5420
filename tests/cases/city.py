"""A small city for tests: a department, its people and data, applicants."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.release.model import Publication, Release
from ckanext.govshare.rules import profiles

COLUMNS = ["街道", "月份", "受理量"]

# Both pass the check digit and belong to nobody: a synthetic serial and an invented body.
ID_NUMBER = "411302199003074556"
USCC = "91411300MA0000000H"


@pytest.fixture
def portal(app):
    """The application's context; what a test leaves uncommitted is thrown away."""
    with app.flask_app.test_request_context():
        yield app
        model.Session.rollback()
        model.Session.remove()


def call(user: str | None, action: str, /, **data: Any) -> Any:
    """An action as this user (a name or id), or as a visitor."""
    return tk.get_action(action)({"user": user or ""}, data)


def appoint(user: str, office: str, org: str | None = None) -> None:
    tk.get_action("govshare_office_appoint")(
        {"ignore_auth": True}, {"user": user, "office": office, "organization": org}
    )


def make_user(name: str) -> str:
    """An account without a password, for those are slow to make."""
    user = model.User(name=f"{name}-{uuid.uuid4().hex[:8]}", fullname=name)
    model.Session.add(user)
    model.Session.commit()
    return user.id


def make_organization(title: str = "民政局") -> str:
    group = model.Group(name=f"dept-{uuid.uuid4().hex[:8]}", title=title, type="organization")
    group.is_organization = True
    model.Session.add(group)
    model.Session.commit()
    return group.id


def make_dataset(
    org: str, open_class: str = "conditional", columns: list[str] | None = None
) -> str:
    """A published dataset with one released table; returns its id."""
    resource, dataset = str(uuid.uuid4()), str(uuid.uuid4())
    package = model.Package(
        id=dataset, name=f"data-{dataset[:8]}", title="街道低保受理情况", type="dataset",
        owner_org=org, private=False,
    )
    package.extras = {
        "open_class": open_class, "share_class": open_class,
        "class_reason": "含敏感信息", "open_condition": "限研究使用",
        "legal_basis": json.dumps([{"title": "某条例", "article": "第三条", "level": "law"}]),
    }
    model.Session.add(package)
    model.Session.flush()
    held = model.Resource(package_id=dataset, name="受理情况", url="a.csv", format="CSV")
    held.id = resource
    model.Session.add(held)
    names = COLUMNS if columns is None else columns
    model.Session.add(Publication(dataset_id=dataset, state="published", by="nobody"))
    model.Session.add(Release(
        dataset_id=dataset, resource_id=resource, number=1, state="released", source="upload",
        filename="a.csv", raw_digest="x", columns=[{"name": n, "type": "text"} for n in names],
        digest="y", plan_digest="z", open_class="conditional", released_at=datetime.now(UTC),
        format="csv", plan={}, engine="1", evidence={},
    ))
    model.Session.commit()
    return dataset


@dataclass
class City:
    """One department with all its offices, an authority, an auditor and two applicants."""

    org: str
    dataset: str
    people: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> str:
        return self.__dict__["people"][name]

    def application(self, **changes: Any) -> dict[str, Any]:
        return {
            "dataset_id": self.dataset,
            "applicant_kind": "citizen",
            "applicant_name": "张三",
            "id_number": ID_NUMBER,
            "phone": "13800000000",
            "purpose": "研究社会救助的分布",
            "scenario": "论文",
            "items": COLUMNS,
            "months": 6,
            "mode": "file",
            "undertaking": True,
            **changes,
        }

    def submit(self, user: str | None = None, **changes: Any) -> dict[str, Any]:
        return call(user or self.applicant, "govshare_case_submit", **self.application(**changes))

    def act(self, user: str, case: dict[str, Any], act: str, **given: Any) -> dict[str, Any]:
        return call(user, "govshare_case_act", id=case["id"], act=act, **given)

    def taken(self, **changes: Any) -> dict[str, Any]:
        return self.act(self.publisher, self.submit(**changes), "take")

    def prepared(self, decision: str = "approve", **given: Any) -> dict[str, Any]:
        return self.act(self.publisher, self.taken(), "prepare", decision=decision, **given)


@pytest.fixture
def make_city(portal) -> Callable[[], City]:
    def make() -> City:
        org = make_organization()
        city = City(org, make_dataset(org))
        for name in ("applicant", "stranger", "publisher", "reviewer", "head", "authority",
                     "auditor"):
            city.people[name] = make_user(name)
        for office in ("publisher", "reviewer", "head"):
            appoint(city.people[office], office, org)
        for office in ("authority", "auditor"):
            appoint(city.people[office], office)
        return city

    return make


@pytest.fixture
def city(make_city) -> City:
    return make_city()



@pytest.fixture
def under(monkeypatch):
    """Let the site be governed by another regulation."""

    def set_profile(code: str) -> None:
        profile = profiles.get(code)
        monkeypatch.setattr("ckanext.govshare.rules.profiles.site", lambda: profile)

    return set_profile


@pytest.fixture
def at(monkeypatch):
    """Let the portal's clock stand at an instant."""

    def set_time(moment: datetime) -> None:
        monkeypatch.setattr("ckanext.govshare.cases.judge.now", lambda: moment)

    return set_time
