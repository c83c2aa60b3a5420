"""The case machines: who may do what, what an act must bring, what time does by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.govshare.rules import clocks, drawing, profiles
from ckanext.govshare.rules.calendar import WorkingCalendar
from ckanext.govshare.rules.cited import Cited
from ckanext.govshare.rules.facts import Facts, Refused, Transition
from ckanext.govshare.rules.layers import ClockRule, OpenClocks, OpenLayer
from ckanext.govshare.rules.machine import Machine, cast
from ckanext.govshare.rules.machines import ALL, APPLICATION, CORRECTION, OBJECTION, PENDING
from ckanext.govshare.rules.openness import Basis

CALENDAR = WorkingCalendar.load()
LAW = Basis("中华人民共和国数据安全法", "law", "21")
NANYANG = profiles.get("nanyang")
OFFICES = frozenset({"publisher", "reviewer", "head", "authority", "operator"})
RECEIVED = date(2026, 9, 18)


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clocks.SHANGHAI)


def facts(code: str = "nanyang", layer: str = "open", lender: str | None = None, **more) -> Facts:
    """An application on its second day, everything an act could need at hand."""
    values = {
        "profile": profiles.get(code, lender),
        "layer": layer,
        "now": at(RECEIVED + timedelta(days=1)),
        "actor": "reviewer-1",
        "offices": frozenset({"reviewer"}),
        "applicant": "citizen-1",
        "applicant_kind": "citizen" if layer == "open" else "department",
        "dataset_class": "conditional",
        "filled": frozenset({"scenario", "purpose", "items", "business", "need"}),
        "undertaking": True,
        "evidence": True,
        "due": clocks.due_from(RECEIVED, 10, CALENDAR),
        "extension_days": 10,
        "asked_by": "publisher-1",
        "prepared_by": "publisher-1",
        "reason": "涉及商业秘密",
        "basis": (LAW,),
        "asked": frozenset({"a", "b"}),
        "granted": frozenset({"a"}),
        "refused": {"b": "涉及个人隐私"},
        "valid_to": date(2027, 1, 1),
        "catalogue_version": "2026-12",
        "corrected_release": "release-2",
        "correction_touches_report": True,
    }
    return Facts(**values | more)


def by(person: str, *offices: str, **more) -> dict:
    return {"actor": person, "offices": frozenset(offices), **more}


def applicant(**more) -> dict:
    return by("citizen-1", **more)


def time_passes(**more) -> dict:
    return {"actor": None, **more}


def done(answer: Transition | Refused) -> str:
    assert isinstance(answer, Transition), answer
    return answer.target


def code_of(answer: Transition | Refused) -> str:
    assert isinstance(answer, Refused), answer
    assert answer.words.zh and answer.words.en
    return answer.code


def walk(machine: Machine, acts: list[tuple[str, Facts]]) -> list[Transition]:
    state, made = machine.initial, []
    for act, known in acts:
        answer = machine.step(state, act, known)
        assert isinstance(answer, Transition), (state, act, answer)
        made.append(answer)
        state = answer.target
    return made


# --- application, open layer ---------------------------------------------------------------


def test_an_application_is_approved_and_delivered():
    made = walk(
        APPLICATION,
        [
            ("submit", facts(**applicant())),
            ("receive", facts(**time_passes())),
            ("take", facts(**by("publisher-1", "publisher"))),
            ("prepare", facts(**by("publisher-1", "publisher"))),
            ("approve", facts()),
            ("deliver", facts(**time_passes())),
        ],
    )
    assert [step.target for step in made][-2:] == ["approved", "delivered"]
    assert made[1].starts == ("reply",)
    assert made[4].rule == "nanyang 46"
    # Nanyang sets no limit for the delivery.
    assert made[4].starts == ()


def test_a_refusal_needs_reason_and_basis_on_the_open_layer_of_nanyang():
    assert code_of(APPLICATION.step("in_review", "refuse", facts(reason=" "))) == "reason_needed"
    assert code_of(APPLICATION.step("in_review", "refuse", facts(basis=()))) == "basis_needed"
    untitled = (Basis(" ", "law"),)
    assert code_of(APPLICATION.step("in_review", "refuse", facts(basis=untitled))) == "basis_needed"
    assert done(APPLICATION.step("in_review", "refuse", facts())) == "refused"


@pytest.mark.requirement("YN-25c", "ZS-22d", "TZ-12d")
@pytest.mark.parametrize("code", ["linyi", "yunnan", "zhongshan", "tengzhou"])
def test_a_refusal_between_departments_needs_its_reason_only(code):
    known = facts(code, "share", basis=())
    assert done(APPLICATION.step("in_review", "refuse", known)) == "refused"
    for blank in ("", "  "):
        answer = APPLICATION.step("in_review", "refuse", replace(known, reason=blank))
        assert code_of(answer) == "reason_needed"


def test_a_partial_approval_decides_on_every_item_with_a_reason():
    step = lambda **more: APPLICATION.step("in_review", "approve_in_part", facts(**more))  # noqa: E731
    assert done(step()) == "partially_approved"
    assert code_of(step(granted=frozenset({"a", "b"}))) == "items_split"
    assert code_of(step(granted=frozenset())) == "items_split"
    assert code_of(step(refused={})) == "items_split"
    assert code_of(step(asked=frozenset({"a", "b", "c"}))) == "items_split"
    assert code_of(step(granted=frozenset({"a", "x"}))) == "items_split"
    assert code_of(step(refused={"b": " "})) == "item_reason_needed"
    assert code_of(step(basis=())) == "basis_needed"


@pytest.mark.parametrize(
    ("class_", "said"),
    [
        ("unconditional", "no_application_needed"),
        ("non-open", "not_provided"),
        ("non-shared", "not_provided"),
        ("", "class_unknown"),
    ],
)
def test_only_conditional_data_are_applied_for(class_, said):
    answer = APPLICATION.step("draft", "submit", facts(**applicant(), dataset_class=class_))
    assert code_of(answer) == said


def test_who_may_apply_differs_by_layer():
    for kind in ("citizen", "legal_person", "other_organisation"):
        known = facts(**applicant(), applicant_kind=kind)
        assert done(APPLICATION.step("draft", "submit", known)) == "submitted"
        known = facts("linyi", "share", **applicant(), applicant_kind=kind)
        assert code_of(APPLICATION.step("draft", "submit", known)) == "applicant_kind"
    known = facts(**applicant(), applicant_kind="department")
    assert code_of(APPLICATION.step("draft", "submit", known)) == "applicant_kind"


@pytest.mark.requirement("LY-4f")
@pytest.mark.parametrize(
    ("code", "needs"),
    [
        ("linyi", {"scenario"}),
        ("nanyang", {"scenario"}),
        ("yunnan", {"purpose", "items"}),
        ("zhongshan", {"business", "purpose"}),
        ("tengzhou", {"need", "purpose"}),
    ],
)
def test_an_application_between_departments_states_what_the_profile_asks(code, needs):
    known = facts(code, "share", **applicant(), filled=frozenset(needs))
    assert done(APPLICATION.step("draft", "submit", known)) == "submitted"
    for name in needs:
        answer = APPLICATION.step(
            "draft", "submit", replace(known, filled=frozenset(needs - {name}))
        )
        assert code_of(answer) == "form_incomplete"
        assert name in answer.words.en


def test_the_undertaking_comes_first():
    known = facts(**applicant(), undertaking=False)
    assert code_of(APPLICATION.step("draft", "submit", known)) == "undertaking"


def test_nobody_decides_on_their_own_case():
    for act in ("take", "prepare", "approve", "refuse", "approve_in_part"):
        state = "accepted" if act == "take" else "in_review"
        answer = APPLICATION.step(state, act, facts(applicant="reviewer-1"))
        assert code_of(answer) == "own_case"


def test_nobody_prepares_and_signs_alone():
    for act in ("approve", "approve_in_part", "refuse"):
        for prepared_by in ("reviewer-1", None):
            answer = APPLICATION.step("in_review", act, facts(prepared_by=prepared_by))
            assert code_of(answer) == "four_eyes"


def test_the_decider_is_the_provider_or_the_authority_as_the_profile_says():
    decide = lambda known: APPLICATION.step("in_review", "approve", known)  # noqa: E731
    for office, may_decide in [
        ("reviewer", True), ("head", True), ("publisher", False), ("authority", False),
        ("operator", False), ("auditor", False),
    ]:  # fmt: skip
        person = by("person-1", office)
        assert isinstance(decide(facts(**person)), Transition) is may_decide, office
        share = facts("nanyang", "share", **person)
        assert isinstance(decide(share), Transition) is (office == "authority"), office


def test_a_supplement_does_not_stop_the_clock_or_the_decision():
    known = facts()
    assert done(APPLICATION.step("in_review", "return_for_supplement", known)) == "supplement"
    assert code_of(APPLICATION.step("in_review", "return_for_supplement", facts(reason=""))) == (
        "reason_needed"
    )
    assert done(APPLICATION.step("supplement", "resubmit", facts(**applicant()))) == "in_review"
    assert done(APPLICATION.step("supplement", "refuse", known)) == "refused"
    assert profiles.get("nanyang").clock_pause is None


def test_the_applicant_may_withdraw_until_the_decision():
    for state in ("draft", "submitted", *PENDING):
        assert done(APPLICATION.step(state, "withdraw", facts(**applicant()))) == "withdrawn"
    assert code_of(APPLICATION.step("approved", "withdraw", facts(**applicant()))) == "not_now"
    assert code_of(APPLICATION.step("in_review", "withdraw", facts())) == "not_yours"


def test_an_unknown_act_or_state():
    assert code_of(APPLICATION.step("in_review", "bribe", facts())) == "unknown_act"
    with pytest.raises(ValueError, match="no state 'nowhere'"):
        APPLICATION.step("nowhere", "approve", facts())


# --- extension -----------------------------------------------------------------------------

HEAD = by("head-1", "head")


@pytest.mark.requirement("NY-45f")
@pytest.mark.parametrize(
    ("machine", "waiting"), [(APPLICATION, "in_review"), (OBJECTION, "received")]
)
def test_an_extension_needs_the_head_in_time_once_and_within_the_cap(machine, waiting):
    ask = lambda **more: machine.step(waiting, "ask_extension", facts(**more))  # noqa: E731
    consent = lambda **more: machine.step(  # noqa: E731
        "extension_requested", "consent", facts(**HEAD | more)
    )
    assert done(ask()) == "extension_requested"
    assert done(consent()) == "extended"
    # Only the head.
    for office in ("reviewer", "publisher", "authority"):
        assert code_of(consent(**by("person-1", office))) == "not_yours"
    assert code_of(consent(asked_by="head-1")) == "asked_by_self"
    assert code_of(consent(asked_by=None)) == "asked_by_self"
    # Before the first due moment: 24:00 of the due day, 9 October.
    due = facts().due
    assert done(consent(now=due.moment - timedelta(seconds=1))) == "extended"
    assert code_of(consent(now=due.moment)) == "too_late_to_extend"
    assert code_of(ask(now=due.moment)) == "too_late_to_extend"
    # Once, and at most ten working days.
    assert code_of(consent(extensions=1)) == "extended_before"
    assert done(consent(extension_days=1)) == "extended"
    for days in (0, 11, -1):
        assert code_of(consent(extension_days=days)) == "extension_too_long"
    # The second period does not open a new time for consent.
    longer = clocks.extend(due, 10, CALENDAR)
    assert code_of(consent(due=longer, now=due.moment)) == "too_late_to_extend"
    assert code_of(consent(due=None)) == "no_clock"
    # The head may decline, with a reason.
    decline = machine.step("extension_requested", "decline", facts(**HEAD))
    assert done(decline) == waiting
    assert (
        code_of(machine.step("extension_requested", "decline", facts(**HEAD, reason="")))
        == "reason_needed"
    )


@pytest.mark.requirement("LY-13a", "YN-25b", "ZS-22b", "TZ-12b")
@pytest.mark.parametrize(
    ("code", "limit"), [("linyi", 10), ("yunnan", 10), ("zhongshan", 5), ("tengzhou", 10)]
)
def test_between_departments_there_is_a_reply_clock_and_no_extension(code, limit):
    received = APPLICATION.step("submitted", "receive", facts(code, "share", **time_passes()))
    assert received.starts == ("reply",)
    rule = profiles.get(code).clock("share", "reply")
    assert (rule.limit_wd.value, rule.start.value) == (limit, "received")
    due = clocks.due_from(date(2026, 3, 2), limit, CALENDAR)
    assert due.day == (date(2026, 3, 16) if limit == 10 else date(2026, 3, 9))
    known = facts(code, "share")
    assert code_of(APPLICATION.step("in_review", "ask_extension", known)) == "no_extension"
    consent = APPLICATION.step("extension_requested", "consent", facts(code, "share", **HEAD))
    assert code_of(consent) == "no_extension"
    if code == "tengzhou":
        assert rule.start.assumed


# --- what time does ------------------------------------------------------------------------

DUE_MOMENT = clocks.due_from(RECEIVED, 10, CALENDAR).moment
LATE = DUE_MOMENT + timedelta(days=30)


def test_linyi_deems_approved_from_the_first_overdue_instant_between_departments():
    known = facts("linyi", "share", **time_passes())
    for state in PENDING:
        before = replace(known, now=DUE_MOMENT - timedelta(microseconds=1))
        assert APPLICATION.lapse(state, before) is None
        assert code_of(APPLICATION.step(state, "deem_approved", before)) == "not_lapsed"
        made = APPLICATION.step(state, "deem_approved", replace(known, now=DUE_MOMENT))
        assert done(made) == "deemed_approved"
        assert made.rule == "linyi 13"


def test_after_the_time_nobody_decides_even_if_the_messenger_has_not_come():
    late = facts("linyi", "share", now=LATE)
    for act in ("approve", "refuse", "approve_in_part", "return_for_supplement", "prepare"):
        assert code_of(APPLICATION.step("in_review", act, late)) == "lapsed"
    withdrawing = facts("linyi", "share", now=LATE, **applicant())
    assert code_of(APPLICATION.step("in_review", "withdraw", withdrawing)) == "lapsed"
    assert APPLICATION.possible("in_review", late) == ()
    # A decision that was made in time stays: time does nothing to it.
    assert APPLICATION.lapse("refused", late) is None
    assert code_of(APPLICATION.step("refused", "deem_approved", late)) == "not_now"


def test_no_person_can_speak_for_time():
    known = facts("linyi", "share", now=LATE, **by("person-1", *OFFICES))
    assert code_of(APPLICATION.step("in_review", "deem_approved", known)) == "not_yours"


@pytest.mark.parametrize(("code", "act"), [("linyi", "deem_approved"), ("zhongshan", "step_in")])
def test_a_provisional_date_allows_nothing_irreversible(code, act):
    provisional = clocks.due_from(date(2026, 12, 18), 10, CALENDAR)
    assert provisional.provisional
    known = facts(code, "share", due=provisional, now=at(date(2027, 3, 1)), **time_passes())
    assert APPLICATION.lapse("in_review", known) is None
    assert code_of(APPLICATION.step("in_review", act, known)) == "not_lapsed"
    # People still decide.
    assert done(
        APPLICATION.step("in_review", "approve", replace(facts(code, "share"), due=provisional))
    )


def test_in_zhongshan_the_authority_steps_in_and_only_it_provides():
    known = facts("zhongshan", "share", now=LATE, **time_passes())
    made = APPLICATION.step("in_review", "step_in", known)
    assert (done(made), made.starts, made.rule) == ("escalated", ("step_in",), "zhongshan 22")
    authority = facts("zhongshan", "share", now=LATE, **by("person-1", "authority"))
    assert done(APPLICATION.step("escalated", "provide", authority)) == "delivered"
    for office in ("publisher", "reviewer", "head"):
        other = facts("zhongshan", "share", now=LATE, **by("person-1", office))
        assert code_of(APPLICATION.step("escalated", "provide", other)) == "not_yours"
        assert code_of(APPLICATION.step("in_review", "approve", other)) == "lapsed"
    assert code_of(APPLICATION.step("in_review", "deem_approved", known)) == "lapsed"


@pytest.mark.requirement("ZS-22c")
def test_in_zhongshan_the_reply_starts_the_delivery_clock():
    for act, more in (("approve", {}), ("approve_in_part", {})):
        made = APPLICATION.step("in_review", act, facts("zhongshan", "share", **more))
        assert made.starts == ("delivery",)
    rule = profiles.get("zhongshan").clock("share", "delivery")
    assert clocks.due_from(date(2026, 5, 7), rule.limit_wd.value, CALENDAR).day == date(2026, 5, 13)
    assert done(APPLICATION.step("approved", "deliver", facts("zhongshan", "share"))) == "delivered"


@pytest.mark.parametrize("code", ["yunnan", "tengzhou"])
def test_elsewhere_being_late_is_reported_and_nothing_more(code):
    known = facts(code, "share", now=LATE)
    assert APPLICATION.lapse("in_review", known) is None
    assert done(APPLICATION.step("in_review", "approve", known)) == "approved"


def test_late_on_the_open_layer_the_department_still_decides():
    assert APPLICATION.lapse("in_review", facts(now=LATE)) is None
    assert done(APPLICATION.step("in_review", "refuse", facts(now=LATE))) == "refused"


def rogue(policy: str) -> profiles.Profile:
    """A profile that no file can produce: validation is left out on purpose."""
    said = Cited[str](value=policy, article="1", profile="linyi")
    start = Cited[str].model_construct(value="overdue", article="1", profile="linyi")
    limit = Cited[int](value=1, article="1", profile="linyi")
    clock = ClockRule.model_construct(limit_wd=limit, start=start, extension=None)
    clocks_ = OpenClocks.model_construct(reply=clock, step_in=clock)
    opened = OpenLayer.model_construct(overdue_policy=said, clocks=clocks_)
    share = profiles.get("linyi" if policy == "deem_approved" else "zhongshan").share
    return NANYANG.model_copy(update={"open": opened, "share": share})


IRREVERSIBLE = {"deemed_approved", "escalated"}
profiles_to_try = st.sampled_from(
    [profiles.get(code) for code in profiles.CODES]
    + [profiles.get(code, "nanyang") for code in profiles.CODES]
    + [rogue("deem_approved"), rogue("authority_provides")]
)
nows = st.datetimes(datetime(2026, 9, 1), datetime(2029, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=clocks.SHANGHAI)
)


@settings(max_examples=400)
@given(
    profile=profiles_to_try,
    now=nows,
    state=st.sampled_from(APPLICATION.states),
    act=st.sampled_from(APPLICATION.acts),
    actor=st.sampled_from([None, "citizen-1", "person-1"]),
    offices=st.sets(st.sampled_from(sorted(OFFICES))),
)
def test_no_open_case_reaches_deemed_approval_or_step_in(profile, now, state, act, actor, offices):
    """Under any profile, one written to try included, by any act of anybody at any time."""
    known = facts(now=now, actor=actor, offices=frozenset(offices))
    known = replace(known, profile=profile)
    assert APPLICATION.lapse(state, known) is None
    answer = APPLICATION.step(state, act, known)
    if isinstance(answer, Transition) and state not in IRREVERSIBLE:
        assert answer.target not in IRREVERSIBLE


def test_the_rogue_profile_would_bite_on_the_share_layer():
    """So the test above cannot pass because its profiles are harmless."""
    known = replace(
        facts("linyi", "share", now=LATE, **time_passes()), profile=rogue("deem_approved")
    )
    assert done(APPLICATION.step("in_review", "deem_approved", known)) == "deemed_approved"


def test_the_moves_of_time_are_declared_for_the_share_layer_alone():
    for machine in ALL:
        for move in machine.moves:
            if move.target in IRREVERSIBLE:
                assert move.layers == ("share",)


# --- grant period, dispute -----------------------------------------------------------------


def test_linyi_fixes_the_period_of_use():
    answer = APPLICATION.step("in_review", "approve", facts("linyi", "share", valid_to=None))
    assert code_of(answer) == "expiry_needed"
    assert done(APPLICATION.step("in_review", "approve", facts(valid_to=None))) == "approved"


def test_a_department_may_dispute_a_refusal_the_public_has_the_objection():
    share = facts("linyi", "share", **applicant())
    assert done(APPLICATION.step("refused", "object", share)) == "disputed"
    assert code_of(APPLICATION.step("refused", "object", facts(**applicant()))) == "not_now"


# --- objection to the open catalogue ---------------------------------------------------------


@pytest.mark.requirement("NY-45c")
def test_an_objection_leads_to_a_new_catalogue_version():
    made = walk(
        OBJECTION,
        [
            ("submit", facts(**applicant())),
            ("receive", facts(**time_passes())),
            ("prepare", facts(**by("publisher-1", "publisher"))),
            ("agree", facts()),
            ("propose_change", facts()),
            ("change_catalogue", facts(**by("person-1", "authority"))),
        ],
    )
    assert made[1].starts == ("objection",)
    limit = NANYANG.clock("open", "objection").limit_wd.value
    assert clocks.due_from(date(2026, 3, 2), limit, CALENDAR).day == date(2026, 3, 16)
    assert made[-1].target == "catalogue_changed"
    assert {step.rule for step in made if step.act != "prepare"} == {"nanyang 45"}
    known = facts(**by("person-1", "authority"), catalogue_version="")
    answer = OBJECTION.step("change_proposed", "change_catalogue", known)
    assert code_of(answer) == "catalogue_version_needed"


@pytest.mark.requirement("NY-45e")
def test_refusing_an_objection_needs_reason_and_basis():
    assert code_of(OBJECTION.step("received", "refuse", facts(reason=""))) == "reason_needed"
    assert code_of(OBJECTION.step("received", "refuse", facts(basis=()))) == "basis_needed"
    assert done(OBJECTION.step("received", "refuse", facts())) == "refused"


def test_an_objection_is_for_the_public():
    known = facts("nanyang", "share", **applicant())
    assert code_of(OBJECTION.step("draft", "submit", known)) == "not_now"


def test_a_borrowed_article_is_named_with_its_lender():
    made = OBJECTION.step("draft", "submit", facts("linyi", "open", "nanyang", **applicant()))
    assert made.rule == "nanyang 45"
    made = APPLICATION.step("in_review", "approve", facts("zhongshan", "open", "nanyang"))
    assert made.rule == "nanyang 46"


# --- data correction, five variants -----------------------------------------------------------

ALL_OFFICES = by("person-1", *OFFICES)


def correction(code: str, act: str, state: str, *offices: str, **more) -> Transition | Refused:
    return CORRECTION.step(state, act, facts(code, "share", **by("person-1", *offices), **more))


VARIANTS = {
    # code: (who verifies, clock of verifying and the event that starts it, clock of correcting)
    "linyi": ("authority", None, None),
    "nanyang": ("reviewer", "dispatch", "correction_fix"),
    "yunnan": ("reviewer", None, None),
    "zhongshan": ("authority", "submit", None),
    "tengzhou": ("reviewer", None, None),
}


@pytest.mark.parametrize("code", VARIANTS)
def test_a_correction_goes_the_way_of_its_regulation(code):
    verifier, clocked, fix = VARIANTS[code]
    starts = {}

    def go(state: str, act: str, known: Facts) -> str:
        made = CORRECTION.step(state, act, known)
        starts[act] = getattr(made, "starts", None)
        return done(made)

    share = lambda *offices, **more: facts(code, "share", **by("p", *offices), **more)  # noqa: E731
    state = go("draft", "submit", facts(code, "share", **applicant()))
    if code == "nanyang":
        assert code_of(CORRECTION.step(state, "take", share("reviewer"))) == "dispatch_first"
        assert code_of(CORRECTION.step(state, "dispatch", share("authority"))) == "not_yours"
        state = go(state, "dispatch", share("operator"))
        state = go(state, "take", share(verifier))
    else:
        assert code_of(CORRECTION.step(state, "dispatch", share("operator"))) == "no_dispatch"
        state = go(state, "take", share(verifier))
    other = "authority" if verifier == "reviewer" else "reviewer"
    assert code_of(CORRECTION.step(state, "confirm", share(other))) == "not_yours"
    state = go(state, "confirm", share(verifier))
    # Correcting is always the provider's.
    assert code_of(CORRECTION.step(state, "begin", share("authority"))) == "not_yours"
    state = go(state, "begin", share("publisher"))
    unlinked = share("publisher", corrected_release="")
    assert code_of(CORRECTION.step(state, "correct", unlinked)) == "release_needed"
    state = go(state, "correct", share("publisher"))
    untouched = share("authority", "reviewer", correction_touches_report=False)
    assert code_of(CORRECTION.step(state, "close", untouched)) == "correction_missing"
    assert go(state, "close", share("authority", "reviewer")) == "closed"

    assert [act for act, names in starts.items() if "correction_verify" in names] == (
        [clocked] if clocked else []
    )
    assert starts["confirm"] == ((fix,) if fix else ())


@pytest.mark.requirement("ZS-23b")
@pytest.mark.parametrize(
    ("code", "act", "state", "office"),
    [("zhongshan", "submit", "draft", None), ("nanyang", "dispatch", "filed", "operator")],
)
def test_verifying_has_five_working_days(code, act, state, office):
    """In Zhongshan from receipt, in Nanyang from the dispatch (the text names no start)."""
    person = by("p", office) if office else applicant()
    made = CORRECTION.step(state, act, facts(code, "share", **person))
    assert made.starts == ("correction_verify",)
    rule = profiles.get(code).clock("share", "correction_verify")
    assert rule.start.assumed is (code == "nanyang")
    # Over the Spring Festival of 2026, with the make-up Saturday 14 February.
    due = clocks.due_from(date(2026, 2, 10), rule.limit_wd.value, CALENDAR)
    assert due.day == date(2026, 2, 24)


def test_nanyang_asks_for_evidence():
    known = facts("nanyang", "share", **applicant(), evidence=False)
    assert code_of(CORRECTION.step("draft", "submit", known)) == "evidence_needed"
    for code in ("linyi", "yunnan", "zhongshan", "tengzhou"):
        known = facts(code, "share", **applicant(), evidence=False)
        assert done(CORRECTION.step("draft", "submit", known)) == "filed"


def test_a_rejected_report_has_a_reason():
    assert code_of(correction("yunnan", "reject", "verifying", "reviewer", reason="")) == (
        "reason_needed"
    )
    assert done(correction("yunnan", "reject", "verifying", "reviewer")) == "rejected"


def test_a_known_error_is_not_rejected_any_more():
    """NY 67(3): refusing to correct a known error is a breach."""
    for state in ("confirmed", "correcting", "corrected"):
        assert code_of(correction("nanyang", "reject", state, "reviewer")) == "not_now"


def test_the_public_reports_wrong_data_to_the_provider_without_a_statutory_clock():
    made = CORRECTION.step("draft", "submit", facts(**applicant()))
    assert (made.target, made.starts, made.rule) == ("filed", (), "")
    assert cast("verifier", facts()) == {"reviewer", "head"}


# --- all machines -----------------------------------------------------------------------------


@pytest.mark.parametrize("machine", ALL, ids=lambda machine: machine.name)
def test_every_state_is_reached_and_every_other_state_has_a_way_out(machine):
    targets = {move.target for move in machine.moves if move.target} | {machine.initial}
    assert set(machine.states) == targets
    sources = {state for move in machine.moves if move.target for state in move.sources}
    dead_ends = set(machine.states) - sources
    assert dead_ends <= set(machine.final)


@pytest.mark.parametrize("machine", ALL, ids=lambda machine: machine.name)
def test_no_office_may_act_for_the_applicant_or_for_time(machine):
    for move in machine.moves:
        if move.by in ("applicant", "time"):
            for state in move.sources:
                for layer in move.layers:
                    known = facts("linyi", layer, **ALL_OFFICES)
                    assert code_of(machine.step(state, move.act, known)) == "not_yours"


@pytest.mark.parametrize("machine", ALL, ids=lambda machine: machine.name)
@pytest.mark.parametrize("office", ["auditor", "stranger"])
def test_who_holds_no_office_in_the_case_can_do_nothing(machine, office):
    for layer in ("open", "share"):
        for state in machine.states:
            assert machine.possible(state, facts("linyi", layer, **by("person-1", office))) == ()


def test_possible_names_the_acts_of_an_office():
    assert APPLICATION.possible("extension_requested", facts(**HEAD)) == (
        "assign", "comment", "return_for_supplement", "prepare", "consent", "decline", "approve",
        "approve_in_part", "refuse",
    )  # fmt: skip
    assert APPLICATION.possible("draft", facts(**applicant())) == ("submit", "withdraw")


def test_the_drawing_in_the_docs_is_the_declaration():
    page = Path(__file__).parents[2] / "docs/state-machines.md"
    assert page.read_text(encoding="utf-8") == drawing.page()
