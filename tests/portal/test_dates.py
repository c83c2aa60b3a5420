"""Dates in the reader's language and in China's time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from ckan.plugins import toolkit as tk


@pytest.mark.parametrize(
    ("value", "options", "chinese", "english"),
    [
        ("2026-11-22T17:30:00", {}, "2026年11月23日", "November 23, 2026"),  # naive is UTC
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), {"with_hours": True}, "2026年1月2日 11:04",
         "January 2, 2026 11:04"),
        ("2026-11-22", {"with_hours": True}, "2026年11月22日", "November 22, 2026"),
        (date(2026, 11, 22), {}, "2026年11月22日", "November 22, 2026"),
        ("2026-11-22T17:30:00", {"date_format": "%Y"}, "2026", "2026"),
        ("nonsense", {}, "", ""),
        (None, {}, "", ""),
    ],
)  # fmt: skip
def test_helper_of_every_page(site, value, options, chinese, english):
    for language, expected in (("zh_Hans_CN", chinese), ("en", english)):
        environment = {"CKAN_LANG": language, "CKAN_LANG_IS_DEFAULT": "false"}
        with site.flask_app.test_request_context(environ_overrides=environment):
            assert tk.h.render_datetime(value, **options) == expected


def test_pages_of_ckan_use_it_too(get, town):
    assert "十一月" not in get(f"/dataset/{town.places['unconditional'].name}")
