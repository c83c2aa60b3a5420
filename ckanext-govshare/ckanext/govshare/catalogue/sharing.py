"""What the regulations ask of an entry's sharing side, and of where its data may lie.

The same shape as in `whole`: each check gives ``[(element, message)]``.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.govshare.rules import profiles

from . import law, reading

BASE = "base"


def problems(data: reading.Flat) -> list[tuple[str, str]]:
    """Everything that is wrong on the sharing side."""
    return [
        *mode_problems(data), *base_problems(data), *level_problems(data),
        *lead_problems(data), *batch_problems(data), *link_problems(data),
    ]


def mode_problems(data: reading.Flat) -> list[tuple[str, str]]:
    """What law forbids to share by table or file goes by interface only (Linyi art. 5)."""
    mode = reading.text(data, "share_mode_type")
    if reading.text(data, "interface_only") == "1" and mode not in ("", "interface"):
        return [("share_mode_type", tk._(
            "Law forbids sharing these data by table or file: choose the interface"
        ))]  # fmt: skip
    return []


def base_problems(data: reading.Flat) -> list[tuple[str, str]]:
    """Base databases are shared without condition (NY 37(2), ZS 20, TZ 10(2)).

    Business items of a base database may stand apart where the regulation tells them from the
    basic ones.
    """
    profile = profiles.site()
    asked = profile.share.base_data_unconditional
    share_class = reading.text(data, "share_class")
    if not asked or reading.text(data, "library_type") != BASE:
        return []
    if share_class in ("", "unconditional"):
        return []
    business = reading.text(data, "base_kind") == "business"
    if business and law.asked("base_business_items", profile):
        return []
    words = tk._("Basic items of a base database are shared without condition")
    return [("share_class", f"{words} [{asked.rule}]")]


def level_problems(data: reading.Flat) -> list[tuple[str, str]]:
    """The level of the data bounds the opening class where a grading norm is in force (ZS 8)."""
    grading = profiles.site().catalogue.grading
    level, open_class = reading.text(data, "data_level"), reading.text(data, "open_class")
    if not (grading and grading.value and level):
        return []
    allowed = law.classes_of_level(level)
    if not allowed:
        return [("data_level", tk._("The grading norm has no such level: it is 1, 2, 3 or 4"))]
    if open_class and open_class not in allowed:
        words = tk._("Data of level {level} may not be opened in this class").format(level=level)
        return [("open_class", f"{words} [{grading.rule}]")]
    return []


def lead_problems(data: reading.Flat) -> list[tuple[str, str]]:
    """The lead department is one department of the portal, by name or id."""
    lead = reading.text(data, "lead_org")
    group = model.Group.get(lead) if lead else None
    if lead and (group is None or not group.is_organization):
        return [("lead_org", tk._("Give the name of one organization of this portal"))]
    return []


def batch_problems(data: reading.Flat) -> list[tuple[str, str]]:
    """Exchange in bulk says why interface and cross-check do not suffice (Nanyang art. 38)."""
    asked = profiles.site().share.batch_needs_justification
    if (
        asked and asked.value and reading.text(data, "share_service") == "batch"
        and not reading.text(data, "batch_reason")
    ):
        words = tk._("Say why an interface or a cross-check does not suffice")
        return [("batch_reason", f"{words} [{asked.rule}]")]
    return []


def link_problems(data: reading.Flat) -> list[tuple[str, str]]:
    """Links lead only to the hosts of `govshare.link_hosts`, if the operator names any."""
    hosts = tk.config.get("govshare.link_hosts") or []
    if not hosts:
        return []
    wrong = sorted({host for url in _links(data) if (host := host_of(url)) not in hosts})
    if wrong:
        words = tk._("Data are given only through the platform; not allowed: {hosts}")
        return [("title", words.format(hosts="、".join(wrong)))]
    return []


def host_of(url: str) -> str:
    """The host of an address in small letters; `""` for what has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _links(data: reading.Flat) -> list[str]:
    """Addresses of resources that are no uploads."""
    rows: dict[Any, dict[str, Any]] = {}
    for key, value in data.items():
        if len(key) == 3 and key[0] == "resources":
            rows.setdefault(key[1], {})[key[2]] = value
    return [
        str(row["url"]) for row in rows.values()
        if row.get("url_type") != "upload" and "://" in str(row.get("url") or "")
    ]
