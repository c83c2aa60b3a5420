"""Takes what was harvested through the stage, each act by the person who holds the office."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.govshare.release import jobs

PATIENCE = 300  # seconds for a job that the worker has taken
#: These stay on their way, so that every office finds work on its desk.
WAITS = {
    "公路客运班线": "scanned", "校外培训机构白名单": "signed", "社会组织登记信息": "confidential",
}


def publish(
    package: dict[str, Any], department: str, keep: dict[str, str], stop: str | None
) -> None:
    """Publish one dataset: a release for each file, or only the metadata where it is not open."""
    publisher = f"{department}-publisher"
    if package["open_class"] == "non-open":
        _act("govshare_publication_request", publisher, id=package["id"])
        _act("govshare_publication_decide", "authority", id=package["id"], state="published")
        return
    listed = _act("govshare_release_list", publisher, dataset_id=package["id"])
    for row in listed["results"]:
        _release(row["id"], department, keep, stop)


def _release(release_id: str, department: str, keep: dict[str, str], stop: str | None) -> None:
    publisher = f"{department}-publisher"
    release = _worked(jobs.scan, release_id, publisher, "quarantined")
    if release["state"] != "scanned" or stop == "scanned":
        return
    if keep:
        plan = _decide(release["plan"], keep)
        _act("govshare_release_plan_update", publisher, id=release_id, plan=plan)
    _act("govshare_release_transform", publisher, id=release_id)
    release = _worked(jobs.transform, release_id, publisher, "scanned")
    if release["state"] != "transformed":
        return
    seen = {"id": release_id, "digest": release["digest"]}
    _act("govshare_release_sign", publisher, **seen)
    if stop == "signed":
        return
    _act("govshare_release_review", f"{department}-confidentiality", decision="sign",
         declassified=False, **seen)
    if stop == "confidential":
        return
    _act("govshare_release_review", "authority", decision="sign", **seen)


def _worked(
    job: Callable[[str], None], release_id: str, publisher: str, before: str
) -> dict[str, Any]:
    """The release once the job is done, by us or by the portal's worker, whoever came first."""
    job(release_id)
    deadline = time.monotonic() + PATIENCE
    while True:
        model.Session.rollback()
        release = _act("govshare_release_show", publisher, id=release_id)
        if release["state"] != before or time.monotonic() > deadline:
            return release
        time.sleep(0.2)


def _decide(plan: dict[str, Any], keep: dict[str, str]) -> dict[str, Any]:
    """What the publisher decides against the proposal, with the reason."""
    for table in plan["tables"]:
        for column in table["plan"]["columns"]:
            if column["name"] in keep:
                column |= {"do": {"action": "keep"}, "by": "person",
                           "reason": keep[column["name"]]}
    return plan


def _act(action: str, user: str, **data: Any) -> Any:
    return tk.get_action(action)({"user": user}, data)
