"""The journey as people walk it: from a department's folder to a reader's download."""

from __future__ import annotations

import csv
import io
import json
import re
import secrets

import openpyxl
import pytest

from tests.browser.conftest import City, until

pytestmark = pytest.mark.browser

# The numbers pass their check digits and belong to nobody.
ID_NUMBERS = ("411302199003074556", "411302198511232115")
MOBILES = ("13803770001", "13803770002")
ROWS = [
    ["姓名", "身份证号", "手机号码", "车辆数", "备注"],
    ["王建国", ID_NUMBERS[0], MOBILES[0], "2", f"联系人王建国，电话{MOBILES[0]}"],
    ["李秀英", ID_NUMBERS[1], MOBILES[1], "1", '=HYPERLINK("http://example.invalid","x")'],
]
TITLE = f"出租汽车经营者{secrets.token_hex(3)}"  # a running city may keep an earlier one
DESCRIPTION = f"""
title = "{TITLE}"
notes = "出租汽车个体经营者及其车辆数。"
topic = "transport"
open_class = "unconditional"
share_class = "unconditional"
update_cycle = "monthly"
"""
FOLDER, PUBLISHER = "jiaotongju", "jiaotongju-publisher"
RAW = (*ID_NUMBERS, *MOBILES, "王建国", "李秀英")


def put(city: City, rows: list[list[str]]) -> None:
    """What the department's system writes into its folder every month, in GB18030."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    folder = city.data / "sources" / FOLDER
    (folder / f"{TITLE}.csv").write_bytes(text.getvalue().encode("gb18030"))
    (folder / f"{TITLE}.csv.toml").write_text(DESCRIPTION, "utf-8")


def harvest(visit) -> None:
    """The publisher starts the department's source and waits for the report."""
    page = visit(PUBLISHER, f"/harvest/admin/{FOLDER}-folder")
    page.locator("form[action*='start'] button").first.click()
    page.wait_for_load_state()


def release_page(visit, person: str, state: str):
    """The stage page of the newest release of our file, once it is in this state."""
    page = visit(person, "/release/")
    row = f"tr:has-text('{TITLE}'):has([data-state='{state}'])"
    until(page, row)
    page.locator(f"{row} a").first.click()
    page.wait_for_url("**/release/*-*")
    return page


def press(page, act: str, button: str = "button[type=submit]") -> None:
    page.locator(f"form[action*='/{act}'] {button}").first.click()
    page.wait_for_load_state()


def sign_off(visit) -> None:
    """Publisher, confidentiality reviewer and authority, each with an own browser."""
    page = release_page(visit, PUBLISHER, "scanned")
    assert ID_NUMBERS[0] not in page.content(), "raw rows are shown on request only"
    page.locator("#release-plan button[formaction*='/preview']").first.click()
    page.wait_for_selector("#release-rows table")
    shown = page.inner_text("#release-rows")
    assert ID_NUMBERS[0] in shown, "the publisher sees the raw value before it is masked"
    press(page, "transform")
    until(page, "form[action*='/sign']")
    press(page, "sign")
    for person in (f"{FOLDER}-confidentiality", "authority"):
        page = release_page(visit, person, "in_review")
        assert ID_NUMBERS[0] not in page.content() or person != "authority"
        press(page, "review", "button[value=sign]")


@pytest.mark.requirement("ZS-27c")
def test_a_department_publishes_and_a_citizen_reads(city, visit):
    """Folder → harvest → quarantine → scan → plan → sign → review → page, table and downloads."""
    put(city, ROWS)
    harvest(visit)
    sign_off(visit)

    page = visit(None, f"/dataset/?q={TITLE}")
    until(page, f"[role=main] a:has-text('{TITLE}')")
    page.locator(f"[role=main] a:has-text('{TITLE}')").first.click()
    until(page, "[role=main] table:has-text('车辆数')")
    assert not any(value in page.content() for value in RAW)

    link = page.locator("a[href*='/download']").first.get_attribute("href")
    for form in ("csv", "xlsx", "json"):
        address = re.sub(r"\?.*", "", city.url + link if link.startswith("/") else link)
        answer = page.request.get(f"{address}?format={form}")
        assert answer.ok, (form, answer.status)
        rows = table(form, answer.body())
        assert [row["车辆数"] for row in rows] == ["2", "1"]
        assert not any(value in json.dumps(rows, ensure_ascii=False) for value in RAW)
        assert not any(str(value).startswith("=") for row in rows for value in row.values())


def table(form: str, body: bytes) -> list[dict[str, str]]:
    """The rows of a downloaded file, all values as text."""
    if form == "csv":
        return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    if form == "json":
        return [{k: str(v) for k, v in row.items()} for row in json.loads(body)]
    header, *rows = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0].values
    return [dict(zip(header, map(str, row), strict=True)) for row in rows]


def test_changed_source_waits_while_the_old_release_stays(city, visit):
    """New content goes the same way again; until it is signed, readers get the signed one."""
    put(city, [*ROWS, ["赵敏", "411302199912243323", "13803770003", "3", ""]])
    harvest(visit)
    release_page(visit, PUBLISHER, "scanned")
    reader = visit(None, f"/dataset/?q={TITLE}")
    reader.locator(f"[role=main] a:has-text('{TITLE}')").first.click()
    link = reader.locator("a[href*='/download']").first.get_attribute("href") or ""
    answer = reader.request.get(link if link.startswith("http") else city.url + link)
    assert answer.ok
    assert "3" not in [row.get("车辆数") for row in table("csv", answer.body())]
