"""The texts of the messages, in both languages.

The portal's own stand in `config/catalogue/messages.toml`. An operator changes any of them in
`<govshare.data_dir>/messages.toml`, of the same form; it takes effect at once. A text there that
cannot be used never stops an act: the portal's own is sent, and `ckan notify texts` names it.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ckan.plugins import toolkit as tk

from ckanext.govshare import config_dir

LANGUAGES = ("zh", "en")

Texts = dict[str, dict[str, dict[str, str]]]


class Text(NamedTuple):
    title: str
    body: str


def render(kind: str, language: str, values: dict[str, Any]) -> Text:
    """The message's title and body in `zh` or `en`; raises KeyError as `outbox.send` says."""
    own = _file(config_dir() / "catalogue" / "messages.toml")[kind][language]
    changed = _changed().get(kind, {}).get(language)
    if changed and _fits(changed, own):
        own = changed
    return Text(own["title"].format(**values), own["body"].format(**values))


def problems() -> Iterator[str]:
    """What cannot be used of the operator's texts."""
    base = _file(config_dir() / "catalogue" / "messages.toml")
    try:
        _file(_place())
    except (OSError, ValueError) as error:
        if not isinstance(error, FileNotFoundError):
            yield f"messages.toml: {error}"
        return
    for kind, languages in _changed().items():
        for language, text in languages.items():
            own = base.get(kind, {}).get(language)
            if own is None:
                yield f"{kind}.{language}: there is no such message"
            elif not _fits(text, own):
                known = ", ".join(sorted(_names(own)))
                yield f"{kind}.{language}: needs title and body, and may name only: {known}"


def path(subject_type: str | None, subject_id: str | None) -> str:
    """The page of what the message is about, on this site."""
    places = {"case": "case", "complaint": "complaint", "dataset": "dataset", "grant": "grant",
              "matter": "matter", "oversight": "oversight", "release": "release",
              "harvest_run": "harvest/run", "harvest_source": "harvest/source"}
    if subject_type == "inbox":
        return "/case/inbox"
    return f"/{places[subject_type]}/{subject_id}" if subject_type in places else "/"


def _changed() -> Texts:
    try:
        return _file(_place())
    except (OSError, ValueError):
        return {}


def _place() -> Path:
    return Path(tk.config["govshare.data_dir"]) / "messages.toml"


def _fits(text: Any, own: dict[str, str]) -> bool:
    """Whether the text has both parts and names nothing that the message does not bring."""
    try:
        return set(text) == {"title", "body"} and _names(text) <= _names(own)
    except (AttributeError, TypeError, ValueError):
        return False


def _names(text: dict[str, str]) -> set[str]:
    parts = (part for value in text.values() for part in string.Formatter().parse(value))
    return {name for _text, name, _form, _how in parts if name is not None}


def _file(place: Path) -> Texts:
    at = place.stat()
    return _read(place, at.st_mtime_ns, at.st_size)


@lru_cache(maxsize=8)
def _read(place: Path, _changed_at: int, _size: int) -> Texts:
    return tomllib.loads(place.read_text(encoding="utf-8"))
