"""The shape of an act: what it reads, writes and tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.govshare.cases.model import Case
from ckanext.govshare.rules.facts import Facts

Given = Mapping[str, Any]
Values = dict[str, Any]


def _as_given(_case: Case, _user_id: str, given: Given) -> Given:
    return given


@dataclass(frozen=True)
class Effect:
    """The parts of an act, in the order in which they run.

    `read` tidies what the act brings and completes it for the machine; `check` looks at it once
    the machine has agreed; `values` are the columns to write; `then` follows in the same
    transaction (a note); `facts` go into the event; `tell` sends the messages; `follow` is the
    step that the system makes by itself behind the event (the grant after an approval).
    """

    read: Callable[[Case, str, Given], Given] = _as_given
    check: Callable[[Case, Given, Facts], None] | None = None
    values: Callable[[Case, str, Given], Values] | None = None
    then: Callable[[Case, Given], Case] | None = None
    facts: Callable[[Case, Given], Values] | None = None
    tell: Callable[[Case, Given], None] | None = None
    follow: Callable[[Case], Case] | None = None
    ends_wait: bool = False
