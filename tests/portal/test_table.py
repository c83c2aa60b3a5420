"""The preview of a table: paging, order, conditions, and whose rows it shows."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from werkzeug.datastructures import MultiDict

from ckanext.govshare.portal import preview
from tests.gate.world import NUMBER_COLUMN, OPEN_COLUMN


@pytest.fixture
def read(site, town):
    """The preview of the open dataset's table for some arguments."""

    def rows(**args: object) -> preview.Table | None:
        with site.flask_app.test_request_context():
            return preview.read(town.places["unconditional"].resource, MultiDict(args))

    return rows


def test_order_both_ways(read):
    up = [row[NUMBER_COLUMN] for row in read(sort=NUMBER_COLUMN).rows]
    down = [row[NUMBER_COLUMN] for row in read(sort=f"-{NUMBER_COLUMN}").rows]
    assert up == sorted(up)
    assert down == up[::-1]
    assert len(up) == 3


def test_condition_of_the_form_joins_those_in_the_address(read):
    table = read(f=f"gte:{NUMBER_COLUMN}:2", column=NUMBER_COLUMN, operation="lte", value="2")
    assert [row[NUMBER_COLUMN] for row in table.rows] == [2]
    assert table.total == 1


def test_value_that_does_not_fit_is_told(read):
    table = read(f=f"eq:{NUMBER_COLUMN}:abc")
    assert table.problem
    assert table.rows == []


@pytest.mark.parametrize(
    "args", [{"sort": "no such column"}, {"f": "eq:no such:1"}, {"f": "drop:x:1"}, {"f": "x"},
             {"page": "-4"}, {"page": "x"}],
)  # fmt: skip
def test_nonsense_in_the_address_is_left_out(read, args):
    assert len(read(**args).rows) == 3


def test_page_past_the_end_is_empty(read):
    assert read(page="2").rows == []


def test_query_keeps_the_state_and_drops_what_is_default():
    table = preview.Table(
        "r", [], [], 0, 3, "-a", [preview.Filter("eq", "a", "1:2")]
    )
    assert table.query(page=1) == [("sort", "-a"), ("f", "eq:a:1:2")]
    assert table.query() == [("page", 3), ("sort", "-a"), ("f", "eq:a:1:2")]


def test_table_page_stands_alone_and_as_a_part(get, town):
    place = town.places["unconditional"]
    url = f"/dataset/{place.name}/resource/{place.resource}/table?sort=-{quote(OPEN_COLUMN)}"
    assert "<html" in get(url)
    part = get(url, **{"HX-Request": "true"})
    assert "<html" not in part
    assert place.live.open_canary in part


@pytest.mark.parametrize("open_class", ["conditional", "non-open"])
def test_no_rows_without_a_grant(get, town, open_class):
    place = town.places[open_class]
    page = get(f"/dataset/{place.name}/resource/{place.resource}/table", status=404)
    assert place.live.open_canary not in page


def test_no_rows_under_another_datasets_name(get, town):
    other, place = town.places["conditional"], town.places["unconditional"]
    get(f"/dataset/{other.name}/resource/{place.resource}/table", status=404)
