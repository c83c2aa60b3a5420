"""Runs the `govshare` command as an operator does: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

CODE = "from ckanext.govshare.stack.cli import main; main()"
COMMAND = [sys.executable, "-c", CODE, "--lang", "en"]
PATIENCE = 300
started: list[subprocess.Popen[str]] = []


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GOVSHARE_")}
    return {**kept, **more}


def govshare(
    data: Path, *arguments: str, prefix=(), user=None, seconds: float = PATIENCE, **variables: str
):
    """Run to the end; the result has `returncode` and `stdout` (both streams)."""
    return subprocess.run(
        [*prefix, *COMMAND, "--data", str(data), *arguments], env=environment(**variables),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds, user=user,
        cwd="/", check=False,
    )


def start(data: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `up` and leave it running, its words in `data`/../said."""
    with said(data).open("w") as output:
        process = subprocess.Popen([*COMMAND, "--data", str(data), "up", *arguments],
                                   env=environment(), stdout=output, stderr=subprocess.STDOUT,
                                   text=True)
    started.append(process)
    return process


def said(data: Path) -> Path:
    return data.with_name(data.name + ".said")


def wait_for(condition, what: str, seconds: float = PATIENCE):
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        time.sleep(0.05)
    return answer


def status(data: Path) -> dict[str, dict]:
    parts = json.loads(govshare(data, "status", "--json").stdout)
    return {part["name"]: part for part in parts}
