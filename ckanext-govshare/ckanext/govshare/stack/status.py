"""What runs: each part with version, health, address and memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2
import redis
from redis.exceptions import RedisError

from ckanext.govshare.stack import launcher, portal, services, settings
from ckanext.govshare.stack.processes import Child


@dataclass(frozen=True)
class PartStatus:
    """One part of the stack. `memory` is in MB, shared pages counted once; None when not ours."""

    name: str
    running: bool
    healthy: bool
    version: str
    address: str
    memory: float | None = None


def look(data_dir: Path) -> list[PartStatus]:
    """Every part of the stack of `data_dir`, in the order in which they start."""
    data_dir = data_dir.resolve()
    ini = data_dir / "portal" / "ckan.ini"
    values = settings.read(ini) if ini.exists() else {}
    facts = launcher.state(data_dir)
    database, queue = services.children(data_dir)
    worker, scheduler, web = portal.children(data_dir)
    return [
        _service("database", database, values.get("sqlalchemy.url", ""), _ask_database),
        _service("queue", queue, values.get("ckan.redis.url", ""), _ask_queue),
        _search(values.get("solr_url", "")),
        _process("worker", worker, version("ckan")),
        _process("scheduler", scheduler, version("rq")),
        _web(web, facts),
        _process("portal", portal.head(data_dir), f"CKAN {version('ckan')}", alone=True),
        _process("launcher", launcher.child(data_dir), version("govshare"), alone=True),
    ]


def _service(name: str, child: Child, url: str, ask: Callable[[str], str]) -> PartStatus:
    process = child.find()
    answer = ask(url) if url else ""
    return PartStatus(name, bool(process or answer), bool(answer), answer,
                      urlsplit(url).netloc.rpartition("@")[2], _memory(process))


def _ask_database(url: str) -> str:
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.Error:
        return ""
    with contextlib.closing(connection):
        number = connection.server_version
    return f"PostgreSQL {number // 10000}.{number % 10000}"


def _ask_queue(url: str) -> str:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5) as client:
            facts = client.info("server")
    except (RedisError, ValueError):
        return ""
    name = str(facts.get("server_name", "redis")).capitalize()
    return f"{name} {facts.get('valkey_version') or facts['redis_version']}"


def _search(url: str) -> PartStatus:
    if url.startswith("tantivy:"):
        present = Path(url.removeprefix("tantivy:")).is_dir()
        return PartStatus("search", present, present, f"Tantivy {version('tantivy')}",
                          url.removeprefix("tantivy:"))
    reachable = bool(url) and not services.search_problem(url)
    return PartStatus("search", reachable, reachable, "Solr", url)


def _process(name: str, child: Child, version: str, alone: bool = False) -> PartStatus:
    process = child.find()
    return PartStatus(name, bool(process), bool(process), version, "", _memory(process, alone))


def _web(child: Child, facts: dict[str, object]) -> PartStatus:
    process = child.find()
    port = int(str(facts.get("port", 0)))
    healthy = bool(process and port) and portal.answers(port)
    return PartStatus("web", bool(process), healthy, f"CKAN {version('ckan')}",
                      str(facts.get("address", "")), _memory(process))


def _memory(process: psutil.Process | None, alone: bool = False) -> float | None:
    """Of the process and, unless `alone`, its children (gunicorn's workers, backends)."""
    if process is None:
        return None
    total = 0
    try:
        family = [process, *([] if alone else process.children(recursive=True))]
    except psutil.NoSuchProcess:
        return None
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            total += one.memory_full_info().pss
    return round(total / 1024**2, 1)
