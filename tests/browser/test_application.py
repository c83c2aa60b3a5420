"""A citizen applies for conditional data; one office prepares, the head decides."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser

CITIZEN, PUBLISHER, HEAD = "citizen", "rensheju-publisher", "rensheju-head"
TITLE = "职业技能鉴定合格人员"


def find(visit, person: str | None, title: str = TITLE):
    """The dataset's page, by search."""
    page = visit(person, f"/dataset/?q={title}")
    page.locator(f"[role=main] a:has-text('{title}')").first.click()
    return page


def apply(visit, purpose: str, title: str = TITLE) -> str:
    """Fill in the three steps and send; the address of the case."""
    page = find(visit, CITIZEN, title)
    page.locator("a[href*='/apply/']").first.click()
    return fill(page, purpose)


def fill(page, purpose: str) -> str:
    """The three steps of an open application form, sent; the address of the case."""
    page.fill("[name=purpose]", purpose)
    for box in page.locator("[name=items]").all():
        box.check()
    page.fill("[name=months]", "3")
    page.select_option("[name=mode]", "file")
    page.locator("button.btn-primary[value=next]").click()
    page.fill("[name=applicant_name]", "林晓")
    page.fill("[name=id_number]", "411302199003074556")
    page.fill("[name=phone]", "13803770009")
    page.locator("button.btn-primary[value=next]").click()
    # the due date stands before sending
    assert re.search(r"20\d\d", page.inner_text("[role=main]"))
    page.check("[name=undertaking]")
    page.locator("button[value=send]").click()
    page.wait_for_url("**/case/**")
    return "/case/" + page.url.split("/case/")[1].split("?")[0].split("/")[0]


def act(page, name: str) -> None:
    """Press the button of an act; acts that need words are folded."""
    form = page.locator(f"form:has(input[name=act][value={name}])")
    if not form.locator("button[type=submit]").first.is_visible():
        page.locator(f"details:has(input[name=act][value={name}]) summary").first.click()
    form.locator("button[type=submit]").first.click()
    page.wait_for_load_state()


def prepare(visit, path: str, decision: str, **words: str):
    page = visit(PUBLISHER, path)
    act(page, "take")
    page.locator("details:has(input[value=prepare]) summary").first.click()
    page.check(f"#d-{decision}")
    for name, value in words.items():
        page.locator(f"form:has(input[value=prepare]) [name={name}]").fill(value)
    page.locator("form:has(input[value=prepare]) button[type=submit]").click()
    page.wait_for_load_state()


def download(page, url: str) -> int:
    link = page.locator("a[href*='/download']").first.get_attribute("href") or ""
    return page.request.get(link if link.startswith("http") else url + link).status


@pytest.mark.requirement("NY-46a", "NY-46c")
def test_approved_and_downloaded(city, visit):
    """Receipt with due date, approval by a second person, a grant, the file; others get none."""
    stranger = find(visit, None)
    address = stranger.url
    assert not stranger.locator("a[href*='/download']").count()

    path = apply(visit, "研究技能人才的区县分布")
    page = visit(CITIZEN, path)
    assert re.search(r"20\d\d年\d+月\d+日|20\d\d-\d\d-\d\d", page.inner_text("[role=main]"))
    for person in (None, "company", "jiaotongju-publisher"):
        assert "林晓" not in visit(person, path).content(), f"{person} handles no such case"
    prepare(visit, path, "approve")
    head = visit(HEAD, path)
    act(head, "approve")

    page = visit(CITIZEN, address.removeprefix(city.url))
    assert download(page, city.url) == 200
    link = page.locator("a[href*='/download']").first.get_attribute("href") or ""
    for person in (None, "company", "authority", PUBLISHER):
        other = visit(person, "/")
        full = link if link.startswith("http") else city.url + link
        assert other.request.get(full, max_redirects=0).status in (302, 401, 403), person


@pytest.mark.requirement("NY-46d")
def test_refused_with_reason_and_basis(city, visit):
    """A refusal without its basis is not accepted; with both, the applicant reads them."""
    path = apply(visit, "了解同事的等级")
    prepare(visit, path, "refuse", reason="用途不符合开放条件")
    page = visit(PUBLISHER, path)
    assert not page.locator("input[name=proposal]").count(), "no basis: nothing was prepared"
    page.locator("details:has(input[value=prepare]) summary").first.click()
    page.check("#d-refuse")
    form = page.locator("form:has(input[value=prepare])")
    form.locator("[name=reason]").fill("用途不符合开放条件")
    form.locator("[name=basis_title]").fill("中华人民共和国个人信息保护法")
    form.locator("[name=basis_article]").fill("第六条")
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()
    head = visit(HEAD, path)
    act(head, "refuse")
    seen = visit(CITIZEN, path)
    text = seen.inner_text("[role=main]")
    assert "用途不符合开放条件" in text
    assert "个人信息保护法" in text


def test_non_open_is_listed_and_never_served(city, visit):
    """Reason and basis stand on the page; no download, no application."""
    page = visit(None, "/dataset/?q=低保对象名单")
    page.locator("[role=main] a:has-text('低保对象名单')").first.click()
    text = page.inner_text("[role=main]")
    assert "不予开放" in text
    assert "个人信息保护法" in text
    assert not page.locator("a[href*='/download'], a[href*='/apply/']").count()


def test_the_demo_has_a_case_in_every_state_that_one_can_rest_in(city, visit):
    """What the machine only passes through (submitted, approved) is not waited for."""
    found = set()
    for person in ("citizen", "company"):
        answer = visit(person, "/").request.get(city.url + "/api/3/action/govshare_case_list")
        found |= {(case["kind"], case["state"]) for case in answer.json()["result"]}
    assert {kind for kind, _state in found} == {"application", "objection", "correction"}
    assert {state for kind, state in found if kind == "application"} == {
        "draft", "accepted", "in_review", "supplement", "extension_requested", "extended",
        "delivered", "refused", "withdrawn",
    }
