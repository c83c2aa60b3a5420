"""The chain of events: append-only, whole, and telling where it was broken."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from ckan import model
from click.testing import CliRunner

from ckanext.govshare import ledger
from ckanext.govshare.ledger import chain
from ckanext.govshare.ledger.cli import ledger as command
from ckanext.govshare.ledger.model import event as table


@pytest.fixture(autouse=True)
def _portal(app):
    """The database of the portal; nothing of a test stays uncommitted."""
    with app.flask_app.app_context():
        yield
        model.Session.rollback()
        model.Session.remove()


def _append(**kwargs) -> ledger.Event:
    event = ledger.append("test.happened", actor=None, subject=("test", "1"), **kwargs)
    model.Session.commit()
    return event


@pytest.mark.parametrize(
    "statement",
    [
        "update govshare_event set kind = 'other' where seq = :seq",
        "delete from govshare_event where seq = :seq",
        "truncate govshare_event",
    ],
)
def test_database_forbids_change(statement):
    """A written event cannot be changed, removed or swept away."""
    event = _append()
    with pytest.raises(sa.exc.InternalError, match="append-only"):
        model.Session.execute(sa.text(statement), {"seq": event.seq})
    model.Session.rollback()
    assert chain.verify().broken_seq is None


def test_event_comes_back_as_written():
    """What is read is what was hashed, Chinese, numbers and nesting included."""
    data = {"数据": ["甲", 1, -5, None, True, {"深": "\U00020000"}], "empty": {}}
    event = _append(data=data, rule="nanyang 46", office="head")
    row = model.Session.execute(sa.select(table).where(table.c.seq == event.seq)).one()
    assert chain.Event(*row).computed_hash() == event.hash
    assert chain.Event(*row).data == data


@pytest.mark.parametrize("value", [1.5, {1: "a"}, {"a": object()}, {"a": {"b": [2.0]}}])
def test_only_exact_values(value):
    """What JSON would not give back to the letter is refused before it is written."""
    with pytest.raises(TypeError):
        ledger.append("test.bad", actor=None, data={"v": value})


def test_rolled_back_act_leaves_no_event():
    """The event lives and dies with the act's transaction, and leaves no gap."""
    first = _append()
    ledger.append("test.undone", actor=None)
    model.Session.rollback()
    assert _append().seq == first.seq + 1


def test_appends_at_once_make_one_chain(app):
    """Many writers at once: every event has its own place and the chain is whole."""
    start = chain.verify().events

    def write() -> None:
        with app.flask_app.app_context():
            for _ in range(10):
                ledger.append("test.crowd", actor=None)
                model.Session.commit()
            model.Session.remove()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result = chain.verify()
    assert (result.events, result.broken_seq) == (start + 40, None)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("update govshare_event set actor = 'someone' where seq = :seq", "content"),
        ("update govshare_event set data = '{\"x\": 1}' where seq = :seq", "content"),
        ("update govshare_event set at = at + interval '1 us' where seq = :seq", "content"),
        ("delete from govshare_event where seq = :seq", "missing"),
    ],
)
def test_verify_names_the_first_broken_link(damage, why):
    """Damage done behind the trigger's back is found at its place, by the command too."""
    seq = _append().seq
    _append()
    connection = model.Session.connection()
    connection.execute(sa.text("alter table govshare_event disable trigger user"))
    connection.execute(sa.text(damage), {"seq": seq})
    result = chain.verify()
    shown = CliRunner().invoke(command, ["verify"])
    model.Session.rollback()
    assert result.broken_seq in (seq, seq + 1)
    assert why in str(result.why)
    assert shown.exit_code == 1
    assert f"broken at event {result.broken_seq}" in shown.output
    assert chain.verify().broken_seq is None


def test_rehashed_event_breaks_the_next_link():
    """Whoever rewrites an event and its hash is betrayed by the event behind it."""
    event = _append()
    after = _append()
    forged = chain.Event(**{**event.__dict__, "actor": "someone"})
    connection = model.Session.connection()
    connection.execute(sa.text("alter table govshare_event disable trigger user"))
    connection.execute(
        table.update().where(table.c.seq == event.seq)
        .values(actor="someone", hash=forged.computed_hash())
    )
    result = chain.verify()
    model.Session.rollback()
    assert (result.broken_seq, result.why) == (after.seq, "does not follow the event before it")
