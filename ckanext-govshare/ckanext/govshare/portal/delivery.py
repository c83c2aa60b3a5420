"""What a reader may do with a resource, in words for the page.

The gate alone decides; this only asks it and explains the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

FORMATS = ("csv", "xlsx", "json")


@dataclass(frozen=True)
class Access:
    """`formats`: what can be downloaded; `reason`: the gate's code when nothing can."""

    allowed: bool
    reason: str
    formats: list[str]
    columns: tuple[str, ...] | None = None
    link: str = ""

    @property
    def words(self) -> str:
        """Why there is nothing to download, and what to do."""
        return {
            "login": tk._("Log in to use your authorization, or apply for these data."),
            "sign-in": tk._("Log in to read these data; no application is needed."),
            "no-grant": tk._("These data are given on application."),
            "conditional": tk._("These data are given on application."),
            "columns": tk._("Your authorization does not cover a whole file."),
            "not-released": tk._("The data are being prepared: they have not been released yet."),
            "non-open": tk._("These data are not open."),
            "scope": tk._("This access key does not allow downloads."),
        }.get(self.reason, tk._("There is no file to download."))


def access(resource: dict[str, Any]) -> Access:
    """Whether the reader of this page may download the resource now."""
    if not p.plugin_loaded("govshare_gate"):
        url = resource.get("url") or ""
        return Access(bool(url), "not-released", [], link=url)
    from ckanext.govshare import gate

    decision = gate.decide(gate.actor(), resource["id"], "download")
    if not decision.allowed:
        return Access(False, decision.reason, [])
    if decision.link:
        return Access(True, "link", [], link=decision.link)
    formats = [f for f in FORMATS if f in decision.renditions] or [decision.format]
    return Access(True, decision.reason, formats, decision.columns)
