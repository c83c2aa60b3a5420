"""Who takes part in a case, and in which office."""

from __future__ import annotations

from collections.abc import Iterable

from ckanext.govshare import offices
from ckanext.govshare.cases.model import Case

HANDLING = ("publisher", "reviewer", "head")
SUPERVISING = ("authority", "auditor")


def offices_toward(case: Case, user_id: str | None) -> frozenset[str]:
    """The offices that the user holds toward this case: in its department and in the portal."""
    return frozenset(o.office for o in offices.of(user_id) if o.org_id in (case.org_id, None))


def handles(case: Case, user_id: str | None) -> bool:
    """Whether the user works on this case, and so may see who applies.

    The department does; the authority does where the profile makes it the decider and where it
    stepped in, and it supervises every case (NY 59, 62; ZS 34). Not the auditor.
    """
    held = offices_toward(case, user_id)
    return user_id != case.applicant and not held.isdisjoint((*HANDLING, "authority"))


def dispatches(case: Case, user_id: str | None) -> bool:
    """Whether the user may be the one who passes the report on (the technical service, NY 65)."""
    shared = case.kind == "correction" and case.layer == "share"
    return shared and "operator" in offices_toward(case, user_id)


def of_another_department(user_id: str, org_id: str) -> bool:
    """Whether the user holds an office in a department other than this one."""
    return any(o.org_id not in (None, org_id) for o in offices.of(user_id))


def may_see(case: Case, user_id: str | None) -> bool:
    if user_id is None:
        return False
    if user_id == case.applicant:
        return True
    if case.state == "draft":
        return False
    held = offices_toward(case, user_id)
    return not held.isdisjoint((*HANDLING, *SUPERVISING)) or dispatches(case, user_id)


def people(case: Case, parts: Iterable[str]) -> list[str]:
    """The users who hold one of these offices toward the case, the applicant never among them."""
    found: set[str] = set()
    for office in parts:
        in_portal = office in offices.PORTAL_OFFICES
        found.update(offices.holders(office, None if in_portal else case.org_id))
    return sorted(found - {case.applicant})
