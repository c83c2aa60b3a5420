"""The operator's language: Chinese when the locale or `--lang` says so, else English."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import polib

CATALOGUE = Path(__file__).parent / "i18n" / "zh_Hans_CN.po"
_chosen: list[str] = []


def choose(language: str | None) -> None:
    """Take `language` (`zh`, `en`) for the rest of this process; `None` follows the locale."""
    _chosen[:] = [language] if language else []


def chinese() -> bool:
    """Whether messages are in Chinese."""
    if _chosen:
        return _chosen[0].startswith("zh")
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return locale.startswith("zh")


@cache
def _catalogue() -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE)) if entry.msgstr}


def _(msgid: str, **values: object) -> str:
    """`msgid` in the operator's language, with `{name}` places filled from `values`."""
    text = _catalogue().get(msgid, msgid) if chinese() else msgid
    return text.format(**values) if values else text
