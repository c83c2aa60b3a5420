"""Deliver the outbox by mail: at least once, with growing pauses after a failure.

A message is locked, mailed, marked and committed one by one. Killed between the mail and the
commit, the same message is mailed again: twice is a nuisance, never is a fault.
"""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.notify import texts
from ckanext.govshare.notify.model import Message, table

TRIES = 8
FIRST_PAUSE = timedelta(minutes=1)
TIMEOUT = 20  # seconds


def deliver(limit: int = 500) -> dict[str, int]:
    """Mail what waits and is due; says how many were `sent`, `failed` or had no address."""
    counts = {"sent": 0, "failed": 0, "none": 0}
    if not tk.config.get("smtp.server"):
        return counts
    for _ in range(limit):
        message = _next()
        if message is None:
            break
        counts[_one(message)] += 1
        model.Session.commit()
    model.Session.rollback()
    return counts


def _next() -> Message | None:
    """The oldest message that is due, locked; those that another process has are passed over."""
    row = model.Session.execute(
        sa.select(table)
        .where(table.c.mail == "waiting", table.c.next_try <= sa.func.now())
        .order_by(table.c.created)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    return Message(*row) if row else None


def _one(message: Message) -> str:
    user = model.User.get(message.to_user)
    if user is None or user.state != "active" or not user.email:
        _mark(message, mail="none")
        return "none"
    try:
        _send(user.email, message)
    except (OSError, smtplib.SMTPException):
        tries = message.attempts + 1
        _mark(
            message, attempts=tries, mail="given-up" if tries >= TRIES else "waiting",
            next_try=sa.func.now() + FIRST_PAUSE * 2**message.attempts,
        )
        return "failed"
    _mark(message, mail="sent", mailed_at=sa.func.now())
    return "sent"


def _mark(message: Message, **values: object) -> None:
    model.Session.execute(table.update().where(table.c.id == message.id).values(**values))


def _send(address: str, message: Message) -> None:
    chinese = (tk.config.get("ckan.locale_default") or "zh").startswith("zh")
    text = texts.render(message.kind, "zh" if chinese else "en", message.values)
    link = tk.config["ckan.site_url"] + texts.path(message.subject_type, message.subject_id)
    mail = EmailMessage()
    mail["Subject"] = text.title
    mail["From"] = tk.config.get("smtp.mail_from") or "noreply@localhost"
    mail["To"] = address
    mail["Date"] = formatdate()
    # The same for every try, so that a mailbox can drop the double.
    mail["Message-ID"] = f"<{message.id}@{make_msgid().partition('@')[2].rstrip('>')}>"
    mail.set_content(f"{text.body}\n\n{link}\n")
    host, _, port = tk.config["smtp.server"].partition(":")
    with smtplib.SMTP(host, int(port or 25), timeout=TIMEOUT) as server:
        if tk.asbool(tk.config.get("smtp.starttls") or False):
            server.starttls()
        if tk.config.get("smtp.user"):
            server.login(tk.config["smtp.user"], tk.config["smtp.password"])
        server.send_message(mail)
