"""The five regulations as policy profiles, read from `config/profiles/`.

Every value names its article. Where a regulation is silent the value is None: then there is no
statutory clock, the portal may show an advisory aim, and nothing counts as overdue.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, overload

from pydantic import Field, StringConstraints, ValidationError, model_validator

from ckanext.govshare import config_dir

from .cited import Cited, Strict
from .layers import ClockRule, Layer, OpenLayer, ShareLayer
from .words import Words

CODES = ("linyi", "nanyang", "yunnan", "zhongshan", "tengzhou")

S = TypeVar("S", bound=Strict)

LayerName = Literal["open", "share"]
ClockName = Literal[
    "reply", "objection", "correction_verify", "correction_fix", "delivery", "step_in",
    "interface_extension", "catalogue_update", "catalogue_review", "county_report",
    "attribute_change", "data_update", "publish",
]  # fmt: skip

# What the portal aims at where no regulation sets a limit. Shown as advice, never as overdue.
ADVISORY_WD: dict[str, int] = {
    "reply": 10, "objection": 10, "correction_verify": 5, "correction_fix": 10, "delivery": 5,
}  # fmt: skip

EXPIRED = Words("《{title}》有效期至{day}，该日之后不再有效", "{title} was in force until {day}")
NOT_YET = Words("《{title}》自{day}起施行", "{title} came into force on {day}")

DateOfYear = Annotated[str, StringConstraints(pattern=r"^\d\d-(last|\d\d)$")]


class ProfileError(ValueError):
    """A profile that cannot be used. The message names the file, the key and what to do."""


class Catalogue(Strict):
    norm: Cited[str] | None = None
    elements: Cited[tuple[str, ...]] | None = None
    code_levels: Cited[tuple[str, ...]] | None = None
    demand_list: Cited[bool] | None = None
    responsibility_list: Cited[bool] | None = None
    full_maintenance_per_year: Cited[int] | None = None
    grading: Cited[bool] | None = None


class Data(Strict):
    update: Cited[Literal["realtime", "by_cycle"]] | None = None
    non_realtime_needs: Cited[tuple[str, ...]] | None = None
    natural_person_key: Cited[str] | None = None
    legal_person_key: Cited[str] | None = None


class Logs(Strict):
    """How long logs are kept, in months, and what they hold."""

    retention_months: Cited[Annotated[int, Field(ge=1)]] | None = None
    kinds: Cited[tuple[str, ...]] | None = None
    fields: Cited[tuple[str, ...]] | None = None


class Oversight(Strict):
    """Yearly duties (`01-last`: by the end of January) and who must be kept apart."""

    department_report: Cited[DateOfYear] | None = None
    authority_report: Cited[DateOfYear] | None = None
    authority_report_public: Cited[bool] | None = None
    statistics: Cited[tuple[str, ...]] | None = None
    separated_roles: Cited[tuple[str, ...]] | None = None
    backup: Cited[tuple[str, ...]] | None = None


class Publication(Strict):
    confidentiality_review: Cited[Literal["department", "required"]] | None = None
    confidentiality_reviewer_dedicated: Cited[bool] | None = None


class Profile(Strict):
    """One regulation. `version` is a digest of everything it says (and borrows)."""

    code: str
    title: Words
    place: Words
    authority: Cited[Words]
    roles: Cited[tuple[Words, ...]]
    layers: Cited[tuple[LayerName, ...]]
    valid_from: Cited[date]
    valid_to: Cited[date] | None = None
    interpreted_by: Cited[Words] | None = None
    clock_pause: Cited[Literal["none"]] | None = None
    open: OpenLayer = OpenLayer()
    share: ShareLayer = ShareLayer()
    catalogue: Catalogue = Catalogue()
    data: Data = Data()
    logs: Logs = Logs()
    oversight: Oversight = Oversight()
    publication: Publication = Publication()
    borrowed_from: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.valid_to and self.valid_to.value < self.valid_from.value:
            raise ValueError("valid_to lies before valid_from")
        step_in = self.share.clocks.step_in
        policy = self.share.overdue_policy
        if (policy is not None and policy.value == "authority_provides") != (step_in is not None):
            raise ValueError("share: overdue_policy = authority_provides and the clock step_in "
                             "stand together or not at all")  # fmt: skip
        return self

    @property
    def version(self) -> str:
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @overload
    def layer(self, name: Literal["open"]) -> OpenLayer: ...
    @overload
    def layer(self, name: Literal["share"]) -> ShareLayer: ...
    @overload
    def layer(self, name: LayerName) -> OpenLayer | ShareLayer: ...
    def layer(self, name: LayerName) -> Layer:
        if name not in ("open", "share"):
            raise ProfileError(f"There is no layer {name!r}: it is 'open' or 'share'.")
        return self.open if name == "open" else self.share

    def clock(self, layer: LayerName, name: ClockName) -> ClockRule | None:
        """The statutory clock, or None where the regulation sets none."""
        return getattr(self.layer(layer).clocks, name, None)

    def in_force(self, day: date) -> bool:
        return self.warning(day) is None

    def warning(self, day: date) -> Words | None:
        """What to tell when a case of that day is judged by this profile out of its time."""
        for limit, over, text in (
            (self.valid_from, day < self.valid_from.value, NOT_YET),
            (self.valid_to, self.valid_to is not None and day > self.valid_to.value, EXPIRED),
        ):
            if limit and over:
                return Words(
                    text.zh.format(title=self.title.zh, day=limit.value),
                    text.en.format(title=self.title.en, day=limit.value),
                )
        return None

    def borrow(self, lender: Profile) -> Profile:
        """This profile with the lender's open layer where its own is silent.

        Only the open layer borrows: what happens to departments that are late is never taken
        from another city. Every borrowed value keeps the lender's article and code.
        """
        if "open" not in lender.layers.value or not lender.open.clocks.reply:
            raise ProfileError(f"{lender.code} sets no rules for applications of the public.")
        clocks = _filled(self.open.clocks, lender.open.clocks)
        opened = _filled(self.open, lender.open).model_copy(update={"clocks": clocks})
        return self.model_copy(update={"open": opened, "borrowed_from": lender.code})


def _filled(own: S, lent: S) -> S:
    """`own`, with the lender's value wherever it says nothing."""
    silent = [name for name in type(own).model_fields if getattr(own, name) is None]
    return own.model_copy(update={name: getattr(lent, name) for name in silent})


def parse(text: str, name: str = "profile") -> Profile:
    """A profile from the text of a TOML file; `name` stands in the error messages."""
    try:
        tables = tomllib.loads(text)
        return Profile.model_validate(_signed(tables, str(tables.get("code", ""))))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{name}: not readable as TOML: {error}") from error
    except ValidationError as error:
        lines = [
            f"{name}: {'.'.join(str(part) for part in entry['loc']) or 'profile'}: {entry['msg']}"
            for entry in error.errors()
        ]
        raise ProfileError("\n".join(lines)) from error


def _signed(value: Any, code: str) -> Any:
    """Writes the profile's code into every cited value, so that it keeps its source."""
    if isinstance(value, dict):
        signed = {key: _signed(entry, code) for key, entry in value.items()}
        return signed | {"profile": code} if "article" in signed else signed
    return [_signed(entry, code) for entry in value] if isinstance(value, list) else value


@cache
def get(code: str, borrowed_from: str | None = None) -> Profile:
    """The profile of a regulation, with the open layer of `borrowed_from` where it is silent.

    Raises ProfileError for an unknown code or a file that says something impossible.
    """
    if code not in CODES:
        raise ProfileError(f"There is no profile {code!r}; there are {', '.join(CODES)}.")
    path: Path = config_dir() / "profiles" / f"{code}.toml"
    profile = parse(path.read_text(encoding="utf-8"), path.name)
    if profile.code != code:
        raise ProfileError(f"{path.name}: code is {profile.code!r}, the file's name says {code!r}")
    if not borrowed_from or borrowed_from == code:
        return profile
    return profile.borrow(get(borrowed_from))


def site() -> Profile:
    """The portal's own profile, from `govshare.profile` and `govshare.borrowed_from`."""
    # Read here, so that everything else in this room works without CKAN.
    from ckan.common import config

    return get(config.get("govshare.profile") or "nanyang", config.get("govshare.borrowed_from"))
