"""Tell of duties that come near or are overdue, each person once for each day that is due."""

from __future__ import annotations

from datetime import datetime

from ckan import model

from ckanext.govshare import notify, offices
from ckanext.govshare.oversight import duties
from ckanext.govshare.oversight.duties import Due
from ckanext.govshare.oversight.kinds import every
from ckanext.govshare.rules.clocks import day_of


def run(now: datetime) -> int:
    """Tell what is untold; the caller commits. Says how many messages were written now.

    Cases tell of themselves.
    """
    today, told = day_of(now), 0
    authority = set(offices.holders("authority"))
    for due in duties.standing(now):
        if due.case is None:
            late = due.overdue(today)
            told += sum(_tell(due, late, user) for user in _concerned(due, late, authority))
    return told


def _concerned(due: Due, late: bool, authority: set[str]) -> set[str]:
    """Those who must do it; of what a department left undone by its day, the authority too."""
    if due.org_id is None:
        return authority
    head = set(offices.holders("head", due.org_id))
    return head | authority if late else head


def _tell(due: Due, late: bool, user: str) -> bool:
    title = every()[due.what].title
    group = model.Group.get(due.org_id) if due.org_id else None
    values = {
        "zh": title.zh, "en": title.en, "due": due.day.isoformat(),
        "department": group.display_name if group else "—",
    }
    kind = "duty_overdue" if late else "duty_due"
    once = f"{kind}:{due.what}:{due.org_id or ''}:{due.record or ''}:{due.day}"
    return notify.send(kind, user, ("oversight", due.record or due.what), values, once=once)
