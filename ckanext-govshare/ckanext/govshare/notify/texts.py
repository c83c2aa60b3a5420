"""The texts of the messages, in both languages; an operator may edit the file."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any, NamedTuple

from ckanext.govshare import config_dir

LANGUAGES = ("zh", "en")


class Text(NamedTuple):
    title: str
    body: str


def render(kind: str, language: str, values: dict[str, Any]) -> Text:
    """The message's title and body in `zh` or `en`; raises KeyError as `outbox.send` says."""
    text = _all()[kind][language]
    return Text(text["title"].format(**values), text["body"].format(**values))


@cache
def _all() -> dict[str, dict[str, dict[str, str]]]:
    path = config_dir() / "catalogue" / "messages.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def path(subject_type: str | None, subject_id: str | None) -> str:
    """The page of what the message is about, on this site."""
    places = {"case": "case", "dataset": "dataset", "grant": "grant", "release": "release",
              "harvest_run": "harvest/run", "harvest_source": "harvest/admin"}
    return f"/{places[subject_type]}/{subject_id}" if subject_type in places else "/"
