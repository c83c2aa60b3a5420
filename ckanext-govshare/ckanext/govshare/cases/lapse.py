"""What time alone does to a case: it follows from the data, whoever looks first writes it down.

Deemed approval (LY 13) and the authority's step-in (ZS 22) exist on the share layer only; the
machine has no such move for the open layer.
"""

from __future__ import annotations

from typing import Any

from ckanext.govshare import ledger
from ckanext.govshare.cases import clock, grants, judge, news
from ckanext.govshare.cases.model import Case, change
from ckanext.govshare.rules import clocks


def state_now(case: Case) -> str:
    """The state at this moment, written down or not."""
    made = judge.MACHINES[case.kind].lapse(case.state, judge.facts_of(case, None))
    if made is None:
        return case.state
    return "delivered" if made.target == "deemed_approved" else made.target


def settle(case: Case) -> Case:
    """Write down, on the locked row, what time has decided. Nothing, most of the time."""
    made = judge.MACHINES[case.kind].lapse(case.state, judge.facts_of(case, None))
    if made is None:
        return case
    after = _deemed(case) if made.target == "deemed_approved" else _escalated(case)
    ledger.append(
        f"case.{made.act}", actor=None, subject=("case", case.id), rule=made.rule,
        data={
            "from": case.state, "to": after.state,
            "since": case.due_moment.isoformat() if case.due_moment else None,
        },
    )
    return after


def _deemed(case: Case) -> Case:
    """The grant was foreseen at receipt and has begun by itself; only the state is behind."""
    decision: dict[str, Any] = {
        "act": "deem_approved", **grants.as_asked(case), "refused": {}, "reason": "", "basis": [],
        "at": case.due_moment.isoformat() if case.due_moment else None, "by": None,
    }
    after = change(
        case.id, state="delivered", decision=decision, answered_at=case.due_moment
    )
    news.tell_applicant("case_deemed_approved", after, once=f"deemed:{case.id}")
    news.tell_office(
        "case_overdue", after, ("reviewer", "head", "authority"), once=f"overdue:{case.id}"
    )
    return after


def _escalated(case: Case) -> Case:
    """The authority's own clock runs from the overdue date; the stricter reading is the aim."""
    first, limit = clock.running(case), clock.profile_of(case).share.clocks.step_in
    if first is None or limit is None:
        raise ValueError("only an overdue clock under a profile with a step-in gets here")
    counted = clocks.step_in(first, limit.limit_wd.value, clock.calendar())
    after = change(
        case.id,
        state="escalated",
        clock={
            "name": "step_in", "rule": limit.limit_wd.rule,
            "article": limit.limit_wd.words._asdict(), "limit": limit.limit_wd.value,
            "advisory": False, "start_assumed": False, "due": counted.legal.as_json(),
            "target": counted.target.day.isoformat(), "extension": None,
            "before": case.clock,
        },
        due_day=counted.legal.day, due_moment=counted.legal.moment,
        provisional=counted.legal.provisional,
    )
    news.tell_applicant("case_escalated", after, once=f"escalated:{case.id}")
    news.tell_office(
        "case_escalated", after, ("authority", "head"), once=f"escalated:{case.id}"
    )
    return after
