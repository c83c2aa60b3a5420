"""Records are kept as long as the rules ask, then let go without breaking the chain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import ledger
from ckanext.govshare.ledger import chain, retention
from ckanext.govshare.ledger.model import event as table
from ckanext.govshare.rules import profiles

TODAY = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch):
    def set_time(moment: datetime) -> None:
        monkeypatch.setattr(chain, "now", lambda: moment)

    return set_time


@pytest.fixture
def years(app, at):
    """An empty ledger with an event a month for two years; the real one comes back afterwards."""
    with app.flask_app.app_context():
        session = model.Session
        session.execute(sa.text("alter table govshare_event disable trigger user"))
        session.execute(sa.text("delete from govshare_event"))
        session.execute(sa.text("delete from govshare_case_profile"))
        session.execute(sa.text("alter table govshare_event enable trigger user"))
        for month in range(24, 0, -1):
            at(TODAY - timedelta(days=30 * month))
            ledger.append("test.monthly", actor=None, subject=("test", str(month)))
        at(TODAY)
        yield
        session.rollback()
        session.remove()


def under(monkeypatch, code: str, lender: str | None = None) -> None:
    monkeypatch.setattr(profiles, "site", lambda: profiles.get(code, lender))


@pytest.mark.requirement("NY-33")
def test_half_a_year_is_kept_and_the_rest_verifies_from_there(years, monkeypatch):
    """Nanyang 33: the last six months stay; the chain is whole from the first event that stays."""
    under(monkeypatch, "nanyang")
    removed = retention.purge()
    kept = model.Session.execute(sa.select(table).order_by(table.c.seq)).all()
    assert (removed.events, kept[0].seq) == (18, 19)
    assert kept[0].at >= datetime(2026, 5, 22, tzinfo=UTC) - timedelta(hours=8)
    assert kept[-1].kind == "ledger.purged"
    assert kept[-1].data["upto"] == 18
    result = chain.verify()
    assert (result.events, result.broken_seq) == (7, None)
    assert retention.purge() == retention.Purge(0, 0)
    ledger.append("test.after", actor=None)
    assert chain.verify().broken_seq is None


@pytest.mark.requirement("YN-28a")
def test_ten_years_are_kept_in_yunnan(years, monkeypatch):
    under(monkeypatch, "yunnan")
    assert retention.purge() == retention.Purge(0, 0)
    assert retention.over_before(TODAY).date().isoformat() == "2016-11-22"


@pytest.mark.parametrize(
    ("code", "lender", "months"),
    [("nanyang", None, 6), ("yunnan", None, 120), ("yunnan", "nanyang", 120),
     ("zhongshan", None, 120), ("zhongshan", "nanyang", 6)],
)
def test_the_longest_period_in_use_counts(years, monkeypatch, code, lender, months):
    """Silence keeps as long as the strictest regulation; a borrowed rule counts."""
    under(monkeypatch, code, lender)
    assert retention.months() == months


def test_a_case_judged_by_stricter_rules_prolongs_and_so_does_the_site(years, monkeypatch):
    under(monkeypatch, "nanyang")
    monkeypatch.setitem(tk.config, "govshare.ledger.retention_months", 24)
    assert retention.months() == 24
    yunnan = profiles.get("yunnan")
    model.Session.execute(
        sa.text("insert into govshare_case_profile values (:v, 'yunnan', cast(:c as jsonb))"),
        {"v": yunnan.version, "c": yunnan.model_dump_json()})
    assert retention.months() == 120


@pytest.mark.parametrize(
    "forged",
    [
        {},  # nothing says that it may go
        {"upto": 18, "hash": "0" * 64},  # says so, with another hash
    ],
)
def test_what_no_true_event_lets_go_is_missed(years, monkeypatch, forged):
    """Rows that vanish without their event, or with a false one, break the chain."""
    if forged:
        ledger.append(chain.PURGED, actor=None, data=forged)
    else:
        with pytest.raises(sa.exc.InternalError, match="append-only"), \
                model.Session.begin_nested():
            model.Session.execute(table.delete().where(table.c.seq <= 18))
        model.Session.execute(sa.text("alter table govshare_event disable trigger user"))
    model.Session.execute(table.delete().where(table.c.seq <= 18))
    assert chain.verify().broken_seq == 19


def test_young_events_stay_whatever_an_event_says(years):
    """The database lets nothing go that is younger than half a year."""
    ledger.append(chain.PURGED, actor=None, data={"upto": 24, "hash": "0" * 64})
    with pytest.raises(sa.exc.InternalError, match="append-only"):
        model.Session.execute(table.delete().where(table.c.seq == 24))


def test_a_clock_that_once_stood_wrong_keeps_what_lies_behind(years, monkeypatch, at):
    """An event dated in the future stops the removal before it, whatever its followers say."""
    under(monkeypatch, "nanyang")
    connection = model.Session.connection()
    connection.execute(sa.text("alter table govshare_event disable trigger user"))
    connection.execute(sa.text("update govshare_event set at = :at where seq = 5"),
                       {"at": TODAY + timedelta(days=900)})
    connection.execute(sa.text("alter table govshare_event enable trigger user"))
    assert retention.purge() == retention.Purge(4, 4)
