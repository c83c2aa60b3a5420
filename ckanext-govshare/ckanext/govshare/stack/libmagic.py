"""CKAN imports libmagic at start; where the system has none, the wheel `pylibmagic` has one."""

from __future__ import annotations

import ctypes
from importlib.util import find_spec
from pathlib import Path


def environment() -> dict[str, str]:
    """Variables that let a new process find libmagic; empty where the system has it."""
    try:
        ctypes.CDLL("libmagic.so.1")
    except OSError:
        spec = find_spec("pylibmagic")
        if spec and spec.origin:
            folder = Path(spec.origin).parent
            return {"LD_LIBRARY_PATH": str(folder), "MAGIC": str(folder / "magic.mgc")}
    return {}


if __name__ == "__main__":
    print(" ".join(f"{name}={value}" for name, value in environment().items()))
