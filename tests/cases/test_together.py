"""Two at once, and a process that dies: one decision, one message, nothing half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import access
from ckanext.govshare.cases import model as cases
from ckanext.govshare.ledger import chain
from ckanext.govshare.ledger.model import event
from ckanext.govshare.notify.model import table as messages
from ckanext.govshare.rules.machines import APPLICATION
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


BOTH = """
import sys
from ckan.cli import load_config
from ckan.config.middleware import make_app
app = make_app(load_config(sys.argv[1]))
from ckan import model
from ckan.plugins import toolkit as tk
with getattr(app, "_wsgi_app", app).test_request_context():
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        made = tk.get_action("govshare_case_act")(
            {"user": sys.argv[2]}, {"id": sys.argv[3], "act": sys.argv[4]})
        print(made["state"], flush=True)
    except tk.ValidationError as error:
        print(*error.error_dict, flush=True)
    sys.stdin.readline()
"""


def _process(script: str, ini: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", script, ini, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )


def test_two_processes_at_once_give_one_decision(city, ckan_config):
    """Two servers, two signers, one case: one decision, one grant, one clear answer."""
    case = city.prepared()
    ini = os.environ.get("GOVSHARE_TEST_INI") or ckan_config["__file__"]
    both = [_process(BOTH, ini, user, case["id"], "approve")
            for user in (city.reviewer, city.head)]
    try:
        assert [one.stdout.readline().strip() for one in both] == ["ready", "ready"]
        for one in both:
            one.stdin.write("go\n")
            one.stdin.flush()
        assert sorted(one.stdout.readline().strip() for one in both) == ["delivered", "not_now"]
    finally:
        for one in both:
            one.kill()
            one.communicate()
    assert len(access.live_grants(city.applicant, city.dataset, datetime.now(UTC))) == 1
    kinds = model.Session.execute(
        sa.select(event.c.kind).where(event.c.subject_id == case["id"])).scalars().all()
    assert kinds.count("case.approve") == 1


def test_killed_between_the_act_and_its_message_still_tells(city, ckan_config):
    """kill -9 after the commit, before anything was mailed: the message waits in the outbox."""
    case = city.prepared()
    ini = os.environ.get("GOVSHARE_TEST_INI") or ckan_config["__file__"]
    one = _process(BOTH, ini, city.reviewer, case["id"], "approve")
    try:
        one.stdout.readline()
        one.stdin.write("go\n")
        one.stdin.flush()
        assert one.stdout.readline().strip() == "delivered"
    finally:
        one.send_signal(signal.SIGKILL)
        one.communicate()
    row = model.Session.execute(
        sa.select(messages.c.to_user, messages.c.mail).where(
            messages.c.subject_id == case["id"], messages.c.kind == "case_approved")).one()
    assert tuple(row) == (city.applicant, "waiting")


def test_outsiders_can_do_nothing_in_any_state(make_city):
    """Auditor, stranger, operator, another department's head and a sysadmin, in every state of an
    application with every act, through the action: nothing happens."""
    city, other = make_city(), make_city()
    sysadmin, operator = make_user("root"), make_user("operator")
    model.User.get(sysadmin).sysadmin = True
    appoint(operator, "operator")
    case = city.prepared()
    outsiders = (city.auditor, city.stranger, operator, other.head, sysadmin)
    for state in APPLICATION.states:
        cases.change(case["id"], state=state)
        model.Session.commit()
        for user in outsiders:
            for act in APPLICATION.acts:
                with pytest.raises((tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound)):
                    city.act(user, case, act, decision="approve", text="x", reason="x", days=3,
                             handler=user)
        assert cases.get(case["id"]).state == state
    assert call(city.auditor, "govshare_case_show", id=case["id"])["acts"] == []
