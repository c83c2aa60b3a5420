"""Write down every read that is served, before it is served."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from datetime import UTC, datetime

from ckan import model
from ckan.plugins import toolkit as tk
from flask import g, has_request_context

from ckanext.govshare import ledger
from ckanext.govshare.access.model import take_read
from ckanext.govshare.gate import pace
from ckanext.govshare.gate.decision import Actor, Decision
from ckanext.govshare.gate.model import read

log = logging.getLogger(__name__)


def report_damage(decision: Decision) -> None:
    """The vault holds other bytes than were signed: an event for auditors, a line for the log."""
    log.error("release %s: stored bytes are not what was signed", decision.release_id)
    if decision.release_id is not None:
        ledger.append("vault.damaged", actor=None, subject=("release", decision.release_id))
        model.Session.commit()


def record(
    actor: Actor,
    resource_id: str,
    decision: Decision,
    way: str,
    size: int,
    columns: Collection[str] | None = None,
) -> None:
    """One read: a row always; under a grant also an event, and one of its reads is used up.

    Commits, so that nothing leaves unrecorded.

    :param way: `download`, `rows` or `verify`.
    :param size: bytes handed out.
    :raises tk.NotAuthorized: the grant ended, or its last read was taken, since the decision;
        or too many calls were made.
    """
    pace.keep(decision)
    now = datetime.now(UTC)
    if decision.grant_id is not None and not take_read(decision.grant_id, now):
        raise tk.NotAuthorized(tk._("Your authorization has ended or is used up."))
    named = None if columns is None else list(columns)
    model.Session.execute(
        read.insert().values(
            id=str(uuid.uuid4()),
            at=now,
            user_id=actor.user_id,
            resource_id=resource_id,
            release_id=decision.release_id,
            grant_id=decision.grant_id,
            way=way,
            columns=named,
            bytes=size,
        )
    )
    if decision.grant_id is not None:
        if has_request_context():
            g.govshare_personal = True
        ledger.append(
            "data.read",
            actor=actor.user_id,
            subject=("grant", decision.grant_id),
            data={
                "resource": resource_id,
                "release": decision.release_id,
                "way": way,
                "bytes": size,
                "columns": named,
            },
        )
    model.Session.commit()
