"""What happens to applications, grants, reports and objections, walked by those who do it."""

from __future__ import annotations

import pytest

from tests.browser.test_application import CITIZEN, HEAD, PUBLISHER, act, apply, fill, find

pytestmark = pytest.mark.browser

AUTHORITY = "authority"


def main(page) -> str:
    return page.inner_text("[role=main]")


def say(page, name: str, **words: str):
    """Do an act that needs words; its form is folded."""
    form = page.locator(f"form:has(input[name=act][value={name}])")
    if not form.locator("button[type=submit]").first.is_visible():
        page.locator(f"details:has(input[name=act][value={name}]) summary").first.click()
    for field, text in words.items():
        form.locator(f"[name={field}]").fill(text)
    form.locator("button[type=submit]").first.click()
    page.wait_for_load_state()
    return page


def prepare(visit, path: str, person: str, decision: str, **words: str):
    """Open the form of the decision, choose, write, and keep it for the signature."""
    page = visit(person, path)
    page.locator("details:has(input[value=prepare]) summary").first.click()
    page.check(f"#d-{decision}")
    form = page.locator("form:has(input[value=prepare])")
    for name, value in words.items():
        form.locator(f"[name='{name}']").fill(value)
    return page, form


def approved(visit, path: str, publisher: str = PUBLISHER, head: str = HEAD) -> None:
    """From whatever state is open to the grant."""
    page, form = prepare(visit, path, publisher, "approve")
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()
    act(visit(head, path), "approve")


def own_grants(visit, city) -> list[dict]:
    answer = visit(CITIZEN, "/").request.get(city.url + "/api/3/action/govshare_grant_list")
    return answer.json()["result"]


def grant_of(visit, city, path: str) -> str:
    """The address of the grant that the case gave."""
    case = known(visit, city, path)["id"]
    return next(f"/grant/{g['id']}" for g in own_grants(visit, city) if g["case_id"] == case)


def change(visit, grant: str, person: str, name: str, **words: str) -> None:
    """Suspend, resume or end a grant on its page."""
    page = visit(person, grant)
    page.locator(f"details:has(form[action$='/{name}']) summary").click()
    form = page.locator(f"form[action$='/{name}']")
    for field, text in words.items():
        form.locator(f"[name={field}]").fill(text)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def known(visit, city, path: str) -> dict:
    """The case as the API shows it to the applicant."""
    answer = visit(CITIZEN, "/").request.get(
        f"{city.url}/api/3/action/govshare_case_show?id={path.removeprefix('/case/')}")
    return answer.json()["result"]


def file(visit, city, address: str):
    """The answer to the applicant's download of the dataset at this address."""
    page = visit(CITIZEN, address)
    link = page.locator("a[href*='/download']").first.get_attribute("href") or ""
    full = link if link.startswith("http") else city.url + link
    return page.request.get(full), full


def test_extended_by_the_head_and_then_approved(city, visit):
    """Who asks cannot consent; the new due day stands on the applicant's page."""
    path = apply(visit, "比较各区县技能人才的年度变化")
    first = known(visit, city, path)["due_day"]
    act(visit(PUBLISHER, path), "take")
    asked = say(visit(PUBLISHER, path), "ask_extension", days="5", reason="需要核对脱敏结果")
    assert not asked.locator("form:has(input[value=consent])").count()
    assert known(visit, city, path)["due_day"] == first, "asking moves nothing"
    act(visit(HEAD, path), "consent")
    after = known(visit, city, path)
    assert after["state"] == "extended"
    assert after["due_day"] > first
    seen = main(visit(CITIZEN, path))
    assert "主要负责人已于" in seen
    assert "需要核对脱敏结果" in seen
    approved(visit, path)
    assert known(visit, city, path)["state"] == "delivered"


def test_approved_in_part_gives_that_part(city, visit):
    """Each refused item has its reason; the file has the granted columns only."""
    title, publisher, head = "网约车驾驶员证信息", "jiaotongju-publisher", "jiaotongju-head"
    path = apply(visit, "分析驾驶员证的发放时间", title)
    *granted, last = known(visit, city, path)["form"]["items"]
    act(visit(publisher, path), "take")
    page, form = prepare(
        visit, path, publisher, "approve_in_part", basis_title="中华人民共和国个人信息保护法",
        basis_article="第六条", **{f"why_{last}": "超出所述用途"})
    form.locator(f"[name='item_{last}']").select_option("refuse")
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()
    act(visit(head, path), "approve_in_part")
    seen = main(visit(CITIZEN, path))
    assert "超出所述用途" in seen
    assert "第六条" in seen
    address = find(visit, CITIZEN, title).url.removeprefix(city.url)
    _, link = file(visit, city, address)
    got = visit(CITIZEN, "/").request.get(link.split("?")[0] + "?format=csv")
    assert got.status == 200
    header = got.text().lstrip("\ufeff").splitlines()[0].split(",")
    assert header == granted


def test_renewed_while_the_old_grant_goes_on(city, visit):
    """The new application names the old one; what was given stays until the decision and after."""
    path = apply(visit, "跟踪技能人才的分布")
    act(visit(PUBLISHER, path), "take")
    approved(visit, path)
    old = grant_of(visit, city, path)
    page = visit(CITIZEN, old)
    page.locator("a[href*='renews=']").click()
    again = fill(page, "继续跟踪一年")
    assert visit(CITIZEN, again).locator(f"a[href*='{path}']").count() == 1
    assert visit(CITIZEN, old).inner_text("[role=main] h1 + p").strip() == "有效"
    act(visit(PUBLISHER, again), "take")
    approved(visit, again)
    assert grant_of(visit, city, again) != old


def test_suspended_resumed_and_given_up(city, visit):
    """The authority stops a grant at once, with ground, reason and evidence, and lets it go on."""
    title, publisher, head = "12345热线工单", "dashujuju-publisher", "dashujuju-head"
    for left in own_grants(visit, city):  # of a walk that broke off in this city
        if left["dataset_title"] == title and left["standing"] in ("live", "suspended"):
            change(visit, f"/grant/{left['id']}", CITIZEN, "end", reason="不再需要")
    path = apply(visit, "统计热线的受理时段", title)
    act(visit(publisher, path), "take")
    approved(visit, path, publisher, head)
    grant = grant_of(visit, city, path)
    address = find(visit, CITIZEN, title).url.removeprefix(city.url)
    answer, link = file(visit, city, address)
    assert answer.status == 200

    def after(person: str, name: str, **words: str) -> int:
        change(visit, grant, person, name, **words)
        return visit(CITIZEN, "/").request.get(link).status

    assert after(AUTHORITY, "suspend", reason="超范围使用", evidence="下载日志") == 403
    assert "超范围使用" in main(visit(CITIZEN, grant))
    assert not visit(CITIZEN, grant).locator("form[action$='/resume']").count()
    assert after(AUTHORITY, "resume", reason="已经整改") == 200
    assert after(CITIZEN, "end", reason="不再需要") == 403


PERSON = {"applicant_name": "林晓", "id_number": "411302199003074556", "phone": "13803770009"}


def send(page, **words: str) -> str:
    """Send a report or an objection; the address of the case."""
    for field, text in {**words, **PERSON}.items():
        page.fill(f"[name={field}]", text)
    page.locator("form.gs-card button.btn-primary[type=submit]").click()
    page.wait_for_url("**/case/**")
    return "/case/" + page.url.split("/case/")[1].split("?")[0]


def test_a_wrong_report_is_rejected_with_its_reason(city, visit):
    """From the dataset's page by dispatch or receipt, verification and rejection to the close."""
    address = find(visit, CITIZEN, "停车场基本信息").url.rsplit("/", 1)[1]
    path = send(visit(CITIZEN, f"/correction/{address}"), reason="第五行的名称有误",
                evidence="现场照片")
    head = "jiaotongju-head"
    if visit("operator", path).locator("form:has(input[value=dispatch])").count():
        act(visit("operator", path), "dispatch")
    act(visit(head, path), "take")
    page = visit(head, path)
    page.locator("details:has(input[value=reject]) summary").click()
    page.locator("form:has(input[value=reject]) button[type=submit]").click()
    page.wait_for_load_state()
    assert known(visit, city, path)["state"] == "verifying", "without a reason nothing is rejected"
    say(visit(head, path), "reject", reason="名称与登记证书一致")
    act(visit(head, path), "close_rejected")
    assert known(visit, city, path)["state"] == "closed"
    assert "名称与登记证书一致" in main(visit(CITIZEN, path))


def test_an_objection_changes_the_catalogue(city, visit):
    """Prepared by one, agreed by another, proposed, and changed by the authority."""
    publisher, head = "minzhengju-publisher", "minzhengju-head"
    address = find(visit, CITIZEN, "低保对象名单").url.rsplit("/", 1)[1]
    path = send(visit(CITIZEN, f"/objection/{address}"), reason="应当公开各乡镇的人数")
    page, form = prepare(visit, path, publisher, "agree", reason="可以公开汇总数")
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()
    act(visit(head, path), "agree")
    act(visit(publisher, path), "propose_change")
    say(visit(AUTHORITY, path), "change_catalogue", catalogue_version="2026-12")
    assert known(visit, city, path)["state"] == "catalogue_changed"
    assert "目录已" in main(visit(CITIZEN, path))
