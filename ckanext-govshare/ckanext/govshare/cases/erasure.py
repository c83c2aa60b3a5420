"""Erase who applied, once the time for keeping it is over.

It begins when the answer is given and no grant of the case can be used any more; how long it lasts,
`ledger.retention` says. Number, dates, decision and events stay: they name nobody. The free words
of the form (purpose, reason, answers) go with the person, for they may name somebody; grants
repeat the purpose, so it goes there too.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import ledger
from ckanext.govshare.access.model import table as grants
from ckanext.govshare.cases import attachments
from ckanext.govshare.cases.model import OPEN_STATES, change, find, get, table
from ckanext.govshare.ledger import retention

BATCH = 500

#: What stays of a form: choices from lists, no free words.
KEPT = ("items", "months", "mode", "applicant_kind", "undertaking", "release", "blank")


def run(now: datetime) -> int:
    """Erase what is over at `now`, one case a transaction; says of how many cases."""
    limit = retention.over_before(now)
    found = find(
        table.c.sealed.is_not(None), table.c.state.not_in(OPEN_STATES),
        sa.or_(table.c.answered_at < limit,
               sa.and_(table.c.state == "draft", table.c.created < limit)),
        ~sa.exists().where(
            grants.c.case_id == table.c.id, grants.c.state != "ended",
            sa.or_(grants.c.valid_to.is_(None), grants.c.valid_to >= limit)),
        order=table.c.created, limit=BATCH,
    )
    for seen in found:
        case = get(seen.id, lock=True)
        if case and case.sealed:
            kept = {name: value for name, value in case.form.items() if name in KEPT}
            change(case.id, sealed=None, form=kept, supplement=None)
            model.Session.execute(
                grants.update().where(grants.c.case_id == case.id).values(purpose=""))
            files = attachments.erase(case.id)
            ledger.append("case.erased", actor=None, subject=("case", case.id),
                          data={"attachments": files, "before": limit.isoformat()})
        model.Session.commit()
    return len(found)
