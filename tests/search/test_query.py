"""What queries find."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.govshare.search.compile import digits

from .conftest import Searching, document


@pytest.fixture
def few(searching: Searching) -> Searching:
    searching.add(
        document(
            1,
            title="Bus lines",
            tags=["transport", "bus"],
            groups=["roads"],
            notes="Wi-Fi on board",
            extras_operator="City Transit Authority",
            operator="City Transit Authority",
            issued_date="2024-03-01T00:00:00Z",
            views_total=3,
            vocab_level=["high"],
        ),
        document(
            2,
            title="Bus stops",
            tags=["transport", "stop"],
            issued_date="2024-05-01T10:00:00Z",
            res_format=["CSV", "JSON"],
            views_total=12,
            count_i="7",
        ),
        document(
            3,
            title="Air quality",
            tags=["air"],
            res_description=["hourly values", "stations"],
            url="http://example.com/a?b=c",
            count_i="many",
            author="Müller",
        ),
    )
    return searching


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("*:*", {1, 2, 3}),
        ("*", {1, 2, 3}),
        ("title:bus", {1, 2}),
        ("title:(bus AND stops)", {2}),
        ('title:"bus stops"', {2}),
        ('title:"stops bus"', set()),
        ('title:"stops bus"~3', {2}),
        ("bus -stops", {1}),
        ("-title:bus", {3}),
        ("bus OR air", {1, 2, 3}),
        ("tags:transport", {1, 2}),
        ("tags:Transport", set()),
        ("tags:tr*", {1, 2}),
        ("tags:*op", {2}),
        ("tags:st?p", {2}),
        ("tags:/st.p|a[hi]r/", {2, 3}),
        ("title:stap~1", {2}),
        ("title:qual*", {3}),
        ("name:[dataset-2 TO *]", {2, 3}),
        ("name:{dataset-1 TO dataset-3}", {2}),
        ("issued_date:[2024-04-01T00:00:00Z TO *]", {2}),
        ("issued_date:[* TO 2024-03-01T00:00:00Z}", set()),
        ("issued_date:[2024-03 TO 2024-05]", {1, 2}),
        ("issued_date:*", {1, 2}),
        ("-issued_date:[* TO *]", {3}),
        ("metadata_created:[NOW-100YEARS TO NOW]", {1, 2, 3}),
        ("views_total:[4 TO 12]", {2}),
        ("views_total:3", {1}),
        ("count_i:[1 TO 9]", {2}),
        ("extras_operator:transit", {1}),
        ('extras_operator:"city transit"', {1}),
        ('operator:"City Transit Authority"', {1}),
        ("operator:City", set()),
        ("vocab_level:high", {1}),
        ("res_format:CSV", {2}),
        ("res_description:station", set()),  # res_description is not stemmed
        ("res_description:stations", {3}),
        ("stations", {3}),  # text is
        ("station", {3}),
        ("author:müller", {3}),
        ("author:muller", {3}),
        ("wifi", {1}),
        ("wi-fi", {1}),
        (r"url:http\://example.com/a\?b=c", {3}),
        ('url:"http://example.com/a?b=c"', {3}),
        ("{!term f=tags}stop", {2}),
        ("{!terms f=tags}stop,air", {2, 3}),
        ("{!prefix f=tags}tr", {1, 2}),
        ("{!field f=title}bus stops", {2}),
        ("{!bool must=bus must_not=stops}", {1}),
        ("{!lucene q.op=OR}stops lines", {1, 2}),
        ("(tags:transport AND (title:stops OR tags:bus)) AND NOT groups:roads", {2}),
        ("", set()),
    ],
)
def test_lucene(few: Searching, q: str, found: set[int]) -> None:
    assert {int(i[3:]) for i in few.ids(q)} == found
    assert {int(i[3:]) for i in few.ids(fq=q)} == (found or ({1, 2, 3} if not q else set()))


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("bus", {1, 2}),
        ("bus stops", {2}),
        ("bus lines transport", {1, 2}),  # one of three may be missing
        ("+bus -stops", {1}),
        ('"bus lines"', {1}),
        ("lines", {1}),
        ("line", {1}),
        ("BUS", {1, 2}),
        ("bus (", {1, 2}),
        ("bus !?~", {1, 2}),
        ("dataset-3", {3}),
        ('bus "', {1, 2}),
    ],
)
def test_dismax(few: Searching, q: str, found: set[int]) -> None:
    assert {int(i[3:]) for i in few.words(q)} == found


def test_edismax_reads_lucene_and_forgives(few: Searching) -> None:
    assert few.words("title:stops", defType="edismax") == ["id-2"]
    assert set(few.words("bus AND (lines OR stops)", defType="edismax")) == {"id-1", "id-2"}
    assert few.words("((air", defType="edismax") == ["id-3"]


@pytest.mark.parametrize(
    "params",
    [
        {"q": "data_dict:x"},
        {"q": "issued_date:soon"},
        {"q": "views_total:many"},
        {"q": "issued_date:20*"},
        {"q": "title:[a TO b]"},
        {"q": "{!geofilt sfield=x}"},
        {"q": "{!func}log(x)"},
        {"q": "{!field f=spatial_geom}Intersects(ENVELOPE(112.5, 113, 33.1, 32.9))"},
        {"q": "{!frange l=0 u=1}div(1,minx)"},
        {"q": "{!term}x"},
        {"q": "tags:/[/"},
        {"q": "tags:/a{1000}{1000}/"},
        {"sort": "tags asc"},
        {"sort": "name sideways"},
        {"sort": "geodist() asc"},
        {"sort": "notes desc"},
        {"facet": "true", "facet.field": ["data_dict"]},
        {"facet": "true", "facet.field": ["tags"], "facet.limit": "x"},
        {"rows": "x"},
        {"rows": -1},
        {"start": -5},
        {"group": "true"},
        {"q": "x", "defType": "nope"},
        {"q": "x", "defType": "dismax", "mm": "x"},
        {"q": "x", "defType": "dismax", "qf": "a^b"},
        {"q": "x", "defType": "dismax", "bf": "recip(x)"},
    ],
)
def test_refused(few: Searching, params: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        few.engine.search({"q": "*:*", **params})


def test_what_ckan_sends_twice_is_read_once(few: Searching) -> None:
    """`fq_list` of ckanext-dcat and others: CKAN copies it into `fq` and leaves it."""
    assert few.ids("*:*", fq=["id:id-1"], fq_list=["id:id-1"]) == ["id-1"]


def test_fields_of_extensions_go_through(searching: Searching) -> None:
    """What ckanext-spatial sends: kept and found as strings; areas are Solr's to compare."""
    box = {
        "minx": 112.5,
        "maxx": 113.0,
        "spatial_geom": "POLYGON((112 33, 113 33, 113 34, 112 33))",
    }
    searching.add(document(1, **box), document(2))
    assert searching.ids("minx:112.5") == ["id-1"]
    assert searching.ids("*:*", fq=["spatial_geom:[* TO *]"]) == ["id-1"]
    assert searching.ids("{!term f=minx}112.5") == ["id-1"]


def test_only_what_the_schema_stores_is_returned(few: Searching) -> None:
    (doc,) = few.answer("id:id-1", fl="*")["response"]["docs"]
    assert doc["tags"] == ["transport", "bus"]
    assert doc["issued_date"] == "2024-03-01T00:00:00Z"
    assert {"permission_labels", "title_string", "operator", "views_total"} & set(doc) == set()
    assert few.answer("id:id-1", fl="name,title")["response"]["docs"] == [
        {"name": "dataset-1", "title": "Bus lines"}
    ]
    assert "score" in few.answer("bus", fl="id score")["response"]["docs"][0]


def test_a_document_replaces_its_former_self(searching: Searching) -> None:
    searching.add(document(1, title="Before"))
    searching.add(document(1, title="After"))
    assert searching.ids("title:before") == []
    assert searching.ids() == ["id-1"]


@pytest.mark.parametrize(
    "fields",
    [
        {"issued_date": "not a date"},
        {"views_total": "many"},
        {"metadata_modified": "2024-13-01T00:00:00Z"},
        {"index_id": None},
        {"id": ""},
        {"capacity": ["public", "private"]},
    ],
)
def test_bad_documents_are_refused_whole(searching: Searching, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        searching.add(document(1, **fields))
    assert searching.ids() == []


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_digits_is_the_range(low: int, high: int, number: int) -> None:
    low, high = sorted((low, high))
    pattern = digits(f"{low:07d}", f"{high:07d}")
    assert bool(re.fullmatch(pattern, f"{number:07d}")) == (low <= number <= high)
