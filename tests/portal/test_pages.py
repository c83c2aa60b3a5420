"""The pages that everybody sees."""

from __future__ import annotations

import json
import re

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search

from tests.gate import world as gate_world

from .conftest import Page

# Names and codes that are the same in every language.
SAME = re.compile(
    r"CKAN|govshare|schema\.org|English|CSV|XLSX|JSON|XML|RDF|DCAT|Turtle|OpenAPI|API|ID|curl|Python|JavaScript|WCAG|AA|Tab|Esc|ICP|CSS|"
    r"Markdown|Atom|RSS|R\b|Authorization|offset|[A-Za-z0-9.]*zz[0-9a-f]+|[\w.+-]+@[\w.-]+|"
    r"https?://\S+|数据集 [0-9a-f]{8}|(?:ju|holder|boss|place|org|dept)-[0-9a-f]+|dataset-[\w-]+"
)
PUBLIC = ["/", "/dataset/", "/topics", "/organization/", "/guide", "/accessibility", "/about",
          "/user/login", "/developers", "/dataset/?_view=compact",
          "/dataset/?q=99999999"]  # fmt: skip


def english(html: str) -> set[str]:
    """Words of three or more Latin letters in what a reader sees."""
    seen = " ".join(Page(html).words)
    return set(re.findall(r"[A-Za-z]{3,}", SAME.sub(" ", seen)))


@pytest.mark.parametrize("url", PUBLIC)
def test_no_page_shows_an_untranslated_string(get, url):
    assert english(get(url)) == set()


@pytest.mark.parametrize("open_class", ["unconditional", "conditional", "non-open"])
def test_no_dataset_page_shows_an_untranslated_string(get, town, open_class):
    assert english(get(f"/dataset/{town.places[open_class].name}")) == set()


@pytest.mark.parametrize("url", PUBLIC)
def test_pages_speak_english_on_request(get, url):
    page = get(f"/en{url}")
    assert '<html lang="en"' in page
    assert {"Help", "Search"} & set(re.findall(r"\w+", " ".join(Page(page).words)))


@pytest.mark.parametrize("url", [*PUBLIC, "/workbench", "/dataset/new", "/ckan-admin/config"])
def test_nothing_is_loaded_from_outside(get, url):
    """Nor for people logged in, where CKAN would ask gravatar for a picture."""
    loads = Page(get(url, role="boss")).loads
    assert [u for u in loads if re.match(r"(https?:)?//", u) and "://localhost" not in u
            and "://127.0.0.1" not in u and "://test.ckan.net" not in u] == []  # fmt: skip


def test_home_counts_the_classes_and_names_the_topics(get, town):
    page = get("/")
    assert all(word in page for word in ("无条件开放", "有条件开放", "不予开放", "交通运输"))
    assert town.places["unconditional"].name in get("/dataset/?open_class=unconditional")


@pytest.mark.requirement("NY-45a")
def test_list_filters_by_opening_class_with_the_state_in_the_address(get, town):
    page = get("/dataset/?open_class=non-open")
    assert town.places["non-open"].name in page
    assert town.places["unconditional"].name not in page


def test_empty_list_says_what_to_do(get):
    assert "没有找到" in get("/dataset/?q=99999999")


def test_broken_search_is_no_traceback(get):
    """A query that means nothing gives a page, not an error of the machine."""
    assert "Traceback" not in get("/dataset/?q=title:%5B%22")


def test_open_dataset_offers_its_files_and_rows(get, town):
    place = town.places["unconditional"]
    page = get(f"/dataset/{place.name}")
    formats = re.findall(rf"resource/{place.resource}/download\?format=(\w+)", page)
    assert formats == ["csv", "xlsx", "json"]
    assert f"/resource/{place.resource}/table" in page  # where htmx fetches the preview


def test_conditional_dataset_explains_itself_and_offers_the_application(get, town):
    place = town.places["conditional"]
    page = get(f"/dataset/{place.name}")
    assert "高等院校和科研机构" in page
    assert "10个工作日" in page
    assert f"/apply/{place.name}" in page
    assert "download?format" not in page
    assert place.live.open_canary not in page


def test_holder_of_a_grant_gets_files_and_rows(get, town):
    place = town.places["conditional"]
    page = get(f"/dataset/{place.name}", role="holder")
    assert "download?format=csv" in page
    assert f"/resource/{place.resource}/table" in page


@pytest.mark.requirement("NY-43d")
def test_closed_dataset_shows_reason_and_basis_and_no_data(get, town):
    for role in ("", "holder", "boss"):
        place = town.places["non-open"]
        page = get(f"/dataset/{place.name}", role=role)
        assert "涉及个人隐私" in page
        assert "第十条" in page
        assert "download?format" not in page
        assert place.live.open_canary not in page


def test_hostile_text_stays_text_and_the_page_whole(get, town, site):
    """Markup, ten thousand characters, right-to-left and emoji in title, abstract and items."""
    place = town.places["unconditional"]
    with site.flask_app.test_request_context():
        package = model.Package.get(place.dataset)
        before = package.title, package.notes
        package.title = "<script>alert(1)</script>\u202e🚌" + "长" * 10_000
        package.notes = "<img src=x onerror=alert(2)> [x](javascript:alert(3))"
        model.Session.commit()
        search.rebuild(package.id)
    try:
        for url in (f"/dataset/{place.name}", "/dataset/", "/"):
            page = get(url)
            assert "<script>alert(1)" not in page
            assert "onerror" not in page
            assert 'href="javascript:' not in page
            assert page.rstrip().endswith("</html>")
    finally:
        with site.flask_app.test_request_context():
            package = model.Package.get(place.dataset)
            package.title, package.notes = before
            model.Session.commit()
            search.rebuild(package.id)


def test_missing_page_speaks_chinese_and_leads_on(get):
    page = get("/no-such-page", status=404)
    assert "页面不存在" in page
    assert "/dataset/" in page


def test_forbidden_page_says_why_and_what_to_do(get):
    assert "您无权查看本页面" in get("/ckan-admin/config", role="holder", status=403)


def test_scripts_find_their_translations(get):
    """CKAN's scripts ask for `zh_CN`, which CKAN answered with 400 or `{}`."""
    assert '<html lang="zh-CN"' in get("/")
    assert json.loads(get("/api/i18n/zh_CN"))["Upload"] == [None, "上传"]


def test_identity_of_the_site_is_edited_in_the_browser(site, town, get):
    """Filing numbers, owner and contacts stand in the form and then at the foot of every page."""
    form = {
        "ckan.site_title": "南阳市公共数据开放平台", "ckan.theme": "css/main", "save": "",
        "govshare.icp_number": "豫ICP备00000000号", "govshare.site_owner": "南阳市人民政府",
    }
    headers = {"Authorization": town.tokens["boss"]}
    client = site.test_client(use_cookies=False)
    try:
        client.post("/ckan-admin/config", data=form, headers=headers)
        page = get("/")
        assert "豫ICP备00000000号" in page
        assert "南阳市人民政府" in page
    finally:
        client.post("/ckan-admin/reset_config", headers=headers)


def test_resource_page_shows_what_the_class_allows(get, town):
    """The page of one file, as search engines and old links reach it."""
    for open_class, shown in (("unconditional", True), ("conditional", False), ("non-open", False)):
        place = town.places[open_class]
        page = get(f"/dataset/{place.name}/resource/{place.resource}")
        assert english(page) == set()
        assert place.live.open_canary not in page
        assert (f"/resource/{place.resource}/table" in page) == shown
        assert ("download?format=csv" in page) == shown


@pytest.mark.requirement("ZS-29")
def test_other_information_is_asked_for_elsewhere(get, town):
    """The page says so and leads there; an application names a dataset of this site."""
    page = get("/about")
    assert "主动公开的一种形式" in page
    assert "政府信息公开条例" in page
    assert get("/apply/no-such-dataset", role="holder", status=404)


def test_home_shows_what_is_used_most_of_what_a_stranger_may_see(site, get, town):
    """Read often and then closed: gone from the home page."""
    with site.flask_app.test_request_context():
        group = model.Package.get(town.places["unconditional"].dataset).owner_org
        used, closed = (gate_world.make_place(group, "unconditional", "released") for _ in "12")
        most = model.Session.execute(sa.text(
            "select coalesce(max(n), 0) from (select count(*) n from govshare_read"
            " group by resource_id) counted"
        )).scalar_one()  # fmt: skip
        for place in (used, closed):
            model.Session.execute(sa.text(
                "insert into govshare_read (id, at, resource_id, way, bytes)"
                " select gen_random_uuid()::text, now(), :id, 'rows', 1"
                " from generate_series(1, :n)"
            ), {"id": place.resource, "n": most + 1})  # fmt: skip
        model.Package.get(closed.dataset).private = True
        model.Session.commit()
        search.rebuild(closed.dataset)
    page = get("/")
    shown = page[page.index('id="gs-used"'):]
    assert used.name in shown
    assert closed.name not in page
