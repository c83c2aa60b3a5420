"""A million running clocks judged, a million ledger events verified, in a real database.

`GOVSHARE_BENCH_CASES` (1,000,000) says how many of each. Beside each figure stands a limit from the
same run: what the database needs to read the rows at all, or what SHA-256 alone takes.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.result import Result
from ckanext.govshare.stack import services, settings

COUNT = int(os.environ.get("GOVSHARE_BENCH_CASES", "1000000"))
NOW = datetime(2026, 9, 30, 2, tzinfo=UTC)
ORGANIZATIONS = 60
# Where the case is, on which layer, and under which regulation.
MIX = (("open", "nanyang"), ("open", "nanyang"), ("share", "linyi"), ("share", "zhongshan"))
STATES = ("accepted", "in_review", "supplement", "extended")

FILL = """
insert into govshare_case (
    id, number, kind, layer, dataset_id, org_id, applicant, state, profile, profile_version,
    received_at, due_day, due_moment, first_due_day, provisional, clock, form, created)
select gen_random_uuid()::text, 'SQ-' || i, 'application', c.layer, 'dataset-' || i % 5000,
    'org-' || i % :organizations, 'user-' || i % 100000, (:states)[1 + i / 7 % 4], c.profile,
    c.profile_version, c.received_at, c.due_day, c.due_moment, c.due_day, c.provisional, c.clock,
    '{"purpose": "研究", "items": ["街道"]}', c.received_at
from generate_series(0, :count - 1) s(i) join bench_clock c on c.n = i % :clocks
"""


def run() -> list[Result]:
    with tempfile.TemporaryDirectory() as scratch:
        running = services.start(Path(scratch), durable=False)
        try:
            with _portal(running):
                return [*_clocks(), *_ledger()]
        finally:
            services.stop(Path(scratch))


@contextmanager
def _portal(running: Any) -> Iterator[None]:
    """CKAN on the empty database, its tables made."""
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    os.environ["CKAN_INI"] = str(settings.write(running, port=5000))
    app = make_app(load_config(os.environ["CKAN_INI"]))
    from ckan import model

    from ckanext.govshare.stack.upgrade import upgrade

    upgrade(running.admin_url)
    with app._wsgi_app.app_context():  # type: ignore[attr-defined]  # CKAN wraps Flask
        yield
        model.Session.remove()


def timed(work: Any) -> tuple[float, Any]:
    begin = time.perf_counter()
    made = work()
    return round(time.perf_counter() - begin, 2), made


def _clocks() -> list[Result]:
    from ckan import model

    from ckanext.govshare.cases import clock, standing, tick

    _fill_cases()
    bare, _ = timed(lambda: model.Session.execute(sa.text(
        "select count(*) filter (where due_moment <= now()), count(*) filter (where provisional),"
        " max(length(state)) from govshare_case")).one())
    judging, groups = timed(lambda: list(standing.judged(NOW)))
    assert sum(one.cases for one in groups) == COUNT, "every clock was judged"
    assert {one.verdict for one in groups} == set(standing.Verdict.__args__), "all outcomes occur"
    finding, work = timed(lambda: tick.work(NOW))
    calendar = clock.calendar()
    recounting, sample = _recount(replace(calendar, version="newer"))
    label = f"{COUNT:,} running clocks"
    return [
        Result(f"{label} judged (beside: a bare scan)", judging, "s", bare, goal="<= 10"),
        Result("distinct clocks among them", len(groups), ""),
        Result(f"the messenger finds its work among {label}", finding, "s", bare, goal="<= 10"),
        Result("cases that it found, in batches", sum(len(found) for found, _ in work.values()),
               ""),
        Result("cases counted again after a new notice", round(sample / recounting), "cases/s"),
    ]


def _fill_cases() -> None:
    from ckan import model

    from ckanext.govshare.cases import clock
    from ckanext.govshare.rules import profiles

    session = model.Session
    session.execute(sa.text("""
        create temp table bench_clock (n int primary key, layer text, profile text,
            profile_version text, received_at timestamptz, due_day date, due_moment timestamptz,
            provisional boolean, clock jsonb)"""))
    days = [date(2026, 7, 1) + timedelta(days=n) for n in range(91)]
    rows = []
    for day in days:
        for layer, code in MIX:
            profile = profiles.get(code)
            at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
            started = clock.start(profile, layer, "reply", at)  # type: ignore[arg-type]
            rows.append({
                "n": len(rows), "layer": layer, "profile": code, "received_at": at,
                "profile_version": clock.keep_profile(profile),
                **{k: started[k] for k in ("due_day", "due_moment", "provisional")},
                "clock": json.dumps(started["clock"]),
            })
    columns = ", ".join(rows[0])
    places = ", ".join(f":{name}" for name in rows[0])
    session.execute(sa.text(f"insert into bench_clock ({columns}) values ({places})"), rows)
    session.execute(sa.text(FILL), {
        "organizations": ORGANIZATIONS, "states": list(STATES), "count": COUNT,
        "clocks": len(rows)})
    session.commit()
    _vacuum("govshare_case")


def _vacuum(table: str) -> None:
    """What the database does by itself within minutes of such a load."""
    from ckan import model

    engine = model.Session.connection().engine
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            sa.text(f"vacuum analyze {table}"))


def _recount(newer: Any) -> tuple[float, int]:
    """Seconds for a sample of cases, each in its own transaction with its event."""
    from ckanext.govshare.cases import clock, judge, tick

    kept, now, batch = clock.calendar, judge.now, tick.BATCH
    clock.calendar, judge.now, tick.BATCH = lambda: newer, lambda: NOW, 500
    try:
        cases, do = tick.work(NOW)["recounted"]
        seconds, done = timed(lambda: tick._each(cases, do))
    finally:
        clock.calendar, judge.now, tick.BATCH = kept, now, batch
    return seconds, done


def _ledger() -> list[Result]:
    from ckan import model

    from ckanext.govshare import ledger
    from ckanext.govshare.ledger import chain

    _fill_events()
    hashing, _ = timed(_bare_hashes)
    reading, _ = timed(lambda: model.Session.execute(sa.text(
        "select sum(length(data::text) + length(kind) + length(hash)) from govshare_event")).one())
    verifying, result = timed(chain.verify)
    assert (result.broken_seq, result.events >= COUNT) == (None, True), result
    begin, appended = time.perf_counter(), 1000
    for _ in range(appended):
        ledger.append("bench.appended", actor="user-1", subject=("case", "x"), data={"n": 1})
        model.Session.commit()
    rate = appended / (time.perf_counter() - begin)
    return [
        Result(f"{COUNT:,} ledger events verified (beside: SHA-256 alone)", verifying, "s",
               hashing, goal="<= 60"),
        Result("the same events read by the database alone", reading, "s"),
        Result("events appended, each committed", round(rate), "events/s"),
    ]


def _bare_hashes() -> None:
    text = b"x" * 420  # as long as an event of the fill, as JSON
    for _ in range(COUNT):
        hashlib.sha256(text).hexdigest()


def _fill_events() -> None:
    """Events as cases make them, hashed by the chain's own rule, written in one stream."""
    from ckan import model

    from ckanext.govshare.ledger import chain

    count = chain.verify()
    previous, first = count.last_hash, count.events + 1
    cursor: Any = model.Session.connection().connection.cursor()
    with cursor:
        for start in range(first, first + COUNT, 50_000):
            lines = io.StringIO()
            for seq in range(start, min(start + 50_000, first + COUNT)):
                event = _event(seq, previous)
                previous = event.hash
                fields = asdict(event) | {
                    "at": event.at.isoformat(), "data": json.dumps(event.data)}
                lines.write("\t".join(str(value) for value in fields.values()) + "\n")
            lines.seek(0)
            cursor.copy_from(lines, "govshare_event")
    model.Session.commit()
    _vacuum("govshare_event")


def _event(seq: int, previous: str) -> Any:
    from ckanext.govshare.ledger import chain

    case = f"{seq // 5:08x}-0000-4000-8000-000000000000"
    fields = (
        seq, f"{seq:08x}-1111-4111-8111-111111111111",
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seq), f"user-{seq % 997}",
        "reviewer", "case.approve", "case", case,
        {"from": "in_review", "to": "delivered", "due": "2026-10-12", "content": previous[:64]},
        "nanyang 46", previous,
    )
    return chain.Event(*fields, hash=chain._digest(*fields))


__all__ = ["run"]
