"""Words for kinds, states, steps and fields of matters and reports, in the reader's language."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from . import ladder

#: The fields of each kind's form.
FIELDS: dict[str, tuple[str, ...]] = {
    "change": ("title", "cause", "day", "document", "dataset_id"),
    "demand": ("title", "purpose", "level", "other_organization"),
    "submission": (),
    "interface": ("dataset_id", "title", "purpose"),
    "dispute": ("dataset_id", "subject", "title"),
}
#: What a step may be given beside what it needs.
OPTIONAL = {"decide": ("share_class", "document")}


def kinds() -> dict[str, str]:
    return {
        "change": tk._("Change of the catalogue"), "filing": tk._("Filing with the authority"),
        "submission": tk._("Submission of the catalogue list"), "demand": tk._("Demand for data"),
        "interface": tk._("Interface request"), "dispute": tk._("Dispute between departments"),
    }


def states() -> dict[str, str]:
    return {
        "open": tk._("The department acts"), "returned": tk._("Returned"),
        "county_review": tk._("County review"), "submitted": tk._("The authority reviews"),
        "filed": tk._("Filed"), "to_report": tk._("To be reported"), "closed": tk._("Closed"),
        "answered": tk._("Answered"), "accepted": tk._("Accepted"), "refused": tk._("Refused"),
        "withdrawn": tk._("Withdrawn"), "asked": tk._("Asked"), "proposed": tk._("Day proposed"),
        "agreed": tk._("Day agreed"), "extension_asked": tk._("Extension asked"),
        "extended": tk._("Extended"), "negotiate": tk._("The departments negotiate"),
        "coordinate": tk._("The authority coordinates"),
        "government": tk._("The city government decides"),
    }


def acts() -> dict[str, str]:
    return {
        "open": tk._("Opened"), "match": tk._("Answered by the catalogue"),
        "submit": tk._("Submit to the authority"), "pass": tk._("Pass on to the city"),
        "return": tk._("Return with a reason"), "approve": tk._("Approve"),
        "receive": tk._("Confirm receipt"), "report": tk._("Report"),
        "withdraw": tk._("Withdraw"), "decide": tk._("Decide"), "answer": tk._("Name the entry"),
        "accept": tk._("Accept"), "refuse": tk._("Refuse"), "propose": tk._("Propose"),
        "confirm": tk._("Confirm the day"), "agree": tk._("Agree"),
        "ask_extension": tk._("Ask for an extension"), "extend": tk._("Extend"),
        "refuse_extension": tk._("Refuse the extension"), "deliver": tk._("Delivered"),
        "escalate": tk._("Take it to the next instance"),
    }


def fields() -> dict[str, str]:
    return {
        "title": tk._("What it is about"), "cause": tk._("Why the catalogue changes"),
        "day": tk._("Day"), "document": tk._("Document"), "dataset_id": tk._("Dataset (its id)"),
        "purpose": tk._("Duty that it serves"), "level": tk._("Level of detail needed"),
        "other_organization": tk._("Department that may have it"),
        "subject": tk._("What is disputed"),
        "summary": tk._("What was changed"), "reason": tk._("Reason"),
        "filing_no": tk._("Filing number"), "outcome": tk._("Outcome"),
        "share_class": tk._("Sharing class from now on"), "decisions": tk._("Decisions"),
    }


def choices() -> dict[str, dict[str, str]]:
    """Fields that are chosen from a list."""
    return {
        "cause": {
            "law": tk._("Law was amended or repealed"), "functions": tk._("Functions changed"),
            "class": tk._("A class is to change"), "other": tk._("Another cause"),
        },
        "subject": {
            "class": tk._("The sharing class"), "need": tk._("Needed for duty"),
        },
        "share_class": {
            "": "–", "unconditional": tk._("Shared without condition"),
            "conditional": tk._("Shared on application"), "non-shared": tk._("Not shared"),
        },
    }


def causes() -> dict[str, str]:
    """Why a version came about."""
    return {
        "compiled": tk._("Compiled"), "changed": tk._("Changed"), "amended": tk._("Corrected"),
        "confirmed": tk._("Confirmed for the year"), "published": tk._("Published"),
        "suspended": tk._("Suspended"), "withdrawn": tk._("Withdrawn"), "draft": tk._("Draft"),
        "reviewed": tk._("Reviewed"), "deleted": tk._("Deleted"), "data": tk._("New data"),
        "dispute": tk._("Dispute settled"),
    }


def reports() -> dict[str, str]:
    return {
        "overdue": tk._("Overdue register"), "departments": tk._("Progress by department"),
        "unattached": tk._("Entries without data"), "stale": tk._("Entries with old data"),
        "unconfirmed": tk._("Not confirmed this year"),
        "topic-not-shared": tk._("Topic entries not shared"),
        "not-shared": tk._("Entries not shared, with basis"),
        "not-gathered": tk._("Not gathered, without interface"),
        "outside-links": tk._("Links that lead outside"),
        "coverage": tk._("Systems without an entry"), "projects": tk._("Acceptance of projects"),
        "demands": tk._("Demands, merged"),
    }


def columns(rows: list[dict[str, Any]]) -> dict[str, str]:
    """The columns of a report that people read, with their titles, in the order of the list."""
    titles = {
        "title": tk._("What it is about"), "project_code": tk._("Project code"),
        "organization_id": tk._("Department"), "due": tk._("Due"),
        "breach": tk._("Suggested breach"), "host": tk._("Source"),
        "open_class": tk._("Openness"), "share_class": tk._("The sharing class"),
        "entries": tk._("Entries"), "published": tk._("Published"), "opened": tk._("With data"),
        "attached": tk._("With files"), "pre_compiled": tk._("Compiled"),
        "included": tk._("Published"), "connected": tk._("With data"),
        "late_changes": tk._("Late"), "dataset_id": tk._("Dataset"),
    }
    first = rows[0] if rows else {}
    shown = [n for n in titles if n in first and not isinstance(first[n], list | dict)]
    return {name: titles[name] for name in shown}


def needs(matter: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What each step that may be taken asks for."""
    steps = ladder.STEPS[matter["kind"]]
    optional = OPTIONAL if matter["kind"] == "dispute" else {}
    return {
        act: tuple(n for n in steps[act].needs if n != "decisions") + optional.get(act, ())
        for act in matter["acts"]
    }


def items(matter: dict[str, Any]) -> list[tuple[str, str]]:
    """The entries and demands of a submission, by name."""
    from .model import Matter

    found = []
    for id_ in matter["form"].get("entries", ()):
        package = model.Package.get(id_)
        found.append((id_, package.title if package else id_))
    for id_ in matter["form"].get("demands", ()):
        demand = model.Session.get(Matter, id_)
        found.append((id_, demand.form["title"] if demand else id_))
    return found


def timeline(matter: dict[str, Any]) -> list[dict[str, Any]]:
    """The history for the page."""
    names, now = acts(), []
    for entry in matter["history"]:
        user = model.User.get(entry["by"])
        now.append({
            "at": entry["at"], "title": names.get(entry["act"], entry["act"]),
            "actor": user.display_name if user else "", "text": entry.get("words") or "",
        })  # fmt: skip
    return now
