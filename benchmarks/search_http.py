"""A portal with its own web server over the index that the benchmark fills.

The datasets are only in the index: CKAN answers a search from there, and looks into its database
for what it always looks up (the reader, the names of organizations, what is released).
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.search_cases import ANONYMOUS, AUTOCOMPLETE, FACETS, SIX_SIGNED_IN, TYPED
from ckanext.govshare.stack import launcher

COMMAND = [sys.executable, "-c", "from ckanext.govshare.stack.cli import main; main()"]
ONCE = itertools.count()
OWN = ANONYMOUS.split(":")[0]
ALWAYS = ("+capacity", "+site_id", "+state", OWN)


@dataclass(frozen=True)
class Portal:
    """Where it answers, where its index is, and the token of a person without any office."""

    address: str
    index: Path
    token: str

    def ask(self, case: str, params: dict[str, Any], number: int) -> int:
        """The search `params` over HTTP; the number of datasets found."""
        if case == AUTOCOMPLETE:
            query = {"q": TYPED[number % len(TYPED)], "limit": "10"}
            return len(self._get("package_autocomplete", query, signed_in=False))
        filters = [text for text in params["fq"] if not text.startswith(ALWAYS)]
        query = {
            "q": params["q"],
            "rows": str(max(0, params["rows"] - 1)),
            "sort": params["sort"],
            "fq": " ".join(filters),
            "facet": params.get("facet", "false"),
        }
        if "facet" in params:
            query |= {"facet.field": json.dumps(FACETS), "facet.limit": "50"}
        return self._get("package_search", query, signed_in=case == SIX_SIGNED_IN)["count"]

    def _get(self, action: str, query: dict[str, str], *, signed_in: bool) -> Any:
        # The portal keeps strangers' answers for a moment; what is measured is the first one.
        query = {**query, "ext_once": str(next(ONCE))}
        request = urllib.request.Request(
            f"{self.address}/api/3/action/{action}?{urllib.parse.urlencode(query)}",
            headers={"Authorization": self.token} if signed_in else {},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["result"]


@contextmanager
def portal(data: Path) -> Iterator[Portal]:
    """A portal in `data`, stopped at the end."""
    try:
        # Or the index would be compared with the database, and emptied.
        _govshare(data, "up", "--detach", GOVSHARE_SEARCH_REPAIR="1")
        person = ("reader", "email=reader@example.invalid", "password=Reader-of-figures-1")
        _govshare(data, "ckan", "user", "add", *person)
        token = _govshare(data, "ckan", "user", "token", "add", "reader", "bench", "-q")
        address = str(launcher.state(data)["address"])
        yield Portal(address, data / "index", token.split()[-1])
    finally:
        launcher.down(data)


def _govshare(data: Path, *arguments: str, **more: str) -> str:
    command = [*COMMAND, "--lang", "en", "--data", str(data), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **more}, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout
