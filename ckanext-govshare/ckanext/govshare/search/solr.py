"""The seam: `pysolr.Solr` for `tantivy:PATH`. Any other URL gets the real pysolr, untouched."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ckan.config
import ckan.lib.search as ckan_search
import pysolr
from ckan.common import config

from .engine import Engine
from .writer import WriteTimeoutError

log = logging.getLogger(__name__)

RealSolr = pysolr.Solr
SCHEME = "tantivy:"
_engines: dict[tuple[int, str], Engine] = {}


def engine(url: str) -> Engine:
    """The engine behind `url`, one for each process."""
    key = (os.getpid(), url)
    if key not in _engines:
        _engines[key] = Engine(Path(url.removeprefix(SCHEME)).absolute())
    return _engines[key]


class Solr(RealSolr):
    """What CKAN and its extensions call as `pysolr.Solr`."""

    def __new__(cls, url: str, *_args: Any, **_options: Any) -> Solr:
        kind = Embedded if url.startswith(SCHEME) else RealSolr
        if kind is RealSolr:
            real = object.__new__(RealSolr)
            real.__init__(url, *_args, **_options)
            return real  # type: ignore[return-value]
        return object.__new__(kind)  # pyright: ignore[reportReturnType]


class Embedded(Solr):
    """pysolr's methods over our engine, with pysolr's errors."""

    def _guarded(self, work: Any, *args: Any, **options: Any) -> Any:
        try:
            return work(*args, **options)
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except (ValueError, RecursionError) as error:
            raise pysolr.SolrError(
                f"Solr responded with an error (HTTP 400): [Reason: {error}]"
            ) from error
        except WriteTimeoutError as error:
            raise pysolr.SolrError(
                f"Connection to server '{self.url}' timed out: {error}"
            ) from error
        except BaseException as error:  # Tantivy's panics are no Exceptions
            log.exception("search index failed")
            found = engine(self.url)
            found.trouble(found.home)
            raise pysolr.SolrError(
                f"Solr responded with an error (HTTP 500): [Reason: {error}]"
            ) from error

    def search(self, q: str, search_handler: str | None = None, **params: Any) -> Any:
        if search_handler not in (None, "select"):
            raise pysolr.SolrError(f"Not supported by the embedded index: {search_handler}")
        answer = self._guarded(engine(self.url).search, {"q": q, **params})
        if getattr(self.decoder, "object_hook", None):
            answer = self.decoder.decode(json.dumps(answer))
        return self.results_cls(answer)

    def add(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, docs: Any, commit: bool | None = None, **_options: Any
    ) -> str:
        commit = self.always_commit if commit is None else commit
        self._guarded(engine(self.url).add, docs, commit=bool(commit))
        return ""

    def delete(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, id: Any = None, q: str | None = None, commit: bool | None = None, **_options: Any
    ) -> str:
        if (id is None) == (q is None):
            raise ValueError("You must specify 'id' OR 'q', not both or neither.")
        if q is None:
            ids = id if isinstance(id, (list, tuple, set)) else [id]
            quoted = [json.dumps(str(i), ensure_ascii=False) for i in ids]
            q = f"index_id:({' OR '.join(quoted)})"
        commit = self.always_commit if commit is None else commit
        self._guarded(engine(self.url).delete, q, commit=bool(commit))
        return ""

    def commit(self, *_args: Any, **_options: Any) -> str:
        self._guarded(engine(self.url).commit)
        return ""

    def optimize(self, *_args: Any, **_options: Any) -> str:
        return self.commit()

    def ping(self, *_args: Any, **_options: Any) -> str:
        self._guarded(engine(self.url).searcher)
        return '{"status": "OK"}'

    def _send_request(self, method: str, path: str = "", *_args: Any, **_options: Any) -> str:
        raise pysolr.SolrError(f"Not supported by the embedded index: {method} {path[:100]}")


_schema_from_solr = ckan_search._get_schema_from_solr


def _schema(file_offset: str) -> Any:
    """CKAN compares the version of Solr's schema with its own; ours is its own."""
    if not config["solr_url"].startswith(SCHEME):
        return _schema_from_solr(file_offset)
    text = (Path(ckan.config.__file__).parent / "solr" / "schema.xml").read_text("utf-8")
    return SimpleNamespace(text=text, status_code=200, raise_for_status=lambda: None)


def install() -> None:
    """From here on `pysolr.Solr` is ours."""
    pysolr.Solr = Solr
    ckan_search._get_schema_from_solr = _schema
