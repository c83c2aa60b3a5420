"""Pytest plugin: CKAN's tests on our engine.

CKAN unloads every plugin before a test, so the engine is installed here. CKAN's wheel leaves out
its test data and names its own tests `tests`, so both are put in their place.
"""

from __future__ import annotations

import sys
from pathlib import Path

import ckan.tests
import pytest

from ckanext.govshare.search import solr

solr.install()
sys.modules["tests"] = ckan.tests
DATA = Path(__file__).parent / "data"
LACKING = {"ckan.tests.lib.search.test_search": "data_dir"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Points tests to our data files."""
    for item in items:
        module = getattr(item, "module", None)
        name = LACKING.get(getattr(module, "__name__", ""))
        if name:
            setattr(module, name, str(DATA))
