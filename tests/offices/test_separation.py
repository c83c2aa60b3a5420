"""One account never holds two of the three duties (ZS 33)."""

from __future__ import annotations

import itertools

import pytest
from ckan.plugins import toolkit as tk

from ckanext.govshare.offices import ORGANIZATION_OFFICES, PORTAL_OFFICES, of, separation
from tests.cases.city import appoint, make_organization, make_user, portal

__all__ = ["portal"]

OFFICES = [*ORGANIZATION_OFFICES, *PORTAL_OFFICES]


@pytest.mark.parametrize("office", [o for o in OFFICES if o != "auditor"])
def test_an_auditor_holds_nothing_else(office):
    assert separation.conflict({"auditor"}, office)
    assert separation.conflict({office}, "auditor")
    assert not separation.conflict(set(), "auditor")


@pytest.mark.parametrize(("one", "other", "forbidden"), [
    ("authority", "operator", True), ("confidentiality_reviewer", "operator", True),
    ("publisher", "operator", False), ("reviewer", "publisher", False),
    ("head", "reviewer", False), ("authority", "confidentiality_reviewer", False),
])
def test_pairs_of_offices(one, other, forbidden):
    assert separation.conflict({one}, other) is forbidden
    assert separation.conflict({other}, one) is forbidden


@pytest.mark.requirement("ZS-33a")
@pytest.mark.usefixtures("portal")
@pytest.mark.parametrize(
    ("first", "second"), [*itertools.permutations(["authority", "operator", "auditor"], 2)]
)
def test_the_three_duties_are_never_one_account(first, second):
    """Security management, data operation and audit: the second appointment is refused."""
    user = make_user("one")
    appoint(user, first)
    with pytest.raises(tk.ValidationError):
        appoint(user, second)
    assert [o.office for o in of(user)] == [first]


@pytest.mark.usefixtures("portal")
def test_an_auditor_publishes_in_no_department():
    """The auditor may not publish in any department either."""
    user = make_user("one")
    appoint(user, "auditor")
    with pytest.raises(tk.ValidationError):
        appoint(user, "publisher", make_organization())
