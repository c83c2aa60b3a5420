"""Child processes that a killed launcher cannot lose.

Each child leaves a pid file with its start time, so that a later launcher knows it again (and never
mistakes a reused pid for it), and asks the kernel for a signal when its parent dies.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
STARTED: dict[int, subprocess.Popen[bytes]] = {}
"""The children of this process, by pid."""

LOG_LIMIT = 10 * 1024 * 1024


def rotated(log: Path) -> Path:
    """`log`, moved aside to `.1` when it has grown past 10 MB."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(log.suffix + ".1"))
    return log


def private_write(path: Path, text: str) -> None:
    """Write `text` to `path` at once and for its owner only (0600)."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def die_with_parent(death_signal: int, parent: int) -> None:
    """Ask the kernel to send this process `death_signal` when `parent`, its parent, dies."""
    LIBC.prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:  # it died in between
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Child:
    """One supervised program: its pid file, its log and how it is asked to stop."""

    name: str
    pid_file: Path
    log: Path
    stop_signal: int = signal.SIGTERM
    patience: float = 20.0
    """Seconds before a stop turns into a kill."""

    def start(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start `command` in a session of its own, as `user` when given (root only)."""
        with rotated(self.log).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(env) if env is not None else None,
                start_new_session=True,
                user=user,
                preexec_fn=partial(die_with_parent, self.stop_signal, os.getpid()),
            )
        STARTED[process.pid] = process
        self.record(process.pid)
        return process

    def record(self, pid: int) -> None:
        """Note that `pid` is this program now."""
        private_write(self.pid_file, f"{pid} {psutil.Process(pid).create_time()}\n")

    def find(self) -> psutil.Process | None:
        """The running process of the pid file, whoever started it."""
        try:
            pid, started = self.pid_file.read_text().split()
            if int(pid) in STARTED:
                STARTED[int(pid)].poll()  # a zombie of ours would look alive to PostgreSQL
            process = psutil.Process(int(pid))
            if process.create_time() != float(started) or process.status() == psutil.STATUS_ZOMBIE:
                return None
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None
        return process

    def stop(self) -> bool:
        """Stop it and its children, at first politely; says whether it ran."""
        process = self.find()
        if process is None:
            self.pid_file.unlink(missing_ok=True)
            return False
        family = [process, *_children(process)]
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(self.stop_signal)
        self._wait_for_end()
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self._wait_for_end()
        if process.pid in STARTED:
            STARTED.pop(process.pid).wait()
        self.pid_file.unlink(missing_ok=True)
        return True

    def _wait_for_end(self) -> None:
        """Until it is gone or a zombie, which somebody else may never reap."""
        deadline = time.monotonic() + self.patience
        while self.find() and time.monotonic() < deadline:
            time.sleep(0.05)

    def tail(self, lines: int = 5) -> str:
        """The last lines of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
