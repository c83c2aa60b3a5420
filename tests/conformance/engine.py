"""Pytest plugin: CKAN's tests on our engine. CKAN unloads every plugin before a test, so the engine is
installed here; and CKAN's wheel leaves out its test data, so the tests are pointed to ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.govshare.search import solr

solr.install()
DATA = Path(__file__).parent / "data"
LACKING = {"ckan.tests.lib.search.test_search": "data_dir"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        module = getattr(item, "module", None)
        name = LACKING.get(getattr(module, "__name__", ""))
        if name:
            setattr(module, name, str(DATA))
