"""Two at once, and a process that dies: one decision, one message, nothing half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import access
from ckanext.govshare.cases import model as cases
from ckanext.govshare.ledger import chain
from ckanext.govshare.ledger.model import event
from ckanext.govshare.notify.model import table as messages
from tests.cases.city import appoint, call, make_user

ACT = """
import os, sys, time
from ckan.cli import load_config
from ckan.config.middleware import make_app
app = make_app(load_config(sys.argv[1]))
from ckan import model
from ckanext.govshare.cases import acts
with getattr(app, "_wsgi_app", app).test_request_context():
    acts.perform(sys.argv[2], sys.argv[3], sys.argv[4], {})
    print("done, not committed", flush=True)
    time.sleep(60)
"""


def test_two_deciders_at_once_give_one_decision(portal, city):
    """Both sign the same prepared decision: one grant, one event, one clear message."""
    case = city.prepared()
    answers: list[str] = []

    def sign(user: str) -> None:
        with portal.flask_app.test_request_context():
            try:
                answers.append(city.act(user, case, "approve")["state"])
            except tk.ValidationError as error:
                answers.append(next(iter(error.error_dict)))
            model.Session.remove()

    threads = [threading.Thread(target=sign, args=(u,)) for u in (city.reviewer, city.head)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["delivered", "not_now"]
    assert len(access.live_grants(city.applicant, city.dataset, datetime.now(UTC))) == 1
    assert chain.verify().broken_seq is None


def test_same_request_twice_at_once_is_one_case(portal, city):
    """A double click sends two requests: one case, one number."""
    numbers: list[str] = []

    def send() -> None:
        with portal.flask_app.test_request_context():
            numbers.append(city.submit(request_key="double")["number"])
            model.Session.remove()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 3
    assert len(set(numbers)) == 1


def test_killed_before_the_commit_leaves_nothing(city, ckan_config):
    """kill -9 after the act and before its commit: no state, no grant, no event, no message;
    the next one finds the case free."""
    case = city.prepared()
    ini = os.environ.get("GOVSHARE_TEST_INI") or ckan_config["__file__"]
    with subprocess.Popen(
        [sys.executable, "-c", ACT, ini, city.reviewer, case["id"], "approve"],
        stdout=subprocess.PIPE, text=True,
    ) as process:
        assert process.stdout.readline().strip() == "done, not committed"
        process.send_signal(signal.SIGKILL)
    time.sleep(0.5)
    assert cases.get(case["id"]).state == "in_review"
    kinds = model.Session.execute(
        sa.select(event.c.kind).where(event.c.subject_id == case["id"])
    ).scalars().all()
    assert "case.approve" not in kinds
    told = model.Session.execute(
        sa.select(messages.c.kind).where(messages.c.subject_id == case["id"])
    ).scalars().all()
    assert "case_approved" not in told
    model.Session.rollback()
    assert city.act(city.head, case, "approve")["state"] == "delivered"


def test_every_role_state_and_act(city):
    """Nobody can do in a state what the page does not offer: each act of each person is tried."""
    auditor, stranger = city.auditor, make_user("nobody")
    appoint(make_user("x"), "operator")
    case = city.submit()
    for user in (auditor, stranger):
        for act in ("take", "comment", "prepare", "approve", "refuse", "withdraw", "consent"):
            try:
                city.act(user, case, act, decision="approve", text="x", reason="x")
            except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound):
                continue
            raise AssertionError(f"{act} was possible")
    assert call(auditor, "govshare_case_show", id=case["id"])["acts"] == []
    assert cases.get(case["id"]).state == "accepted"
