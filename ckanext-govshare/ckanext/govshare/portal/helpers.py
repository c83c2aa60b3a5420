"""Template helpers of the portal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.govshare.rules import profiles

from . import dates, delivery, menus, places, quality, related, schema_org


class ReplyLimit(NamedTuple):
    """Working days to answer, the rule that says so, working days of the one extension."""

    days: int
    rule: str
    extension: int


LANGUAGE_TAGS = {"zh_Hans_CN": "zh-CN"}


def unix_locale_to_bcp47(locale: str) -> str:
    """Overrides CKAN's: `zh-CN` is the tag that moment and the fonts know."""
    return LANGUAGE_TAGS.get(locale, locale.replace("_", "-"))


LIGHT = re.compile(
    r"(govshare_portal|govshare_data|govshare_developers)\.\w+|home\.\w+|dataset\.(search|read)"
    r"|(dataset_)?resource\.read|organization\.(index|read)"
)


def govshare_is_light() -> bool:
    """Whether the page is one that strangers only read: no form on it is sent."""
    return tk.current_user.is_anonymous and bool(LIGHT.fullmatch(tk.request.endpoint or ""))


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
            "name": names.get(locale.short_name) or str(locale.display_name),
            "url": tk.h.url_for(tk.h.current_url(), locale=locale.short_name),
        }
        for locale in tk.h.get_available_locales()
    ]


def govshare_reply_limit() -> ReplyLimit | None:
    """The time to answer an application, from the site's profile; None where it is silent."""
    reply = profiles.site().clock("open", "reply")
    if reply is None:
        return None
    return ReplyLimit(
        reply.limit_wd.value,
        reply.limit_wd.rule,
        reply.extension.limit_wd.value if reply.extension else 0,
    )


class Regulation(NamedTuple):
    """The title of the site's regulation and of the one that it borrows from."""

    title: str
    borrowed: str


def govshare_regulation() -> Regulation:
    """Which regulation this site works by, in the reader's language."""
    profile, language = profiles.site(), tk.h.lang() or "zh_Hans_CN"
    lender = profile.borrowed_from
    return Regulation(
        profile.title.pick(language), profiles.get(lender).title.pick(language) if lender else ""
    )


def govshare_now() -> str:
    """The moment, for a message that people pass on to the operator."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S")


def govshare_url(base: str, query: list[tuple[str, Any]]) -> str:
    """An address with its arguments."""
    return f"{base}?{urlencode(query)}" if query else base


def govshare_follows(dataset_id: str) -> bool:
    """Whether the reader follows the dataset."""
    return tk.get_action("am_following_dataset")({}, {"id": dataset_id})


def get_helpers() -> dict[str, Callable[..., Any]]:
    """For CKAN's blanket."""
    own = (
        unix_locale_to_bcp47,
        govshare_has,
        govshare_is_light,
        govshare_setting,
        govshare_languages,
        govshare_reply_limit,
        govshare_regulation,
        govshare_now,
        govshare_url,
        govshare_follows,
        dates.render_datetime,
        quality.govshare_quality,
        related.govshare_citation,
        schema_org.govshare_schema_org,
    )
    return {f.__name__: f for f in own} | {
        "govshare_navigation": menus.navigation,
        "govshare_menu": menus.personal,
        "govshare_access": delivery.access,
        "govshare_places": places.has,
    }
