"""Messages handed on to the operator's address: signed, retried, never to where it may not go."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from click.testing import CliRunner

from ckanext.govshare import notify
from ckanext.govshare.cases import digest
from ckanext.govshare.notify import texts, webhook
from ckanext.govshare.notify.cli import notify as command
from ckanext.govshare.notify.model import hooks, table
from tests.cases.city import call, make_user

VALUES = {"dataset": "街道低保", "reason": "超范围使用"}


class Gateway(HTTPServer):
    """A real web server that keeps what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "http://169.254.169.254/latest")
        self.end_headers()

    def log_message(self, *_arguments) -> None:
        pass


@pytest.fixture
def gateway(portal, monkeypatch):
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setitem(
        tk.config, "govshare.notify.webhook_url", f"http://127.0.0.1:{server.server_port}/in")
    monkeypatch.setitem(tk.config, "govshare.notify.webhook_secret", "s3cret")
    monkeypatch.setitem(tk.config, "govshare.notify.webhook_allow", "127.0.0.0/8")
    model.Session.execute(hooks.update().values(state="sent"))  # other tests' are not ours
    model.Session.commit()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def send() -> str:
    user = make_user("reader")
    notify.send("grant_suspended", user, ("grant", "g1"), VALUES)
    model.Session.commit()
    return user


def state(user: str):
    return model.Session.execute(
        sa.select(hooks.c.state, hooks.c.attempts)
        .join(table, table.c.id == hooks.c.message_id).where(table.c.to_user == user)
    ).first()


def test_message_arrives_once_and_signed(gateway):
    """The receiver can compute the signature over timestamp and body."""
    user = send()
    assert webhook.deliver() == {"sent": 1, "failed": 0}
    assert webhook.deliver() == {"sent": 0, "failed": 0}
    ((headers, body),) = gateway.got
    said = json.loads(body)
    assert (said["to_user"], said["kind"]) == (user, "grant_suspended")
    assert said["url"].endswith("/grant/g1")
    assert headers["X-Govshare-Signature"] == webhook.signature(
        "s3cret", headers["X-Govshare-Timestamp"], body)
    assert headers["X-Govshare-Signature"] != webhook.signature(
        "other", headers["X-Govshare-Timestamp"], body)
    assert headers["X-Govshare-Delivery"] == said["id"]


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_taken_is_tried_again_later(gateway, status):
    """An error, and a redirect too, which is not followed."""
    user = send()
    gateway.status = status
    assert webhook.deliver() == {"sent": 0, "failed": 1}
    assert webhook.deliver() == {"sent": 0, "failed": 0}
    assert tuple(state(user)) == ("waiting", 1)
    gateway.status = 200
    model.Session.execute(hooks.update().values(next_try=sa.func.now()))
    model.Session.commit()
    webhook.deliver()
    assert state(user).state == "sent"
    assert len({headers["X-Govshare-Delivery"] for headers, _body in gateway.got}) == 1


@pytest.mark.parametrize(
    ("address", "allow"),
    [
        (None, ""),  # the loopback address of the gateway, not allowed
        ("http://169.254.169.254/latest/meta-data", "0.0.0.0/0"),
        ("http://[::ffff:169.254.169.254]/", "0.0.0.0/0"),
        ("http://10.0.0.1/", "192.168.0.0/16"),
        ("http://localhost/", ""),
    ],
)
def test_private_and_metadata_addresses_are_refused(gateway, monkeypatch, address, allow):
    """Judged when it connects; what gives out a machine's credentials is never allowed."""
    monkeypatch.setitem(tk.config, "govshare.notify.webhook_allow", allow)
    if address:
        monkeypatch.setitem(tk.config, "govshare.notify.webhook_url", address)
    send()
    assert webhook.deliver() == {"sent": 0, "failed": 1}
    assert gateway.got == []


def test_without_an_address_nothing_waits(portal):
    assert state(send()) is None


@pytest.fixture
def own_texts(portal, monkeypatch, tmp_path):
    """The operator's file."""
    monkeypatch.setitem(tk.config, "govshare.data_dir", str(tmp_path))
    return tmp_path / "messages.toml"


def test_operator_changes_a_text_and_it_holds_at_once(own_texts):
    before = texts.render("grant_suspended", "zh", VALUES)
    own_texts.write_text(
        '[grant_suspended.zh]\ntitle = "停用：{dataset}"\nbody = "原因：{reason}"\n')
    assert texts.render("grant_suspended", "zh", VALUES) == ("停用：街道低保", "原因：超范围使用")
    assert texts.render("grant_suspended", "en", VALUES).title
    own_texts.unlink()
    assert texts.render("grant_suspended", "zh", VALUES) == before


@pytest.mark.parametrize(
    "text",
    [
        "not toml at all [",
        '[grant_suspended.zh]\ntitle = "{unknown}"\nbody = "x"\n',
        '[grant_suspended.zh]\ntitle = "{dataset"\nbody = "x"\n',
        '[grant_suspended.zh]\ntitle = "x"\n',
        '[no_such.zh]\ntitle = "x"\nbody = "x"\n',
    ],
)
def test_text_that_cannot_be_used_is_named_and_stops_nothing(own_texts, text):
    own_texts.write_text(text)
    assert "街道低保" in texts.render("grant_suspended", "zh", VALUES).title
    shown = CliRunner().invoke(command, ["texts"])
    assert shown.exit_code == 1


def test_digest_comes_once_a_working_day_after_eight(city, monkeypatch):
    """Who has cases waiting gets their number; nobody else, and nobody twice."""
    city.submit()
    everybody = digest._people  # the other tests' officials are many: tell this city's alone
    monkeypatch.setattr(digest, "_people", lambda now: {
        user: counts for user, counts in everybody(now).items()
        if user in city.people.values()})
    kinds = lambda user: [m["kind"] for m in call(user, "govshare_message_list")]  # noqa: E731
    day = datetime(2031, 3, 3, tzinfo=UTC)  # a Monday; the year is provisional, weekdays hold
    model.Session.execute(sa.text("delete from govshare_case_told where case_id = 'digest'"))
    digest.run(day.replace(hour=23, day=2))  # 07:00 on Monday in China
    assert "digest" not in kinds(city.reviewer)
    digest.run(day.replace(hour=1))
    digest.run(day.replace(hour=2))
    assert kinds(city.reviewer).count("digest") == 1
    assert "digest" not in kinds(city.applicant)
    assert "digest" not in kinds(city.auditor)
    message = next(m for m in call(city.head, "govshare_message_list") if m["kind"] == "digest")
    assert "1" in message["title"]
    assert "digest" in kinds(city.authority)
    assert message["url"] == "/case/inbox"
    digest.run(datetime(2031, 3, 8, 2, tzinfo=UTC))  # Saturday
    assert kinds(city.reviewer).count("digest") == 1
