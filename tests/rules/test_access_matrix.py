"""Every office in every state with every act: who may do what stands here by hand, once.

The machines cast parts by profile; this table says it without them, for an application of the
public in Nanyang, where most people meet the portal, and for the three layers' other deciders.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from ckanext.govshare.rules import clocks, profiles
from ckanext.govshare.rules.calendar import WorkingCalendar
from ckanext.govshare.rules.facts import Facts, Refused
from ckanext.govshare.rules.machines import ALL, APPLICATION, CORRECTION

WORKS, SIGNS = {"publisher", "reviewer", "head"}, {"reviewer", "head"}
ROLES = ("applicant", "publisher", "reviewer", "head", "authority", "confidentiality_reviewer",
         "auditor", "operator", "nobody", "time")  # fmt: skip
WHO = {
    "application": {
        "submit": {"applicant"}, "withdraw": {"applicant"}, "resubmit": {"applicant"},
        "object": {"applicant"}, "receive": {"time"}, "deem_approved": {"time"},
        "step_in": {"time"}, "deliver": WORKS | {"time"}, "take": WORKS, "assign": WORKS,
        "comment": WORKS, "return_for_supplement": WORKS, "prepare": WORKS,
        "ask_extension": WORKS, "consent": {"head"}, "decline": {"head"}, "approve": SIGNS,
        "approve_in_part": SIGNS, "refuse": SIGNS, "provide": {"authority"},
        "settle": {"authority"}, "refer": {"authority"}, "negotiation_failed": WORKS,
    },
    "objection": {
        "submit": {"applicant"}, "withdraw": {"applicant"}, "receive": {"time"},
        "assign": WORKS, "comment": WORKS, "prepare": WORKS, "ask_extension": WORKS,
        "consent": {"head"}, "decline": {"head"}, "agree": SIGNS, "refuse": SIGNS,
        "propose_change": WORKS, "change_catalogue": {"authority"},
    },
    "correction": {
        "submit": {"applicant"}, "withdraw": {"applicant"}, "dispatch": {"operator"},
        "take": SIGNS, "confirm": SIGNS, "reject": SIGNS, "begin": WORKS, "correct": WORKS,
        "comment": WORKS, "close": WORKS, "close_rejected": WORKS,
    },
}  # fmt: skip
RECEIVED = datetime(2026, 9, 1, 10, tzinfo=clocks.SHANGHAI)
DUE = clocks.due(RECEIVED, 10, WorkingCalendar.load())


def facts(role: str, layer: str = "open", code: str = "nanyang") -> Facts:
    """Somebody in one role, who knows and brings nothing else."""
    actor = {"time": None, "applicant": "citizen"}.get(role, "person")
    offices = frozenset() if role in ("applicant", "nobody", "time") else frozenset({role})
    return Facts(
        profile=profiles.get(code), layer=layer, now=RECEIVED, actor=actor, offices=offices,
        applicant="citizen", due=DUE,
    )  # fmt: skip


def test_the_table_names_every_act():
    for machine in ALL:
        assert set(WHO[machine.name]) == set(machine.acts)


@pytest.mark.parametrize("machine", ALL, ids=lambda machine: machine.name)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_in_every_state_with_every_act(machine, role):
    """Refused as another's act exactly where the table says so; out of place it is never made."""
    tried = 0
    for state in machine.states:
        for act in machine.acts:
            answer = machine.step(state, act, facts(role))
            here = any(
                act == move.act and state in move.sources and "open" in move.layers
                for move in machine.moves
            )
            tried += 1
            if not here:
                assert isinstance(answer, Refused), (state, act)
                assert answer.code == "not_now", (state, act)
            else:
                foreign = isinstance(answer, Refused) and answer.code == "not_yours"
                assert foreign == (role not in WHO[machine.name][act]), (state, act)
    assert tried == len(machine.states) * len(machine.acts)


@pytest.mark.parametrize(
    ("code", "deciders"),
    [("nanyang", {"authority"}), ("linyi", SIGNS), ("zhongshan", SIGNS), ("yunnan", SIGNS),
     ("tengzhou", SIGNS)],
)
@pytest.mark.parametrize("act", ["approve", "approve_in_part", "refuse"])
def test_between_departments_the_decider_is_the_profiles(code, deciders, act):
    for role in ROLES:
        answer = APPLICATION.step("in_review", act, facts(role, "share", code))
        foreign = isinstance(answer, Refused) and answer.code == "not_yours"
        assert foreign == (role not in deciders), role


@pytest.mark.requirement("NY-11")
@pytest.mark.parametrize(
    ("machine", "state", "act", "role"),
    [
        (APPLICATION, "in_review", "approve", "authority"),
        (CORRECTION, "dispatched", "take", "reviewer"),
        (APPLICATION, "supplement", "resubmit", "applicant"),
        (CORRECTION, "filed", "dispatch", "operator"),
    ],
    ids=["data authority", "data producer", "data user", "technical service unit"],
)
def test_four_roles_of_nanyang_have_each_their_own_act(machine, state, act, role):
    """Between departments: what belongs to one of the four belongs to none of the other three."""
    for other in ("authority", "reviewer", "applicant", "operator"):
        answer = machine.step(state, act, facts(other, "share"))
        foreign = isinstance(answer, Refused) and answer.code == "not_yours"
        assert foreign == (other != role), other
