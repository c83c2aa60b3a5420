"""Requests a second of what strangers ask most, beside plain CKAN with a PostgreSQL engine.

One web worker each, one after the other, on the same database with the same datasets.
`DATASETS` (10,000) says how many there are.
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.result import Result
from ckanext.govshare.stack import services, settings
from ckanext.govshare.stack.ports import choose

DATASETS = int(os.environ.get("DATASETS", "10000"))
SECONDS = 4.0
FIRST = " first asked"
# What many ask is asked again and again; what one asks first has to be made.
PAGES = {
    "/": lambda _: "/",
    "/dataset/": lambda n: f"/dataset/?page={1 + n % 20}",
    "/dataset/<id>": lambda n: f"/dataset/dataset-{n % 50}",
    "package_search": lambda n: f"/api/3/action/package_search?rows=20&start={n % 50}",
    "/dataset/" + FIRST: lambda n: f"/dataset/?page={100 + n % 300}",
    "/dataset/<id>" + FIRST: lambda n: f"/dataset/dataset-{(1000 + n) % DATASETS}",
    "package_search" + FIRST: lambda n: f"/api/3/action/package_search?rows=20&start={1000 + n}",
}


def run() -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="govshare-bench-") as name:
        folder = Path(name)
        running = services.start(folder, durable=False)
        try:
            ini = settings.write(running, port=choose(0))
            _python("-c", UPGRADE, running.admin_url, CKAN_INI=str(ini))
            _python("-m", "benchmarks.pages_site", "fill", str(ini), str(DATASETS))
            ours = _measure(ini)
            theirs = _measure(_plain(ini), PEER_DATABASE=running.database.catalogue)
        finally:
            services.stop(folder)
    results = [
        Result(page, _rate(ours[page]), "requests/s", _rate(theirs[page]),
               goal="" if FIRST in page else "ratio >= 5")
        for page in PAGES
    ]  # fmt: skip
    p95 = statistics.quantiles(ours["/dataset/" + FIRST], n=20)[-1]
    return [*results, Result("/dataset/ p95", round(p95 * 1000, 1), "ms", goal="<= 150")]


UPGRADE = """
import os, sys
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckanext.govshare.stack.upgrade import upgrade
make_app(load_config(os.environ["CKAN_INI"]))
upgrade(sys.argv[1])
"""


def _python(*arguments: str, **environment: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, env={**os.environ, **environment},
                   stdout=subprocess.DEVNULL)  # fmt: skip


def _plain(ini: Path) -> Path:
    """The settings of the peer: no extension, its own theme."""
    theirs = ini.with_name("peer.ini")
    changed = {
        "ckan.plugins": "", "solr_url": "http://127.0.0.1:9/solr/peer",
        "ckan.webassets.path": str(ini.with_name("peer-webassets")),
        "ckan.auth.route_after_login": "dashboard.datasets",
    }  # fmt: skip
    lines = [
        f"{key} = {changed[key]}" if (key := line.split(" =")[0]) in changed else line
        for line in ini.read_text().splitlines()
    ]
    theirs.write_text("\n".join(lines) + "\n")
    return theirs


def _measure(ini: Path, **environment: str) -> dict[str, list[float]]:
    """Seconds of each answer, one asking after the other, by page."""
    port = choose(0)
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.pages_site", "serve", str(ini), str(port)],
        env={**os.environ, **environment},
    )
    try:
        _wait(port)
        return {page: _times(port, address) for page, address in PAGES.items()}
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            return _ask(port, "/")
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not answer")


def _times(port: int, address) -> list[float]:
    for n in range(50):
        _ask(port, address(n))
    taken: list[float] = []
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        began = time.perf_counter()
        _ask(port, address(50 + len(taken)))
        taken.append(time.perf_counter() - began)
    return taken


def _ask(port: int, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200 or not body:
        raise RuntimeError(f"{path}: {answer.status}")


def _rate(times: list[float]) -> float:
    return round(len(times) / sum(times), 1)
