"""Searching: our engine, a PostgreSQL full-text engine beside it, and Tantivy's bare call as the
limit.

`GOVSHARE_BENCH_SIZES` (default `1000,10000,100000`) names the catalogue's sizes.
"""

from __future__ import annotations

import math
import os
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from tantivy import Query

from benchmarks import catalogue
from benchmarks.result import Result
from benchmarks.search_postgres import PostgresSearch
from ckanext.govshare.search.engine import Engine
from ckanext.govshare.stack import databases, services

SIZES = [
    int(size) for size in os.environ.get("GOVSHARE_BENCH_SIZES", "1000,10000,100000").split(",")
]
ROUNDS = 15
BATCH = 500
SINGLES = 15
FACETS = ["organization", "tags", "groups", "res_format", "topic", "open_class"]
ANONYMOUS = '+permission_labels:("public")'
SIGNED_IN = '+permission_labels:("public" OR "creator-me" OR "member-org-7" OR "member-org-8")'
DISMAX = {
    "defType": "dismax",
    "qf": "name^4 title^4 tags^2 groups^2 text",
    "mm": "2<-1 5<80%",
    "tie": "0.1",
}
WORDS = ["公积金", "空气质量", "公交线路", "医疗机构", "养老机构", "行政许可", "停车场", "充电桩"]


def parameters(
    q: str = "*:*", *, facets: bool = True, labels: str = ANONYMOUS, **more: Any
) -> dict[str, Any]:
    """What CKAN sends for one page of datasets."""
    filters = ["+capacity:public", '+site_id:"bench"', "+state:active", labels, *more.pop("fq", [])]
    params = {
        "q": q,
        "fq": filters,
        "rows": 21,
        "fl": "id validated_data_dict",
        "df": "text",
        "q.op": "AND",
        "sort": "score desc, metadata_modified desc",
        **more,
    }
    if facets:
        params |= {"facet": "true", "facet.field": FACETS, "facet.limit": 50, "facet.mincount": 1}
    if q != "*:*" and ":" not in q:
        params |= DISMAX
    return params


CASES: dict[str, Callable[[int], dict[str, Any]]] = {
    "six facets, all": lambda _: parameters(),
    "six facets, all, signed in": lambda _: parameters(labels=SIGNED_IN),
    "six facets, two words": lambda i: parameters(f"{WORDS[i % 8]} 统计"),
    "phrase": lambda i: parameters(f'"{WORDS[i % 8]}明细"', facets=False),
    "one filter": lambda i: parameters(fq=[f'+organization:"org-{i % 60}"']),
    "by date": lambda _: parameters(fq=["+issued_date:[2020-01-01T00:00:00Z TO *]"], facets=False),
    "by title": lambda _: parameters(facets=False, sort="title_string asc"),
    "facets only": lambda _: parameters(rows=0),
    "top 20": lambda i: parameters(f"{WORDS[i % 8]} 统计", facets=False),
    "autocomplete": lambda i: parameters(
        'name_ngram:"{0}" OR title_ngram:"{0}"'.format(["gjj", "kqzl", "gongji", "停车"][i % 4]),
        facets=False,
        rows=10,
        fl="name,title",
    ),
}


def median(call: Callable[[int], Any]) -> float:
    """Milliseconds of the middle one of `ROUNDS` calls, after a first that does not count."""
    call(0)
    taken = []
    for i in range(ROUNDS):
        began = time.perf_counter()
        call(i)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def batches(size: int) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for doc in catalogue.documents(size):
        batch.append(doc)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def run() -> list[Result]:
    """All sizes, both engines, in one run."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="govshare-bench-") as name:
        folder = Path(name)
        running = services.start(folder / "services", durable=False)
        try:
            url = _database(running.admin_url)
            growth: dict[int, float] = {}
            for size in SIZES:
                found, growth[size] = _one_size(size, folder, url)
                results += found
            for small, large in pairwise(SIZES):
                results.append(
                    Result(
                        f"top 20, growth {small:,} → {large:,}",
                        round(growth[large] / growth[small], 2),
                        "×",
                        goal="<= 3" if large == 100_000 else "",
                    )
                )
            results += judged(folder, url)
        finally:
            services.stop(folder / "services")
    return results


def _database(admin_url: str) -> str:
    with databases.connected(admin_url) as connection, connection.cursor() as cursor:
        cursor.execute("create database search_peer")
    return admin_url.rpartition("/")[0] + "/search_peer"


def _one_size(size: int, folder: Path, url: str) -> tuple[list[Result], float]:
    home = folder / f"index-{size}"
    engine, peer = Engine(home), PostgresSearch(url)
    results, label = [], f"{size:,}"
    ours = theirs = 0.0
    for batch in batches(size):
        ours += timed(lambda b=batch: engine.add(b, commit=False))
        theirs += timed(lambda b=batch: peer.add(b))
    ours += timed(engine.commit)
    peer.done()
    results.append(
        Result(
            f"index in batches, {label}",
            round(size / ours),
            "datasets/s",
            round(size / theirs),
            goal=">= 300",
        )
    )
    single = list(catalogue.documents(SINGLES, seed=2))
    taken = [timed(lambda d=doc: engine.add([d], commit=True)) * 1000 for doc in single]
    results.append(Result(f"index one, {label}", round(statistics.median(taken), 1), "ms"))
    disk = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    results.append(Result(f"size on disk, {label}", round(disk / 1e6, 1), "MB"))
    growth = 0.0
    for case, params in CASES.items():
        value = median(lambda i, p=params: engine.search(p(i)))
        other = median(lambda i, p=params: peer.search(p(i)))
        goal = "ratio <= 0.05" if size == 100_000 and case == "six facets, all" else ""
        results.append(Result(f"{case}, {label}", round(value, 2), "ms", round(other, 1), goal))
        if case == "six facets, all" and size == 100_000:
            results.append(Result(f"{case}, {label}: limit", round(value, 2), "ms", goal="<= 25"))
        if case == "top 20":
            growth = value
    bare = median(lambda _: _bare(engine))
    results.append(Result(f"Tantivy's bare call, six facets, {label}", round(bare, 2), "ms"))
    memory = psutil.Process().memory_info().rss / 1e6
    results.append(Result(f"memory of this process, {label}", round(memory), "MB"))
    return results, growth


def _bare(engine: Engine) -> None:
    searcher = engine.searcher()
    everything = Query.all_query()
    searcher.search(everything, limit=21, order_by_field="metadata_modified")
    wanted = {name: {"terms": {"field": f"j.{name}", "size": 50}} for name in FACETS}
    searcher.aggregate(everything, wanted)


def judged(folder: Path, url: str) -> list[Result]:
    """nDCG at 10 on the queries that people judged, over the demo catalogue."""
    here = Path(__file__).parent
    demo = (
        here.parent
        / "ckanext-govshare"
        / "ckanext"
        / "govshare"
        / "stack"
        / "demo"
        / "catalogue.toml"
    )
    departments = tomllib.loads(demo.read_text("utf-8"))["department"]
    docs = [
        _demo(number, entry, office)
        for number, (office, entry) in enumerate(
            (office, entry) for office in departments for entry in office["dataset"]
        )
    ]
    queries = tomllib.loads((here / "search_judged.toml").read_text("utf-8"))["query"]
    engine, peer = Engine(folder / "judged"), PostgresSearch(url)
    engine.add(docs, commit=True)
    peer.add(docs)
    title = {doc["id"]: doc["title"] for doc in docs}
    scores = []
    for one in (engine, peer):
        gains = []
        for query in queries:
            answer = one.search(parameters(query["q"], facets=False))
            found = [title[doc["id"]] for doc in answer["response"]["docs"][:10]]
            gains.append(ndcg(found, query["grades"]))
        scores.append(statistics.mean(gains))
    return [
        Result(
            "nDCG@10, judged queries", round(scores[0], 3), "", round(scores[1], 3), goal=">= 0.85"
        )
    ]


def ndcg(found: list[str], grades: dict[str, int]) -> float:
    """How near the order is to the best there could be."""

    def gain(values: list[int]) -> float:
        return sum((2**value - 1) / math.log2(place + 2) for place, value in enumerate(values))

    best = gain(sorted(grades.values(), reverse=True)[:10])
    return gain([grades.get(name, 0) for name in found]) / best if best else 1.0


def _demo(number: int, entry: dict[str, Any], office: dict[str, Any]) -> dict[str, Any]:
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
