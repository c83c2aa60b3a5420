"""Harvesting: ckanext-harvest 1.6.3 as shipped and ours, from the same CKAN portal; a large table.

The peer runs its own stages without its Redis queue and without our rooms (no gate, no stage): less
than it would do in life. It takes over links to files; ours fetches both files of each dataset into
quarantine ("with files"), or the entries alone. Its second run reads all records again
(`force_all`), as it must to notice changes that the other portal's clock hides.

`GOVSHARE_BENCH_DATASETS` (200) and `GOVSHARE_BENCH_ROWS` (1000000) name the sizes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks.result import Result
from ckanext.govshare.stack import services, settings

DATASETS = int(os.environ.get("GOVSHARE_BENCH_DATASETS", "200"))
ROWS = int(os.environ.get("GOVSHARE_BENCH_ROWS", "1000000"))
UPGRADE = """
import sys
from ckan.cli import load_config
from ckan.config.middleware import make_app
make_app(load_config(sys.argv[1]))
from ckanext.govshare.stack.upgrade import upgrade
upgrade(sys.argv[2])
"""
PEER = {"ckan.plugins": "govshare_search harvest ckan_harvester"}
LARGE = {"ckan.max_resource_size": "4096"}


def run() -> list[Result]:
    """The peer and ours in one go, each on a portal of its own."""
    with portal(DATASETS) as url, stack(PEER) as peer, stack(LARGE) as ours:
        stock = side("stock", peer[0], url)
        files = side("ours", ours[0], url)
        bare = side("bare", ours[0], url)
        owner = make_table(ours[0])
        copied = copy(ours[0])
        table = side("table", ours[0], owner[0], owner[1])
    per_second = {name: DATASETS / seconds for name, seconds in {
        "stock": stock["create"], "files": files["create"], "bare": bare["create"],
        "stock again": stock["unchanged"], "again": files["unchanged"]}.items()}
    rate = ROWS / table["seconds"]
    return [
        Result("new datasets, entries", per_second["bare"], "1/s", per_second["stock"],
               "ratio >= 5"),
        Result("new datasets, two files each", per_second["files"], "1/s", per_second["stock"]),
        Result("unchanged datasets", per_second["again"], "1/s", per_second["stock again"],
               "ratio >= 50"),
        Result("table into quarantine", rate, "rows/s", ROWS / copied),
        Result("memory of that worker", table["memory"], "MB", goal="<= 500"),
    ]


class Silent(WSGIRequestHandler):
    """Keeps its connections, and writes nothing about them."""

    protocol_version = "HTTP/1.1"

    def log(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def portal(size: int) -> Iterator[str]:
    """A CKAN portal of `size` datasets with two small files each, as its API answers."""
    address = ""

    def dataset(number: int) -> dict[str, Any]:
        key = f"{number:08d}-0000-4000-8000-000000000000"
        resources = [{
            "id": f"{number:08d}-0000-4000-8000-00000000000{n}", "name": f"file {n}",
            "format": "CSV", "url": f"{address}/d/{number}/{n}.csv"} for n in (1, 2)]
        return {
            "id": key, "name": f"dataset-{number}", "title": f"数据集{number}", "state": "active",
            "type": "dataset", "notes": "说明" * 20, "tags": [{"name": "救助"}], "extras": [],
            "metadata_modified": "2026-11-01T00:00:00", "resources": resources}

    def answer(request: Request) -> Response:
        if request.path.endswith("package_search"):
            start, rows = int(request.args["start"]), int(request.args["rows"])
            page = [dataset(n) for n in range(start, min(start + rows, size))]
            if "fl" in request.args:
                page = [{f: d[f] for f in request.args["fl"].split(",")} for d in page]
            result: Any = {"count": size, "results": page}
        elif request.path.endswith("package_show"):
            result = dataset(int(request.args["id"][:8]))
        elif request.path.startswith("/d/"):
            _, _, number, name = request.path.split("/")
            lines = "".join(f"{number},{name},{n}\n" for n in range(100))
            return Response(f"dataset,file,row\n{lines}", mimetype="text/csv")
        else:
            return Response(status=404)
        return Response(json.dumps({"success": True, "result": result}))

    server = make_server("127.0.0.1", 0, Request.application(answer), threaded=True,
                         request_handler=Silent)
    address = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def stack(overrides: dict[str, str]) -> Iterator[tuple[str, str]]:
    """A portal's settings file and its database administrator, both thrown away."""
    with tempfile.TemporaryDirectory(prefix="govshare-bench-") as name:
        running = services.start(Path(name), durable=False)
        try:
            ini = str(settings.write(running, port=5000, overrides=overrides))
            subprocess.run([sys.executable, "-c", UPGRADE, ini, running.admin_url], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            yield ini, running.admin_url
        finally:
            services.stop(Path(name))


def side(name: str, ini: str, url: str, secret: dict[str, str] | None = None) -> dict[str, float]:
    """The figures of one side."""
    environment = {**os.environ, "BENCH_SECRET": json.dumps(secret or {})}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.harvest_side", name, ini, url],
        check=True, text=True, stdout=subprocess.PIPE, env=environment)
    line = next(line for line in done.stdout.splitlines() if line.startswith("FIGURES "))
    return json.loads(line.removeprefix("FIGURES "))


def make_table(ini: str) -> tuple[str, dict[str, str]]:
    """A table of ROWS rows in the portal's own server; its address and who owns it."""
    values = settings.read(ini)
    with psycopg2.connect(values["sqlalchemy.url"]) as connection, connection.cursor() as cursor:
        cursor.execute("""
            create table bench_rows as
            select n as id, '街道' || n %% 97 as street, n * 1.5 as amount,
                   timestamp '2026-01-01' + n * interval '1 second' as changed
            from generate_series(1, %s) n
        """, (ROWS,))
    made = connection.info.dsn_parameters
    secret = {"user": made["user"], "password": connection.info.password}
    connection.close()
    return f"postgresql://{made['host']}:{made['port']}/{made['dbname']}", secret


def copy(ini: str) -> float:
    """Seconds of a plain `COPY` of the same table into a file."""
    values = settings.read(ini)
    connection = psycopg2.connect(values["sqlalchemy.url"])
    began = time.monotonic()
    with connection.cursor() as cursor, tempfile.TemporaryFile() as out:
        cursor.copy_expert("copy bench_rows to stdout with (format csv, header)", out)
    connection.close()
    return time.monotonic() - began
