"""The floor: the only way from a decision to bytes."""

from __future__ import annotations

from typing import BinaryIO

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.gate.decision import Decision
from ckanext.govshare.release.vault import Vault

LIVE = sa.text("""
    select from govshare_release
    where id = :release_id and state = 'released'
      and (digest = :digest or renditions @> jsonb_build_object(cast(:rendition as text), :digest))
""")


def digest_of(decision: Decision, rendition: str | None = None) -> str | None:
    """The digest of a rendition; None when the release has no such rendition."""
    if rendition is None or rendition == decision.format:
        return decision.digest
    return decision.renditions.get(rendition)


def open_released(decision: Decision, rendition: str | None = None) -> BinaryIO:
    """The bytes of a live release, hashed before the first one is handed out.

    Asks the database again, so that a decision that somebody made up, or that has grown old,
    opens nothing.

    :raises tk.NotAuthorized: the decision forbids it.
    :raises tk.ObjectNotFound: the digest does not stand on a live release.
    """
    if not decision.allowed or decision.release_id is None:
        raise tk.NotAuthorized(decision.reason)
    digest = digest_of(decision, rendition)
    live = model.Session.execute(
        LIVE,
        {
            "release_id": decision.release_id,
            "digest": digest,
            "rendition": rendition or decision.format,
        },
    ).first()
    if digest is None or live is None:
        raise tk.ObjectNotFound(tk._("This file has not been released."))
    return Vault().open(digest)
