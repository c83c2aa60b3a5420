"""The services below the portal: PostgreSQL and Valkey, embedded or the operator's own."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import redis
from redis.exceptions import RedisError

from ckanext.govshare.stack import databases, keys, ports, postgres, valkey
from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _
from ckanext.govshare.stack.processes import Child, private_write

Say = Callable[[str], None]
FOLDERS = ("run", "log", "portal", "storage", "index", "sources")


@dataclass(frozen=True)
class Services:
    """Where the services of one data folder answer."""

    data_dir: Path
    secrets: dict[str, str]
    admin_url: str
    """The database administrator's URL: for `prepare` and upgrades, never for the portal."""
    redis_url: str
    search_url: str
    storage: Path

    @property
    def database(self) -> databases.Urls:
        """The URLs of the portal's own roles."""
        return databases.urls(self.admin_url, self.secrets)


def start(data_dir: Path, *, durable: bool = True, say: Say = lambda _text: None) -> Services:
    """Start or adopt the services of `data_dir`; idempotent. `durable=False` is for tests.

    Raises `StackError` with a remedy when a folder, a port or a server does not serve.
    """
    data_dir = data_dir.resolve()
    make_folders(data_dir)
    secrets = keys.load(data_dir)
    kept = Ports.load(data_dir)
    admin_url = os.environ.get("GOVSHARE_DATABASE_URL")
    if not admin_url:
        admin_url = _embedded_postgres(data_dir, secrets, kept, durable, say)
    redis_url = os.environ.get("GOVSHARE_REDIS_URL")
    if redis_url:
        check_queue(redis_url)
    else:
        redis_url = _embedded_valkey(data_dir, secrets, kept, durable, say)
    databases.prepare(admin_url, secrets)
    search_url = os.environ.get("GOVSHARE_SOLR_URL")
    if search_url:
        check_search(search_url)
    storage = Path(os.environ.get("GOVSHARE_STORAGE") or data_dir / "storage").resolve()
    _make_storage(storage)
    return Services(
        data_dir, secrets, admin_url, redis_url,
        search_url=search_url or f"tantivy:{data_dir / 'index'}",
        storage=storage,
    )


def stop(data_dir: Path) -> list[str]:
    """Stop the embedded services of `data_dir`; returns the names of those that ran."""
    return [one.name for one in reversed(children(data_dir.resolve())) if one.stop()]


def children(data_dir: Path) -> list[Child]:
    """The embedded services' processes in the order in which they start."""
    return [postgres.Postgres(data_dir, "").child, valkey.Valkey(data_dir, "").child]


def dead(data_dir: Path) -> list[str]:
    """The embedded services that were started and run no more."""
    return [one.name for one in children(data_dir.resolve())
            if one.pid_file.exists() and one.find() is None]


def make_folders(data_dir: Path) -> None:
    """Make the data folder and its parts, for their owner only (0700)."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in FOLDERS:
            (data_dir / name).mkdir(mode=0o700, exist_ok=True)
        private_write(data_dir / "run" / "probe", "x" * 65536)
    except OSError as error:
        raise StackError(
            _("The data folder {folder} cannot be written: {reason}",
              folder=data_dir, reason=error.strerror),
            _("Free some space or correct its rights, or choose another with --data."),
        ) from None


def _make_storage(storage: Path) -> None:
    try:
        (storage / "govshare").mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StackError(
            _("The storage {folder} cannot be written: {reason}",
              folder=storage, reason=error.strerror),
            _("Correct GOVSHARE_STORAGE or the rights of the folder."),
        ) from None


@dataclass
class Ports:
    """The ports that this data folder used last, so that addresses stay as they are."""

    path: Path
    numbers: dict[str, int]

    @classmethod
    def load(cls, data_dir: Path) -> Ports:
        """The kept ports of `data_dir`."""
        path = data_dir / "ports.json"
        return cls(path, json.loads(path.read_text()) if path.exists() else {})

    def take(self, part: str, usual: int) -> int:
        """A free port for `part`: the one it had, the usual one, or any."""
        return ports.choose(self.numbers.get(part, usual))

    def keep(self, part: str, port: int) -> None:
        """Remember that `part` uses `port`."""
        if self.numbers.get(part) != port:
            self.numbers[part] = port
            private_write(self.path, json.dumps(self.numbers) + "\n")


def _embedded_postgres(
    data_dir: Path, secrets: dict[str, str], kept: Ports, durable: bool, say: Say
) -> str:
    server = postgres.Postgres(data_dir, secrets["database_admin"], durable)
    if server.create():
        say(_("PostgreSQL: made a new database in {folder}", folder=server.cluster))
    port = server.start(kept.take("postgres", postgres.USUAL_PORT if durable else 0))
    kept.keep("postgres", port)
    say(_("PostgreSQL runs on 127.0.0.1:{port}", port=port))
    return server.url(port)


def _embedded_valkey(
    data_dir: Path, secrets: dict[str, str], kept: Ports, durable: bool, say: Say
) -> str:
    server = valkey.Valkey(data_dir, secrets["queue"], durable)
    port = server.start(kept.take("valkey", valkey.USUAL_PORT if durable else 0))
    kept.keep("valkey", port)
    say(_("Valkey runs on 127.0.0.1:{port}", port=port))
    return server.url(port)


def search_problem(url: str) -> str:
    """Why the Solr core at `url` does not serve; empty when it does."""
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/admin/ping", timeout=5):  # noqa: S310
            return ""
    except (OSError, ValueError) as error:  # URLError is an OSError
        return str(error)


def check_search(url: str) -> None:
    """Raise `StackError` unless a Solr core answers at `url`."""
    problem = search_problem(url)
    if problem:
        raise StackError(
            _("The search server at {url} does not answer: {reason}", url=url, reason=problem),
            _("Check GOVSHARE_SOLR_URL: http://host:8983/solr/core, with CKAN's schema."),
        )


def check_queue(url: str) -> None:
    """Raise `StackError` unless a Redis or Valkey server answers at `url`."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5) as client:
            client.ping()
    except (RedisError, ValueError) as error:
        place = urlsplit(url).netloc.rpartition("@")[2]
        raise StackError(
            _("The queue at {place} does not answer: {reason}", place=place, reason=error),
            _("Check GOVSHARE_REDIS_URL and that the server runs."),
        ) from None
