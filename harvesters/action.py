"""The actions of ckanext-harvest that our runner stands behind."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.harvest.logic.dictization import harvest_job_dictize
from ckanext.harvest.model import HarvestJob

from harvesters import runner

QUEUE = "default"


@tk.chained_action
def harvest_send_job_to_gather_queue(
    _original: Any, context: Any, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """Start a job in CKAN's worker; ckanext-harvest's own Redis consumers are not used.

    Every way to start a harvest (page, command, schedule) comes through this action.
    """
    job = tk.get_action("harvest_job_show")(context, {"id": tk.get_or_bust(data_dict, "id")})
    tk.check_access("harvest_send_job_to_gather_queue", context, job)
    row = HarvestJob.get(job["id"])
    if not row.source.active:
        raise tk.ValidationError({"source": [tk._("The source is not active")]})
    row.status = "Running"
    row.save()
    tk.enqueue_job(runner.run, [row.id], title=f"harvest {row.source.title}", queue=QUEUE)
    return harvest_job_dictize(row, context)


# The original would push to a queue that nobody reads; its check_access stands above.
harvest_send_job_to_gather_queue.auth_audit_exempt = True  # type: ignore[attr-defined]
