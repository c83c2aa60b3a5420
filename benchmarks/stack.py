"""From an empty folder to a page, the warm start, memory at rest, and filling the catalogue.

Packages are taken as installed; `PACKAGES=1` also times `make setup` in a fresh clone;
`DATASETS` (10,000) says how many to fill.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.result import Result
from ckanext.govshare.stack import launcher, ports, status

ROOT = Path(__file__).resolve().parents[1]
CODE = "from ckanext.govshare.stack.cli import main; main()"
COMMAND = [sys.executable, "-c", CODE, "--lang", "en"]
DATASETS = int(os.environ.get("DATASETS", "10000"))


def govshare(data: Path, *arguments: str) -> str:
    return subprocess.run([*COMMAND, "--data", str(data), *arguments], check=True,
                          capture_output=True, text=True).stdout


@contextmanager
def timed(figures: dict[str, float], name: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    figures[name] = round(time.perf_counter() - begin, 2)


def run() -> list[Result]:
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        if os.environ.get("PACKAGES"):
            _packages(Path(scratch), figures)
        data = Path(scratch) / "var"
        try:
            figures |= _start(data, "first start")
            govshare(data, "down")
            figures |= _start(data, "warm start")
            memory = _memory_at_rest(data)
            rate = _fill(data)
        finally:
            launcher.down(data)
    return [
        *(Result(name, seconds, "s", goal="<= 8" if name == "warm start to a page" else "")
          for name, seconds in figures.items()),
        Result("memory at rest", memory, "MB", goal="<= 600"),
        Result(f"{DATASETS} datasets through the API", rate, "datasets/s"),
    ]


def _start(data: Path, name: str) -> dict[str, float]:
    """Seconds of `up` in all, and of each step: a step ends when `up` says the next."""
    figures: dict[str, float] = {}
    begin = last = time.perf_counter()
    port = str(ports.choose(5000))
    up = subprocess.Popen([*COMMAND, "--data", str(data), "up", "--detach", "--port", port],
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    step = "command"
    for line in up.stdout or ():
        now = time.perf_counter()
        figures[f"{name}: {step}"] = round(now - last, 2)
        step, last = line.strip("· \n").split(" in /")[0].split(" on 1")[0], now
    if up.wait():
        raise RuntimeError(f"up ended with {up.returncode}: {step}")
    return {**figures, f"{name} to a page": round(time.perf_counter() - begin, 2)}


def _packages(scratch: Path, figures: dict[str, float]) -> None:
    clone = scratch / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    with timed(figures, "packages on an empty machine"):
        subprocess.run(["make", "setup"], cwd=clone, check=True, capture_output=True)


def _memory_at_rest(data: Path) -> float:
    time.sleep(10)
    return round(sum(part.memory or 0 for part in status.look(data)))


def _fill(data: Path) -> float:
    """Datasets a second, one client, one request each, with an API token of the administrator."""
    token = govshare(data, "ckan", "user", "token", "add", "admin", "bench", "-q").split()[-1]
    address = str(launcher.state(data)["address"])

    def call(action: str, **values):
        request = urllib.request.Request(
            f"{address}/api/action/{action}", data=json.dumps(values).encode(),
            headers={"Authorization": token, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["result"]

    organization = call("organization_create", name="bench", title="统计局")
    begin = time.perf_counter()
    for number in range(DATASETS):
        call("package_create", name=f"bench-{number}", title=f"第{number}号数据集",
             notes="用于测量的数据集。", owner_org=organization["id"],
             open_class="unconditional")
    return round(DATASETS / (time.perf_counter() - begin), 1)
