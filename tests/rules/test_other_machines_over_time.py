"""Objections and corrections, played at random: whatever people try in whatever order, each step
has its office, nothing is decided alone, and time alone decides nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ckanext.govshare.rules import clocks, profiles
from ckanext.govshare.rules.calendar import WorkingCalendar
from ckanext.govshare.rules.facts import Facts, Transition
from ckanext.govshare.rules.machine import Machine, may
from ckanext.govshare.rules.machines import CORRECTION, OBJECTION
from ckanext.govshare.rules.openness import Basis
from ckanext.govshare.rules.profiles import Profile

CALENDAR = WorkingCalendar.load()
PEOPLE = {
    "citizen": frozenset(), "publisher": frozenset({"publisher"}),
    "reviewer": frozenset({"reviewer"}), "head": frozenset({"head"}),
    "both": frozenset({"publisher", "head"}), "authority": frozenset({"authority"}),
    "operator": frozenset({"operator"}), "auditor": frozenset({"auditor"}),
}  # fmt: skip
GIVEN = {"reason": st.sampled_from(["", " ", "理由"]), "extension_days": st.integers(0, 12)}


class Case(RuleBasedStateMachine):
    """A case of `machine`. `done` is what happened: act, who, the state before and after."""

    machine: Machine
    profile: Profile
    layer = "share"

    def begin(self, applicant: str, start: date) -> None:
        self.applicant = applicant
        self.now = datetime(start.year, start.month, start.day, 10, tzinfo=clocks.SHANGHAI)
        self.state = self.machine.initial
        self.done: list[tuple[str, str | None, str, str]] = []
        self.known = Facts(
            profile=self.profile, layer=self.layer, now=self.now, applicant=applicant,
            applicant_kind="citizen")

    def facts(self, actor: str | None, **given) -> Facts:
        return replace(self.known, now=self.now, actor=actor,
                       offices=PEOPLE.get(actor, frozenset()), **given)

    def attempt(self, act: str, actor: str | None, **given) -> Transition | None:
        """Try the act; what was done is kept, and the engine's two questions agree."""
        facts = self.facts(actor, **given)
        answer = self.machine.step(self.state, act, facts)
        again = self.machine.step(self.state, act, facts)
        assert again == answer
        if not isinstance(answer, Transition):
            return None
        assert act in self.machine.possible(self.state, facts)
        self.done.append((act, actor, self.state, answer.target))
        self.state = answer.target
        return answer

    def who(self, act: str) -> list[str | None]:
        return [actor for name, actor, _, _ in self.done if name == act]

    def path(self) -> list[str]:
        """The states in their order, each change once."""
        return [target for _, _, source, target in self.done if source != target]

    def drawn(self, data: st.DataObject) -> tuple[str, str | None]:
        """Somebody and an act: mostly one that belongs to them now and leads on."""
        if data.draw(st.integers(0, 3)):
            fitting = [
                (move.act, actor) for move in self.machine.moves for actor in [None, *PEOPLE]
                if self.state in move.sources and may(move.by, self.facts(actor))
                and move.act not in ("assign", "comment", "withdraw")
            ]
            if fitting:
                return data.draw(st.sampled_from(fitting))
        return (data.draw(st.sampled_from(self.machine.acts)),
                data.draw(st.sampled_from([None, *PEOPLE])))

    @rule(hours=st.integers(1, 24 * 9))
    def time_goes_on(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def time_alone_decides_nothing(self) -> None:
        assert self.machine.lapse(self.state, self.facts(None)) is None

    @invariant()
    def only_the_applicant_takes_it_back(self) -> None:
        assert set(self.who("withdraw")) <= {self.applicant}
        assert set(self.who("submit")) <= {self.applicant}

    @invariant()
    def an_end_is_an_end(self) -> None:
        ends = [n for n, (_, _, source, _) in enumerate(self.done)
                if source in self.machine.final]
        assert not ends

    @invariant()
    def the_auditor_only_looks(self) -> None:
        assert self.applicant == "auditor" or "auditor" not in {a for _, a, _, _ in self.done}


class Objection(Case):
    machine, layer = OBJECTION, "open"

    @initialize(site=st.sampled_from([("nanyang", None), ("linyi", "nanyang")]),
                applicant=st.sampled_from(["citizen", "both", "reviewer"]),
                start=st.dates(date(2025, 1, 2), date(2026, 9, 1)))
    def start(self, site: tuple, applicant: str, start: date) -> None:
        self.profile = profiles.get(*site)
        self.begin(applicant, start)
        assert self.attempt("submit", applicant, reason="条目不实")
        assert self.attempt("receive", None)
        limit = self.profile.clock("open", "objection").limit_wd.value
        self.first = clocks.due(self.now, limit, CALENDAR)
        self.known = replace(self.known, due=self.first)

    @rule(data=st.data(), based=st.booleans(), version=st.sampled_from(["", "12"]),
          **GIVEN)
    def somebody_tries(self, data, based, version, reason, extension_days) -> None:
        act, actor = self.drawn(data)
        basis = (Basis("法律", "law"),) if based else ()
        extensions = self.known.extensions
        if not self.attempt(act, actor, reason=reason, basis=basis, catalogue_version=version,
                            extension_days=extension_days):
            return
        if act not in ("withdraw", "receive"):
            assert actor != self.applicant or act == "propose_change", act
        if act == "prepare":
            self.known = replace(self.known, prepared_by=actor)
        elif act == "ask_extension":
            self.known = replace(self.known, asked_by=actor)
        elif act == "consent":
            assert "head" in PEOPLE[actor]
            assert actor != self.known.asked_by
            assert extensions == 0
            assert self.now < self.first.moment
            self.known = replace(
                self.known, extensions=1,
                due=clocks.extend(self.first, extension_days, CALENDAR))
        elif act in ("agree", "refuse"):
            assert self.known.prepared_by not in (None, actor)
            assert PEOPLE[actor] & {"reviewer", "head"}
            assert act == "agree" or (reason.strip() and based)
        elif act == "change_catalogue":
            assert actor == "authority"
            assert version

    @invariant()
    def the_catalogue_changes_only_where_it_was_agreed(self) -> None:
        if self.state == "catalogue_changed":
            assert self.path()[-3:] == ["agreed", "change_proposed", "catalogue_changed"]

    @invariant()
    def what_is_agreed_is_not_taken_back(self) -> None:
        assert not ({"agreed", "refused"} & set(self.path()) and self.who("withdraw"))

    @invariant()
    def the_extension_keeps_its_cap(self) -> None:
        rule_ = self.profile.clock("open", "objection")
        cap = rule_.limit_wd.value + rule_.extension.limit_wd.value
        assert self.known.due.day <= clocks.due_from(self.first.start, cap, CALENDAR).day


class Correction(Case):
    machine = CORRECTION

    @initialize(code=st.sampled_from(["nanyang", "linyi", "yunnan", "zhongshan", "tengzhou"]),
                applicant=st.sampled_from(["citizen", "publisher", "both", "authority"]),
                start=st.dates(date(2025, 1, 2), date(2026, 9, 1)))
    def start(self, code: str, applicant: str, start: date) -> None:
        self.profile = profiles.get(code)
        self.way = self.profile.share.correction
        self.begin(applicant, start)
        made = self.attempt("submit", applicant, reason="数据有误", evidence=True)
        assert made
        clock = self.profile.clock("share", "correction_verify")
        if clock and clock.start.value == "received":
            assert "correction_verify" in made.starts

    @rule(data=st.data(), release=st.sampled_from(["", "r2"]), touches=st.booleans(),
          reason=GIVEN["reason"])
    def somebody_tries(self, data, release, touches, reason) -> None:
        act, actor = self.drawn(data)
        made = self.attempt(act, actor, reason=reason, corrected_release=release,
                            correction_touches_report=touches)
        if made is None:
            return
        if act in ("take", "confirm", "reject"):
            assert actor != self.applicant, "nobody judges their own report"
            verifiers = {"reviewer", "head"} if self.way.verifier.value == "provider" else {
                "authority"}
            assert PEOPLE[actor] & verifiers
        if act == "reject":
            assert reason.strip()
        if act == "correct":
            assert release
            assert PEOPLE[actor] & {"publisher", "reviewer", "head"}
        if act == "close":
            assert release
            assert touches
        if act in ("close", "close_rejected"):
            receivers = {"authority"} if self.way.receiver.value == "authority" else {
                "publisher", "reviewer", "head"}
            assert PEOPLE[actor] & receivers
        if act == "confirm":
            fix = self.profile.clock("share", "correction_fix")
            runs = bool(fix) and fix.start.value == "decided"
            assert ("correction_fix" in made.starts) == runs

    @invariant()
    def it_is_dispatched_where_the_rules_say_so_and_only_there(self) -> None:
        path = self.path()
        if "verifying" in path:
            before = path[: path.index("verifying")]
            assert ("dispatched" in before) == bool(self.way.dispatcher)
        if not self.way.dispatcher:
            assert "dispatched" not in path
        assert set(self.who("dispatch")) <= {"operator"}

    @invariant()
    def it_is_closed_by_one_of_two_ways(self) -> None:
        if self.state == "closed":
            path = self.path()
            assert path[-2:] == ["rejected", "closed"] or path[-5:] == [
                "verifying", "confirmed", "correcting", "corrected", "closed"]

    @precondition(lambda self: "verifying" in self.path())
    @invariant()
    def what_is_being_verified_is_not_taken_back(self) -> None:
        assert not self.who("withdraw")


LONG = settings(max_examples=80, stateful_step_count=40, deadline=None)
Objection.TestCase.settings = Correction.TestCase.settings = LONG
TestObjectionOverTime = Objection.TestCase
TestCorrectionOverTime = Correction.TestCase
