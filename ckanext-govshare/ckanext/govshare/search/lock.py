"""One at a time on this machine, by `flock`: the kernel frees the lock when its holder dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType


class Lock:
    """A lock that is held; a context manager."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    @classmethod
    def take(cls, path: Path, *, wait: bool = False) -> Lock | None:
        """The lock of `path`, or `None` when another has it and `wait` is false."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(handle)
            return None
        return cls(handle)

    def release(self) -> None:
        fcntl.flock(self.handle, fcntl.LOCK_UN)  # a forked child may hold the same file
        os.close(self.handle)

    def __enter__(self) -> Lock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
