"""Who may write and read which supervision records. Offices only: being sysadmin is none."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from ckanext.govshare import offices
from ckanext.govshare.oversight.kinds import COMPLAINT, Kind
from ckanext.govshare.oversight.model import Record, table

SUPERVISORS = ("authority", "auditor")  # read everything; the auditor writes nothing
DEPARTMENT = ("publisher", "reviewer", "confidentiality_reviewer", "head")


def office(user_id: str | None, among: Collection[str], org_id: str | None) -> str | None:
    """The first of these offices that the user holds in this department or in the portal."""
    held = {o.office for o in offices.of(user_id) if o.org_id in (None, org_id)}
    return next((name for name in among if name in held), None)


def writer(user_id: str | None, kind: Kind, org_id: str | None) -> str | None:
    """The office in which the user opens, fills and closes such a record."""
    return office(user_id, kind.write, org_id)


def filler(user_id: str | None, kind: Kind, name: str, org_id: str | None) -> str | None:
    """The office in which the user fills this one field."""
    return office(user_id, kind.fields[name].by or kind.write, org_id)


def supervises(user_id: str | None) -> bool:
    return office(user_id, SUPERVISORS, None) is not None


def departments(user_id: str | None) -> set[str]:
    """The departments in which the user holds an office."""
    return {o.org_id for o in offices.of(user_id) if o.org_id}


def enters(user_id: str | None) -> bool:
    """Whether this room has anything for the user."""
    return bool(offices.of(user_id))


def may_read(user_id: str | None, record: Record) -> bool:
    if supervises(user_id):
        return True
    if record.org_id is None:
        return record.kind != COMPLAINT and office(user_id, ("operator",), None) is not None
    return record.org_id in departments(user_id)


def visible(user_id: str | None) -> Any:
    """The condition that the user may read a record: what `may_read` says, for a query."""
    if supervises(user_id):
        return sa.true()
    own = table.c.org_id.in_(departments(user_id))
    if office(user_id, ("operator",), None):
        return sa.or_(own, sa.and_(table.c.org_id.is_(None), table.c.kind != COMPLAINT))
    return own
