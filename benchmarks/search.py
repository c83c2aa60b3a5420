"""Searching: our engine and the portal around it, a PostgreSQL full-text engine beside it, and
Tantivy's bare call as the limit, all in one run over one catalogue that grows.

`GOVSHARE_BENCH_SIZES` (default `1000,10000,100000`) names the catalogue's sizes, in order.
"""

from __future__ import annotations

import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from tantivy import Query

from benchmarks import catalogue
from benchmarks.result import Result
from benchmarks.search_cases import AUTOCOMPLETE, CASES, FACETS, SIX, SIX_SIGNED_IN, TOP
from benchmarks.search_http import Portal, portal
from benchmarks.search_ndcg import documents, judged
from benchmarks.search_postgres import PostgresSearch
from ckanext.govshare.search.engine import Engine
from ckanext.govshare.stack import databases, services

SIZES = [int(n) for n in os.environ.get("GOVSHARE_BENCH_SIZES", "1000,10000,100000").split(",")]
LARGE = 100_000  # the size for which there are goals
ROUNDS, FEWEST, ENOUGH = 15, 5, 2.0  # calls; fewer when they take longer than so many seconds
BATCH = 500
SINGLES = 15


def run() -> list[Result]:
    """All sizes, all sides, in one run."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="govshare-bench-") as name, portal(Path(name)) as http:
        running = services.start(Path(name) / "peer", durable=False)
        try:
            url = _database(running.admin_url)
            engine, peer = Engine(http.index), PostgresSearch(url)
            docs, have = catalogue.documents(max(SIZES)), 0
            for size in SIZES:
                results += _index(engine, peer, itertools.islice(docs, size - have), size)
                results += _queries(engine, peer, http, size)
                have = size
            results += _growth(results)
            results.append(_judged(Path(name), url))
        finally:
            services.stop(Path(name) / "peer")
    return results


def _database(admin_url: str) -> str:
    with databases.connected(admin_url) as connection, connection.cursor() as cursor:
        cursor.execute("create database search_peer")
    return admin_url.rpartition("/")[0] + "/search_peer"


# -- writing


def _index(
    engine: Engine, peer: PostgresSearch, docs: Iterable[dict[str, Any]], size: int
) -> list[Result]:
    """Adds datasets, as CKAN dictized them, until there are `size`."""
    ours = theirs = 0.0
    count = 0
    peer.begin()
    for batch in _batches(docs):
        count += len(batch)
        ours += _timed(lambda b=batch: engine.add(b, commit=False))
        theirs += _timed(lambda b=batch: peer.add(b))
    ours += _timed(engine.commit)
    theirs += _timed(peer.done)
    single = list(catalogue.documents(SINGLES, seed=size))
    taken = [_timed(lambda d=doc: engine.add([d], commit=True)) * 1000 for doc in single]
    files = (path for path in engine.home.rglob("*") if path.is_file())
    disk = sum(path.stat().st_size for path in files) / 1e6
    memory = psutil.Process().memory_info().rss / 1e6
    batches, one = f"index in batches, to {size:,}", f"index one, at {size:,}"
    return [
        Result(batches, round(count / ours), "datasets/s", round(count / theirs), goal=">= 300"),
        Result(one, round(statistics.median(taken), 1), "ms"),
        Result(f"size on disk, {size:,}", round(disk, 1), "MB", round(peer.size() / 1e6, 1)),
        Result(f"memory of the indexing process, {size:,}", round(memory), "MB"),
    ]


def _batches(docs: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    docs = iter(docs)
    while batch := list(itertools.islice(docs, BATCH)):
        yield batch


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# -- asking


def _queries(engine: Engine, peer: PostgresSearch, http: Portal, size: int) -> list[Result]:
    results: list[Result] = []
    for case, params in CASES.items():
        _agree(engine, http, case, params(0))
        ours = _median(lambda i, p=params: engine.search(p(i)))
        theirs = _median(lambda i, p=params: peer.search(p(i)))
        over = _median(lambda i, c=case, p=params: http.ask(c, p(i), i))
        goal = "ratio <= 0.05" if (size, case) == (LARGE, SIX) else ""
        results.append(Result(f"{case}, {size:,}", round(ours, 2), "ms", round(theirs, 1), goal))
        if goal:
            results.append(Result(f"{case}, {size:,}, itself", round(ours, 2), "ms", goal="<= 25"))
        results.append(Result(f"{case}, {size:,}, over HTTP", round(over, 1), "ms"))
    bare = _median(lambda _: _bare(engine))
    results.append(Result(f"Tantivy's bare call, six facets, {size:,}", round(bare, 2), "ms"))
    return results


def _agree(engine: Engine, http: Portal, case: str, params: dict[str, Any]) -> None:
    """Figures over HTTP mean nothing unless the portal finds what the engine finds."""
    if case in (SIX_SIGNED_IN, AUTOCOMPLETE):  # other labels; no count
        return
    found, shown = engine.search(params)["response"]["numFound"], http.ask(case, params, 0)
    if found != shown or not found:
        raise RuntimeError(f"{case}: the engine finds {found}, the portal {shown}")


def _median(call: Callable[[int], Any]) -> float:
    """Milliseconds of the middle call, after a first that does not count."""
    call(0)
    taken: list[float] = []
    while len(taken) < FEWEST or (len(taken) < ROUNDS and sum(taken) < ENOUGH):
        taken.append(_timed(lambda: call(len(taken))))
    return statistics.median(taken) * 1000


def _bare(engine: Engine) -> None:
    searcher = engine.searcher()
    everything = Query.all_query()
    searcher.search(everything, limit=21, order_by_field="metadata_modified")
    wanted = {name: {"terms": {"field": f"j.{name}", "size": 50}} for name in FACETS}
    searcher.aggregate(everything, wanted)


def _growth(results: list[Result]) -> list[Result]:
    value = {result.name: result.value for result in results}
    return [
        Result(
            f"{TOP}, growth {small:,} → {large:,}",
            round(value[f"{TOP}, {large:,}"] / value[f"{TOP}, {small:,}"], 2),
            "×",
            goal="<= 3" if (small, large) == (LARGE // 10, LARGE) else "",
        )
        for small, large in pairwise(SIZES)
    ]


def _judged(folder: Path, url: str) -> Result:
    engine, peer = Engine(folder / "judged"), PostgresSearch(url)
    engine.add(documents(), commit=True)
    peer.begin()
    peer.add(documents())
    peer.done()
    return judged(engine, peer)
