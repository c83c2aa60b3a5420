"""What is kept for strangers, and that nobody else gets it or gives it."""

from __future__ import annotations

import gzip

import pytest
from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk

from ckanext.govshare import ledger
from ckanext.govshare.portal.shelf import Shelf
from ckanext.govshare.release.model import Release
from tests.gate import world as gate_world


@pytest.fixture
def shelf(site) -> Shelf:
    """The shelf of this application, empty."""
    found = site.flask_app.wsgi_app
    assert isinstance(found, Shelf)
    found.pages.clear()
    return found


@pytest.fixture
def made(site, shelf, monkeypatch):
    """How many pages were made, and not taken from the shelf."""
    count = []
    inner = shelf.app
    monkeypatch.setattr(shelf, "app", lambda *given: (count.append(1), inner(*given))[1])
    return count


def test_a_strangers_page_is_made_once(get, made):
    assert get("/dataset/") == get("/dataset/")
    assert len(made) == 1


@pytest.mark.parametrize("url", ["/", "/dataset/", "/api/action/package_search"])
def test_a_person_neither_fills_nor_empties_the_shelf(get, shelf, made, url):
    """The page with a name on it is nobody else's; the stranger's page is not the person's."""
    mine = get(url, role="boss")
    assert not shelf.pages
    strangers = get(url)
    assert get(url, role="boss") == mine or "workbench" in mine
    assert get(url) == strangers
    assert "王小明" not in strangers
    assert len(made) == 3  # the last stranger's page came from the shelf


def test_a_cookie_keeps_away_from_the_shelf(site, shelf):
    site.test_client(use_cookies=False).get("/", headers={"Cookie": "ckan=whatever"})
    assert not shelf.pages


def test_draft_of_a_department_is_never_on_the_shelf(site, get, town, shelf):
    """Asked for first by somebody who may see it, then by a stranger."""
    with site.flask_app.test_request_context():
        group = model.Package.get(town.places["unconditional"].dataset).owner_org
        draft = gate_world.make_place(group, "unconditional", "released", published=False)
    get(f"/dataset/{draft.name}", role="boss", status=200)
    get(f"/dataset/{draft.name}", status=404)
    assert draft.name not in get("/dataset/")


def test_a_withdrawal_counts_at_once(site, get, town, made):
    """An event of the ledger makes what is kept old."""
    with site.flask_app.test_request_context():
        group = model.Package.get(town.places["unconditional"].dataset).owner_org
        place = gate_world.make_place(group, "unconditional", "released")
    assert "download?format" in get(f"/dataset/{place.name}")
    with site.flask_app.test_request_context():
        model.Session.get(Release, place.release).state = "withdrawn"
        ledger.append("release.withdrawn", actor=None, subject=("release", place.release))
        model.Session.commit()
    assert "download?format" not in get(f"/dataset/{place.name}")


def test_a_changed_entry_counts_as_soon_as_it_is_indexed(site, get, town):
    place = town.places["conditional"]
    before = get(f"/dataset/{place.name}")
    with site.flask_app.test_request_context():
        package = model.Package.get(place.dataset)
        title, package.title = package.title, "改名后的数据集"
        model.Session.commit()
        search.rebuild(package.id)
    try:
        assert "改名后的数据集" not in before
        assert "改名后的数据集" in get(f"/dataset/{place.name}")
    finally:
        with site.flask_app.test_request_context():
            model.Package.get(place.dataset).title = title
            model.Session.commit()
            search.rebuild(place.dataset)


def test_rows_are_never_kept(get, town, shelf, made):
    place = town.places["unconditional"]
    for _ in range(2):
        get(f"/dataset/{place.name}/resource/{place.resource}/table")
    assert len(made) == 2
    get(f"/dataset/{place.name}")
    assert all(place.live.open_canary.encode() not in page.body for page in shelf.pages.values())


def test_languages_and_dresses_are_kept_apart(site, get):
    assert 'lang="en"' in get("/en/dataset/")
    assert 'lang="zh-CN"' in get("/dataset/")
    client = site.test_client(use_cookies=False)
    packed = client.get("/dataset/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert 'lang="zh-CN"' in gzip.decompress(packed.data).decode()
    assert "Content-Encoding" not in client.get("/dataset/").headers


def test_a_download_is_not_compressed(site, town):
    """Its length, its ranges and its digest are promised."""
    place = town.places["unconditional"]
    with site.test_client(use_cookies=False).get(
        f"/dataset/{place.name}/resource/{place.resource}/download?format=json",
        headers={"Accept-Encoding": "gzip"},
    ) as answer:
        assert "Content-Encoding" not in answer.headers
        assert not answer.headers["ETag"].startswith("W/")
        assert len(answer.data) == int(answer.headers["Content-Length"])


def test_strangers_get_no_session(site):
    """So a proxy may keep the page, and a visit leaves no cookie."""
    answer = site.test_client(use_cookies=False).get("/dataset/")
    assert "Set-Cookie" not in answer.headers
    assert tk.config["WTF_CSRF_ENABLED"]
