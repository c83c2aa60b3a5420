"""Unconditional data go to every kind of verified user (Nanyang art. 43)."""

from __future__ import annotations

import pytest
from ckan.plugins import toolkit as tk

from .world import ROLES


@pytest.mark.requirement("NY-43b")
@pytest.mark.parametrize("role", ROLES)
def test_any_verified_user_gets_unconditional_data_and_no_rule_says_who_is_eligible(
    ask, world, role, monkeypatch
):
    """Also where the site asks for sign-in first (Nanyang art. 46)."""
    monkeypatch.setitem(tk.config, "govshare.gate.sign_in_to_read", True)
    place = world.place("unconditional")
    answer = ask(role, f"/dataset/{place.name}/resource/{place.resource}/download")
    assert (answer.status_code, answer.data) == (200, place.live.csv())
