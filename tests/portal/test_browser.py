"""The pages in a real browser: two widths, both themes, no fault of access, no outside request."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from ckan.plugins import toolkit as tk
from playwright.sync_api import Page
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.chromium import browser

__all__ = ["browser"]  # the fixture

pytestmark = pytest.mark.browser
LOOKS = [(1280, "light"), (390, "light"), (1280, "dark")]
PAGES = {
    "home": "/", "list": "/dataset/", "compact": "/dataset/?_view=compact&open_class=conditional",
    "nothing": "/dataset/?q=99999999", "topics": "/topics", "departments": "/organization/",
    "guide": "/guide", "accessibility": "/accessibility", "about": "/about",
    "login": "/user/login", "missing": "/no-such-page", "developers": "/developers",
    "late": "/dataset/?freshness=late", "english": "/en/dataset/",
}  # fmt: skip


@pytest.fixture(scope="module")
def address(site, town) -> Iterator[str]:
    """The application on a port of this machine."""
    own: list[str] = []

    def serve(environ: Any, start_response: Any) -> Any:
        # scripts take their address from this setting, which CKAN keeps by thread
        tk.config["ckan.site_url"] = own[0]
        return site.flask_app(environ, start_response)

    class Lasting(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"  # connections stay open, as with the portal's own server

    server = make_server("127.0.0.1", 0, serve, threaded=True, request_handler=Lasting)
    own.append(f"http://127.0.0.1:{server.port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    urllib.request.urlopen(own[0] + "/about").close()  # the first request of all loads settings
    yield own[0]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(browser, address, tmp_path):
    """`visit(path, width, scheme)`: the page loaded; its faults are collected in `page.faults`."""
    contexts = []

    def go(path: str, width: int = 1280, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale="zh-CN"
        )
        contexts.append(context)
        page = context.new_page()
        page.faults = []  # type: ignore[attr-defined]
        page.on("console", lambda m: m.type == "error" and "404" not in m.text
                and page.faults.append(m.text))  # fmt: skip
        page.on("pageerror", lambda e: page.faults.append(str(e)))
        page.on("request", lambda r: r.url.startswith((address, "data:"))
                or page.faults.append(r.url))  # fmt: skip
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        return page

    yield go
    for context in contexts:
        context.close()


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical (WCAG 2.2 AA), in one line each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found
        if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_sound(visit, name, width, scheme):
    """No fault of access, nothing wider than the screen, no error, nothing from outside."""
    page = visit(PAGES[name], width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.faults == []
    assert serious(page) == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("open_class", ["unconditional", "conditional", "non-open"])
def test_dataset_page_is_sound(visit, town, open_class, width, scheme):
    page = visit(f"/dataset/{town.places[open_class].name}", width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.faults == []
    assert serious(page) == []


def test_citizen_finds_sorts_and_downloads(visit, town):
    """Search from the home page, open the dataset, sort its table, download it."""
    place = town.places["unconditional"]
    page = visit("/")
    page.fill("#gs-search", place.name.replace("place-", "数据集 "))
    page.press("#gs-search", "Enter")
    page.click(f"a[href$='{place.name}']")
    page.click("thead th:last-child a")
    page.wait_for_selector("thead th:last-child[aria-sort=ascending]")
    assert page.is_visible("#gs-openness")  # the table alone was swapped
    with page.expect_download() as download:
        page.click("a[href$='format=csv']")
    assert place.live.open_canary in Path(download.value.path()).read_text()


def test_suggestions_are_used_by_keyboard(visit, town):
    place = town.places["unconditional"]
    page = visit("/")
    page.type("#gs-search", place.name, delay=5)
    page.wait_for_selector("#gs-suggestions li")
    page.press("#gs-search", "ArrowDown")
    page.press("#gs-search", "Enter")
    page.wait_for_url(f"**/dataset/{place.name}")


def test_theme_and_large_print_are_remembered(visit):
    page = visit("/")
    page.click("[data-gs-switch=theme]")
    page.click("[data-gs-switch=large]")
    page.goto(page.url + "about")
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"


def test_phone_menu_opens(visit):
    page = visit("/", 390)
    assert not page.is_visible("#gs-nav")
    page.click("[data-gs-menu]")
    assert page.is_visible("#gs-nav")
