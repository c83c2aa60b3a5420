"""What the templates ask."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from harvesters import frame, reading


def govshare_harvest_runs(source_id: str) -> list[dict[str, Any]]:
    """The last runs of a source."""
    return reading.runs(source_id)


def govshare_harvest_statuses() -> dict[str, str]:
    """The words for a run's status."""
    return reading.statuses()


def govshare_harvest_departments(organizations: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Departments as a select field wants them."""
    return [{"value": o["id"], "text": o.get("title") or o["name"]} for o in organizations]


def govshare_harvest_frequencies() -> list[dict[str, str]]:
    """How often a source can be harvested, for a select field."""
    words = {
        "MANUAL": tk._("by hand only"), "DAILY": tk._("every day"), "WEEKLY": tk._("every week"),
        "ALWAYS": tk._("as the declared update cycle says (defaults: update_cycle)"),
        "BIWEEKLY": tk._("every two weeks"), "MONTHLY": tk._("every month"),
    }
    return [{"value": code, "text": text} for code, text in words.items()]


def govshare_harvest_sources() -> list[dict[str, Any]]:
    """The reader's sources with their last run; none for visitors."""
    try:
        return tk.get_action("govshare_harvest_status")({}, {})
    except tk.NotAuthorized:
        return []


def govshare_harvest_consent(source_id: str) -> dict[str, Any] | None:
    """How a source stands; None for those whom it does not concern."""
    try:
        return tk.get_action("govshare_harvest_consent_show")({}, {"source_id": source_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return None


def govshare_harvest_secret_names(source_type: str, config: str) -> list[str]:
    """The names of the credentials that a source needs."""
    harvester = frame.harvester(source_type)
    return harvester.secret_names(config) if hasattr(harvester, "secret_names") else []
