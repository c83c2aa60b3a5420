"""Encrypts small secrets at rest, under a key file of the portal's data folder.

One key a line, the newest first: an operator adds a line to change the key.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from ckan.plugins import toolkit as tk
from cryptography.fernet import Fernet, MultiFernet


class KeyFileError(RuntimeError):
    """The key file cannot be trusted or read; the message says what to do."""


class KeyFile:
    """The keys `keys/<name>` under `govshare.data_dir`; made at first use, for the owner only."""

    def __init__(self, name: str) -> None:
        self.name = name

    def seal(self, values: dict[str, str]) -> bytes:
        """Encrypt with the newest key."""
        return self.seal_bytes(json.dumps(values, ensure_ascii=False, sort_keys=True).encode())

    def unseal(self, sealed: bytes | None) -> dict[str, str]:
        """What was sealed, by any key of the file; empty if nothing was."""
        return json.loads(self.unseal_bytes(sealed)) if sealed else {}

    def seal_bytes(self, content: bytes) -> bytes:
        """Encrypt bytes with the newest key."""
        return self._cipher().encrypt(content)

    def unseal_bytes(self, sealed: bytes) -> bytes:
        """The bytes that were sealed, by any key of the file."""
        return self._cipher().decrypt(bytes(sealed))

    def path(self) -> Path:
        return Path(tk.config["govshare.data_dir"]) / "keys" / self.name

    def _cipher(self) -> MultiFernet:
        path = self.path()
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            raise KeyFileError(f"{path.name}: others may read the key file; run chmod 600 on it")
        return MultiFernet([Fernet(line) for line in path.read_bytes().split()])


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written aside and linked, so that two processes at the first use cannot make two keys.
    aside = path.with_name(f".{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(Fernet.generate_key() + b"\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
