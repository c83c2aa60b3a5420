"""Which department answers to which level: an organization's extra `upper` names the one above.

A county department names its county's data authority, a prefecture its province's; the portal's
own authority stands above all. `county_review` is done by the reviewers of the one above.
"""

from __future__ import annotations

from typing import Any

from ckan import model

from ckanext.govshare import offices


def upper(org_id: str | None) -> str | None:
    """The id of the organization above, None at the portal's own level."""
    group: Any = model.Group.get(org_id) if org_id else None
    name = (group.extras or {}).get("upper") if group else None
    above = model.Group.get(name) if name else None
    return above.id if above and above.id != org_id else None


def below(org_id: str) -> list[str]:
    """The ids of the organizations that name this one as theirs."""
    group = model.Group.get(org_id)
    if group is None:
        return []
    groups: Any = model.Group
    found = model.Session.query(groups.id).filter(
        groups.extras["upper"].astext.in_([group.id, group.name]),
        groups.is_organization.is_(True), groups.state == "active",
    )
    return [row.id for row in found]


def reviews(user_id: str, org_id: str | None) -> bool:
    """Whether this person reviews for the organization above."""
    above = upper(org_id)
    return above is not None and offices.holds(user_id, "reviewer", above)
