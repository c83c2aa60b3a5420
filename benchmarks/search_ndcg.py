"""How well the order is that people get: nDCG at 10 on judged queries, over the demo catalogue."""

from __future__ import annotations

import math
import statistics
import tomllib
from pathlib import Path
from typing import Any, Protocol

from benchmarks import catalogue
from benchmarks.result import Result
from benchmarks.search_cases import parameters

HERE = Path(__file__).parent
DEMO = HERE.parent / "ckanext-govshare/ckanext/govshare/stack/demo/catalogue.toml"
GOAL = ">= 0.85"


class Searches(Protocol):
    def search(self, params: dict[str, Any]) -> dict[str, Any]: ...


def documents() -> list[dict[str, Any]]:
    """The datasets of the demo catalogue, as CKAN indexes them."""
    departments = tomllib.loads(DEMO.read_text("utf-8"))["department"]
    entries = [(office, entry) for office in departments for entry in office["dataset"]]
    return [_document(number, *entry) for number, entry in enumerate(entries)]


def judged(engine: Searches, peer: Searches) -> Result:
    """Both hold `documents()` and nothing else."""
    queries = tomllib.loads((HERE / "search_judged.toml").read_text("utf-8"))["query"]
    ours, theirs = (round(_mean(one, queries), 3) for one in (engine, peer))
    return Result(f"nDCG@10, {len(queries)} judged queries", ours, "", theirs, goal=GOAL)


def _mean(engine: Searches, queries: list[dict[str, Any]]) -> float:
    title = {doc["id"]: doc["title"] for doc in documents()}
    gains = []
    for query in queries:
        answer = engine.search(parameters(query["q"], facets=False))
        found = [title[doc["id"]] for doc in answer["response"]["docs"][:10]]
        gains.append(ndcg(found, query["grades"]))
    return statistics.mean(gains)


def ndcg(found: list[str], grades: dict[str, int]) -> float:
    """How near the order is to the best there could be."""

    def gain(values: list[int]) -> float:
        return sum((2**value - 1) / math.log2(place + 2) for place, value in enumerate(values))

    best = gain(sorted(grades.values(), reverse=True)[:10])
    return gain([grades.get(name, 0) for name in found]) / best if best else 1.0


def _document(number: int, office: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    base = next(catalogue.documents(1))
    columns = " ".join(column.split("|")[0] for column in entry.get("columns", ()))
    return base | {
        "index_id": f"demo-{number}",
        "id": f"demo-{number}",
        "name": f"{office['name']}-{number}",
        "title": entry["title"],
        "title_string": entry["title"],
        "notes": entry.get("notes", ""),
        "tags": [],
        "res_name": [entry["title"]],
        "res_description": [],
        "extras_items": columns,
        "organization": office["name"],
        "permission_labels": ["public"],
        "extras_open_class": entry["class"],
    }
