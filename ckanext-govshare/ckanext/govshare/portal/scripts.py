"""The Chinese of CKAN's scripts.

CKAN builds a file for every language it knows, by a command of its own, and looks it up under a
name that the page's language tag does not give. Chinese needs neither: the catalogue is at hand.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import polib
from ckan.lib.i18n import get_ckan_i18n_dir
from flask_babel import force_locale, gettext, ngettext

CHINESE = "zh_Hans_CN"


@cache
def _messages() -> tuple[tuple[str, str], ...]:
    """The messages that CKAN's scripts use, with their plurals."""
    template = polib.pofile(str(Path(get_ckan_i18n_dir()) / "ckan.pot"))
    return tuple(
        (entry.msgid, entry.msgid_plural)
        for entry in template
        if any(name.endswith(".js") for name, _ in entry.occurrences)
    )


@cache
def catalogue() -> dict[str, Any]:
    """In the form that Jed reads: `{msgid: [plural or None, translation]}`. Needs a request."""
    header = {"domain": "ckan", "lang": CHINESE, "plural-forms": "nplurals=1; plural=0;"}
    with force_locale(CHINESE):
        return {"": header} | {
            one: [many, ngettext(one, many, 1)] if many else [None, gettext(one)]
            for one, many in _messages()
        }
