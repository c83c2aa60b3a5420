"""Which signatures count, whose turn it is, and the two-person rule."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.govshare.release import machine, settings, stage
from ckanext.govshare.release.model import Release, Signature


def needed(release: Release) -> tuple[str, ...]:
    """The offices whose signatures this release needs, in order.

    A file that no machine could check always needs the confidentiality review.
    """
    by_hand = bool((release.plan or {}).get("by_hand"))
    return machine.required(
        confidentiality=by_hand or settings.confidentiality_review(),
        head=settings.head_signoff(),
    )


def all_of(release: Release) -> list[Signature]:
    """Every decision ever taken on the release, the oldest first."""
    query = (
        sa.select(Signature).where(Signature.release_id == release.id).order_by(Signature.at)
    )
    return list(model.Session.scalars(query))


def valid(release: Release) -> dict[str, Signature]:
    """The signatures that count, by office.

    Only those for exactly this digest and plan, given since the release was last returned: a
    changed plan or output leaves the old ones standing as history, and worth nothing.
    """
    counted: dict[str, Signature] = {}
    for signature in all_of(release):
        if signature.decision == "return":
            counted.clear()
        elif signature.decision == "sign" and same_thing(release, signature):
            counted[signature.office] = signature
    return counted


def same_thing(release: Release, signature: Signature) -> bool:
    return (
        release.digest is not None
        and signature.digest == release.digest
        and signature.plan_digest == release.plan_digest
    )


def turn(release: Release) -> str | None:
    """The office that signs next; None when every signature is there."""
    return machine.next_office(needed(release), set(valid(release)))


def check_person(release: Release, office: str, user_id: str) -> None:
    """:raises tk.ValidationError: this person may not sign this release in this office."""
    signers = {where: signature.user_id for where, signature in valid(release).items()}
    why = machine.conflict(office, user_id, release.preparers, signers)
    if why == "prepared":
        stage.refuse(tk._("You prepared this release; somebody else must review it."))
    if why == "signed":
        stage.refuse(tk._("You have signed this release in another office already."))


def check_seen(release: Release, seen: str | None) -> None:
    """What is signed is what was shown: the digest on the page must be the digest now."""
    if release.digest is None or seen != release.digest:
        stage.refuse(tk._("The release changed since you looked at it; look again, then sign."))


def write(
    release: Release,
    office: str,
    user_id: str,
    decision: str,
    reason: str | None = None,
    *,
    declassified: bool | None = None,
    standing: bool = False,
) -> Signature:
    """Record the decision, in the caller's transaction."""
    signature = Signature(
        release_id=release.id,
        office=office,
        user_id=user_id,
        decision=decision,
        reason=reason,
        digest=release.digest,
        plan_digest=release.plan_digest,
        declassified=declassified,
        standing=standing,
    )
    model.Session.add(signature)
    model.Session.flush()
    return signature
