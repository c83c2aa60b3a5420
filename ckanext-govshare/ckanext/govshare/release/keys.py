"""The secret key of the pseudonyms, made once."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import ckan.plugins.toolkit as tk


def pseudonym_key() -> bytes:
    """32 random bytes from `<govshare.data_dir>/keys/pseudonym`, readable by the owner only.

    One key for the whole portal, so that the same person has the same pseudonym in every file.
    """
    folder = Path(tk.config["govshare.data_dir"]) / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "pseudonym"
    if not path.exists():
        # Written aside and linked, so that two processes cannot each make one.
        temporary = folder / f".{secrets.token_hex(8)}"
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(32))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_bytes()
