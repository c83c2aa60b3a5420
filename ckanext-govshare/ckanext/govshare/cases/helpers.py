"""Template helpers of the cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.govshare.cases import labels
from ckanext.govshare.rules.clocks import SHANGHAI

__all__ = ["get_helpers"]


def get_helpers() -> dict[str, Callable[..., Any]]:
    return {
        "govshare_case_label": label,
        "govshare_case_moment": moment,
        "govshare_case_words": words,
    }


def label(of: str, code: str | None) -> str:
    """The name of a `state`, `act`, `kind`, `mode`, `applicant`, `field`, `office`, `standing`."""
    return getattr(labels, of)(code or "")


def moment(text: str | None, *, time: bool = True) -> str:
    """An instant as people in China write it: 2026-11-22 09:30."""
    if not text:
        return ""
    local = datetime.fromisoformat(text).astimezone(SHANGHAI)
    return local.strftime("%Y-%m-%d %H:%M" if time else "%Y-%m-%d")


def words(both: dict[str, str]) -> str:
    """The wording for the page's language of something that the rules say in both."""
    return both.get("zh" if (tk.h.lang() or "zh").startswith("zh") else "en", "")
