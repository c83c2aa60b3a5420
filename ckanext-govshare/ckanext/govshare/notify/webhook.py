"""Hand every message on to one address of the operator's, for SMS or an office's messenger.

The body is signed: `X-Govshare-Signature` is the HMAC-SHA-256 of `<timestamp>.<body>`, and
`X-Govshare-Delivery` the message's id, the same at every try, so that a receiver can drop the
double. The connection goes to public addresses only, unless the operator allows a network.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import timedelta

import requests
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.notify import texts
from ckanext.govshare.notify.model import Message, hooks, table
from harvesters.network import allowed, session
from harvesters.notes import SourceError

TRIES = 8
FIRST_PAUSE = timedelta(minutes=1)
TIMEOUT = (5, 10)  # seconds to connect, and for the next byte


def configured() -> bool:
    return bool(tk.config.get("govshare.notify.webhook_url"))


def deliver(limit: int = 200) -> dict[str, int]:
    """Hand on what waits and is due; says how many were `sent` and how many `failed`."""
    counts = {"sent": 0, "failed": 0}
    if not configured():
        return counts
    said = str(tk.config.get("govshare.notify.webhook_allow") or "")
    networks = allowed(list[str](said.split()))
    with session(networks) as http:
        for _ in range(limit):
            row = _next()
            if row is None:
                break
            counts[_one(http, Message(*row[:-1]), row[-1])] += 1
            model.Session.commit()
    model.Session.rollback()
    return counts


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What a receiver computes to know that the message is ours and new."""
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={mac.hexdigest()}"


def _next() -> sa.Row | None:
    """The oldest message that is due, locked, with its tries."""
    return model.Session.execute(
        sa.select(*table.c, hooks.c.attempts)
        .join(hooks, hooks.c.message_id == table.c.id)
        .where(hooks.c.state == "waiting", hooks.c.next_try <= sa.func.now())
        .order_by(table.c.created)
        .limit(1)
        .with_for_update(of=hooks, skip_locked=True)
    ).first()


def _one(http: requests.Session, message: Message, attempts: int) -> str:
    try:
        _post(http, message)
    except (requests.RequestException, SourceError):
        tries = attempts + 1
        _mark(
            message, attempts=tries, state="given-up" if tries >= TRIES else "waiting",
            next_try=sa.func.now() + FIRST_PAUSE * 2**attempts,
        )
        return "failed"
    _mark(message, state="sent")
    return "sent"


def _post(http: requests.Session, message: Message) -> None:
    chinese = (tk.config.get("ckan.locale_default") or "zh").startswith("zh")
    text = texts.render(message.kind, "zh" if chinese else "en", message.values)
    body = json.dumps({
        "id": message.id, "kind": message.kind, "to_user": message.to_user,
        "title": text.title, "body": text.body, "created": message.created.isoformat(),
        "url": tk.config["ckan.site_url"] + texts.path(message.subject_type, message.subject_id),
    }, ensure_ascii=False).encode()
    now = str(int(time.time()))
    secret = tk.config.get("govshare.notify.webhook_secret") or ""
    answer = http.post(
        tk.config["govshare.notify.webhook_url"], data=body, timeout=TIMEOUT,
        allow_redirects=False,
        headers={
            "Content-Type": "application/json", "X-Govshare-Delivery": message.id,
            "X-Govshare-Timestamp": now, "X-Govshare-Signature": signature(secret, now, body),
        },
    )
    if not answer.ok or answer.is_redirect:
        raise requests.HTTPError(f"answered {answer.status_code}")


def _mark(message: Message, **values: object) -> None:
    model.Session.execute(hooks.update().where(hooks.c.message_id == message.id).values(**values))
