"""Every way into the portal is judged, and is held as its class says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from ckan import logic, model
from ckan.plugins import toolkit as tk

import ckanext.govshare.gate
from ckanext.govshare.gate import views

JUDGED = tomllib.loads(
    (Path(ckanext.govshare.gate.__file__).parent / "paths.toml").read_text(encoding="utf-8")
)
CLASSES = {
    "gate", "closed", "wall", "labels", "office", "source", "members", "account", "operator",
    "plain", "action",
}
#: Classes whose actions do nothing for a stranger who says nothing.
NOT_FOR_STRANGERS = {"closed", "wall", "operator", "office", "members"}


@pytest.fixture
def registered(request_context) -> dict[str, set[str]]:
    from flask import current_app

    tk.get_action("status_show")
    return {
        "endpoints": {rule.endpoint for rule in current_app.url_map.iter_rules()},
        "actions": set(logic._actions),
    }


@pytest.mark.requirement("YN-5d", "TZ-5d")
@pytest.mark.parametrize("kind", ["endpoints", "actions"])
def test_each_way_is_judged_and_each_judged_way_exists(registered, kind):
    judged = set(JUDGED[kind])
    assert registered[kind] - judged == set(), "judge these in gate/paths.toml"
    assert judged - registered[kind] == set(), "these are gone: take them out of gate/paths.toml"


def test_only_known_classes_are_used():
    used = {class_ for kind in ("endpoints", "actions") for class_ in JUDGED[kind].values()}
    assert used == CLASSES


def test_the_closed_endpoints_are_the_ones_the_door_closes(registered):
    closed = {name for name, class_ in JUDGED["endpoints"].items() if class_ == "closed"}
    assert closed == views.CLOSED & registered["endpoints"]


def test_each_download_is_the_gates(registered):
    downloads = {n for n in registered["endpoints"] if n.endswith("resource.download")}
    assert downloads
    assert {JUDGED["endpoints"][name] for name in downloads} == {"gate"}


def test_a_closed_action_answers_nobody(request_context, world):
    """Not a sysadmin, and not code that brings `ignore_auth`."""
    sysadmin = model.User.get(world.users["sysadmin"]).name
    for name, class_ in JUDGED["actions"].items():
        if class_ == "closed":
            with pytest.raises(tk.NotAuthorized):
                tk.get_action(name)({"user": sysadmin, "ignore_auth": True}, {"id": "x"})


def test_what_is_not_for_strangers_answers_none(request_context):
    for name, class_ in JUDGED["actions"].items():
        if class_ in NOT_FOR_STRANGERS:
            with pytest.raises((tk.NotAuthorized, tk.ValidationError, tk.ObjectNotFound, KeyError)):
                tk.get_action(name)({"user": ""}, {})
