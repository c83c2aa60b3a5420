"""The operator's language: Chinese when the locale or `--lang` says so, else English."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import polib

CATALOGUE = Path(__file__).parent / "i18n" / "zh_Hans_CN.po"
CHOSEN = "GOVSHARE_LANG"
"""The variable by which a command tells its children what `--lang` said."""


def choose(language: str | None) -> None:
    """Take `language` (`zh`, `en`) for this process and its children; `None` changes nothing."""
    if language:
        os.environ[CHOSEN] = language


def chinese() -> bool:
    """Whether messages are in Chinese."""
    names = (CHOSEN, "LC_ALL", "LC_MESSAGES", "LANG")
    return next(filter(None, map(os.environ.get, names)), "").startswith("zh")


@cache
def _catalogue() -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE)) if entry.msgstr}


def _(msgid: str, **values: object) -> str:
    """`msgid` in the operator's language, with `{name}` places filled from `values`."""
    text = _catalogue().get(msgid, msgid) if chinese() else msgid
    return text.format(**values) if values else text
