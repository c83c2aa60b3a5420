"""What the quality score of an entry is made of."""

from __future__ import annotations

import pytest

from ckanext.govshare.portal import quality

FULL = dict.fromkeys(quality.ELEMENTS, "x")


@pytest.mark.parametrize(("entry", "score"), [(FULL, 100), ({}, 0), ({"title": "x"}, 7)])
def test_complete_counts_filled_elements(entry, score):
    assert quality.complete(entry) == score


@pytest.mark.parametrize(
    ("resources", "open_class", "score"),
    [
        ([{"format": "CSV", "datastore_active": True}], "unconditional", 100),
        ([{"format": "csv"}], "unconditional", 80),
        ([{"format": "DOCX"}], "unconditional", 40),
        ([{"format": "PDF"}, {"format": "XLSX"}], "unconditional", 80),
        ([{"format": "JPG"}], "unconditional", 10),
        ([], "unconditional", None),
        ([{"format": "CSV"}], "non-open", None),
    ],
)
def test_readable_is_the_best_file(resources, open_class, score):
    assert quality.readable({"resources": resources, "open_class": open_class}) == score


@pytest.mark.parametrize(
    ("items", "score"),
    [([{"description": "所在街道"}, {}], 50), ([], 0), (None, 0), ("not a list", 0)],
)
def test_described_counts_items_with_a_meaning(items, score):
    assert quality.described({"items": items}) == score


def test_score_is_the_mean_of_what_can_be_judged():
    assert quality.Quality([quality.Part("a", 100), quality.Part("b", 51)]).score == 76


def test_page_shows_the_score_with_its_parts(get, town):
    page = get(f"/dataset/{town.places['unconditional'].name}")
    assert "质量评分" in page
    assert page.count("<meter") == 4
