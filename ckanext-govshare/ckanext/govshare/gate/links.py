"""Addresses outside the portal: http(s), public, and only where the data are unconditional."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from ckan.plugins import toolkit as tk

_INNER = ("localhost", ".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa")


def is_public(url: str) -> bool:
    """An http(s) address of a public host, without a password in it.

    Judged by its words alone: the portal never fetches it, the reader's browser does.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
        parts.port  # noqa: B018  raises on a port that is none
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        return False
    if any(c.isspace() or ord(c) < 32 or c == "\\" for c in url):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        # An address in disguise (`0x7f000001`, `127.1`) has no letter in its last label.
        last = host.rpartition(".")[2]
        named = last.isalpha() or last.startswith("xn--")
        return named and "." in host and not host.endswith(_INNER)


def problem(url: str, open_class: str) -> str | None:
    """Why this address may not stand on a dataset of this class, for its author."""
    if not is_public(url):
        return tk._("Give a public address that begins with https:// or http://.")
    if open_class != "unconditional":
        return tk._(
            "Only data open without condition may be a link: a link cannot check who reads. "
            "Upload the file instead."
        )
    return None
