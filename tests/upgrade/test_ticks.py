"""Every room's tick runs, and one that fails stops no other."""

from __future__ import annotations

import pytest
from ckan import logic
from ckan.plugins import toolkit as tk

from ckanext.govshare.stack import ticks

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db")


def test_a_failing_tick_stops_no_other_and_tells_no_value(monkeypatch, caplog):
    """The failed one is named, by its error's type only: a message may quote a row."""
    monkeypatch.setattr(ticks.log, "disabled", False)  # alembic's logging set-up switches it off
    ran = []

    def fails(_context, _data_dict):
        ran.append("fails")
        raise ValueError("张三 110101199003070000")

    def works(context, _data_dict):
        ran.append(context["user"])

    tk.get_action("status_show")  # fills the registry
    actions = {"govshare_a_tick": fails, "govshare_b_tick": works}
    for name, action in actions.items():
        monkeypatch.setitem(logic._actions, name, action)
    monkeypatch.setattr(ticks, "names", lambda: sorted(actions))
    assert ticks.run() == ["govshare_a_tick"]
    assert ran == ["fails", "govshare"]
    assert "govshare_a_tick failed: ValueError" in caplog.text
    assert "张三" not in caplog.text


def test_names_are_those_of_the_loaded_rooms(monkeypatch):
    """An action named `govshare_…_tick` counts, others do not."""
    tk.get_action("status_show")
    monkeypatch.setitem(logic._actions, "govshare_x_tick", lambda _context, _data_dict: None)
    assert "govshare_x_tick" in ticks.names()
    assert all(name.endswith("_tick") for name in ticks.names())
