"""A small town with released data of every class, and a browser's eyes on its pages."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk
from sqlalchemy.orm.attributes import flag_modified

from tests.gate import world as gate_world

CLASSES = ("unconditional", "conditional", "non-open")
BASIS = '[{"title": "中华人民共和国个人信息保护法", "article": "第十条", "level": "law"}]'
ITEMS = '[{"item_name": "街道", "item_type": "C", "description": "所在街道"}]'


@dataclass(frozen=True)
class Town:
    """`places`: one released dataset a class; `tokens`: an applicant with grants, a sysadmin."""

    places: dict[str, gate_world.Place]
    tokens: dict[str, str]


@pytest.fixture(scope="session")
def town(site) -> Town:
    with site.flask_app.test_request_context():
        name = f"ju-{uuid.uuid4().hex[:8]}"
        group = model.Group(name=name, title="市统计局", type="organization")
        group.is_organization = True
        model.Session.add(group)
        holder, boss = _user("holder"), _user("boss")
        boss.sysadmin = True
        model.Session.commit()
        places = {c: gate_world.make_place(group.id, c, "released") for c in CLASSES}
        for place in places.values():
            _describe(place)
        gate_world.grant(holder.id, places["conditional"], "api")
        gate_world.grant(holder.id, places["conditional"], "file")
        return Town(places, {"holder": _token(holder), "boss": _token(boss)})


@pytest.fixture
def get(site, town):
    """`get(url, role="")`: the page as text, in Chinese unless the address says otherwise."""

    def fetch(url: str, role: str = "", status: int = 200, **headers: str) -> str:
        if role:
            headers["Authorization"] = town.tokens[role]
        client = site.test_client(use_cookies=False)
        answer = client.get(url, headers=headers, follow_redirects=False)
        assert answer.status_code == status, (url, answer.status_code)
        return answer.data.decode()

    return fetch


class Page(HTMLParser):
    """The text that a reader sees, and the addresses that the browser would load."""

    SILENT = ("script", "style", "pre", "code", "title")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._silent += tag in self.SILENT
        if tag in ("script", "img", "iframe", "source") and "src" in found:
            self.loads.append(found["src"])
        if tag == "link" and found.get("rel") in ("stylesheet", "shortcut icon", "preload"):
            self.loads.append(found["href"])
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        self.words += [found[n] for n in ("aria-label", "placeholder", "alt") if found.get(n)]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.words.append(data.strip())


def _describe(place: gate_world.Place) -> None:
    """The elements that the page shows, written where the schema keeps them."""
    package = model.Package.get(place.dataset)
    package.notes = "由市统计局在履行职责过程中形成。"
    package.extras.update({
        "topic": "transport", "update_cycle": "monthly", "share_class": "unconditional",
        "open_condition": "高等院校和科研机构", "nonopen_reason": "personal_privacy",
        "legal_basis": BASIS, "items": ITEMS, "use_requirements": "注明来源",
    })
    flag_modified(package, "extras")
    model.Session.commit()
    search.rebuild(package.id)


def _user(role: str) -> model.User:
    name = f"{role}-{uuid.uuid4().hex[:8]}"
    user = model.User(name=name, email=f"{name}@example.invalid", fullname="王小明")
    user.password = "Test-1234-门"
    model.Session.add(user)
    model.Session.commit()
    return user


def _token(user: model.User) -> str:
    return tk.get_action("api_token_create")(
        {"ignore_auth": True, "user": user.name}, {"user": user.name, "name": uuid.uuid4().hex}
    )["token"]
