"""The pages of one dataset, asked one after the other, not faster than the source allows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import jmespath
import requests

from harvesters import network
from harvesters.interface import rows, signing
from harvesters.interface.settings import Dataset, InterfaceSettings
from harvesters.notes import SourceError

PAGE_LIMIT = 64 << 20


@dataclass
class Client:
    """A source's interface. `stamp` is what the answers say of their state (ETag, date)."""

    base: str
    settings: InterfaceSettings
    secret: dict[str, str]
    http: requests.Session
    _next: float = 0.0
    _sign: signing.Sign | None = field(default=None, repr=False)

    def pages(
        self, dataset: Dataset, stamp: dict[str, str]
    ) -> Iterator[tuple[list[rows.Row], dict[str, str]]]:
        """Rows and stamp of each page; nothing when the source says that nothing has changed."""
        paging = dataset.paging
        url, parameters = _join(self.base, dataset.path), dict(dataset.parameters)
        if paging.type in ("page", "offset"):
            parameters[paging.parameter] = str(paging.first if paging.type == "page" else 0)
        if paging.size_parameter:
            parameters[paging.size_parameter] = str(paging.size)
        conditional = _conditions(stamp) if paging.type == "none" else {}
        seen, previous = 0, None
        for number in range(self.settings.pages):
            body, answer = self._ask(dataset, url, parameters, conditional)
            if answer.status_code == requests.codes.not_modified:
                return
            found, whole = rows.read(dataset, body, network.url_said(url))
            page = list(found)
            if page and page == previous:  # a source that does not know the parameter
                raise SourceError("not_understood", file=network.url_said(url), reason="paging")
            previous = page
            yield page, _stamp(answer)
            seen += len(page)
            if paging.type == "none" or not page:
                return
            if paging.type in ("page", "offset"):
                if len(page) < paging.size and paging.size_parameter:
                    return
                step = paging.first + number + 1 if paging.type == "page" else seen
                parameters[paging.parameter] = str(step)
            else:
                following = self._following(dataset, answer, whole)
                if not following:
                    return
                if paging.type == "cursor":
                    parameters[paging.parameter] = following
                else:
                    url, parameters = self._same_host(urljoin(url, following)), {}
        raise SourceError("too_many_pages", file=dataset.key, pages=self.settings.pages)

    def _following(self, dataset: Dataset, answer: requests.Response, whole: Any) -> str:
        if dataset.paging.next:
            return str(jmespath.search(dataset.paging.next, whole) or "")
        return answer.links.get("next", {}).get("url", "")

    def _same_host(self, url: str) -> str:
        """Pages stay where the source is: its credentials go nowhere else."""
        if urlsplit(url)[:2] != urlsplit(self.base)[:2]:
            raise SourceError("leads_away", file=network.url_said(url))
        return url

    def _ask(
        self, dataset: Dataset, url: str, parameters: dict[str, str], headers: dict[str, str]
    ) -> tuple[bytes, requests.Response]:
        self._wait()
        if self._sign is None:
            self._sign = signing.signer(self.settings.auth, self.secret, self.http)
        secret_headers, secret_parameters = self._sign(dataset.method, url, parameters)
        with network.request(
            self.http, dataset.method, url, secret=secret_headers,
            params={**parameters, **secret_parameters}, headers={"Accept": "*/*", **headers},
        ) as answer:
            if answer.status_code == requests.codes.not_modified:
                return b"", answer
            network.expect_ok(answer)
            return network.whole(answer, PAGE_LIMIT, self.settings.seconds), answer

    def _wait(self) -> None:
        pause = self._next - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._next = time.monotonic() + 1 / self.settings.rate


def _join(base: str, path: str) -> str:
    """Below the source's address, whatever the path says."""
    if "://" in path or path.startswith("//") or ".." in path.split("/"):
        raise SourceError("leads_away", file=path)
    return base.rstrip("/") + ("/" + path.lstrip("/") if path else "")


def _conditions(stamp: dict[str, str]) -> dict[str, str]:
    names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
    return {header: stamp[name] for name, header in names.items() if stamp.get(name)}


def _stamp(answer: requests.Response) -> dict[str, str]:
    found = {"etag": answer.headers.get("ETag"), "modified": answer.headers.get("Last-Modified")}
    return {name: value for name, value in found.items() if value}
