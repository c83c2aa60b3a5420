"""Messages by mail, against a real SMTP server: once each, again after a failure."""

from __future__ import annotations

import email
import email.policy
import socket

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import notify
from ckanext.govshare.notify import mail
from ckanext.govshare.notify.model import table
from tests.cases.city import call, make_user

VALUES = {"dataset": "街道低保", "reason": "超范围使用"}


class Mailbox:
    """Keeps what arrives; says no while `closed`."""

    def __init__(self) -> None:
        self.letters: list = []
        self.closed = False

    async def handle_DATA(self, _server, _session, envelope):
        if self.closed:
            return "451 come back later"
        self.letters.append(email.message_from_bytes(
            envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def mailbox(portal, monkeypatch):
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setitem(tk.config, "smtp.server", f"127.0.0.1:{port}")
    monkeypatch.setitem(tk.config, "smtp.starttls", False)
    # Other tests' messages are not ours to mail.
    model.Session.execute(table.update().where(table.c.mail == "waiting").values(mail="none"))
    model.Session.commit()
    yield box
    server.stop()


@pytest.fixture
def reader(portal) -> str:
    user = make_user("reader")
    model.User.get(user).email = f"{user}@example.test"
    model.Session.commit()
    return user


def _send(reader, **extra) -> bool:
    sent = notify.send("grant_suspended", reader, ("grant", "g1"), VALUES, **extra)
    model.Session.commit()
    return sent


def test_message_is_mailed_once(mailbox, reader):
    """It arrives with its text and the link, and not again at the next run."""
    _send(reader)
    assert mail.deliver()["sent"] == 1
    assert mail.deliver()["sent"] == 0
    (letter,) = mailbox.letters
    assert "街道低保" in letter["Subject"]
    assert "/grant/g1" in letter.get_content()


def test_failure_is_tried_again_with_a_pause_and_the_same_id(mailbox, reader):
    """A server that says no keeps the message waiting; later it goes out under its own id."""
    _send(reader)
    mailbox.closed = True
    assert mail.deliver() == {"sent": 0, "failed": 1, "none": 0}
    mailbox.closed = False
    assert mail.deliver()["sent"] == 0
    row = model.Session.execute(sa.select(table).where(table.c.to_user == reader)).one()
    assert (row.mail, row.attempts) == ("waiting", 1)
    model.Session.execute(
        table.update().where(table.c.id == row.id).values(next_try=sa.func.now())
    )
    model.Session.commit()
    assert mail.deliver()["sent"] == 1
    assert mailbox.letters[0]["Message-ID"].startswith(f"<{row.id}@")


def test_rolled_back_act_tells_nobody(mailbox, reader):
    """The message belongs to the act's transaction."""
    notify.send("grant_suspended", reader, ("grant", "g1"), VALUES)
    model.Session.rollback()
    assert mail.deliver() == {"sent": 0, "failed": 0, "none": 0}
    assert call(reader, "govshare_message_list") == []


def test_same_thing_is_told_once(reader):
    """`once` holds per person."""
    assert _send(reader, once="x-of-test-" + reader)
    assert not _send(reader, once="x-of-test-" + reader)
    assert len(call(reader, "govshare_message_list")) == 1


def test_person_without_address_reads_it_in_the_portal(mailbox, portal):
    """No mail is possible; the message is in the portal all the same."""
    user = make_user("no-mail")
    _send(user)
    assert mail.deliver() == {"sent": 0, "failed": 0, "none": 1}
    assert call(user, "govshare_message_list", unread=True)[0]["title"]
    assert call(user, "govshare_message_read") == {"marked": 1}
    assert call(user, "govshare_message_list", unread=True) == []


def test_messages_are_ones_own(reader, portal):
    """Nobody reads or marks another's messages."""
    _send(reader)
    other = make_user("other")
    mine = call(reader, "govshare_message_list")[0]
    assert call(other, "govshare_message_list") == []
    assert call(other, "govshare_message_read", id=mine["id"]) == {"marked": 0}
    with pytest.raises(tk.NotAuthorized):
        call(None, "govshare_message_list")


def test_text_that_misses_a_value_is_not_sent(portal):
    """A message that could not be read is refused where it is made."""
    with pytest.raises(KeyError):
        notify.send("grant_suspended", "x", ("grant", "g1"), {})
    with pytest.raises(KeyError):
        notify.send("no_such_kind", "x", ("grant", "g1"), {})
