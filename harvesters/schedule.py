"""What happens without anybody pressing a button."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.harvest.logic import HarvestJobExists

from harvesters import consent, frame, news, reading, runner


def tick() -> dict[str, int]:
    """Start the runs that are due, then queue those that nobody runs: how many of each."""
    return {"started": _start_due(), "taken_over": runner.take_over()}


def _start_due() -> int:
    now = datetime.now(UTC).replace(tzinfo=None)
    started = 0
    for source in frame.sources():
        if consent.waits(source):
            news.ask_authority("harvest_approval", source, f"{source.id}/{consent.state(source)}")
            model.Session.commit()
            continue
        days = reading.period(source)
        if days is None or (source.next_run and source.next_run > now):
            continue
        site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        context: Any = {"user": site_user, "ignore_auth": True, "model": model,
                        "session": model.Session}
        source.next_run = now + timedelta(days=days)
        model.Session.commit()
        try:
            tk.get_action("harvest_job_create")(context, {"source_id": source.id, "run": True})
        except HarvestJobExists:
            continue
        started += 1
    return started
