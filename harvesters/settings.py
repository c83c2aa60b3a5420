"""What can be set for a source, as JSON in its form; checked before it is kept.

Passwords and keys never stand here: they are sealed apart (`consent.keep_secret`).
"""

from __future__ import annotations

from typing import Any, Self, TypeVar

import ckan.plugins.toolkit as tk
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from harvesters import network
from harvesters.quality.rules import Rule

SECRETS = ("password", "passwd", "secret", "token", "api_key", "apikey", "client_secret")


class Strict(BaseModel):
    """Unknown names are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Settings(Strict):
    """What every mode knows.

    `defaults`: catalogue elements for records that bring none. `allow`: private networks that the
    source needs; they count once the data authority has approved them. `removal_share`: a run that
    misses more of the known records than this stops and asks. `grace_days`: after so many days a
    record that has gone is proposed for withdrawal. `filing`: why not in real time, and its number.
    """

    defaults: dict[str, Any] = {}
    allow: list[str] = []
    rules: list[Rule] = []
    removal_share: float = Field(default=0.2, gt=0, le=1)
    grace_days: int = Field(default=30, ge=0)
    filing: Filing | None = None

    @field_validator("allow")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        network.allowed(value)
        return value


class Filing(Strict):
    """Collection that is not in real time is filed with its interval and reason (Nanyang 29)."""

    interval: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    number: str = ""


Settings.model_rebuild()
Some = TypeVar("Some", bound=Settings)


class _Loose(BaseModel):
    """Any JSON, to look for secrets in it."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="after")
    def _no_secret(self) -> Self:
        if names := sorted(_secret_names(self.model_extra)):
            raise ValueError(tk._("{0}: secrets are kept apart; enter them on the source's page")
                             .format(", ".join(names)))
        return self


def parse(kind: type[Some], text: str | None) -> Some:
    """The settings of a source; raises ValueError with what is wrong and where."""
    try:
        _Loose.model_validate_json(text or "{}")
        return kind.model_validate_json(text or "{}")
    except ValidationError as error:
        raise ValueError("; ".join(_said(one) for one in error.errors(
            include_url=False, include_input=False))) from None


def _said(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return tk._("Unknown settings: {0}").format(where)
    if error["type"] == "json_invalid":
        return tk._("The settings must be JSON: {0}").format(error["ctx"]["error"])
    if error["type"] == "missing":
        return tk._("{0} is missing").format(where)
    words = error["msg"].removeprefix("Value error, ")
    return f"{where}: {words}" if where else words


def _secret_names(found: Any) -> set[str]:
    if isinstance(found, list):
        return {name for each in found for name in _secret_names(each)}
    if not isinstance(found, dict):
        return set()
    here = {name for name, value in found.items()
            if name.lower() in SECRETS and isinstance(value, str)}
    return here | {name for value in found.values() for name in _secret_names(value)}
