"""Encrypt at rest who applies: name, number, contact, files. Opened only for those who handle
the case."""

from __future__ import annotations

from ckanext.govshare.sealing import KeyFile

KEYS = KeyFile("cases")

seal, unseal = KEYS.seal, KEYS.unseal
seal_bytes, unseal_bytes = KEYS.seal_bytes, KEYS.unseal_bytes
