"""What the templates ask."""

from __future__ import annotations

from typing import Any

from harvesters import reading


def govshare_harvest_runs(source_id: str) -> list[dict[str, Any]]:
    """The last runs of a source."""
    return reading.runs(source_id)


def govshare_harvest_statuses() -> dict[str, str]:
    """The words for a run's status."""
    return reading.statuses()


def govshare_harvest_departments(organizations: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Departments as a select field wants them."""
    return [{"value": o["id"], "text": o.get("title") or o["name"]} for o in organizations]
