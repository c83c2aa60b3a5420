"""One real stack for the whole test run.

With `GOVSHARE_TEST_INI` the tests use that portal's settings. Else a throw-away stack is started on
free ports in a temporary folder. Runs that name only pure tests (`pytest tests/rules`) start none.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from ckanext.govshare.stack import services, settings

TESTS = Path(__file__).parent
PURE = {"rules", "desensitize", "stack"}
"""Folders of `tests` whose tests need no CKAN in their process."""

CKAN_PYTEST_PLUGINS = ("ckan", "ckan_fixtures")
ADMIN_URL = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Give CKAN's pytest plugin its settings before it loads them."""
    if _only_pure(config):
        for name in CKAN_PYTEST_PLUGINS:
            config.pluginmanager.unregister(name=name)
        return
    config.option.ckan_ini = os.environ.get("GOVSHARE_TEST_INI") or str(_throw_away_stack(config))


def _only_pure(config: pytest.Config) -> bool:
    folders = set()
    for arg in config.args:
        path = Path(config.invocation_params.dir, arg.split("::")[0]).resolve()
        parts = path.relative_to(TESTS).parts if path.is_relative_to(TESTS) else ()
        folders.add(parts[0] if parts else "")
    return folders <= PURE


def _throw_away_stack(config: pytest.Config) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="govshare-test-"))

    def remove() -> None:
        services.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)

    config.add_cleanup(remove)
    running = services.start(folder, durable=False)
    config.stash[ADMIN_URL] = running.admin_url
    return settings.write(running, port=5000, overrides={"testing": "true"})


@pytest.hookimpl(trylast=True)  # after CKAN's pytest plugin has loaded the settings
def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the tables of the throw-away stack."""
    if _only_pure(session.config):
        return
    from ckan import model

    admin_url = session.config.stash.get(ADMIN_URL, None)
    if admin_url:
        from ckanext.govshare.stack.upgrade import upgrade

        upgrade(admin_url)
    # Else CKAN's fixture `clean_db` drops every table and makes its own only, not the rooms'.
    model.repo.tables_created_and_initialised = True


@pytest.fixture(scope="session")
def site() -> Any:
    """The one application of the run: making it takes longer than most tests.

    CKAN's test client, without cookies: each request says who asks.
    """
    from ckan.tests.helpers import _get_test_app

    return _get_test_app()


@pytest.fixture
def app(request: pytest.FixtureRequest, site) -> Any:
    """CKAN's fixture of this name makes a new application for every test; only those that choose
    their plugins need one."""
    from ckan import plugins

    if "with_plugins" in request.fixturenames:
        return request.getfixturevalue("make_app")()
    if not plugins.plugin_loaded("govshare_gate"):  # `with_plugins` leaves none behind
        plugins.load_all()
    return site
