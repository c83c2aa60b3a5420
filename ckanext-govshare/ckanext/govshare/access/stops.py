"""Suspend, resume and end grants, with the words that belong to it (LY 14, NY 41)."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import ledger, notify
from ckanext.govshare.access.model import Grant, metadata
from ckanext.govshare.access.model import table as grants

table = sa.Table(
    "govshare_grant_stop",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("grant_id", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("ground", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text),
)

# What each act needs the grant to be, what it becomes, and the event and message it makes.
ACTS = {
    "suspend": (("active",), "suspended", "suspended"),
    "resume": (("suspended",), "active", "resumed"),
    "end": (("active", "suspended"), "ended", "ended"),
}


def change(grant: Grant, act: str, actor: str, given: dict[str, Any]) -> None:
    """Do the act on the locked grant: it counts from the commit, for the next read already.

    :raises tk.ValidationError: the grant is not in a state for it
    """
    before, after, event = ACTS[act]
    if grant.state not in before:
        raise tk.ValidationError({
            "state": [tk._("The grant is not in a state in which this is possible.")]
        })
    model.Session.execute(grants.update().where(grants.c.id == grant.id).values(state=after))
    model.Session.execute(table.insert().values(
        id=str(uuid.uuid4()), grant_id=grant.id, at=sa.func.now(), by=actor, act=act,
        ground=given.get("ground"), reason=given["reason"], evidence=given.get("evidence"),
    ))
    if actor != grant.holder:
        package = model.Package.get(grant.dataset_id)
        title = (package.title or package.name) if package else grant.dataset_id
        notify.send(
            f"grant_{event}", grant.holder, ("grant", grant.id),
            {"dataset": title, "reason": given["reason"]},
        )
    ledger.append(
        f"grant.{event}", actor=actor, subject=("grant", grant.id),
        office="holder" if actor == grant.holder else "authority",
        data={
            "case": grant.case_id, "dataset": grant.dataset_id, "ground": given.get("ground"),
        },
    )


def of(grant_id: str) -> list[dict[str, Any]]:
    """What was done to the grant, oldest first."""
    rows = model.Session.execute(
        sa.select(table).where(table.c.grant_id == grant_id).order_by(table.c.at)
    )
    return [
        {"at": row.at.isoformat(), "act": row.act, "ground": row.ground, "reason": row.reason,
         "evidence": row.evidence}
        for row in rows
    ]
