"""First steps for each kind of person, shown on the workbench and on the help page."""

from __future__ import annotations

from typing import NamedTuple

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk

from .menus import offices_of


class Step(NamedTuple):
    """One thing to do first; `url` is empty where the room is left out."""

    title: str
    text: str
    url: str


class Person(NamedTuple):
    """A kind of person with an introduction and first steps."""

    code: str
    title: str
    text: str
    steps: list[Step]


def kinds(user: model.User) -> list[str]:
    """The kinds that a user is, the most particular first; everybody is a citizen."""
    held = offices_of(user.id)
    found = []
    if user.sysadmin or "operator" in held:
        found.append("operator")
    if held & {"authority", "auditor"}:
        found.append("authority")
    if "head" in held:
        found.append("head")
    if held & {"publisher", "reviewer", "confidentiality_reviewer"}:
        found.append("publisher")
    return [*found, "applicant"]


def of(user: model.User) -> list[Person]:
    """What the workbench shows a user."""
    every = {person.code: person for person in everybody()}
    return [every[kind] for kind in kinds(user)]


def everybody() -> list[Person]:
    """All kinds of person, for the help page."""
    return [
        Person(
            "citizen",
            tk._("For citizens and companies"),
            tk._("Looking needs no account."),
            [
                _step(
                    tk._("Search or browse"),
                    tk._(
                        "By word, topic or department; the names of information items "
                        "are searched too."
                    ),
                    "/dataset/",
                ),
                _step(
                    tk._("Look at the table"),
                    tk._("Sort, filter and page it, then download it as CSV, XLSX or JSON."),
                    "/dataset/?open_class=unconditional",
                ),
                _step(
                    tk._("Read by program"),
                    tk._("Each dataset page shows the call in curl, Python, JavaScript and R."),
                    "/dataset/?open_class=unconditional",
                ),
            ],
        ),
        Person(
            "applicant",
            tk._("For applicants"),
            tk._("Data that are open on condition are given on application."),
            [
                _step(
                    tk._("Find the dataset"),
                    tk._("Conditional data show who may have them and how long an answer takes."),
                    "/dataset/?open_class=conditional",
                ),
                _step(
                    tk._("Apply"),
                    tk._(
                        "Say which items you need and what for. You get a receipt with the due "
                        "date and how it was counted."
                    ),
                    "/case/",
                    "cases",
                ),
                _step(
                    tk._("Use the data"),
                    tk._(
                        "Download or call them as long as your authorization runs; the page says "
                        "until when."
                    ),
                    "/grant/",
                    "access",
                ),
            ],
        ),
        Person(
            "publisher",
            tk._("For department publishers and reviewers"),
            tk._("Nothing becomes public before it is desensitized, signed and reviewed."),
            [
                _step(
                    tk._("Describe the data"),
                    tk._("Write the catalogue entry with its class and legal basis."),
                    "/dataset/new",
                    "catalogue",
                ),
                _step(
                    tk._("Bring the data"),
                    tk._("Upload a file, or connect a source once and let it be collected."),
                    "/harvest",
                    "harvest",
                ),
                _step(
                    tk._("Check what was found"),
                    tk._(
                        "See what is sensitive, correct the plan, compare before and after, sign."
                    ),
                    "/release/",
                    "release",
                ),
                _step(
                    tk._("Answer applications"),
                    tk._("In order of the due day; a refusal needs its reason and basis."),
                    "/case/inbox",
                    "cases",
                ),
            ],
        ),
        Person(
            "head",
            tk._("For heads of department"),
            tk._("You alone consent to an extension, and you sign what leaves the department."),
            [
                _step(
                    tk._("Sign releases"),
                    tk._("What the publisher has prepared, with the evidence of desensitization."),
                    "/release/",
                    "release",
                ),
                _step(
                    tk._("Decide on extensions"),
                    tk._("Once for a case, capped, counted from the first due day."),
                    "/case/inbox",
                    "cases",
                ),
                _step(
                    tk._("Appoint your people"),
                    tk._("Publishers and reviewers of your department."),
                    "/offices/",
                    "offices",
                ),
            ],
        ),
        Person(
            "authority",
            tk._("For the data authority"),
            tk._("You review what departments release, and you watch the clocks."),
            [
                _step(
                    tk._("Review releases"),
                    tk._("Evidence, signatures and plan are on one page."),
                    "/release/",
                    "release",
                ),
                _step(
                    tk._("Watch the due days"),
                    tk._("Every open case with its count; overdue ones first."),
                    "/case/watch",
                    "cases",
                ),
                _step(
                    tk._("Keep the registers"),
                    tk._("Incidents, notices, checks and evaluations; what is due and overdue."),
                    "/oversight/",
                    "oversight",
                ),
                _step(
                    tk._("Read the ledger"),
                    tk._("Every act is an event; the chain can be verified."),
                    "/ledger/",
                    "ledger",
                ),
            ],
        ),
        Person(
            "operator",
            tk._("For operators"),
            tk._("You keep the portal running and hold no decision over data."),
            [
                _step(
                    tk._("Enter the site's identity"),
                    tk._("Name, emblem, owner, filing numbers, contacts."),
                    "/ckan-admin/config",
                ),
                _step(
                    tk._("Create departments"),
                    tk._("One organization for each, with its head."),
                    "/organization/",
                ),
                _step(
                    tk._("Appoint the authority"),
                    tk._("It appoints the heads."),
                    "/offices/",
                    "offices",
                ),
            ],
        ),
    ]


def _step(title: str, text: str, url: str, room: str = "") -> Step:
    return Step(title, text, url if not room or p.plugin_loaded(f"govshare_{room}") else "")
