"""The desensitization standard of each category of dataset, read from
``config/desensitize/*.yaml``.

Zhongshan art. 27: for every category of dataset to be opened, the desensitization standard, the
review procedure
and the form of opening are fixed. A category without one of the three does not load.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from .actions import Action
from .classify import EXTRA
from .entities import BY_NAME
from .profile import CLASSES


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Bilingual(_Part):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def say(self, lang: str = "zh") -> str:
        return self.zh if lang.startswith("zh") else self.en


class Threshold(_Part):
    """A limit and who sets it."""

    value: float = Field(ge=0)
    source: str = Field(min_length=4)


class Thresholds(_Part):
    """``k``, ``l``: at least; ``t``, ``unique``, ``prosecutor``, ``average``: at most (shares)."""

    k: Threshold | None = None
    l: Threshold | None = None  # noqa: E741 the measure's name
    t: Threshold | None = None
    unique: Threshold | None = None
    prosecutor: Threshold | None = None
    average: Threshold | None = None


class Standard(_Part):
    """One category: what is done to each entity and class, the limits of risk, the review, the
    form of opening.
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: Bilingual
    basis: list[str] = Field(min_length=1)
    classes: dict[str, Action]
    entities: dict[str, Action] = {}
    headers: dict[str, Action] = {}
    risk: Thresholds
    review_procedure: Bilingual
    open_form: list[str] = Field(min_length=1)
    digest: str = ""

    @model_validator(mode="after")
    def _known(self) -> Standard:
        if missing := set(CLASSES) - set(self.classes):
            raise ValueError(f"no action for class {sorted(missing)}")
        if strange := (set(self.classes) - set(CLASSES)) | (
            set(self.entities) - set(BY_NAME) - set(EXTRA)
        ):
            raise ValueError(f"unknown class or entity {sorted(strange)}")
        if self.classes["direct"].action in ("keep", "redact"):
            raise ValueError("a direct identifier is never kept by default")
        return self


def folder() -> Path:
    """Where the standards are: ``DESENSITIZE_CONFIG``, else beside the package."""
    return Path(
        os.environ.get("DESENSITIZE_CONFIG", Path(__file__).parents[1] / "config" / "desensitize")
    )


@cache
def load(code: str, where: Path | None = None) -> Standard:
    """One standard. Errors: ``KeyError`` if there is none; pydantic's if it is not valid."""
    path = (where or folder()) / f"{code}.yaml"
    if not code.replace("-", "").isalnum() or not path.is_file():
        raise KeyError(code)
    content = path.read_bytes()
    standard = Standard.model_validate(yaml.safe_load(content))
    if standard.code != code:
        raise ValueError(f"{path.name} calls itself {standard.code}")
    return standard.model_copy(update={"digest": hashlib.sha256(content).hexdigest()})


def every() -> list[Standard]:
    """All standards, the default first."""
    codes = sorted((p.stem for p in folder().glob("*.yaml")), key=lambda c: (c != "default", c))
    return [load(code) for code in codes]
