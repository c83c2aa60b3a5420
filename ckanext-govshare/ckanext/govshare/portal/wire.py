"""Text goes over the wire compressed: pages, scripts, styles, JSON.

Never downloads of data: their length, ranges and digest are promised. Styles and scripts with a
digest in their name may stay with the reader for good.
"""

from __future__ import annotations

import gzip
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

TYPES = ("text/html", "text/css", "text/javascript", "application/javascript", "application/json",
         "image/svg+xml", "application/ld+json", "application/xml", "text/turtle")  # fmt: skip
SMALLEST, LARGEST = 600, 4_000_000
KEPT = 200

BUILT = re.compile(r"/webassets/(?:[\w-]+/)+[0-9a-f]{8}_[\w.-]+")
FOR_GOOD = ("Cache-Control", "public, max-age=31536000, immutable")

Start = Callable[..., Any]


class Compressed:
    """WSGI middleware. Files that never change are compressed once and kept."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app
        self.kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", "") or _is_range(environ):
            return self.app(environ, start_response)
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            told[:] = [status, headers, exc_info]

        body = self.app(environ, start)
        status, headers, exc_info = told
        if BUILT.fullmatch(environ["PATH_INFO"]) and status.startswith("200"):
            headers = [*(h for h in headers if h[0].lower() != "cache-control"), FOR_GOOD]
        if not _fits(status, headers):
            start_response(status, headers, *([exc_info] if exc_info else []))
            return body
        packed = self._pack(environ["PATH_INFO"], dict(_lower(headers)), body)
        start_response(status, _changed(headers, len(packed)))
        return [packed]

    def _pack(self, path: str, headers: dict[str, str], body: Iterable[bytes]) -> bytes:
        key = (path, headers.get("etag", ""))
        if key[1] and (packed := self.kept.get(key)):
            _close(body)
            return packed
        try:
            packed = gzip.compress(b"".join(body), 9 if key[1] else 4, mtime=0)
        finally:
            _close(body)
        if key[1]:
            self.kept[key] = packed
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)
        return packed


def _is_range(environ: dict[str, Any]) -> bool:
    return environ["REQUEST_METHOD"] != "GET" or "HTTP_RANGE" in environ


def _lower(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in headers]


def _fits(status: str, headers: list[tuple[str, str]]) -> bool:
    found = dict(_lower(headers))
    length = found.get("content-length", "")
    return (
        status.startswith("200")
        and found.get("content-type", "").split(";")[0] in TYPES
        and "content-encoding" not in found
        and not found.get("content-disposition", "").startswith("attachment")
        and length.isdigit()
        and SMALLEST <= int(length) <= LARGEST
    )


def _changed(headers: list[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    """The same answer in another dress: a weak tag, its own length, and a word to caches."""
    found = [
        (n, f"W/{v}" if n.lower() == "etag" and not v.startswith("W/") else v)
        for n, v in headers if n.lower() not in ("content-length", "accept-ranges", "vary")
    ]  # fmt: skip
    vary = [v for n, v in headers if n.lower() == "vary"]
    return [*found, ("Content-Encoding", "gzip"), ("Content-Length", str(length)),
            ("Vary", ", ".join([*vary, "Accept-Encoding"]))]  # fmt: skip


def _close(body: Iterable[bytes]) -> None:
    if hasattr(body, "close"):
        body.close()  # type: ignore[attr-defined]
