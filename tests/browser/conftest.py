"""The demo city, started by the command as an operator would, and people with browsers in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ckanext.govshare.stack import ports
from tests.chromium import launch
from tests.stack.command import govshare

ARTEFACTS = Path(__file__).parents[2] / "artefacts"
WIDTHS = {"desktop": 1280, "phone": 390}
PATIENCE = 90


@dataclass
class City:
    """A running portal with the demo's data; `people` are names and passwords."""

    url: str
    data: Path
    people: dict[str, str]
    contexts: dict[tuple[str, int], BrowserContext] = field(default_factory=dict)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def city(browser, tmp_path_factory) -> Iterator[City]:
    data = tmp_path_factory.mktemp("city") / "var"
    port = ports.choose(8700)
    done = govshare(data, "up", "--demo", "--detach", "--port", str(port), seconds=900)
    assert done.returncode == 0, done.stdout
    notes = (data / "storage" / "govshare" / "demo" / "accounts.txt").read_text()
    people = dict(line.split("\t")[:2] for line in notes.splitlines())
    made = City(f"http://127.0.0.1:{port}", data, people)
    yield made
    for context in made.contexts.values():
        context.close()
    govshare(data, "down")


@pytest.fixture
def visit(browser, city) -> Callable[..., Page]:
    """`visit(person, path, width)`: the page as this person sees it; None is a visitor."""

    def go(person: str | None, path: str, width: int = WIDTHS["desktop"]) -> Page:
        key = (person or "", width)
        if key not in city.contexts:
            city.contexts[key] = _context(browser, city, person, width)
        page = city.contexts[key].new_page()
        page.goto(city.url + path)
        return page

    return go


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
