"""Read one's messages."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ckanext.govshare import offices
from ckanext.govshare.notify import mail, texts, webhook
from ckanext.govshare.notify.model import Message, table

LONGEST = 200


@tk.side_effect_free
def govshare_message_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Your newest messages, in the language of the page; `unread` true: only those."""
    tk.check_access("govshare_message_list", context, data_dict)
    wanted = sa.select(table).where(table.c.to_user == offices.actor_id(context))
    if tk.asbool(data_dict.get("unread") or False):
        wanted = wanted.where(table.c.read_at.is_(None))
    rows = model.Session.execute(wanted.order_by(table.c.created.desc()).limit(LONGEST))
    return [_as_dict(Message(*row)) for row in rows]


def govshare_message_read(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Mark your messages as read: the one with `id`, or all. Gives how many were unread."""
    tk.check_access("govshare_message_read", context, data_dict)
    change = (
        table.update()
        .where(table.c.to_user == offices.actor_id(context), table.c.read_at.is_(None))
        .values(read_at=sa.func.now())
    )
    if data_dict.get("id"):
        change = change.where(table.c.id == data_dict["id"])
    marked = model.Session.execute(change.returning(table.c.id)).all()
    model.Session.commit()
    return {"marked": len(marked)}


def govshare_notify_tick(context: Context, data_dict: dict[str, Any]) -> dict[str, int]:
    """For the scheduler: mail what waits in the outbox, and hand it on."""
    tk.check_access("govshare_notify_tick", context, data_dict)
    handed = {f"handed_{what}": count for what, count in webhook.deliver().items()}
    return {**mail.deliver(), **handed}


def _as_dict(message: Message) -> dict[str, Any]:
    language = "zh" if (tk.h.lang() or "zh").startswith("zh") else "en"
    text = texts.render(message.kind, language, message.values)
    return {
        "id": message.id,
        "kind": message.kind,
        "title": text.title,
        "body": text.body,
        "subject_type": message.subject_type,
        "subject_id": message.subject_id,
        "url": texts.path(message.subject_type, message.subject_id),
        "created": message.created.isoformat(),
        "read": message.read_at is not None,
    }
