"""The decision itself: plain facts in, an answer out. No database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.govshare.gate.decision import (
    CLASSES,
    MODES,
    Actor,
    Facts,
    Grant,
    Release,
    judge,
    stricter,
)

COLUMNS = ("a", "b", "c")
PURPOSES = tuple(MODES)


def facts(now="conditional", signed="conditional", grants=(), **more):
    release = Release("r1", "d1", "f" * 64, "csv", signed, COLUMNS, {"csv": "f" * 64})
    return Facts(**{
        "exists": True, "dataset_id": "d1", "dataset_name": "d", "open_class": now,
        "release": release, "grants": grants, **more,
    })


def whole(mode="file"):
    return Grant("g1", mode, None)


classes = st.sampled_from([*CLASSES, None, "", "open"])
purposes = st.sampled_from(PURPOSES)
actors = st.builds(
    Actor, st.sampled_from([None, "u1"]),
    st.none() | st.frozensets(st.sampled_from(PURPOSES)),
)
grants = st.lists(
    st.builds(
        Grant, st.text(min_size=1), st.sampled_from(["file", "api", "verify"]),
        st.none() | st.lists(st.sampled_from([*COLUMNS, "z"])).map(tuple),
    )
)


@given(actors, classes, classes, grants, purposes)
def test_non_open_data_leave_under_no_circumstances(actor, now, signed, given_, purpose):
    decision = judge(actor, facts(now, signed, given_), purpose)
    if stricter(now, signed) == "non-open":
        assert not decision.allowed
        assert decision.digest is None


@given(actors, grants, purposes)
def test_conditional_data_leave_only_under_a_fitting_grant_to_a_person(actor, given_, purpose):
    decision = judge(actor, facts(grants=given_), purpose)
    fitting = [g for g in given_ if g.mode == MODES[purpose]]
    if decision.allowed:
        assert actor.user_id is not None
        assert decision.grant_id in {g.id for g in fitting}
        assert actor.scopes is None or purpose in actor.scopes
        assert not decision.shared_cache
    else:
        assert decision.digest is None


@given(grants, purposes, st.lists(st.sampled_from(COLUMNS), min_size=1))
def test_nobody_gets_a_column_that_no_grant_names(given_, purpose, asked):
    decision = judge(Actor("u1"), facts(grants=given_), purpose, asked)
    if not decision.allowed:
        return
    grant = next(g for g in given_ if g.id == decision.grant_id and g.mode == MODES[purpose])
    if decision.columns is not None:
        assert set(asked) <= set(decision.columns) <= set(COLUMNS)
    assert any(
        g.columns is None or set(asked) <= set(g.columns)
        for g in given_ if g.mode == grant.mode
    )


@given(actors, classes, grants, purposes)
def test_what_does_not_exist_or_is_not_released_gives_nothing(actor, class_, given_, purpose):
    for missing in (
        Facts(exists=False),
        facts(class_, grants=given_, exists=False),
        facts(class_, grants=given_, release=None),
    ):
        decision = judge(actor, missing, purpose)
        assert not decision.allowed
        assert decision.digest is None


def test_a_release_of_another_dataset_gives_nothing():
    assert judge(Actor("u1"), facts("unconditional", "unconditional", dataset_id="d2"),
                 "download").status == 404


@pytest.mark.parametrize(
    ("now", "signed", "counts"),
    [
        ("unconditional", "unconditional", "unconditional"),
        ("unconditional", "conditional", "conditional"),
        ("conditional", "unconditional", "conditional"),
        ("non-open", "unconditional", "non-open"),
        ("unconditional", None, "non-open"),
        (None, "unconditional", "non-open"),
        ("Unconditional", "unconditional", "non-open"),
    ],
)
def test_the_stricter_class_counts_and_an_unknown_one_is_the_strictest(now, signed, counts):
    assert stricter(now, signed) == counts


@pytest.mark.parametrize(
    ("actor", "given_", "purpose", "status", "reason"),
    [
        (Actor(None), (), "download", 401, "login"),
        (Actor("u1"), (), "download", 403, "no-grant"),
        (Actor("u1"), (whole("api"),), "download", 403, "no-grant"),
        (Actor("u1"), (whole("file"),), "rows", 403, "no-grant"),
        (Actor("u1"), (whole("file"),), "download", 200, "grant"),
        (Actor("u1", frozenset({"rows"})), (whole("file"),), "download", 403, "scope"),
        (Actor("u1", frozenset({"download"})), (whole("file"),), "download", 200, "grant"),
        (Actor("u1"), (Grant("g", "file", ("gone",)),), "download", 403, "columns"),
    ],
)
def test_each_refusal_says_what_is_missing(actor, given_, purpose, status, reason):
    decision = judge(actor, facts(grants=given_), purpose)
    assert (decision.status, decision.reason) == (status, reason)


def test_the_broadest_fitting_grant_is_used_and_keeps_the_order_of_the_release():
    narrow, broad = Grant("n", "file", ("b",)), Grant("b", "file", ("c", "a"))
    decision = judge(Actor("u1"), facts(grants=(narrow, broad)), "download")
    assert (decision.grant_id, decision.columns) == ("b", ("a", "c"))
    assert judge(Actor("u1"), facts(grants=(narrow, broad)), "download", ["b"]).grant_id == "n"


@pytest.mark.parametrize(
    ("open_class", "allowed"),
    [("unconditional", True), ("conditional", False), ("non-open", False), (None, False)],
)
def test_a_link_is_for_unconditional_data_only(open_class, allowed):
    linked = facts(open_class, release=None, link="https://example.org/")
    assert judge(Actor("u1"), linked, "download").allowed is allowed
    assert judge(Actor("u1"), linked, "describe").allowed is allowed
    assert not judge(Actor("u1"), linked, "rows").allowed
