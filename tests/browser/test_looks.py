"""Every page of the journey in Chinese, at desktop and phone width, with a picture of each."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

from tests.browser.conftest import ARTEFACTS, WIDTHS

pytestmark = pytest.mark.browser

ROOMS = Path(__file__).parents[2] / "ckanext-govshare" / "ckanext" / "govshare"
PAGES = {
    None: ["/", "/dataset/", "/organization/", "/topics", "/guide", "/about", "/user/login",
           "/user/register", "/dataset/?open_class=conditional", "/no-such-page"],
    "citizen": ["/workbench", "/case/"],
    "company": ["/workbench"],
    "jiaotongju-publisher": ["/workbench", "/release/", "/harvest/admin/jiaotongju-folder",
                             "/dataset/new"],
    "rensheju-head": ["/workbench"],
    "authority": ["/workbench", "/release/"],
    "operator": ["/workbench"],
}
VISITS = [(person, path) for person, paths in PAGES.items() for path in paths]


def english() -> list[str]:
    """Strings of the portal that have a Chinese form: none of them may stand on a Chinese page."""
    found = set()
    for path in [*ROOMS.glob("*/i18n/**/zh_Hans_CN.po")]:
        for entry in polib.pofile(str(path)):
            plain = re.sub(r"<[^>]+>", "", entry.msgid)
            if " " in plain and "{" not in plain and "%" not in plain and len(plain) > 8:
                found.add(plain)
    return sorted(found)


@pytest.mark.parametrize("width", WIDTHS, ids=str)
@pytest.mark.parametrize(("person", "path"), VISITS)
def test_page_is_chinese_and_fits(visit, person, path, width):
    """No untranslated string, nothing wider than the screen, no request to another host."""
    asked: list[str] = []
    page = visit(person, path, WIDTHS[width])
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    name = f"{person or 'visitor'}{path}".replace("/", "_").replace("?", "_")
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}-{width}.png", full_page=True)
    text = page.inner_text("body")
    assert [words for words in english() if words in text] == []
    assert re.search(r"[\u4e00-\u9fff]", page.title())
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 1, f"{wide} px wider than the screen"
    assert {url.split("/")[2] for url in asked if url.startswith("http")} <= {
        page.url.split("/")[2]
    }


def test_each_person_starts_on_an_own_page(visit):
    """Citizen, applicant, publisher, head, authority and operator read different first steps."""
    seen = {}
    for person in ("citizen", "rensheju-publisher", "rensheju-head", "authority", "operator"):
        page = visit(person, "/workbench")
        seen[person] = page.inner_text("[role=main]")
    assert len(set(seen.values())) == len(seen)
