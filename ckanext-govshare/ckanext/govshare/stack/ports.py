"""Free loopback ports."""

from __future__ import annotations

import socket


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server can listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose(usual: int, host: str = "127.0.0.1") -> int:
    """`usual` when it is free, else (or for 0) a free port of the kernel's choice."""
    if usual and is_free(usual, host):
        return usual
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]
