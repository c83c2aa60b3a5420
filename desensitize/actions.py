"""What can be done to a column: names, parameters and their checks. The doing is in
``transform``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Keep(_Action):
    """As it is, byte for byte (formulas excepted)."""

    action: Literal["keep"] = "keep"


class Drop(_Action):
    """The column is left out."""

    action: Literal["drop"] = "drop"


class Ask(_Action):
    """A person has to decide; nothing is transformed until then."""

    action: Literal["ask"] = "ask"


class Mask(_Action):
    """All but the first ``left`` and last ``right`` characters become ``*``; short values
    wholly.
    """

    action: Literal["mask"] = "mask"
    left: int = Field(default=0, ge=0, le=10)
    right: int = Field(default=0, ge=0, le=10)


class Replace(_Action):
    """Every value becomes the same text."""

    action: Literal["replace"] = "replace"
    with_: str = Field(default="***", alias="with", max_length=100)
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Redact(_Action):
    """Each span found in a text becomes its entity's name in brackets."""

    action: Literal["redact"] = "redact"


class Generalise(_Action):
    """``to``: a date's ``year`` or ``month``; an ``age_band`` or number ``band`` of ``width``;
    an address's
    ``province``, ``city``, ``district`` or ``street``; ``decimals`` of a coordinate; the first
    ``prefix`` characters.
    """

    action: Literal["generalise"] = "generalise"
    to: Literal[
        "year",
        "month",
        "age_band",
        "band",
        "province",
        "city",
        "district",
        "street",
        "decimals",
        "prefix",
    ]
    width: float = Field(default=10, gt=0, description="of a band, in the column's unit")
    digits: int = Field(default=2, ge=0, le=12, description="decimals or characters kept")


class Pseudonym(_Action):
    """A keyed code, the same for the same value in every file of the ``namespace``, so that
    files join.
    """

    action: Literal["pseudonym"] = "pseudonym"
    namespace: str = Field(pattern=r"^[\w.-]{1,64}$")


class Encrypt(_Action):
    """Format-preserving (NIST SP 800-38G FF1): digits stay digits, the length stays."""

    action: Literal["encrypt"] = "encrypt"
    namespace: str = Field(pattern=r"^[\w.-]{1,64}$")


Action = Annotated[
    Keep | Drop | Ask | Mask | Replace | Redact | Generalise | Pseudonym | Encrypt,
    Field(discriminator="action"),
]
