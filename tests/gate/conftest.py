"""One world for the whole room: building it takes longer than asking it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ckan import model

from . import world as worlds


@pytest.fixture(scope="session")
def world(site) -> worlds.World:
    with site.flask_app.test_request_context():
        return worlds.build()


@pytest.fixture
def request_context(site) -> Iterator[None]:
    """For tests that call actions and models themselves."""
    with site.flask_app.test_request_context():
        yield
        model.Session.rollback()


@pytest.fixture
def ask(site, world):
    """`ask(role, url)`: a request with that role's API token; HTTP GET unless told."""

    def send(role: str, url: str, method: str = "GET", **kwargs: Any) -> Any:
        headers = {**world.headers(role), **kwargs.pop("headers", {})}
        client = site.test_client(use_cookies=False)
        return client.open(
            url, method=method, headers=headers, follow_redirects=False, buffered=True, **kwargs
        )

    return send
