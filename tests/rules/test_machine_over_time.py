"""An application over time, played at random: what the law decides by time does not depend on
the messenger, and nothing can be had twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ckanext.govshare.rules import clocks, profiles
from ckanext.govshare.rules.calendar import WorkingCalendar
from ckanext.govshare.rules.facts import Facts, Transition
from ckanext.govshare.rules.machine import may
from ckanext.govshare.rules.machines import APPLICATION, PENDING
from ckanext.govshare.rules.openness import Basis

CALENDAR = WorkingCalendar.load()
PEOPLE = {
    "citizen-1": frozenset(),
    "publisher-1": frozenset({"publisher"}),
    "reviewer-1": frozenset({"reviewer"}),
    "head-1": frozenset({"head"}),
    "authority-1": frozenset({"authority"}),
    "authority-2": frozenset({"authority"}),
}
SITES = [
    ("linyi", None, "share"), ("zhongshan", None, "share"), ("yunnan", None, "share"),
    ("nanyang", None, "open"), ("zhongshan", "nanyang", "open"), ("linyi", "nanyang", "open"),
]  # fmt: skip
BY_TIME = {"deem_approved", "step_in"}
ENDS = ("approved", "partially_approved", "refused", "withdrawn", "deemed_approved", "escalated",
        "delivered", "disputed", "coordinating", "referred", "settled")  # fmt: skip


class Application(RuleBasedStateMachine):
    """`state` is a case whose messenger comes only when hypothesis says so."""

    @initialize(site=st.sampled_from(SITES), start=st.dates(date(2025, 1, 2), date(2026, 9, 1)))
    def receive(self, site: tuple, start: date) -> None:
        code, lender, self.layer = site
        self.profile = profiles.get(code, lender)
        self.now = datetime(start.year, start.month, start.day, 10, tzinfo=clocks.SHANGHAI)
        limit = self.profile.clock(self.layer, "reply").limit_wd.value
        self.due = self.first = clocks.due(self.now, limit, CALENDAR)
        self.state, self.extensions = "accepted", 0
        self.prepared_by: str | None = None
        self.asked_by: str | None = None
        self.decided_at: datetime | None = None

    def facts(self, actor: str | None, **more) -> Facts:
        return Facts(
            profile=self.profile, layer=self.layer, now=self.now, actor=actor,
            offices=PEOPLE.get(actor, frozenset()), applicant="citizen-1",
            filled=frozenset({"scenario", "purpose", "items", "business", "need"}),
            due=self.due, extensions=self.extensions, prepared_by=self.prepared_by,
            asked_by=self.asked_by, basis=(Basis("法律", "law"),),
            asked=frozenset({"a", "b"}), granted=frozenset({"a"}), refused={"b": "理由"},
            valid_to=date(2030, 1, 1), **more,
        )  # fmt: skip

    @precondition(lambda self: self.state in PENDING)
    @rule(hours=st.integers(1, 24 * 6))
    def time_goes_on(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.state in PENDING)
    @rule(data=st.data(), days=st.integers(0, 12), reason=st.sampled_from(["理由", ""]))
    def somebody_acts(self, data: st.DataObject, days: int, reason: str) -> None:
        """Somebody in office does what belongs to the state, in time or not, alone or not."""
        actor, act = data.draw(
            st.sampled_from(
                [
                    (actor, move.act)
                    for move in APPLICATION.moves
                    for actor in sorted(PEOPLE)
                    if self.state in move.sources
                    and move.act not in {*BY_TIME, "withdraw"}
                    and may(move.by, self.facts(actor))
                ]
            )
        )
        lapsed = APPLICATION.lapse(self.state, self.facts(None))
        known = self.facts(actor, extension_days=days, reason=reason)
        answer = APPLICATION.step(self.state, act, known)
        if not isinstance(answer, Transition):
            return
        assert lapsed is None, "nobody acts after time has decided"
        if act == "prepare":
            self.prepared_by = actor
        if act == "ask_extension":
            self.asked_by = actor
        if act == "consent":
            assert actor == "head-1" and self.now < self.first.moment
            self.due = clocks.extend(self.first, days, CALENDAR)
            self.extensions += 1
        if act in ("approve", "approve_in_part", "refuse"):
            assert self.prepared_by not in (None, actor), "nobody prepares and signs alone"
        if act == "refuse":
            assert reason
        self.state = answer.target

    @precondition(lambda self: self.state in PENDING)
    @rule()
    def the_messenger_comes(self) -> None:
        lapsed = APPLICATION.lapse(self.state, self.facts(None))
        if lapsed:
            made = APPLICATION.step(self.state, lapsed.act, self.facts(None))
            assert made == lapsed
            self.state = made.target
        # Coming twice changes nothing.
        assert APPLICATION.lapse(self.state, self.facts(None)) is None

    @invariant()
    def time_decides_only_where_the_rules_say_so(self) -> None:
        lapsed = APPLICATION.lapse(self.state, self.facts(None))
        policy = self.profile.share.overdue_policy
        bites = self.layer == "share" and policy and policy.value != "report_only"
        overdue = self.now >= self.due.moment
        assert bool(lapsed) == bool(bites and overdue and self.state in PENDING)
        if self.layer == "open":
            assert self.state not in ("deemed_approved", "escalated")

    @invariant()
    def the_extension_keeps_its_cap(self) -> None:
        clock = self.profile.clock(self.layer, "reply")
        assert self.extensions <= (clock.extension.times.value if clock.extension else 0)
        cap = clock.limit_wd.value
        cap += clock.extension.limit_wd.value if clock.extension else 0
        assert self.due.day <= clocks.due_from(self.first.start, cap, CALENDAR).day

    @precondition(lambda self: self.state not in PENDING)
    @rule(act=st.sampled_from(APPLICATION.acts), actor=st.sampled_from([None, *PEOPLE]))
    def what_is_decided_stays(self, act: str, actor: str | None) -> None:
        self.now += timedelta(days=30)
        answer = APPLICATION.step(self.state, act, self.facts(actor, reason="理由"))
        if isinstance(answer, Transition):
            assert act in (
                "deliver", "provide", "object", "settle", "negotiation_failed", "refer")
            self.state = answer.target

    @invariant()
    def the_state_is_declared(self) -> None:
        assert self.state in PENDING or self.state in ENDS


Application.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestApplicationOverTime = Application.TestCase


@pytest.mark.parametrize("visits", [[], [0], [5, 5], [0, 1, 2, 90]])
def test_late_twice_or_never_the_messenger_changes_no_right(visits):
    """The same case, whatever the messenger does: seen on any later day the outcome is the same."""
    linyi = profiles.get("linyi")
    due = clocks.due_from(date(2024, 9, 2), 10, CALENDAR)
    known = Facts(profile=linyi, layer="share", now=due.moment, due=due)
    state = "in_review"
    for days in visits:
        at = Facts(profile=linyi, layer="share", now=due.moment + timedelta(days=days), due=due)
        lapsed = APPLICATION.lapse(state, at)
        state = lapsed.target if lapsed else state
    lapsed = APPLICATION.lapse(state, known)
    assert (lapsed.target if lapsed else state) == "deemed_approved"
