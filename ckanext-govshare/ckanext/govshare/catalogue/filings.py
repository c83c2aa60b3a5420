"""Filings (备案) that come of a change by themselves: classes, versions, county changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ckan import model

from ckanext.govshare.rules import clocks, profiles
from ckanext.govshare.rules.calendar import WorkingCalendar

from . import hierarchy, law
from .model import Matter


def data_filed() -> bool:
    """Whether new data of an entry make the catalogue be filed again (Yunnan art. 16)."""
    return law.asked("data_filing", profiles.site()) is not None


def of_class(package: model.Package, actor: str | None) -> Matter | None:
    """File a class other than unconditional with the authority, where the profile asks (LY 12)."""
    asked = profiles.site().share.class_filing
    share_class = package.extras.get("share_class")
    if not (asked and asked.value) or share_class not in ("conditional", "non-shared"):
        return None
    return _file(model.Session, package.owner_org or "", "filed", asked.rule, actor, package.id,
                 {"what": "class", "share_class": share_class})  # fmt: skip


def of_version(
    session: Any, org_id: str, number: int, datasets: list[str], cause: str, at: dt.datetime
) -> None:
    """File a version of the catalogue with the level above, where the regulation asks.

    A county's change is to be reported within the profile's days; the regulation does not name
    the first day, the day of the change is taken (Nanyang art. 23).
    """
    profile = profiles.site()
    dataset = datasets[0] if len(datasets) == 1 else None
    form = {"what": "version", "version": number, "cause": cause, "entries": len(datasets)}
    report = profile.clock("share", "county_report")
    if report and hierarchy.upper(org_id):
        due = clocks.due(at, report.limit_wd.value, WorkingCalendar.load())
        _file(session, org_id, "to_report", report.limit_wd.rule, None, dataset, form, due)
    rule = law.asked("data_filing" if cause == "data" else "version_filing", profile)
    if rule:
        _file(session, org_id, "filed", rule, None, dataset, form)


def _file(
    session: Any, org_id: str, state: str, rule: str, actor: str | None, dataset_id: str | None,
    form: dict[str, Any], due: clocks.Due | None = None,
) -> Matter:
    filing = Matter(
        kind="filing", org_id=org_id, dataset_id=dataset_id, state=state, rule=rule, form=form,
        opened_by=actor, history=[], late=False,
        clock=due.as_json() if due else None,
        due_day=due.day if due else None, due_moment=due.moment if due else None,
    )
    session.add(filing)
    session.flush()
    return filing
