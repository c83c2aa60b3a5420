"""Takes the handbook's pictures from a running portal with the demo data.

    python tools/pictures.py http://127.0.0.1:5000
"""

from __future__ import annotations

import json
import shutil
import sys
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "guide" / "pictures"


def pages(portal: str) -> dict[str, str]:
    """Picture and address; the dataset is one whose rows have places."""
    query = f"{portal}/api/action/package_search?rows=1&fq=way:map"
    with urllib.request.urlopen(query) as answer:
        found = json.load(answer)["result"]["results"]
    if not found:
        sys.exit("The portal has no table with coordinates: load the demo data first.")
    dataset = f"/dataset/{found[0]['name']}"
    resource = f"{dataset}/resource/{found[0]['resources'][0]['id']}"
    return {
        "home": "/", "list": "/dataset/", "dataset": dataset, "chart": f"{resource}/chart",
        "map": f"{resource}/map", "developers": "/developers",
    }  # fmt: skip


def main(portal: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 800}, locale="zh-CN")
        for name, address in pages(portal).items():
            page.goto(portal + address)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
