"""The kinds of supervision records, declared in `config/catalogue/oversight.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Literal, Self

from pydantic import ValidationError, model_validator

from ckanext.govshare import config_dir
from ckanext.govshare.rules.cited import Strict
from ckanext.govshare.rules.words import Words

FieldType = Literal["text", "long", "date", "moment", "number", "choice", "dataset", "grant"]
COMPLAINT = "complaint"  # written by the public, so it has a form of its own


class KindError(ValueError):
    """The file declares something impossible; the message names the kind and the key."""


class Field(Strict):
    """One field of a record. `by`: the only offices that fill it, else the writers of the kind."""

    type: FieldType
    title: Words
    required: bool = False
    required_if: tuple[str, str] | None = None
    options: tuple[tuple[str, str, str], ...] = ()
    by: tuple[str, ...] = ()
    least: int = 0

    def option(self, code: str) -> Words:
        """The words of an option; the code itself if the file no longer has it."""
        found = {each[0]: Words(each[1], each[2]) for each in self.options}
        return found.get(code, Words(code, code))

    @model_validator(mode="after")
    def _options_of_a_choice(self) -> Self:
        if (self.type == "choice") != bool(self.options):
            raise ValueError("a choice has options, nothing else has")
        return self


class Kind(Strict):
    """One kind of record; the file's head explains each key. `months`: period of the duty."""

    code: str
    title: Words
    help: Words
    scope: Literal["department", "portal", "both"]
    write: tuple[str, ...]
    rules: tuple[str, ...]
    fields: dict[str, Field]
    months: int | None = None
    counts: str | None = None
    due: str | None = None
    close: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    figures: bool = False
    sample: bool = False
    withdraw: bool = False

    @model_validator(mode="after")
    def _names_its_fields(self) -> Self:
        conditions = [f.required_if[0] for f in self.fields.values() if f.required_if]
        for name in (self.counts, self.due, *self.close, *self.shown, *conditions):
            if name is not None and name not in self.fields:
                raise ValueError(f"there is no field {name!r}")
        if (self.months is None) != (self.counts is None):
            raise ValueError("months and counts stand together or not at all")
        return self

    @property
    def rule(self) -> str:
        """For the ledger: `NY 57; ZS 33`."""
        return "; ".join(self.rules)

    def needs(self, name: str, values: dict[str, object]) -> bool:
        """Whether a record with these values cannot be without the field."""
        field = self.fields[name]
        if field.required_if:
            other, value = field.required_if
            return values.get(other) == value
        return field.required


def parse(text: str) -> dict[str, Kind]:
    """The kinds of a file's text.

    :raises KindError: a key is missing, unknown or names a field that is not there
    """
    try:
        return {
            code: Kind.model_validate({"code": code, **table})
            for code, table in tomllib.loads(text).items()
        }
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise KindError(f"oversight.toml: {error}") from error


@cache
def every() -> dict[str, Kind]:
    """All kinds by their code, in the order of the file."""
    path = config_dir() / "catalogue" / "oversight.toml"
    return parse(path.read_text(encoding="utf-8"))
