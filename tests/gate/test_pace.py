"""Limits of calls and verification, asked of the real application with the real counters."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.common import config
from ckan.lib.redis import connect_to_redis

from ckanext.govshare.access import limit
from ckanext.govshare.access.model import table as grants
from ckanext.govshare.gate.model import read

from .world import NUMBER_COLUMN, OPEN_COLUMN, SECRET_COLUMN, _token, _user, grant

pytestmark = pytest.mark.filterwarnings("ignore:distutils Version:DeprecationWarning")


@pytest.fixture
def holder(site, world):
    """Gives a fresh person a grant, and asks with a token of theirs."""
    with site.flask_app.test_request_context():
        user = _user("paced")
        token = _token(user)
    place = world.place("conditional")

    def give(mode, columns=None, **limits):
        with site.flask_app.test_request_context():
            return grant(user, place, mode, columns, **limits)

    def ask(url, method="GET", **more):
        headers = {"Authorization": token, **more.pop("headers", {})}
        return site.test_client(use_cookies=False).open(
            url, method=method, headers=headers, buffered=True, **more)

    return SimpleNamespace(
        give=give, ask=ask, user=user, place=place, other=world.place("non-open"),
        file=f"/dataset/{place.name}/resource/{place.resource}/download",
        rows=f"/api/3/action/datastore_search?resource_id={place.resource}",
    )


def reads_of(site, grant_id: str) -> int:
    with site.flask_app.test_request_context():
        return model.Session.scalar(
            sa.select(sa.func.count()).select_from(read).where(read.c.grant_id == grant_id))


def verify(holder, values, **more):
    return holder.ask("/api/3/action/govshare_verify", "POST",
                      json={"resource_id": more.pop("resource", holder.place.resource),
                            "values": values}, **more)


def test_a_grant_keeps_its_own_pace(site, holder):
    """The third download within the minute is told to wait, and is no read of the grant."""
    made = holder.give("file", calls_per_minute=2)
    assert [holder.ask(holder.file).status_code for _ in range(2)] == [200, 200]
    late = holder.ask(holder.file)
    assert late.status_code == 429
    assert 1 <= int(late.headers["Retry-After"]) <= 60
    assert late.headers["Cache-Control"] == "private, no-store"
    assert late.headers["Retry-After"] in late.text
    assert holder.place.live.open_canary not in late.text
    assert reads_of(site, made) == 2
    page = holder.ask(holder.file, headers={"Accept": "text/html"})
    assert (page.status_code, "Retry-After" in page.headers) == (429, True)
    assert "<h1>" in page.text


def test_the_rows_answer_429_as_json(site, holder):
    """Also by the action API, which itself knows no such answer; the dump is held the same."""
    made = holder.give("api", calls_per_minute=1)
    assert holder.ask(holder.rows).status_code == 200
    late = holder.ask(holder.rows)
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) >= 1
    assert late.json["success"] is False
    assert late.json["error"]["__type"] == "Too Many Requests"
    assert "result" not in late.json
    assert holder.ask(f"/datastore/dump/{holder.place.resource}").status_code == 429
    assert reads_of(site, made) == 1


def test_a_dump_is_one_call(holder):
    """However many pages the DataStore reads for it."""
    holder.give("api", calls_per_minute=2)
    for _ in range(2):
        assert holder.ask(f"/datastore/dump/{holder.place.resource}").status_code == 200
    assert holder.ask(f"/datastore/dump/{holder.place.resource}").status_code == 429


def test_the_day_has_a_quota(holder):
    """Within the minute's limit, over the day's: the wait is that of the day."""
    holder.give("file", calls_per_day=1)
    assert holder.ask(holder.file).status_code == 200
    assert int(holder.ask(holder.file).headers["Retry-After"]) > limit.HOUR


def test_the_site_limits_grants_that_say_nothing(holder, monkeypatch):
    monkeypatch.setitem(config, "govshare.access.calls_per_minute", 1)
    holder.give("file")
    assert [holder.ask(holder.file).status_code for _ in range(2)] == [200, 429]


def test_a_token_keeps_to_its_pace_everywhere(holder, ask, world, monkeypatch):
    """Each token has its own count, whatever it asks for; who has none is not counted."""
    monkeypatch.setitem(config, "govshare.access.token_calls_per_minute", 2)
    url = "/api/3/action/status_show"
    assert [holder.ask(url).status_code for _ in range(3)] == [200, 200, 429]
    assert holder.ask(holder.file).status_code == 429
    for _ in range(4):
        assert ask("anonymous", url).status_code == 200


def test_the_count_ends_with_its_time(site):
    """The counter has an end from its first use on, and then begins anew."""
    with site.flask_app.test_request_context():
        key = f"test:{time.time_ns()}"
        assert [limit.take(key, 1, 1), limit.take(key, 1, 1)] == [0, 1]
        stored = next(connect_to_redis().scan_iter(f"*{key}"))
        assert connect_to_redis().ttl(stored) in (0, 1)
        time.sleep(1.1)
        assert limit.take(key, 1, 1) == 0
        assert [limit.take(key, 0, 1) for _ in range(3)] == [0, 0, 0]


def test_verification_says_matches_or_not(site, holder):
    """One row must have all the values; nothing else comes out; the read is written down."""
    live = holder.place.live
    made = holder.give("verify")
    right = {OPEN_COLUMN: f"{live.open_canary}2", NUMBER_COLUMN: "2"}
    assert verify(holder, right).json["result"] == {"matches": True}
    assert verify(holder, {**right, NUMBER_COLUMN: 2}).json["result"] == {"matches": True}
    assert verify(holder, {**right, NUMBER_COLUMN: "3"}).json["result"] == {"matches": False}
    with site.flask_app.test_request_context():
        rows = model.Session.execute(sa.select(read).where(read.c.grant_id == made)).all()
    assert {(row.way, tuple(row.columns)) for row in rows} == {
        ("verify", (OPEN_COLUMN, NUMBER_COLUMN))}
    assert len(rows) == 3


def test_verification_is_limited(holder):
    """Guessing is slow: no answer beyond the pace of the grant."""
    holder.give("verify", calls_per_minute=1)
    assert verify(holder, {NUMBER_COLUMN: 1}).status_code == 200
    late = verify(holder, {NUMBER_COLUMN: 2})
    assert (late.status_code, "matches" in late.text) == (429, False)


def test_verification_needs_its_grant_and_its_columns(holder, ask):
    """Neither a grant of another mode, nor another column, nor an unloaded class; errors do not
    repeat a value."""
    holder.give("api")
    assert verify(holder, {OPEN_COLUMN: "x"}).status_code == 403
    holder.give("verify", [OPEN_COLUMN])
    assert verify(holder, {OPEN_COLUMN: "x"}).json["result"] == {"matches": False}
    assert verify(holder, {SECRET_COLUMN: "x"}).status_code == 403
    assert verify(holder, {OPEN_COLUMN: "x", SECRET_COLUMN: "x"}).status_code == 403
    assert verify(holder, {OPEN_COLUMN: "x"}, resource=holder.other.resource).status_code == 403
    holder.give("verify")
    for wrong in ({}, "x", {OPEN_COLUMN: ["x"]}, {"没有": "x"}, {NUMBER_COLUMN: "secretvalue"}):
        answer = verify(holder, wrong)
        assert answer.status_code == 409
        assert "secretvalue" not in answer.text
    anonymous = ask("anonymous", "/api/3/action/govshare_verify", "POST", json={
        "resource_id": holder.place.resource, "values": {OPEN_COLUMN: "x"}})
    assert anonymous.status_code == 403
    got = holder.ask(f"/api/3/action/govshare_verify?resource_id={holder.place.resource}")
    assert got.status_code == 400, "values stand in no address"


def test_a_token_for_verification_only_verifies(site, holder):
    """The scope opens the one action by POST and nothing else."""
    holder.give("verify")
    holder.give("file")
    with site.flask_app.test_request_context():
        token = _token(holder.user, scopes=["verify"])
    own = {"Authorization": token}
    assert verify(holder, {NUMBER_COLUMN: 1}, headers=own).json["result"] == {"matches": True}
    assert holder.ask(holder.file, headers=own).status_code == 403


def test_no_grant_is_without_its_columns(site, holder):
    """The limits of a grant stand in its row."""
    made = holder.give("api", calls_per_minute=7, calls_per_day=9)
    with site.flask_app.test_request_context():
        row = model.Session.execute(sa.select(grants).where(grants.c.id == made)).one()
    assert (row.calls_per_minute, row.calls_per_day) == (7, 9)


def test_a_delivered_file_names_its_grant(site, holder):
    """The trace of the grant stands in the file's name, whole file or part of it."""
    for columns in (None, [OPEN_COLUMN]):
        made = holder.give("file", columns)
        with site.flask_app.test_request_context():
            trace = model.Session.scalar(sa.select(grants.c.trace).where(grants.c.id == made))
        got = holder.ask(holder.file)
        assert got.status_code == 200
        assert f"-{trace}.csv" in got.headers["Content-Disposition"]
        with site.flask_app.test_request_context():
            model.Session.execute(
                grants.update().where(grants.c.id == made).values(state="ended"))
            model.Session.commit()
