"""Put a message into the outbox, in the transaction of the act that it tells of."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.govshare.notify import texts, webhook
from ckanext.govshare.notify.model import hooks, table


def send(
    kind: str,
    to_user: str,
    subject: tuple[str, str],
    values: dict[str, Any] | None = None,
    *,
    once: str | None = None,
) -> bool:
    """Tell `to_user` of something; the caller commits. The reader's language picks the text.

    :param kind: a text of `config/catalogue/messages.toml`
    :param values: what the text names; ids, titles, numbers and dates, no personal value
    :param once: if this person was told this before, nothing happens and False comes back
    :raises KeyError: there is no text of that kind, or it names a value that is not given
    """
    for language in texts.LANGUAGES:
        texts.render(kind, language, values or {})
    told = model.Session.execute(
        insert(table)
        .values(
            id=str(uuid.uuid4()), kind=kind, to_user=to_user,
            subject_type=subject[0], subject_id=subject[1], values=values or {},
            once=f"{once}:{to_user}" if once else None, created=sa.func.now(),
            mail="waiting", attempts=0, next_try=sa.func.now(),
        )
        .on_conflict_do_nothing(index_elements=["once"])
        .returning(table.c.id)
    ).first()
    if told is not None and webhook.configured():
        model.Session.execute(hooks.insert().values(
            message_id=told.id, state="waiting", attempts=0, next_try=sa.func.now()))
    return told is not None
