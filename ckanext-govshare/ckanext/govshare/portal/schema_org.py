"""A dataset as schema.org says it, for search engines (JSON-LD in the page)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk


def govshare_schema_org(package: dict[str, Any]) -> dict[str, Any]:
    """What is public of the entry anyway; files only where everybody may have them."""
    provider = package.get("organization") or {}
    address = tk.h.url_for("dataset.read", id=package["name"], _external=True)
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": package.get("title") or package["name"],
        "description": tk.h.markdown_extract(package.get("notes"), extract_length=500),
        "url": address,
        "identifier": package.get("resource_code") or package["id"],
        "keywords": [tag["display_name"] for tag in package.get("tags", [])],
        "dateModified": package.get("metadata_modified"),
        "datePublished": package.get("issued"),
        "creator": {"@type": "GovernmentOrganization", "name": provider.get("title", "")},
        "isAccessibleForFree": package.get("charging") in (None, "", "free"),
    }
    if package.get("open_class") == "unconditional":
        told["distribution"] = [
            {"@type": "DataDownload", "contentUrl": r["url"], "encodingFormat": r.get("format")}
            for r in package.get("resources", []) if r.get("url")
        ]  # fmt: skip
    return {key: value for key, value in told.items() if value not in (None, "", [])}
