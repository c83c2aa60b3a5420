"""An engine in a temporary folder, and documents as CKAN sends them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ckanext.govshare.search.engine import Engine


def pytest_configure(config: pytest.Config) -> None:
    """CKAN's pytest plugin knows this mark but does not declare it."""
    config.addinivalue_line("markers", "ckan_config(key, value): a setting of CKAN for one test")


Document = dict[str, Any]
CKAN_DEFAULTS = {"df": "text", "q.op": "AND"}
DISMAX = {
    "defType": "dismax",
    "qf": "name^4 title^4 tags^2 groups^2 text",
    "mm": "2<-1 5<80%",
    "tie": "0.1",
}


def document(number: int, **fields: Any) -> Document:
    """A dataset's document with what CKAN always sends."""
    title = fields.pop("title", f"Dataset {number}")
    return {
        "index_id": f"key-{number}",
        "id": f"id-{number}",
        "name": f"dataset-{number}",
        "site_id": "here",
        "title": title,
        "title_string": title,
        "state": "active",
        "entity_type": "package",
        "capacity": "public",
        "permission_labels": ["public"],
        "metadata_created": "2024-01-01T00:00:00Z",
        "metadata_modified": f"2024-01-01T00:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "data_dict": "{}",
        "validated_data_dict": "{}",
        **fields,
    }


class Searching:
    """Asks one engine as CKAN would."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(self, *documents: Document) -> None:
        self.engine.add(documents, commit=True)

    def answer(self, q: str = "*:*", **params: Any) -> dict[str, Any]:
        given = {name.replace("__", "."): value for name, value in params.items()}
        return self.engine.search({"q": q, "rows": 1000, **CKAN_DEFAULTS, **given})

    def ids(self, q: str = "*:*", **params: Any) -> list[str]:
        return [doc["id"] for doc in self.answer(q, **params)["response"]["docs"]]

    def words(self, q: str, **params: Any) -> list[str]:
        """What a person who types `q` gets."""
        return self.ids(q, **{**DISMAX, **params})

    def facets(self, field: str, q: str = "*:*", **params: Any) -> dict[str, int]:
        answer = self.answer(q, facet="true", facet__field=[field], **params)
        listed = answer["facet_counts"]["facet_fields"][field]
        return dict(zip(listed[::2], listed[1::2], strict=True))


@pytest.fixture
def searching(tmp_path: Path) -> Searching:
    return Searching(Engine(tmp_path / "index"))


@pytest.fixture
def make() -> Callable[..., Document]:
    return document
