"""The blank form of a dataset: what its department asks beyond what the rules ask.

Versions are kept: a case names the version whose terms and undertaking were accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic import model_validator as checked
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.govshare.cases.model import metadata

LARGEST_MB = 10
TYPES = ("pdf", "png", "jpg", "docx", "xlsx")

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]

table = sa.Table(
    "govshare_case_blank",
    metadata,
    sa.Column("dataset_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("content", JSONB, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(Part):
    """A field of the department's own. `choices` is for the kind `choice` only."""

    label: Label
    kind: Literal["line", "text", "choice"] = "line"
    required: bool = False
    choices: tuple[Label, ...] = Field(default=(), max_length=30)

    @checked(mode="after")
    def _choices_belong(self) -> Self:
        if (self.kind == "choice") != (len(self.choices) > 1):
            raise ValueError("a choice names at least two choices, nothing else names any")
        return self


class Slot(Part):
    """A file that may, or must, be attached."""

    label: Label
    required: bool = False
    types: Annotated[tuple[Literal["pdf", "png", "jpg", "docx", "xlsx"], ...],
                     Field(min_length=1)] = TYPES
    max_mb: int = Field(default=LARGEST_MB, ge=1, le=LARGEST_MB)


class Blank(Part):
    """`undertaking` replaces the portal's own lines, where there are any. Version 0: nothing
    is asked beyond the rules."""

    version: int = 0
    questions: tuple[Question, ...] = Field(default=(), max_length=20)
    slots: tuple[Slot, ...] = Field(default=(), max_length=10)
    terms: Annotated[str, StringConstraints(strip_whitespace=True, max_length=8000)] = ""
    undertaking: tuple[Line, ...] = Field(default=(), max_length=20)

    @checked(mode="after")
    def _each_once(self) -> Self:
        for parts in (self.questions, self.slots):
            labels = [part.label for part in parts]
            if len(set(labels)) < len(labels):
                raise ValueError("two of them have the same name")
        return self

    def slot(self, label: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.label == label), None)


def of(dataset_id: str, version: int | None = None) -> Blank:
    """The form as it is now, or as it was in a version."""
    wanted = sa.select(table.c.version, table.c.content).where(table.c.dataset_id == dataset_id)
    if version is not None:
        wanted = wanted.where(table.c.version == version)
    row = model.Session.execute(wanted.order_by(table.c.version.desc()).limit(1)).first()
    return Blank.model_validate({**row.content, "version": row.version}) if row else Blank()


def write(dataset_id: str, given: Mapping[str, Any], user_id: str) -> Blank:
    """A new version, from the next application on; the caller commits.

    :raises tk.ValidationError: what is wrong with it, by part
    """
    version = of(dataset_id).version + 1
    try:
        made = Blank.model_validate({**given, "version": version})
    except ValidationError as error:
        raise tk.ValidationError(_problems(error)) from error
    model.Session.execute(table.insert().values(
        dataset_id=dataset_id, version=version, by=user_id, at=sa.func.now(),
        content=made.model_dump(mode="json", exclude={"version"}),
    ))
    return made


def answers(blank: Blank, data: Mapping[str, Any]) -> dict[str, str]:
    """What was answered, by label; other names are dropped."""
    given = data.get("answers") or {}
    given = given if isinstance(given, Mapping) else {}
    return {q.label: str(given.get(q.label) or "").strip() for q in blank.questions}


def problems(blank: Blank, given: Mapping[str, str]) -> dict[str, Any]:
    """What is missing or wrong among the answers, by label."""
    found: dict[str, Any] = {}
    for question in blank.questions:
        answer = given.get(question.label, "")
        if question.required and not answer:
            found[question.label] = [tk._("The department asks for this; please fill it in.")]
        elif answer and question.kind == "choice" and answer not in question.choices:
            found[question.label] = [tk._("Choose one of what is offered.")]
        elif len(answer) > (200 if question.kind == "line" else 4000):
            found[question.label] = [tk._("This is too long; please shorten it.")]
    return found


def _problems(error: ValidationError) -> dict[str, Any]:
    """Named by part and place, so that the page can show them."""
    named = {"questions": tk._("Questions"), "slots": tk._("Attachments"),
             "terms": tk._("Terms of use"), "undertaking": tk._("Undertaking")}
    found: dict[str, Any] = {}
    for entry in error.errors():
        part, *place = [str(p) for p in entry["loc"]] or ["form"]
        row = f" {int(place[0]) + 1}" if place and place[0].isdigit() else ""
        text = tk._("{part}{row}: please check what you entered.").format(
            part=named.get(part, part), row=row)
        found.setdefault(part, []).append(text)
    return found
