"""The workbench: what waits for a person, from every room, the most urgent first."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from ckan.plugins import toolkit as tk

from ckanext.govshare.portal import persons, workbench


@pytest.mark.parametrize(
    ("today", "due", "left"),
    [
        ("2026-11-20", "2026-11-20", 0),  # a Friday
        ("2026-11-20", "2026-11-23", 1),
        ("2026-11-20", "2026-12-04", 10),
        ("2026-09-30", "2026-10-08", 1),  # the National Day holiday lies between
        ("2026-11-23", "2026-11-20", -1),
        ("2026-11-22", "2026-11-20", -1),  # overdue since Friday, seen on Sunday
        ("2026-11-20", "2028-11-20", None),
    ],
)
def test_days_left_are_working_days(today, due, left):
    assert workbench.days_left(date.fromisoformat(today), date.fromisoformat(due)) == left


def test_tasks_come_in_the_order_of_the_due_day(monkeypatch):
    """Whatever form a room gives the day in; a room that refuses is left out."""

    def ask(name: str, _data: object = None) -> object:
        def action(_context: object, _data: object) -> list[dict[str, object]]:
            if name == "govshare_shut_inbox":
                raise tk.NotAuthorized
            return {
                "govshare_a_inbox": [
                    {"kind": "k", "title": "late", "url": "/", "due": "2026-12-05"},
                    {"kind": "k", "title": "never", "url": "/", "due": None},
                ],
                "govshare_b_inbox": [
                    {"kind": "k", "title": "first", "url": "/", "due": datetime(2026, 12, 1, 9)},
                    {"kind": "k", "title": "second", "url": "/", "due": date(2026, 12, 2)},
                ],
            }[name]

        return action

    names = ["govshare_a_inbox", "govshare_b_inbox", "govshare_shut_inbox"]
    monkeypatch.setattr(workbench, "_inboxes", lambda: names)
    monkeypatch.setattr(tk, "get_action", ask)
    assert [t.title for t in workbench.tasks()] == ["first", "second", "late", "never"]


def test_every_room_with_an_inbox_is_asked(site):
    assert {"govshare_release_inbox", "govshare_case_inbox"} <= set(workbench._inboxes())


def test_stranger_is_sent_to_the_login(site):
    answer = site.test_client(use_cookies=False).get("/workbench", follow_redirects=False)
    assert answer.status_code == 302
    assert "/user/login" in answer.headers["Location"]


def test_person_sees_their_own_first_steps(get):
    assert "运营单位" in get("/workbench", role="boss")
    assert "运营单位" not in steps_of(get("/workbench", role="holder"))


def steps_of(page: str) -> str:
    return page[page.index("gs-persons") : page.index("gs-footer")]


def test_every_kind_of_person_has_first_steps(site):
    with site.flask_app.test_request_context():
        found = {person.code: len(person.steps) for person in persons.everybody()}
    assert set(found) == {"citizen", "applicant", "publisher", "head", "authority", "operator"}
    assert all(found.values())
