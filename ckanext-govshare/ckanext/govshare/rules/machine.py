"""The engine of the case machines: a declared table of moves, and one question to it.

A move says: from which states, by which act, whose act it is, under which conditions, to which
state, which event it is for the clocks, and which article it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .facts import Facts, Refused, Transition
from .guards import Guard, dispute_levels
from .profiles import ClockName, LayerName
from .words import Words

# Whose act it is: the messenger of time, the applicant, or a part that the profile casts.
TIME = "time"
APPLICANT = "applicant"
TIME_OR_HANDLER = "time or handler"

UNKNOWN = Words("没有这一操作", "There is no such act")
NOT_NOW = Words("当前状态下不能进行此操作", "This cannot be done in the present state")
NOT_YOURS = Words("您没有办理此操作的职责", "This act belongs to another office")
LAPSED = Words(
    "期限已满，依规定已产生效力，不能再办理",
    "The time has run out and the rules have taken effect; nothing can be decided any more",
)


@dataclass(frozen=True)
class Move:
    """One row of a machine. `target` None: the state stays. `articles` is keyed
    `profile.layer`; where it has no entry the move is the portal's design."""

    act: str
    sources: tuple[str, ...]
    target: str | None
    by: str
    guards: tuple[Guard, ...] = ()
    event: str | None = None
    articles: Mapping[str, str] | None = None
    layers: tuple[LayerName, ...] = ("open", "share")

    def rule(self, facts: Facts) -> str:
        lender = facts.profile.borrowed_from if facts.layer == "open" else None
        for code in (facts.profile.code, lender):
            article = (self.articles or {}).get(f"{code}.{facts.layer}")
            if article:
                return f"{code} {article}"
        return ""


@dataclass(frozen=True)
class Machine:
    """States and moves of one kind of case. `clocks` are the clocks its events can start."""

    name: str
    initial: str
    final: tuple[str, ...]
    clocks: tuple[ClockName, ...]
    moves: tuple[Move, ...]

    @property
    def states(self) -> tuple[str, ...]:
        named = [self.initial]
        for move in self.moves:
            named += [*move.sources, *([move.target] if move.target else [])]
        return tuple(dict.fromkeys([*named, *self.final]))

    @property
    def acts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(move.act for move in self.moves))

    def step(self, state: str, act: str, facts: Facts) -> Transition | Refused:
        """The transition that the act makes in this state, or why it is refused.

        What the law has decided by time stands, whether or not the messenger has come: after
        that no person's act is possible. Raises ValueError for a state the machine has not.
        """
        if state not in self.states:
            raise ValueError(f"{self.name} has no state {state!r}")
        if act not in self.acts:
            return Refused("unknown_act", UNKNOWN)
        lapsed = self.lapse(state, facts)
        if lapsed and lapsed.act != act:
            return Refused("lapsed", LAPSED)
        return self._judge(state, act, facts)

    def lapse(self, state: str, facts: Facts) -> Transition | None:
        """The transition that time alone has made by `facts.now`, if any."""
        for move in self.moves:
            by_time = move.by == TIME and move.event == "overdue" and facts.layer in move.layers
            if by_time and state in move.sources and not _refusal(move, facts):
                return self._made(move, state, facts)
        return None

    def possible(self, state: str, facts: Facts) -> tuple[str, ...]:
        """Acts that the actor's office may do in this state; what they must bring is not asked."""
        if self.lapse(state, facts):
            return ()
        return tuple(
            move.act
            for move in self.moves
            if state in move.sources and facts.layer in move.layers and may(move.by, facts)
        )

    def _judge(self, state: str, act: str, facts: Facts) -> Transition | Refused:
        moves = (move for move in self.moves if move.act == act and state in move.sources)
        move = next(moves, None)
        if move is None or facts.layer not in move.layers:
            return Refused("not_now", NOT_NOW)
        if not may(move.by, facts):
            return Refused("not_yours", NOT_YOURS)
        return _refusal(move, facts) or self._made(move, state, facts)

    def _made(self, move: Move, state: str, facts: Facts) -> Transition:
        starts = tuple(
            name
            for name in self.clocks
            if (clock := facts.profile.clock(facts.layer, name)) and clock.start.value == move.event
        )
        return Transition(move.act, state, move.target or state, starts, move.rule(facts))


def _refusal(move: Move, facts: Facts) -> Refused | None:
    return next((refused for guard in move.guards if (refused := guard.check(facts))), None)


def may(part: str, facts: Facts) -> bool:
    """Whether the actor plays the part: an office, or one that the profile casts."""
    if part == TIME:
        return facts.actor is None
    if facts.actor is None:
        return part == TIME_OR_HANDLER
    if part == APPLICANT:
        return facts.actor == facts.applicant
    return not facts.offices.isdisjoint(cast(part, facts))


PROVIDER_SIGNS = frozenset({"reviewer", "head"})
PROVIDER_WORKS = frozenset({"publisher", "reviewer", "head"})
AUTHORITY = frozenset({"authority"})


def cast(part: str, facts: Facts) -> frozenset[str]:
    """The offices that play a part under the profile. Silence means the provider (design)."""
    rules = facts.profile.layer(facts.layer)
    way = rules.correction
    by_authority = rules.decider is not None and rules.decider.value == "authority"
    receives = way is not None and way.receiver.value == "authority"
    negotiates = "negotiate" in dispute_levels(facts)
    verifies = way is not None and way.verifier.value != "provider"
    parts = {
        "decider": AUTHORITY if by_authority else PROVIDER_SIGNS,
        TIME_OR_HANDLER: AUTHORITY if by_authority else PROVIDER_WORKS,
        "handler": AUTHORITY if by_authority else PROVIDER_WORKS,
        "provider": PROVIDER_WORKS,
        "provider signs": PROVIDER_SIGNS,
        "head": frozenset({"head"}),
        "authority": AUTHORITY,
        "first to settle": PROVIDER_WORKS if negotiates else AUTHORITY,
        "dispatcher": frozenset({"operator"}),
        "receiver": AUTHORITY if receives else PROVIDER_WORKS,
        "verifier": AUTHORITY if verifies else PROVIDER_SIGNS,
    }
    return parts[part]
