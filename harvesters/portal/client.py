"""What we ask of a CKAN portal: its datasets, page by page, and their files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

from harvesters import network
from harvesters.notes import SourceError
from harvesters.spool import Spool

PAGE = 500
ANSWER_LIMIT = 64 << 20
FILE_LIMIT = 16 << 30
"""More than any portal's own limit, which the spool holds."""


@dataclass
class Client:
    """A portal by its address. `token`: of an account there, for what is not public."""

    base: str
    http: requests.Session
    token: str
    rate: float
    seconds: float
    _next: float = 0.0

    def datasets(self, query: str, fields: str = "") -> Iterator[dict[str, Any]]:
        """All datasets that the query names; with `fields`, these only."""
        start = 0
        while True:
            parameters = {"q": "*:*", "fq": query, "rows": PAGE, "start": start, "sort": "id asc"}
            page = self.action("package_search", parameters | ({"fl": fields} if fields else {}))
            yield from page["results"]
            start += len(page["results"])
            if not page["results"] or start >= page["count"]:
                return

    def action(self, name: str, parameters: dict[str, Any]) -> Any:
        """The result of one of the portal's actions that read; raises SourceError."""
        url = f"{self.base.rstrip('/')}/api/3/action/{name}"
        self._wait()
        with network.request(
            self.http, "GET", url, secret=self._secret(), params=parameters) as answer:
            if answer.status_code == requests.codes.not_found:
                raise SourceError("not_there", file=str(parameters.get("id", name)))
            network.expect_ok(answer)
            body = network.whole(answer, ANSWER_LIMIT, self.seconds)
            found = network.json_of(answer, body)
        if not isinstance(found, dict) or not found.get("success"):
            raise SourceError("not_understood", file=network.url_said(url), reason=name)
        return found["result"]

    def download(self, url: str, spool: Spool) -> None:
        """A file of the portal, or of the host it names; the token goes to the portal only."""
        network.check_address(url)
        mine = network.same_host(url, self.base)
        self._wait()
        with network.request(
            self.http, "GET", url, secret=self._secret() if mine else {}) as answer:
            network.expect_ok(answer)
            for block in network.content(answer, FILE_LIMIT, self.seconds):
                spool.write(block)

    def _secret(self) -> dict[str, str]:
        return {"Authorization": self.token} if self.token else {}

    def _wait(self) -> None:
        pause = self._next - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._next = time.monotonic() + 1 / self.rate
