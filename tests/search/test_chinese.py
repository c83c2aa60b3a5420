"""Chinese as people type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.govshare.search import analysis, highlight, suggest, words

from .conftest import CKAN_DEFAULTS, Searching, document


@pytest.fixture
def city(searching: Searching) -> Searching:
    searching.add(
        document(1, title="住房公积金缴存明细", notes="按月统计"),
        document(2, title="空气质量监测", notes="含公积金中心站点", tags=["环境"]),
        document(3, title="社会保险参保人数", extras_items="统一社会信用代码 参保人数"),
        document(4, title="公交线路 2024年版", notes="ＣＳＶ格式"),
        document(5, title="空气质量", notes="日报"),
        document(6, title="机密台账", permission_labels=["secret"]),
    )
    return searching


@pytest.mark.parametrize(
    ("q", "first", "others"),
    [
        ("公积金", 1, {2}),
        ("住房公积金", 1, {2}),  # 公积金 means the same
        ("公積金", 1, {2}),  # traditional
        ("缴存 公积金", 1, set()),
        ("公积金缴存", 1, set()),
        ("空气质量", 5, {2}),  # the exact title first
        ("气质", None, {2, 5}),  # inside a word
        ("社保", 3, set()),  # a synonym
        ("哪些数据集有统一社会信用代码", 3, set()),  # inside the data
        ("２０２４年 公交", 4, set()),  # full-width
        ("csv", 4, set()),
        ("水", None, set()),
    ],
)
def test_words(city: Searching, q: str, first: int | None, others: set[int]) -> None:
    found = [int(i[3:]) for i in city.words(q, fq='permission_labels:"public"')]
    if first is not None:
        assert found[:1] == [first]
    assert set(found) == others | ({first} if first else set())


@pytest.mark.parametrize("phrase", ["公积金缴", "积金缴存", "住房公积金缴存明细"])
def test_a_phrase_is_found_wherever_it_is_cut(city: Searching, phrase: str) -> None:
    assert city.ids(f'title:"{phrase}"') == ["id-1"]


def test_a_phrase_is_exact(city: Searching) -> None:
    assert city.ids('title:"金公积"') == []
    assert city.ids('title:"公积缴存"') == []


@pytest.mark.parametrize("typed", ["gjj", "gjjjc", "gongjijin", "zhufang", "zfgjj", "公积", "積金"])
def test_autocomplete(city: Searching, typed: str) -> None:
    assert "id-1" in city.ids(f'name_ngram:"{typed}" OR title_ngram:"{typed}"')


def test_autocomplete_does_not_take_anything(city: Searching) -> None:
    assert city.ids('title_ngram:"gjk"') == []


@pytest.mark.parametrize(
    ("q", "better"),
    [
        ("公鸡金", "公积金"),
        ("空汽质量", "空气质量"),
        ("公积金明西", "公积金明细"),
        ("公积金", None),
        ("机蜜台账", None),  # only in a document that this reader may not see
        ("*:*", None),
        ("title:x", None),
        ("(Bus OR Tram) AND -x*", None),
        ("AIR", None),  # the same word in other letters is no better one
    ],
)
def test_did_you_mean(city: Searching, q: str, better: str | None) -> None:
    params = {"q": q, "fq": ['+permission_labels:("public")'], **CKAN_DEFAULTS}
    assert suggest.did_you_mean(city.engine, params) == better


def test_did_you_mean_tells_those_who_may_know(city: Searching) -> None:
    params = {"q": "机蜜台账", "fq": ['+permission_labels:("secret")']}
    assert suggest.did_you_mean(city.engine, params) == "机密台账"


def test_did_you_mean_in_latin(searching: Searching) -> None:
    searching.add(document(1, title="Transport statistics"))
    params = {"q": "trasport", "fq": []}
    assert suggest.did_you_mean(searching.engine, params) == "transport"


def test_snippet_marks_and_escapes() -> None:
    text = "前言。" * 60 + "住房公积金<b>缴存</b>明细" + "。后记" * 60
    found = highlight.snippet(text, "title:公积金 OR 缴存")
    assert "<mark>住房公积金</mark>&lt;b&gt;<mark>缴存</mark>&lt;/b&gt;" in found
    assert found.startswith("…") and found.endswith("…")
    assert len(found.striptags()) < 200
    assert highlight.snippet(text, "地铁") == ""


def test_snippet_marks_what_was_found_by_another_name() -> None:
    assert "<mark>社会保险</mark>" in highlight.snippet("全市社会保险参保人数", "社保")
    assert "<mark>Stations</mark>" in highlight.snippet("All Stations here", "station")
    assert "<mark>Ａ股</mark>" in highlight.mark("Ａ股数据", "Ａ股") or "<mark>" in highlight.mark(
        "Ａ股数据", "A股"
    )


@given(st.text(max_size=60), st.text(max_size=20))
def test_marking_never_changes_the_text(text: str, q: str) -> None:
    assert highlight.mark(text, q).replace("<mark>", "").replace("</mark>", "").unescape() == text


@given(st.text(alphabet="中文公积金数据集 abC1", min_size=1, max_size=30))
def test_every_stretch_of_a_text_is_in_its_tokens(text: str) -> None:
    tokens = {(position, token) for token, position, *_ in analysis.tokens(text)}
    for position, token in analysis.phrase(text, stem=True):
        assert (position, token) in tokens


def test_word_lists_are_read() -> None:
    assert words.cut("云溪市住房公积金管理中心") == ["云溪市", "住房公积金管理中心"]
    assert "社会保险" in words.synonyms()["社保"]
    assert "的" in words.stop_words()
    assert words.parts("住房公积金") == ("住房", "公积金")
