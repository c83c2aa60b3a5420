"""The demo city, started by the command as an operator would, and people with browsers in it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from ckanext.govshare.stack import ports
from tests.chromium import browser
from tests.stack.command import govshare

__all__ = ["browser"]  # the fixture

ARTEFACTS = Path(__file__).parents[2] / "artefacts"
WIDTHS = {"desktop": 1280, "phone": 390}
PATIENCE = 90


@dataclass(frozen=True)
class City:
    """A running portal with the demo's data; `people` are names and passwords."""

    url: str
    data: Path
    people: dict[str, str]


@pytest.fixture(scope="session")
def city(tmp_path_factory) -> Iterator[City]:
    """Started here; or, with `GOVSHARE_TEST_CITY=DIR`, the demo that already runs in DIR."""
    running = os.environ.get("GOVSHARE_TEST_CITY")
    data = Path(running) if running else tmp_path_factory.mktemp("city") / "var"
    if not running:
        port = str(ports.choose(8700))
        done = govshare(data, "up", "--demo", "--detach", "--port", port, seconds=900)
        assert done.returncode == 0, done.stdout
    parts = json.loads(govshare(data, "status", "--json").stdout)
    url = next(part["address"] for part in parts if part["name"] == "web")
    notes = (data / "storage" / "govshare" / "demo" / "accounts.txt").read_text()
    people = dict(line.split("\t")[:2] for line in notes.splitlines())
    yield City(url, data, people)
    if not running:
        govshare(data, "down")


@pytest.fixture(scope="module")
def contexts(browser) -> Iterator[dict[tuple[str, int], BrowserContext]]:
    """The browser windows of this module, by person and width."""
    made: dict[tuple[str, int], BrowserContext] = {}
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def visit(browser, city, contexts) -> Iterator[Callable[..., Page]]:
    """`visit(person, path, width)`: the page as this person sees it; None is a visitor."""
    opened: list[Page] = []

    def go(person: str | None, path: str, width: int = WIDTHS["desktop"]) -> Page:
        key = (person or "", width)
        if key not in contexts:
            contexts[key] = _context(browser, city, person, width)
        page = contexts[key].new_page()
        opened.append(page)
        page.goto(city.url + path)
        return page

    yield go
    for page in opened:
        page.close()


def _context(browser: Browser, city: City, person: str | None, width: int) -> BrowserContext:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    context.set_default_timeout(15_000)
    if person:
        page = context.new_page()
        page.goto(city.url + "/user/login")
        page.fill("[name=login]", person)
        page.fill("[name=password]", city.people[person])
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/workbench*")
        page.close()
    return context


def until(page: Page, selector: str) -> None:
    """Reload until background work has brought the element."""
    deadline = time.monotonic() + PATIENCE
    while not page.locator(selector).count():
        seen = page.inner_text("[role=main]")
        assert time.monotonic() < deadline, f"{page.url}: no {selector}\n{seen}"
        time.sleep(1)
        page.reload()
