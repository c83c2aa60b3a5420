"""The portal above the services, as the launcher sees it; the launcher itself loads no CKAN."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from ckanext.govshare.stack import libmagic
from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _
from ckanext.govshare.stack.processes import Child
from ckanext.govshare.stack.services import Services

FIRST_ADMINISTRATOR = "first-administrator.txt"
PATIENCE = 900
"""Seconds until the first page: an upgrade of a large portal takes its time."""


def _child(data_dir: Path, name: str, patience: float) -> Child:
    return Child(name, data_dir / "run" / f"{name}.pid", data_dir / "log" / f"{name}.log",
                 patience=patience)


def head(data_dir: Path) -> Child:
    """The process that has loaded CKAN and forks the others (see `stack.family`)."""
    return _child(data_dir, "portal", patience=90)


def children(data_dir: Path) -> list[Child]:
    """The forked processes in the order in which they start."""
    return [_child(data_dir, name, patience=25) for name in ("worker", "scheduler", "web")]


def upgrade_child(data_dir: Path) -> Child:
    """The forked process that brings database and index up to date."""
    return _child(data_dir, "upgrade", patience=25)


def environment(ini: Path) -> dict[str, str]:
    """The environment of the portal's processes: without the database administrator's URL."""
    kept = {key: value for key, value in os.environ.items() if key != "GOVSHARE_DATABASE_URL"}
    return {**kept, **libmagic.environment(), "CKAN_INI": str(ini), "PYTHONUNBUFFERED": "1"}


def start(services: Services, ini: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the portal; it upgrades first, then answers on `port`."""
    data_dir = services.data_dir
    command = [sys.executable, "-m", "ckanext.govshare.stack.family", str(data_dir), str(port)]
    return head(data_dir).start(command, env={
        **environment(ini),
        "GOVSHARE_ADMIN_URL": services.admin_url,
        "GOVSHARE_FIRST_ADMINISTRATOR": str(data_dir / FIRST_ADMINISTRATOR),
    })


def wait(data_dir: Path, port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the portal answers on `port`; raises `StackError` when it ends before."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise _ended(data_dir)
        if answers(port):
            return
        time.sleep(0.1)
    raise StackError(
        _("The portal did not answer on port {port}.", port=port),
        _("Read the end of {log}.", log=children(data_dir)[-1].log),
    )


def _ended(data_dir: Path) -> StackError:
    newest = max((one.log for one in (head(data_dir), upgrade_child(data_dir)) if one.log.exists()),
                 key=lambda log: log.stat().st_mtime)
    return StackError(
        _("The portal could not start: {reason}", reason=newest.read_text().strip()[-300:]),
        _("Read {log}, mend the cause and start again; nothing is lost.", log=newest),
    )


def answers(port: int) -> bool:
    """Whether a page comes from `port`."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def ckan(ini: Path, *arguments: str) -> list[str]:
    """The command line of CKAN's own command on this portal."""
    return [sys.executable, "-c", "from ckan.cli.cli import ckan; ckan(prog_name='govshare ckan')",
            "--config", str(ini), *arguments]


def inside(name: str, *arguments: str) -> list[str]:
    """The command line of a command that runs inside the portal (see `stack.inside`)."""
    return [sys.executable, "-m", "ckanext.govshare.stack.inside", name, *arguments]
