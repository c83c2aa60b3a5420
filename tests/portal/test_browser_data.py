"""Charts, maps and versions in a real browser, and how much and how soon a phone gets."""

from __future__ import annotations

import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from ckan import model
from ckanext.datastore.backend.postgres import get_write_engine

from tests.chromium import browser
from tests.gate import world as gate_world
from tests.gate.world import NUMBER_COLUMN, OPEN_COLUMN

from .test_browser import LOOKS, address, serious, visit

__all__ = ["address", "browser", "visit"]  # the fixtures

pytestmark = pytest.mark.browser
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000,
        "uploadThroughput": 90_000}  # fmt: skip
"""A phone on a poor line as Lighthouse has it: 1.6 Mbit/s, 150 ms, a quarter of the speed."""
WATCH = """
window.seen = {paint: 0, shift: 0};
new PerformanceObserver(list => { for (const e of list.getEntries()) seen.paint = e.startTime; })
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => {
  for (const e of list.getEntries()) if (!e.hadRecentInput) { seen.shift += e.value;
    seen.moved = e.sources.map(s => s.node && s.node.className).join(' ') } })
  .observe({type: 'layout-shift', buffered: true});
"""


@pytest.fixture(scope="module")
def stops(site, town) -> gate_world.Place:
    """A table whose rows have coordinates."""
    with site.flask_app.test_request_context():
        group = model.Package.get(town.places["unconditional"].dataset).owner_org
        place = gate_world.make_place(group, "unconditional", "released")
        with get_write_engine().begin() as connection:
            connection.execute(sa.text(
                f'alter table "{place.resource}" add column "经度" float8 default 112.53,'
                ' add column "纬度" float8 default 33.01'
            ))  # fmt: skip
        return place


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("page", ["chart", "map", "versions", "table"])
def test_page_of_the_data_is_sound(visit, stops, page, width, scheme):
    """No fault of access, nothing wider than the screen, no error, nothing from outside."""
    shown = visit(f"/dataset/{stops.name}/resource/{stops.resource}/{page}", width, scheme)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.faults == []
    assert serious(shown) == []


def test_chart_is_drawn_and_its_state_is_the_address(visit, stops):
    page = visit(f"/dataset/{stops.name}")
    page.click("a[href$='/chart']")
    page.wait_for_selector("[data-gs-chart] svg")
    page.select_option("[name=y]", NUMBER_COLUMN)
    page.wait_for_url(f"**y={NUMBER_COLUMN}**".replace(NUMBER_COLUMN, "*"))
    page.select_option("[name=kind]", "pie")
    page.wait_for_url("**kind=pie**")
    state = parse_qs(urlsplit(page.url).query)
    assert state["kind"] == ["pie"]
    assert state["x"] == [OPEN_COLUMN]
    page.reload()
    page.wait_for_selector("[data-gs-chart] svg")
    assert page.input_value("[name=kind]") == "pie"


def test_map_shows_every_row_and_tells_what_stands_in_it(visit, stops):
    page = visit(f"/dataset/{stops.name}")
    page.click("a[href$='/map']")
    page.wait_for_selector(".leaflet-control-zoom")
    assert page.inner_text(".gs-degree >> nth=0").endswith("°")
    box = page.locator("[data-gs-map]").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(".leaflet-popup-content dl")
    assert stops.live.open_canary in page.inner_text(".leaflet-popup-content")


def test_preview_and_versions_come_when_they_are_wanted(visit, stops):
    page = visit(f"/dataset/{stops.name}")
    page.wait_for_selector(".gs-preview table")
    page.click("summary:has-text('历史版本')")
    page.wait_for_selector("text=第1版")
    assert page.faults == []


@pytest.mark.parametrize("path", ["/", "/dataset/", "stops"])
def test_phone_on_a_poor_line_gets_little_and_soon(browser, address, stops, path):
    """At most 200 KB of script and style over the wire, no shift, a quick first sight."""
    url = address + (f"/dataset/{stops.name}" if path == "stops" else path)
    asked_before = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    urllib.request.urlopen(asked_before).close()
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    line = context.new_cdp_session(page)
    kinds, sizes = {}, {}
    line.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    line.on(
        "Network.loadingFinished",
        lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}),
    )
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    seen = page.evaluate("seen")
    context.close()
    weight = sum(s for r, s in sizes.items() if kinds.get(r) in ("Script", "Stylesheet"))
    assert 0 < weight <= 200_000
    assert seen["shift"] <= 0.1, seen["moved"]
    assert 0 < seen["paint"] <= 2_500
