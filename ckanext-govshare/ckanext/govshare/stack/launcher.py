"""`govshare up`: one launcher per data folder starts everything, watches it, stops it in order."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ckanext.govshare.stack import portal, ports, services, settings
from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _
from ckanext.govshare.stack.processes import Child, private_write
from ckanext.govshare.stack.services import Say

USUAL_PORT = 5000
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PAUSE = 10.0
"""Seconds before another try to start again what could not be started."""


class AlreadyRunningError(StackError):
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
            raise AlreadyRunningError(
                _("The portal of {folder} runs already: {address}",
                  folder=data_dir, address=address),
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

    def run(self, demo: bool) -> None:
        """Start, serve until told to stop, stop; a `StackError` comes after the stop."""
        services.make_folders(self.data_dir)
        with only_one(self.data_dir):
            child(self.data_dir).record(os.getpid())
            for number in SIGNALS:
                signal.signal(number, self._told_to_stop)
            try:
                self._start(demo)
                self._watch()
            except StopRequest:
                pass
            finally:
                self._stop()

    def _told_to_stop(self, *_signal: object) -> None:
        if not self.over.is_set():
            self.over.set()
            raise StopRequest

    def _start(self, demo: bool) -> None:
        for name in stop_portal(self.data_dir):
            self.say(_("{part} was left by an earlier run and was stopped", part=name))
        self.port = self._port()
        self.services = services.start(self.data_dir, say=self.say)
        self.ini = settings.write(self.services, self.port)
        for line in settings.ignored(self.data_dir):
            self.say(line)
        self.say(_("CKAN is starting; it brings the database and the search index up to date"))
        self.portal = portal.start(self.services, self.ini, self.port)
        portal.wait(self.data_dir, self.port, self.portal)
        if demo:
            self._demo()
        self._welcome()

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

    def _demo(self) -> None:
        self.say(_("Loading the demo data"))
        log = self.data_dir / "log" / "demo.log"
        with log.open("ab") as errors:
            done = subprocess.run(  # noqa: S603
                portal.inside("demo"), env=portal.environment(self.ini), stderr=errors, check=False
            )
        if done.returncode:
            self.say(_("The demo data could not be loaded; the portal runs without them."))
            self.say(_("Read {log}.", log=log))

    def _welcome(self) -> None:
        note, told = self.data_dir / portal.FIRST_ADMINISTRATOR, self.data_dir / "portal" / "told"
        if note.exists() and not told.exists():
            self.say(_("First account: name and password are in {file} (only you can read it).",
                       file=note))
            told.touch()
        address = settings.read(self.ini)["ckan.site_url"]
        facts = {"address": address, "port": self.port, "pid": os.getpid(), "ready": True}
        self.say(_("The portal runs: {address}", address=address))
        private_write(self.data_dir / "run" / "state.json", json.dumps(facts) + "\n")

    def _watch(self) -> None:
        """Start again what dies, until told to stop; the portal watches its own forks."""
        while not self.over.wait(1.0):
            dead = services.dead(self.data_dir)
            try:
                if dead:
                    self.say(_("{part} ended; it is started again.", part=", ".join(dead)))
                    services.start(self.data_dir, say=self.say)
                if self.portal.poll() is not None:
                    self.say(_("{part} ended; it is started again.", part="portal"))
                    stop_portal(self.data_dir)
                    self.portal = portal.start(self.services, self.ini, self.port)
                    portal.wait(self.data_dir, self.port, self.portal)
            except StackError as error:
                self.say(f"{error.problem} {error.remedy}")
                self.over.wait(PAUSE)

    def _stop(self) -> None:
        """Stop everything in order: first what people see, last the database."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for name in [*stop_portal(self.data_dir), *services.stop(self.data_dir)]:
            self.say(_("{part} stopped", part=name))
        (self.data_dir / "run" / "state.json").unlink(missing_ok=True)
        child(self.data_dir).pid_file.unlink(missing_ok=True)


class StopRequest(Exception):  # noqa: N818 - not an error
    """A signal asked the launcher to stop."""


def _portal_children(data_dir: Path) -> list[Child]:
    return [portal.head(data_dir), *reversed(portal.children(data_dir)),
            portal.upgrade_child(data_dir)]


def stop_portal(data_dir: Path) -> list[str]:
    """Stop what runs of the portal, also without a launcher; the names of what ran."""
    return [one.name for one in _portal_children(data_dir) if one.stop()]


def down(data_dir: Path) -> list[str]:
    """Ask the launcher to stop, then stop what is left; the names of what ran."""
    everything = [*_portal_children(data_dir), *services.children(data_dir), child(data_dir)]
    ran = [one.name for one in everything if one.find()]
    child(data_dir).stop()
    stop_portal(data_dir)
    services.stop(data_dir)
    (data_dir / "run" / "state.json").unlink(missing_ok=True)
    return ran
