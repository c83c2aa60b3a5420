"""Chromium from the distribution's packages, for every test that needs a browser."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import Browser, Playwright

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]


def launch(playwright: Playwright) -> Browser:
    """A browser; skips where the machine has none (`apt-get install chromium` as root)."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium fonts-noto-cjk")
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
