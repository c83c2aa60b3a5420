"""The portal's own processes above the services: web, worker, scheduler, and one-off commands."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from ckanext.govshare.stack import libmagic
from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _
from ckanext.govshare.stack.processes import Child
from ckanext.govshare.stack.services import Services

FIRST_ADMINISTRATOR = "first-administrator.txt"
FIRST_PAGE_PATIENCE = 120  # seconds


@dataclass(frozen=True)
class Part:
    """A process of the portal, and what starts it."""

    child: Child
    command: list[str]


def children(data_dir: Path) -> list[Child]:
    """The portal's processes in the order in which they start."""
    run, log = data_dir / "run", data_dir / "log"
    return [Child(name, run / f"{name}.pid", log / f"{name}.log", patience=30)
            for name in ("worker", "scheduler", "web")]


def parts(data_dir: Path, ini: Path, port: int) -> list[Part]:
    """The portal's processes with their commands, in the order in which they start."""
    worker, scheduler, web = children(data_dir)
    python = sys.executable
    return [
        Part(worker, ckan(ini, "jobs", "worker")),
        Part(scheduler, [python, "-m", "ckanext.govshare.stack.scheduler", str(ini)]),
        Part(web, [
            python, "-m", "gunicorn", "ckanext.govshare.stack.wsgi:application",
            "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4",
            "--timeout", "120", "--graceful-timeout", "20", "--no-control-socket",
            "--worker-tmp-dir", str(data_dir / "run"), "--log-level", "warning",
        ]),
    ]


def environment(ini: Path) -> dict[str, str]:
    """The environment of the portal's processes: without the database administrator's URL."""
    kept = {key: value for key, value in os.environ.items() if key != "GOVSHARE_DATABASE_URL"}
    return {**kept, **libmagic.environment(), "CKAN_INI": str(ini), "PYTHONUNBUFFERED": "1"}


def ckan(ini: Path, *arguments: str) -> list[str]:
    """The command line of CKAN's own command on this portal."""
    return [sys.executable, "-c", "from ckan.cli.cli import ckan; ckan(prog_name='govshare ckan')",
            "--config", str(ini), *arguments]


def inside(ini: Path, name: str, *arguments: str) -> list[str]:
    """The command line of a command that runs inside the portal (see `stack.inside`)."""
    return [sys.executable, "-m", "ckanext.govshare.stack.inside", name, *arguments]


class Upgrade:
    """The upgrade of one portal, in a process of its own."""

    def __init__(self, services: Services, ini: Path) -> None:
        data_dir = services.data_dir
        self.child = Child("upgrade", data_dir / "run" / "upgrade.pid", data_dir / "log" / "upgrade.log")
        self.process: subprocess.Popen[bytes] = self.child.start(inside(ini, "upgrade"), env={
            **environment(ini),
            "GOVSHARE_ADMIN_URL": services.admin_url,
            "GOVSHARE_FIRST_ADMINISTRATOR": str(data_dir / FIRST_ADMINISTRATOR),
        })

    def wait(self) -> None:
        """Wait for its end; raises `StackError` when it failed."""
        status = self.process.wait()
        self.child.pid_file.unlink(missing_ok=True)
        if status:
            raise StackError(
                _("The database or the search index could not be brought up to date: {reason}",
                  reason=self.child.tail(1)),
                _("Read {log}, mend the cause and start again; nothing is lost.", log=self.child.log),
            )


def wait_for_page(port: int, web: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the portal answers on `port`."""
    deadline = time.monotonic() + FIRST_PAGE_PATIENCE
    while time.monotonic() < deadline and web.poll() is None:
        if answers(port):
            return
        time.sleep(0.1)
    raise StackError(
        _("The portal did not answer on port {port}.", port=port),
        _("Read the end of {log}.", log=log),
    )


def answers(port: int) -> bool:
    """Whether a page comes from `port`."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:  # noqa: S310
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


