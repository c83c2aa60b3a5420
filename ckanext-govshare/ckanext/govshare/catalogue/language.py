"""Which language to speak, in pages and in background work alike."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import has_request_context


def current() -> str:
    """The reader's language; in background work the site's own."""
    asked = tk.request.environ.get("CKAN_LANG") if has_request_context() else None
    return asked or tk.config["ckan.locale_default"]
