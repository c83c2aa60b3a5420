"""What a machine is told about a case, and what it answers.

A machine holds no state of its own: the same state, act and facts give the same answer, so the
answer can be asked for before, during and after the act, by the page and by the messenger alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from .clocks import Due
from .openness import Basis
from .words import Words

if TYPE_CHECKING:
    from .profiles import LayerName, Profile


@dataclass(frozen=True)
class Facts:
    """One act on one case. What an act does not need may be left out.

    `actor` is None for the messenger of time. `offices` are the offices that the actor holds
    toward this case: those of the providing department and those of the portal.
    `due` is the clock that runs; an extended one carries the first in `extends`.
    `refused` names the items that are refused, each with its reason.
    """

    profile: Profile
    layer: LayerName
    now: datetime
    actor: str | None = None
    offices: frozenset[str] = frozenset()
    applicant: str | None = None
    applicant_kind: str = ""
    dataset_class: str = ""
    filled: frozenset[str] = frozenset()
    undertaking: bool = False
    evidence: bool = False
    due: Due | None = None
    extension_days: int = 0
    extensions: int = 0
    asked_by: str | None = None
    prepared_by: str | None = None
    reason: str = ""
    basis: tuple[Basis, ...] = ()
    asked: frozenset[str] = frozenset()
    granted: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)
    valid_to: date | None = None
    catalogue_version: str = ""
    corrected_release: str = ""
    correction_touches_report: bool = False

    @property
    def first_due(self) -> Due | None:
        return self.due.extends or self.due if self.due else None


class Transition(NamedTuple):
    """The act is allowed. `starts` names the statutory clocks that its event starts;
    `rule` is the profile and article for the ledger (empty: design, no regulation)."""

    act: str
    source: str
    target: str
    starts: tuple[str, ...]
    rule: str


class Refused(NamedTuple):
    """The act is not allowed: a code for machines, and what to tell the person."""

    code: str
    words: Words
