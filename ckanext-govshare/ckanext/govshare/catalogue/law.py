"""What the regulations ask of entries beyond the profiles: `config/catalogue/regulations.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from ckanext.govshare import config_dir
from ckanext.govshare.rules.profiles import Profile


@cache
def _table() -> dict[str, Any]:
    path = config_dir() / "catalogue" / "regulations.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def asked(name: str, profile: Profile) -> str | None:
    """The rule (`zhongshan 26`) by which the site's regulation asks for `name`, if it does."""
    article = _table()[name].get(profile.code)
    return f"{profile.code} {article}" if article else None


def breach(name: str, profile: Profile) -> str | None:
    """The rule under which `catalogue`, `data`, `omission` or `other_channel` is a breach."""
    article = _table()["breach"][name].get(profile.code)
    return f"{profile.code} {article}" if article else None


def classes_of_level(level: str) -> tuple[str, ...]:
    """Opening classes that a level of data allows; empty for a level that is not in the norm."""
    return tuple(_table()["levels"].get(level, ()))
