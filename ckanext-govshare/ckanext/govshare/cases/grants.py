"""From a decision to a grant, in the same transaction (NY 46: 同意的应当予以开放)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from ckanext.govshare import access
from ckanext.govshare.access import Grant
from ckanext.govshare.cases import clock, judge
from ckanext.govshare.cases.model import Case
from ckanext.govshare.rules.clocks import SHANGHAI, day_of


def issue(case: Case, decision: Mapping[str, Any], at: datetime) -> Grant:
    """The grant that a signed decision gives, from `at` on for so many months."""
    return access.issue(
        case_id=case.id,
        dataset_id=case.dataset_id,
        holder=case.applicant,
        columns=list(decision["granted"]) or None,
        mode=decision["mode"],
        purpose=case.form["purpose"],
        valid_from=at,
        valid_to=end_of_use(at, decision["months"]),
        max_reads=decision.get("max_reads"),
        calls_per_minute=decision.get("calls_per_minute"),
        calls_per_day=decision.get("calls_per_day"),
    )


def foresee(case: Case) -> Grant | None:
    """Where silence is consent (LY 13), write the grant now, to begin when the time has run out.

    So the right begins at that instant, whether or not any job runs then. A decision before
    that, or a withdrawal, cancels it. Only the share layer has the rule, and a provisional date
    carries no such right.
    """
    policy = clock.profile_of(case).share.overdue_policy if case.layer == "share" else None
    if not policy or policy.value != "deem_approved":
        return None
    if case.due_moment is None or case.provisional:
        return None
    return issue(case, as_asked(case), case.due_moment)


def as_asked(case: Case) -> dict[str, Any]:
    """The decision that gives just what was asked for."""
    form = case.form
    return {"granted": form["items"], "mode": form["mode"], "months": form["months"]}


def end_of_use(start: datetime, months: int) -> datetime:
    """24:00 in China of the last day of use."""
    last = judge.add_months(day_of(start), months)
    return datetime.combine(last + timedelta(days=1), time.min, SHANGHAI)
