"""Pages that strangers ask for again and again are kept for a moment.

Only what a request without any cookie or key gets is kept, and only such requests get it: nobody
sees what another may see. A page counts as long as nothing has changed that the law or the gate
looks at: every decision, release and withdrawal is an event of the ledger, every change of an entry
comes into the index, and CKAN notes when a setting was changed. The rest (names of departments, the
day) may be `SECONDS` old.
Rows are never kept: each handing out of rows is judged and written down.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.exc import SQLAlchemyError

SECONDS = 30.0
KEPT, LARGEST, LONGEST_QUERY = 400, 150_000, 400  # 60 MB at the very most
PATHS = re.compile(r"/|/topics|/dataset/|/dataset/[\w-]+|/api/(3/)?action/package_search")
KEYS = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_X_CKAN_API_KEY", "REMOTE_USER",
        "HTTP_HX_REQUEST")  # fmt: skip
LAST_CHANGES = sa.text("""
    select max(seq), (select value from system_info where key = 'ckan.config_update')
    from govshare_event
""")


class Page(NamedTuple):
    stamp: tuple[Any, ...]
    until: float
    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Shelf:
    """WSGI middleware around the whole application."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app
        self.pages: OrderedDict[tuple[str, ...], Page] = OrderedDict()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not _is_strangers(environ):
            return self.app(environ, start_response)
        stamp = _stamp()
        if stamp is None:
            return self.app(environ, start_response)
        key = _key(environ)
        page = self.pages.get(key)
        if page is None or page.stamp != stamp or page.until < time.monotonic():
            page = self._fresh(environ, stamp)
            if _may_be_kept(page):
                self.pages[key] = page
                while len(self.pages) > KEPT:
                    self.pages.popitem(last=False)
        start_response(page.status, list(page.headers))
        return [page.body]

    def _fresh(self, environ: dict[str, Any], stamp: tuple[Any, ...]) -> Page:
        """The stamp is from before the page was made: a change meanwhile makes it old at once."""
        told: list[Any] = []
        body = self.app(environ, lambda *answer: told.append(answer))
        try:
            content = b"".join(body)
        finally:
            if hasattr(body, "close"):
                body.close()  # type: ignore[attr-defined]
        status, headers = told[-1][:2]
        return Page(stamp, time.monotonic() + SECONDS, status, headers, content)


def _is_strangers(environ: dict[str, Any]) -> bool:
    return (
        environ["REQUEST_METHOD"] == "GET"
        and not any(environ.get(key) for key in KEYS)
        and not environ.get(_own_header())
        and len(environ.get("QUERY_STRING", "")) <= LONGEST_QUERY
        and PATHS.fullmatch(environ["PATH_INFO"]) is not None
    )


def _own_header() -> str:
    """The header in which this site expects keys, as WSGI names it."""
    name = tk.config.get("apitoken_header_name", "Authorization")
    return "HTTP_" + name.upper().replace("-", "_")


def _key(environ: dict[str, Any]) -> tuple[str, ...]:
    names = ("CKAN_LANG", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "HTTP_ORIGIN",
             "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "wsgi.url_scheme")  # fmt: skip
    packed = str("gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""))
    return (*(str(environ.get(name, "")) for name in names), packed)


def _stamp() -> tuple[Any, ...] | None:
    """What changes with every decision and every entry; None where that cannot be told."""
    place = tk.config.get("solr_url", "")
    if not place.startswith("tantivy:") or not p.plugin_loaded("govshare_ledger"):
        return None
    from ckanext.govshare.search.reader import directory

    try:
        index = (directory(Path(place.removeprefix("tantivy:"))) / "meta.json").stat().st_mtime_ns
        with model.meta.engine.connect() as connection:  # type: ignore[union-attr]
            return index, *connection.execute(LAST_CHANGES).one()
    except (OSError, SQLAlchemyError):
        return None


def _may_be_kept(page: Page) -> bool:
    names = {name.lower() for name, _ in page.headers}
    return (
        page.status.startswith("200") and "set-cookie" not in names and len(page.body) <= LARGEST
    )
