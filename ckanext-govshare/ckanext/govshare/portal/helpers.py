"""Template helpers of the portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from . import menus

LANGUAGE_TAGS = {"zh_Hans_CN": "zh-CN"}


def unix_locale_to_bcp47(locale: str) -> str:
    """Overrides CKAN's: `zh-CN` is the tag that moment and the fonts know."""
    return LANGUAGE_TAGS.get(locale, locale.replace("_", "-"))


def govshare_has(room: str) -> bool:
    """Whether the room is part of this site (rooms can be left out)."""
    return p.plugin_loaded(f"govshare_{room}")


def govshare_setting(key: str) -> str:
    """A setting of the site's identity, `""` when the operator has not filled it."""
    return tk.config.get(f"govshare.{key}") or ""


def govshare_languages() -> list[dict[str, str]]:
    """The languages offered, each with its own name and the address of this page in it."""
    names = {"zh_Hans_CN": "简体中文", "en": "English"}
    return [
        {
            "code": locale.short_name,
            "tag": unix_locale_to_bcp47(locale.short_name),
            "name": names.get(locale.short_name, locale.display_name),
            "url": tk.h.url_for(tk.h.current_url(), locale=locale.short_name),
        }
        for locale in tk.h.get_available_locales()
    ]


def get_helpers() -> dict[str, Callable[..., Any]]:
    """For CKAN's blanket."""
    own = (unix_locale_to_bcp47, govshare_has, govshare_setting, govshare_languages)
    return {f.__name__: f for f in own} | {
        "govshare_navigation": menus.navigation,
        "govshare_menu": menus.personal,
    }
