"""Date maths."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from ckanext.govshare.search import dates
from ckanext.govshare.search.schema import BadValueError, Kind, decode, encode, micros

NOW = datetime(2024, 5, 17, 13, 45, 12, 345678, tzinfo=UTC)


def at(*parts: int) -> int:
    return micros(datetime(*parts, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("NOW", micros(NOW), micros(NOW)),
        ("NOW/DAY", at(2024, 5, 17), at(2024, 5, 17)),
        ("NOW/MONTH-1YEAR", at(2023, 5, 1), at(2023, 5, 1)),
        ("NOW-1MONTH+2DAYS/HOUR", at(2024, 4, 19, 13), at(2024, 4, 19, 13)),
        ("2024-02-28T00:00:00Z+1DAY", at(2024, 2, 29), at(2024, 2, 29)),
        ("2024", at(2024, 1, 1), at(2025, 1, 1) - 1),
        ("2024-02", at(2024, 2, 1), at(2024, 3, 1) - 1),
        ("2024-02-29", at(2024, 2, 29), at(2024, 3, 1) - 1),
        ("2024-02-29T12", at(2024, 2, 29, 12), at(2024, 2, 29, 13) - 1),
        ("2024-01-01T08:00:00+08:00", at(2024, 1, 1), at(2024, 1, 1)),
    ],
)
def test_bounds(text: str, first: int, last: int) -> None:
    with time_machine.travel(NOW, tick=False):
        assert dates.bounds(text) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "NOW-", "NOW/WEEK", "2024-13", "2024-02-30", "NOW+999999YEARS", "NOWX"],
)
def test_refused(text: str) -> None:
    with pytest.raises(BadValueError):
        dates.bounds(text)


def test_a_date_comes_back_as_solr_shows_it() -> None:
    shown = [
        decode(Kind.DATE, encode(Kind.DATE, text))
        for text in ("2014-06-10T08:24:12.782257Z", "2014-03-22T00:00:00Z", "1066-10-14T00:00:00Z")
    ]
    assert shown == ["2014-06-10T08:24:12.782Z", "2014-03-22T00:00:00Z", "1066-10-14T00:00:00Z"]
