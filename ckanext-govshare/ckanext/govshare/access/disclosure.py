"""Publishing or passing on what was obtained: only with the provider's consent, and only where the
rules know such a consent at all (Yunnan 33; elsewhere it is forbidden, LY 14, NY 38, ZS 21)."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import ledger, notify, offices
from ckanext.govshare.access.model import Grant, metadata
from ckanext.govshare.rules import profiles

table = sa.Table(
    "govshare_disclosure",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("grant_id", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("consent", sa.Boolean),
    sa.Column("reason", sa.Text),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
)


def possible() -> bool:
    """Whether the site's rules let a provider consent."""
    said = profiles.site().share.secondary_disclosure
    return said is not None and said.value == "provider_consent"


def ask(grant: Grant, user_id: str, text: str) -> str:
    """Ask the provider; the caller commits.

    :raises tk.ValidationError: the rules forbid it whoever consents
    """
    if not possible():
        raise tk.ValidationError({"forbidden": [tk._(
            "The rules forbid passing these data on or publishing them.")]})
    made = str(uuid.uuid4())
    model.Session.execute(table.insert().values(
        id=made, grant_id=grant.id, asked_by=user_id, asked_at=sa.func.now(), text=text))
    for official in _deciders(grant):
        notify.send("disclosure_asked", official, ("grant", grant.id), _named(grant),
                    once=f"disclosure:{made}")
    ledger.append("disclosure.asked", actor=user_id, office="holder",
                  subject=("grant", grant.id), data={"request": made})
    return made


def decide(grant: Grant, request_id: str, user_id: str, *, consent: bool, reason: str) -> None:
    """Consent or refuse, once; the caller commits.

    :raises tk.ValidationError: there is nothing to decide
    """
    decided = model.Session.execute(
        table.update().where(
            table.c.id == request_id, table.c.grant_id == grant.id, table.c.consent.is_(None)
        ).values(consent=consent, reason=reason, decided_by=user_id, decided_at=sa.func.now())
        .returning(table.c.id)
    ).first()
    if decided is None:
        raise tk.ValidationError({"request": [tk._("There is nothing to decide any more.")]})
    notify.send("disclosure_decided", grant.holder, ("grant", grant.id), _named(grant))
    profile = profiles.site()
    said = profile.share.secondary_disclosure
    ledger.append(
        "disclosure.consented" if consent else "disclosure.refused", actor=user_id,
        subject=("grant", grant.id), data={"request": request_id},
        rule=said.rule if said else None,
    )


def of(grant_id: str) -> list[dict[str, Any]]:
    """What was asked and decided, oldest first."""
    rows = model.Session.execute(
        sa.select(table).where(table.c.grant_id == grant_id).order_by(table.c.asked_at))
    return [
        {
            "id": row.id, "text": row.text, "asked_at": row.asked_at.isoformat(),
            "consent": row.consent, "reason": row.reason,
            "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        }
        for row in rows
    ]


def _deciders(grant: Grant) -> list[str]:
    package = model.Package.get(grant.dataset_id)
    org_id = package.owner_org if package else None
    parts = ("reviewer", "head") if org_id else ()
    found = {user for office in parts for user in offices.holders(office, org_id)}
    return sorted(found - {grant.holder})


def _named(grant: Grant) -> dict[str, str]:
    package = model.Package.get(grant.dataset_id)
    return {"dataset": (package.title or package.name) if package else grant.dataset_id}
