"""`govshare up --detach`: the launcher in the background, its progress in the foreground."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from ckanext.govshare.stack import launcher, services
from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _, chinese
from ckanext.govshare.stack.processes import rotated
from ckanext.govshare.stack.services import Say


def start(data_dir: Path, port: int | None, demo: bool, say: Say) -> None:
    """Start the launcher, repeat what it says until the portal answers, and let it run on."""
    services.make_folders(data_dir)
    log = rotated(launcher.child(data_dir).log)
    command = [
        sys.executable, "-c", "from ckanext.govshare.stack.cli import main; main()",
        "--data", str(data_dir), "--lang", "zh" if chinese() else "en", "up",
        *(["--port", str(port)] if port else []), *(["--demo"] if demo else []),
    ]
    with log.open("ab") as output:
        begin = output.tell()
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with log.open("rb") as progress:
        progress.seek(begin)
        while True:
            ended = process.poll() is not None
            ready = launcher.state(data_dir).get("pid") == process.pid
            last = _repeat(progress.read(), say)
            if ready:
                return
            if ended:
                raise StackError(last or _("The launcher ended."), _("Read {log}.", log=log))
            time.sleep(0.1)


def _repeat(said: bytes, say: Say) -> str:
    """Pass on whole lines; returns the problem when one was among them."""
    problem = ""
    for line in said.decode(errors="replace").splitlines():
        if line.startswith("✗ "):
            problem = line.removeprefix("✗ ")
        elif line:
            say(line.removeprefix("· ").removeprefix("  → "))
    return problem
