"""`govshare up`: one launcher per data folder starts everything, watches it, and stops it in order."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path

from ckanext.govshare import migration
from ckanext.govshare.stack import portal, ports, services, settings
from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _
from ckanext.govshare.stack.processes import Child, private_write
from ckanext.govshare.stack.services import Say

USUAL_PORT = 5000
LONGEST_PAUSE = 30.0
"""Seconds between two starts of a part that keeps dying."""


class AlreadyRunning(StackError):
    """Another launcher holds the data folder; its state is what `state` reads."""


def state(data_dir: Path) -> dict[str, object]:
    """What the last launcher of `data_dir` wrote about itself: `address`, `ready`, `pid`."""
    path = data_dir / "run" / "state.json"
    return json.loads(path.read_text()) if path.exists() else {}


def child(data_dir: Path) -> Child:
    """The launcher of `data_dir` itself."""
    return Child("launcher", data_dir / "run" / "launcher.pid", data_dir / "log" / "launcher.log",
                 patience=120)


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data folder; the kernel lets go when this process ends, however it ends."""
    with (data_dir / "run" / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            address = state(data_dir).get("address", "")
            raise AlreadyRunning(
                _("The portal of {folder} runs already: {address}", folder=data_dir, address=address),
                _("Stop it with `govshare down`, or choose another folder with --data."),
            ) from None
        yield


class Launcher:
    """One run of the portal, from the services to the last page."""

    def __init__(self, data_dir: Path, port: int | None, say: Say) -> None:
        self.data_dir = data_dir.resolve()
        self.wanted_port = port
        self.say = say
        self.over = threading.Event()
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.parts: list[portal.Part] = []
        self.env: dict[str, str] = {}

    def run(self, demo: bool) -> None:
        """Start, serve until told to stop, stop. Raises `StackError` after stopping what it started."""
        services.make_folders(self.data_dir)
        with only_one(self.data_dir):
            child(self.data_dir).record(os.getpid())
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, self._told_to_stop)
            try:
                self._start(demo)
                self._watch()
            except Stopped:
                pass
            finally:
                self.stop()

    def _told_to_stop(self, *_signal: object) -> None:
        if self.over.is_set():
            return
        self.over.set()
        raise Stopped

    def _start(self, demo: bool) -> None:
        self._stop_leftovers()
        port = self._port()
        running = services.start(self.data_dir, say=self.say)
        self.services = running
        ini = settings.write(running, port)
        for line in settings.ignored(self.data_dir):
            self.say(line)
        self.env = portal.environment(ini)
        upgrade = portal.Upgrade(running, ini)
        behind = not self._up_to_date()
        if behind:
            self.say(_("Bringing the database up to date"))
            upgrade.wait()
        self.parts = portal.parts(self.data_dir, ini, port)
        for part in self.parts:
            self._launch(part)
        if not behind:
            upgrade.wait()
        self._remember_version()
        self.say(_("Worker, scheduler and web server are starting"))
        web = self.parts[-1].child
        portal.wait_for_page(port, self.running[web.name], web.log)
        if demo:
            self.demo(ini)
        address = settings.read(ini)["ckan.site_url"]
        self._write_state(address, port)
        self._welcome(address)

    def _port(self) -> int:
        if self.wanted_port is not None:
            if not ports.is_free(self.wanted_port):
                raise StackError(
                    _("Port {port} is in use by another program.", port=self.wanted_port),
                    _("Choose another with --port, or leave --port out: a free one is found."),
                )
            return self.wanted_port
        kept = services.Ports.load(self.data_dir)
        usual = kept.numbers.get("web", USUAL_PORT)
        port = kept.take("web", USUAL_PORT)
        if port != usual:
            self.say(_("Port {usual} is in use; the portal takes {port}.", usual=usual, port=port))
        kept.keep("web", port)
        return port

    def demo(self, ini: Path) -> None:
        """Load the demo data; idempotent."""
        self.say(_("Loading the demo data"))
        done = subprocess.run(portal.inside(ini, "demo"), env=self.env, check=False)  # noqa: S603
        if done.returncode:
            self.say(_("The demo data could not be loaded; the portal runs without them."))

    def _launch(self, part: portal.Part) -> None:
        self.running[part.child.name] = part.child.start(part.command, env=self.env)

    def _watch(self) -> None:
        """Start again whatever dies, with growing pauses, until told to stop."""
        pauses: dict[str, float] = {}
        next_try: dict[str, float] = {}
        while not self.over.wait(1.0):
            self._watch_services()
            for part in self.parts:
                name, now = part.child.name, time.monotonic()
                if self.running[name].poll() is None:
                    continue
                if name not in next_try:
                    pauses[name] = min(pauses.get(name, 0.5) * 2, LONGEST_PAUSE)
                    next_try[name] = now + pauses[name]
                    self.say(_("{part} ended; it is started again. See {log}",
                               part=name, log=part.child.log))
                elif now >= next_try[name]:
                    del next_try[name]
                    self._launch(part)

    def _watch_services(self) -> None:
        if services.dead(self.data_dir):
            try:
                services.start(self.data_dir, say=self.say)
            except StackError as error:
                self.say(f"{error.problem} {error.remedy}")

    def stop(self) -> None:
        """Stop everything in order: first what people see, last the database."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for name in stop_parts(self.data_dir):
            self.say(_("{part} stopped", part=name))
        (self.data_dir / "run" / "state.json").unlink(missing_ok=True)
        child(self.data_dir).pid_file.unlink(missing_ok=True)

    def _stop_leftovers(self) -> None:
        """What a killed launcher left: its processes stop; its services are adopted."""
        for leftover in _portal_children(self.data_dir):
            if leftover.stop():
                self.say(_("{part} was left by an earlier run and was stopped", part=leftover.name))

    def _write_state(self, address: str, port: int) -> None:
        facts = {"address": address, "port": port, "pid": os.getpid(), "ready": True}
        private_write(self.data_dir / "run" / "state.json", json.dumps(facts) + "\n")

    def _welcome(self, address: str) -> None:
        note = self.data_dir / portal.FIRST_ADMINISTRATOR
        told = self.data_dir / "run" / "told"
        if note.exists() and not told.exists():
            self.say(_("First account: name and password are in {file} (only you can read it).",
                       file=note))
            told.touch()
        self.say(_("The portal runs: {address}", address=address))

    def _version(self) -> str:
        return version_digest()

    def _up_to_date(self) -> bool:
        path = self.data_dir / "portal" / "version"
        return path.exists() and path.read_text() == self._version()

    def _remember_version(self) -> None:
        private_write(self.data_dir / "portal" / "version", self._version())


class Stopped(Exception):
    """A signal asked the launcher to stop."""


def _portal_children(data_dir: Path) -> list[Child]:
    upgrade = Child("upgrade", data_dir / "run" / "upgrade.pid", data_dir / "log" / "upgrade.log")
    return [*reversed(portal.children(data_dir)), upgrade]


def stop_parts(data_dir: Path) -> list[str]:
    """Stop whatever of `data_dir` runs, also without a launcher; the names of what ran."""
    stopped = [one.name for one in _portal_children(data_dir) if one.stop()]
    return [*stopped, *services.stop(data_dir)]


def version_digest() -> str:
    """A digest of everything that can bring migrations: package versions and our revisions."""
    digest = hashlib.sha256(sys.version.encode())
    for line in sorted(f"{one.name} {one.version}" for one in distributions()):
        digest.update(line.encode())
    for revision in sorted(Path(migration.__file__).parent.rglob("versions/*.py")):
        digest.update(revision.read_bytes())
    return digest.hexdigest()


def down(data_dir: Path) -> list[str]:
    """Ask the launcher to stop, then stop what is left; the names of what ran."""
    launcher = child(data_dir)
    ran = [one.name for one in _portal_children(data_dir) if one.find()]
    ran += [one.name for one in services.children(data_dir) if one.find()]
    if launcher.stop():
        ran.append("launcher")
    stop_parts(data_dir)
    return ran
