"""The stack's secrets: made once, kept in one file for its owner only."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from ckanext.govshare.stack.processes import private_write

NAMES = (
    "secret_key",
    "csrf",
    "jwt",  # apart from secret_key, so that one leak does not forge both
    "database_admin",
    "database_owner",
    "datastore_write",
    "datastore_read",
    "queue",
)


def load(data_dir: Path) -> dict[str, str]:
    """The secrets of `data_dir`; missing ones are made and written first (0600)."""
    path = data_dir / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in NAMES if name not in kept]
    if missing:
        kept |= {name: secrets.token_urlsafe(48) for name in missing}
        private_write(path, json.dumps(kept, indent=1) + "\n")
    return kept
