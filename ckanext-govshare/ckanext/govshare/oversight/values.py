"""From what a person typed to the values of a record, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.oversight.kinds import Field, Kind
from ckanext.govshare.oversight.model import now
from ckanext.govshare.rules.clocks import SHANGHAI, day_of

LONGEST = {"text": 300, "long": 4000}


class Wrong(ValueError):  # noqa: N818  the word people use
    """The value is no value of the field; the message tells the person what to do."""


def read(kind: Kind, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values given, cleaned, and what is wrong with the others, by field.

    An empty value is none. A name that the kind has no field for is wrong.
    """
    values: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for name, raw in given.items():
        if name not in kind.fields:
            wrong[name] = [tk._("A record of this kind has no such field.")]
        elif raw not in (None, ""):
            try:
                values[name] = _value(kind.fields[name], str(raw).strip(), name == kind.counts)
            except Wrong as error:
                wrong[name] = [str(error)]
    return values, wrong


def missing(kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """The fields that a record with these values cannot be without."""
    return {
        name: [tk._("This must be filled in.")]
        for name in kind.fields if name not in values and kind.needs(name, values)
    }


def dataset_of(values: dict[str, Any]) -> str | None:
    """The dataset that a record is about: named, or that of the grant it names."""
    if "grant" in values:
        return _grant_dataset(values["grant"])
    return values.get("dataset")


def _value(field: Field, text: str, has_happened: bool) -> str | int:
    match field.type:
        case "date":
            return _date(text, has_happened)
        case "moment":
            return _moment(text)
        case "number":
            return _number(text, field.least)
        case "choice":
            if text not in {each[0] for each in field.options}:
                raise Wrong(tk._("Choose one of the values offered."))
            return text
        case "dataset":
            return _dataset(text)
        case "grant":
            if _grant_dataset(text) is None:
                raise Wrong(tk._("There is no such grant."))
            return text
        case _:
            if len(text) > LONGEST[field.type]:
                raise Wrong(tk._("Shorten this to {n} characters.").format(n=LONGEST[field.type]))
            return text


def _date(text: str, has_happened: bool) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Wrong(tk._("Write the date as 2026-01-31.")) from None
    if has_happened and day > day_of(now()):
        raise Wrong(tk._("This day is still to come; register it when it is done."))
    return day.isoformat()


def _moment(text: str) -> str:
    """A moment without a time zone is China's, as the form sends it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Wrong(tk._("Write the time as 2026-01-31T09:30.")) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    if moment > now():
        raise Wrong(tk._("This time is still to come."))
    return moment.isoformat()


def _number(text: str, least: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < least:
        raise Wrong(tk._("Write a whole number of at least {n}.").format(n=least))
    return int(text)


def _dataset(text: str) -> str:
    found = model.Package.get(text)
    if found is None or found.state != "active" or found.type != "dataset":
        raise Wrong(tk._("There is no such dataset."))
    return found.id


def _grant_dataset(grant_id: str) -> str | None:
    return model.Session.execute(
        sa.text("select dataset_id from govshare_grant where id = :id"), {"id": grant_id}
    ).scalar()
