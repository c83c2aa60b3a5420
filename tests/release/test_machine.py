"""The table of acts, states and offices, and the two-person rule, without any portal."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.govshare.release import machine
from ckanext.govshare.release.model import OPEN_STATES, STATES

# act → states it leads from; every other pair of act and state must be refused.
LEADS = {
    "scan": {"quarantined", "held"},
    "plan": {"scanned", "transformed", "in_review", "returned", "held"},
    "transform": {"scanned"},
    "sign": {"transformed", "returned"},
    "review": {"in_review"},
    "return": {"in_review"},
    "withdraw": {*OPEN_STATES, "released"},
}


@pytest.mark.parametrize(("act", "state"), list(itertools.product(LEADS, STATES)))
def test_every_act_in_every_state(act, state):
    assert machine.allowed(act, state) == (state in LEADS[act])


def test_what_has_ended_stays_ended():
    """No act leads out of replaced and withdrawn."""
    for state in ("replaced", "withdrawn"):
        assert not any(machine.allowed(act, state) for act in machine.ACTS)


def test_only_the_authority_ends_the_row_of_signatures():
    """ZS 27: whatever else is asked, the authority signs last."""
    for confidentiality, head in itertools.product((True, False), repeat=2):
        needed = machine.required(confidentiality=confidentiality, head=head)
        assert (needed[0], needed[-1]) == ("publisher", "authority")
        assert ("confidentiality_reviewer" in needed) == confidentiality
        assert ("head" in needed) == head


people = st.sampled_from("ABC")


@given(
    prepared=st.sets(people),
    order=st.lists(people, min_size=4, max_size=4),
    head=st.booleans(),
)
def test_no_release_by_one_person(prepared, order, head):
    """Whoever tries what: a full row of signatures has as many persons as offices, and no
    preparer signs in any office but the publisher's."""
    needed = machine.required(confidentiality=True, head=head)
    signers: dict[str, str] = {}
    for office, who in zip(needed, order, strict=False):
        if machine.conflict(office, who, sorted(prepared), signers) is None:
            signers[office] = who
    assert len(set(signers.values())) == len(signers)
    assert not {who for office, who in signers.items() if office != "publisher"} & prepared


def test_turns_follow_the_order():
    needed = machine.required(confidentiality=True, head=True)
    signed: set[str] = set()
    seen = []
    while office := machine.next_office(needed, signed):
        seen.append(office)
        signed.add(office)
    assert seen == ["publisher", "confidentiality_reviewer", "head", "authority"]
