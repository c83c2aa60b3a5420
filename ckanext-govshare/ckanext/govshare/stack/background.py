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
    with log.open(encoding="utf-8", errors="replace") as progress:
        progress.seek(begin)
        problem = remedy = ""
        while True:
            ended = process.poll() is not None
            ready = launcher.state(data_dir).get("pid") == process.pid
            for line in progress.read().splitlines():
                if line.startswith("✗ "):
                    problem = line.removeprefix("✗ ")
                elif line.startswith("  → "):
                    remedy = line.removeprefix("  → ")
                elif line:
                    say(line.removeprefix("· "))
            if ready:
                return
            if ended:
                raise StackError(problem or _("The launcher ended."),
                                 remedy or _("Read {log}.", log=log))
            time.sleep(0.1)
