"""Opening matters: what each kind asks for, and the clock that starts with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.govshare import offices
from ckanext.govshare.rules import clocks, profiles
from ckanext.govshare.rules.calendar import WorkingCalendar
from ckanext.govshare.rules.layers import ClockRule

from . import hierarchy, ladder, matters, pending
from . import model as store
from .model import Matter

CAUSES = ("law", "functions", "class", "other")
SUBJECTS = ("class", "need")


def change(data: dict[str, Any], actor: str) -> Matter:
    """Law or functions changed on `day`, or a class is to change: the department owes an update.

    The authority may note the event for a department, which then owes the update just so.
    """
    org = _own_or_authority(data, actor)
    needs(data, "day", "cause", "title")
    day = day_of(data["day"])
    if day > clocks.day_of(store.now()):
        matters.refuse(tk._("The change lies in the future"), "day")
    if data["cause"] not in CAUSES:
        matters.refuse(tk._("Choose why the catalogue changes"), "cause")
    form = {
        "title": data["title"], "cause": data["cause"], "day": day.isoformat(),
        "document": data.get("document") or "", "proposal": proposal(data),
    }
    rule = clock(class_change=concerns_class(form["proposal"]))
    due = _due(day, rule)
    return matters.begin(
        "change", org, actor, "open", dataset_id=_dataset(data, org), form=form,
        rule=rule.limit_wd.rule if rule else None, **_clock(due),
    )


def clock(*, class_change: bool) -> ClockRule | None:
    """The department's clock for a change, if the regulation sets one."""
    profile = profiles.site()
    special = profile.clock("share", "attribute_change") if class_change else None
    return (
        special
        or profile.clock("share", "catalogue_update")
        or profile.clock("open", "catalogue_update")
    )


def concerns_class(proposal: dict[str, str]) -> bool:
    return any(name in pending.WATCHED for name in proposal)


def demand(data: dict[str, Any], actor: str) -> Matter:
    """A department needs data of others; what is published already is answered at once (YN 24)."""
    org = _own(data, actor)
    needs(data, "title", "purpose")
    form = {name: data.get(name) or "" for name in ("title", "purpose", "level")}
    found = matters.begin(
        "demand", org, actor, "open", form=form, other_org=_other(data), rule="nanyang 19"
    )
    match = _published_as(data["title"])
    if match:
        found.state, found.dataset_id, found.closed_at = "answered", match, store.now()
        matters.write(found, "match", actor, "open")
    return found


def submission(data: dict[str, Any], actor: str) -> Matter:
    """The department's entries and open demands in one batch, as they stand now (NY 20)."""
    org = _own(data, actor)
    entries = list(model.Session.scalars(
        sa.select(model.Package.id).where(
            model.Package.owner_org == org, model.Package.state == "active",
            model.Package.type == "dataset",
        )
    ))  # fmt: skip
    demands = [m.id for m in matters.find(
        Matter.kind == "demand", Matter.org_id == org, Matter.state == "open"
    )]  # fmt: skip
    if not entries and not demands:
        matters.refuse(tk._("There is no entry and no demand to submit"), "organization")
    form = {
        "title": tk._("Catalogue list of {name}").format(name=_name(org)),
        "entries": entries, "demands": demands,
        "counts": {"entries": len(entries), "demands": len(demands)},
    }
    return matters.begin("submission", org, actor, first_review(org), form=form, rule="nanyang 20")


def interface(data: dict[str, Any], actor: str) -> Matter:
    """An interface is asked of the producer of data that were not gathered (Nanyang art. 13)."""
    org = _own_or_authority(data, actor)
    needs(data, "dataset_id", "title")
    package = model.Package.get(data["dataset_id"])
    if package is None or not package.owner_org:
        matters.refuse(tk._("There is no such dataset."), "dataset_id")
    return matters.begin(
        "interface", org, actor, "asked", dataset_id=package.id, other_org=package.owner_org,
        form={"title": data["title"], "purpose": data.get("purpose") or ""}, rule="nanyang 13",
    )


def dispute(data: dict[str, Any], actor: str) -> Matter:
    """Departments disagree on an entry's class, or one needs for its duty what is not shared.

    A dispute on an application is settled in its case; there is no application behind this one.
    """
    org = _own(data, actor)
    needs(data, "dataset_id", "subject", "title")
    if data["subject"] not in SUBJECTS:
        matters.refuse(tk._("Choose what the dispute is about"), "subject")
    package = model.Package.get(data["dataset_id"])
    if package is None or package.owner_org in (None, org):
        matters.refuse(tk._("Name a dataset of another department"), "dataset_id")
    asked = profiles.site().share.dispute
    if asked is None:
        matters.refuse(tk._("The regulation of this portal knows no disputes"), "title")
    return matters.begin(
        "dispute", org, actor, ladder.rungs(asked.value)[0], dataset_id=package.id,
        other_org=package.owner_org, rule=asked.rule,
        form={"title": data["title"], "subject": data["subject"]},
    )


OPENERS = {
    "change": change, "demand": demand, "submission": submission, "interface": interface,
    "dispute": dispute,
}


def _name(org: str) -> str:
    group = model.Group.get(org)
    return group.display_name if group else org


def first_review(org: str) -> str:
    """A county's departments go through their county's authority first (Nanyang art. 18)."""
    return "county_review" if hierarchy.upper(org) else "submitted"


def needs(data: dict[str, Any], *names: str) -> None:
    """:raises tk.ValidationError: with every name that has no value."""
    missing: dict[str, Any] = {
        name: [tk._("Missing value")] for name in names if not data.get(name)
    }
    if missing:
        raise tk.ValidationError(missing)


def _own(data: dict[str, Any], actor: str) -> str:
    """The organization for which the person opens the matter."""
    group = model.Group.get(data.get("organization") or "")
    if group is None or not group.is_organization:
        matters.refuse(tk._("There is no such organization."), "organization")
    if not matters.works_for(actor, group.id):
        raise tk.NotAuthorized(tk._("You hold no office in this organization."))
    return group.id


def _own_or_authority(data: dict[str, Any], actor: str) -> str:
    group = model.Group.get(data.get("organization") or "")
    if group is not None and group.is_organization and offices.holds(actor, "authority"):
        return group.id
    return _own(data, actor)


def _other(data: dict[str, Any]) -> str | None:
    group = model.Group.get(data.get("other_organization") or "")
    return group.id if group and group.is_organization else None


def _dataset(data: dict[str, Any], org: str) -> str | None:
    package = model.Package.get(data.get("dataset_id") or "")
    if data.get("dataset_id") and (package is None or package.owner_org != org):
        matters.refuse(tk._("Name a dataset of this department"), "dataset_id")
    return package.id if package else None


def proposal(data: dict[str, Any]) -> dict[str, str]:
    """The elements to change, as ``{name: value}``; what is no element of the entry is refused."""
    given = data.get("proposal") or {}
    if not isinstance(given, dict) or not given.keys() <= elements():
        matters.refuse(tk._("The proposal names elements and their new values"), "proposal")
    return {name: value for name, value in given.items() if value not in (None, "")}


def elements() -> set[str]:
    """The elements that a change or a correction may name."""
    schema = tk.h.scheming_get_dataset_schema("dataset")
    named = {f["field_name"] for f in schema["dataset_fields"] if f["section"] != "system"}
    return named - {"name", "owner_org"}


def _published_as(title: str) -> str | None:
    """A published entry of this very name."""
    return model.Session.execute(
        sa.text("""
            select p.id from package p join govshare_publication g on g.dataset_id = p.id
            where g.state = 'published' and p.state = 'active' and lower(p.title) = lower(:title)
            order by p.id limit 1
        """),
        {"title": title.strip()},
    ).scalar()


def day_of(text: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(str(text)[:10])
    except ValueError:
        matters.refuse(tk._("Give the day as 2026-11-22"), "day")


def _due(day: dt.date, rule: ClockRule | None) -> clocks.Due | None:
    return clocks.due_from(day, rule.limit_wd.value, WorkingCalendar.load()) if rule else None


def _clock(due: clocks.Due | None) -> dict[str, Any]:
    return {
        "clock": due.as_json() if due else None,
        "due_day": due.day if due else None,
        "due_moment": due.moment if due else None,
    }
