"""What may happen to a release, from which state, by which office. Pure: no CKAN, no database.

Source: state machine (a) of the requirements, A4 to A15 and A25 to A27 (NY 44, 54; YN 31, 34;
ZS 17, 27; the head's signature is a design choice, supported by NY 7, YN 38 and TZ 20).
"""

from __future__ import annotations

from dataclasses import dataclass

PUBLISHER = "publisher"
CONFIDENTIALITY = "confidentiality_reviewer"
HEAD = "head"
AUTHORITY = "authority"
REVIEWER = "reviewer"

#: The order in which the offices sign.
ORDER = (PUBLISHER, CONFIDENTIALITY, HEAD, AUTHORITY)

#: Offices that may see values of the raw file, each look an event.
RAW_OFFICES = (PUBLISHER, REVIEWER, CONFIDENTIALITY)
#: Offices of the organization that may see the stage page; the portal's own come beside them.
ORG_OFFICES = (PUBLISHER, REVIEWER, CONFIDENTIALITY, HEAD)
PORTAL_OFFICES = (AUTHORITY, "auditor")


@dataclass(frozen=True)
class Act:
    """From which states the act leads, and who may do it."""

    states: tuple[str, ...]
    offices: tuple[str, ...]


WAITING = ("quarantined", "scanned", "transformed", "in_review", "held", "returned")

ACTS = {
    "scan": Act(("quarantined", "held"), (PUBLISHER, REVIEWER, AUTHORITY)),
    "plan": Act(("scanned", "transformed", "in_review", "returned", "held"), (PUBLISHER,)),
    "transform": Act(("scanned",), (PUBLISHER,)),
    "sign": Act(("transformed", "returned"), (PUBLISHER,)),
    "review": Act(("in_review",), (CONFIDENTIALITY, HEAD, AUTHORITY)),
    "return": Act(("in_review",), (CONFIDENTIALITY, HEAD, AUTHORITY)),
    "withdraw": Act((*WAITING, "released"), (PUBLISHER, HEAD, AUTHORITY)),
}


def allowed(act: str, state: str) -> bool:
    return state in ACTS[act].states


def required(*, confidentiality: bool, head: bool) -> tuple[str, ...]:
    """The offices whose signatures a release needs, in order."""
    asked = {PUBLISHER, AUTHORITY}
    if confidentiality:
        asked.add(CONFIDENTIALITY)
    if head:
        asked.add(HEAD)
    return tuple(office for office in ORDER if office in asked)


def next_office(needed: tuple[str, ...], signed: set[str]) -> str | None:
    """The office whose turn it is; None when all have signed."""
    return next((office for office in needed if office not in signed), None)


def conflict(
    office: str, user_id: str, preparers: list[str], signers: dict[str, str]
) -> str | None:
    """Why this person may not sign in this office: `prepared`, `signed`, or None.

    Nobody signs alone what they prepared: the publisher may sign their own preparation, but
    every further signature comes from a person who neither prepared it nor signed it before.
    """
    if office != PUBLISHER and user_id in preparers:
        return "prepared"
    if user_id in {who for where, who in signers.items() if where != office}:
        return "signed"
    return None
