"""What each department did in a year, counted from the rows that the acts left.

Five areas as Nanyang art. 59 names them: gathering, sharing, opening, use, security; the measures
of Yunnan art. 28 and 39 and Linyi art. 19 and 20 are among them. Stocks are as they stand now,
flows belong to the year in China's time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model, plugins
from ckan.plugins import toolkit as tk

from ckanext.govshare.oversight import indicators
from ckanext.govshare.oversight.indicators import INDICATORS
from ckanext.govshare.rules.clocks import SHANGHAI


def year_bounds(year: int) -> tuple[datetime, datetime]:
    """The first instant of the year in China, and that of the next."""
    return datetime(year, 1, 1, tzinfo=SHANGHAI), datetime(year + 1, 1, 1, tzinfo=SHANGHAI)


def by_department(year: int, org_ids: set[str] | None = None) -> list[dict[str, Any]]:
    """`[{"organization_id", "organization_title", "values": {indicator: n}}]` by title.

    :param org_ids: only these departments
    """
    since, until = year_bounds(year)
    asked = {"since": since, "until": until, **_cycles()}
    found = {
        row.id: dict.fromkeys(INDICATORS, 0) | {"answer_days": None}
        for row in model.Session.execute(sa.text(indicators.DEPARTMENTS))
        if org_ids is None or row.id in org_ids
    }
    for source in indicators.SOURCES:
        if source.room and not plugins.plugin_loaded(source.room):
            continue
        rows = model.Session.execute(sa.text(source.sql), asked)
        for row in rows.mappings():
            if row["org"] in found:
                found[row["org"]].update({k: _number(v) for k, v in row.items() if k != "org"})
    lines = [
        {"organization_id": org, "organization_title": _title(org), "values": values}
        for org, values in found.items()
    ]
    return sorted(lines, key=lambda line: line["organization_title"])


def total(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The sum over departments; the mean time of answers weighs each department by its answers."""
    summed = {
        name: sum(line["values"][name] or 0 for line in lines)
        for name in INDICATORS if name != "answer_days"
    }
    answers = [line["values"] for line in lines if line["values"]["answer_days"] is not None]
    count = sum(values["answered"] for values in answers)
    days = sum(values["answer_days"] * values["answered"] for values in answers)
    return {**summed, "answer_days": round(days / count, 1) if count else None}


def figures(year: int, org_id: str | None) -> dict[str, Any]:
    """The year's values of one department, or of all together, to keep in a record.

    :raises tk.ValidationError: there is no such year
    """
    check(year)
    lines = by_department(year, {org_id} if org_id else None)
    return total(lines)


def check(year: int) -> None:
    """:raises tk.ValidationError: the year lies outside what a portal can have counted"""
    if not 2000 <= year <= 2100:
        raise tk.ValidationError({"year": [tk._("Write the year with four digits.")]})


def within(org_id: str) -> set[str]:
    """A department and all below it in CKAN's tree of organizations: a county's (NY 59)."""
    group = model.Group.get(org_id)
    if group is None:
        raise tk.ObjectNotFound(tk._("There is no such organization."))
    below = group.get_children_group_hierarchy(type="organization")
    return {group.id, *(row[0] for row in below)}


def _cycles() -> dict[str, list[Any]]:
    """The update cycles that promise a rhythm, and the days after which data are late."""
    if not plugins.plugin_loaded("govshare_catalogue"):
        return {"cycles": [], "days": []}
    rhythmic = [term for term in tk.h.govshare_terms("update_cycle") if term.days]
    return {"cycles": [t.code for t in rhythmic], "days": [t.days for t in rhythmic]}


def _number(value: Any) -> int | float | None:
    """Days have one decimal, everything else is whole."""
    if value is None or isinstance(value, int):
        return value
    return int(value) if value == int(value) else round(float(value), 1)


def _title(org_id: str) -> str:
    group = model.Group.get(org_id)
    return group.display_name if group else org_id
