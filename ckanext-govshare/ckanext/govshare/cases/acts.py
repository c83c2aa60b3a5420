"""Do an act on a case: one locked row, one answer of the machine, one event, one commit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.govshare import access, ledger
from ckanext.govshare.cases import judge, lapse, parties
from ckanext.govshare.cases.effect import Effect
from ckanext.govshare.cases.effects import EFFECTS
from ckanext.govshare.cases.model import Case, change, get, repeated
from ckanext.govshare.rules.facts import Facts, Transition


def perform(user_id: str, case_id: str, act: str, given: Mapping[str, Any]) -> Case:
    """Let `user_id` do `act`; the caller commits, or rolls back on any error.

    Acts on one case wait for each other. A repeated `request_key` changes nothing.

    :raises tk.ValidationError: why the machine, or the form of the act, says no
    :raises tk.ObjectNotFound: there is no such case for this user
    """
    case = get(case_id, lock=True)
    if case is None or not parties.may_see(case, user_id):
        raise tk.ObjectNotFound(tk._("There is no such case."))
    if repeated(user_id, given.get("request_key"), case.id):
        return case
    case = lapse.settle(case)
    effect = EFFECTS.get(act, Effect())
    given = effect.read(case, user_id, given)
    facts = judge.facts_of(case, user_id, given)
    transition = judge.step(case, act, facts)
    if effect.check:
        effect.check(case, given, facts)
    return _done(case, user_id, given, transition, facts, effect)


def _done(
    case: Case,
    user_id: str,
    given: Mapping[str, Any],
    transition: Transition,
    facts: Facts,
    effect: Effect,
) -> Case:
    values = effect.values(case, user_id, given) if effect.values else {}
    after = change(case.id, state=transition.target, **values)
    if effect.ends_wait:
        access.cancel(case.id, facts.now)
    if effect.then:
        after = effect.then(after, given)
    if effect.tell:
        effect.tell(after, given)
    ledger.append(
        f"case.{transition.act}",
        actor=user_id,
        office=_office(case, user_id, facts),
        subject=("case", case.id),
        data={
            "from": transition.source,
            "to": after.state,
            "due": after.due_day.isoformat() if after.due_day else None,
            "content": _digest(values),
            **(effect.facts(after, given) if effect.facts else {}),
        },
        rule=transition.rule or None,
    )
    return effect.follow(after) if effect.follow else after


def _office(case: Case, user_id: str, facts: Facts) -> str:
    """The office in which the actor acted; several are joined."""
    return "applicant" if user_id == case.applicant else ", ".join(sorted(facts.offices))


def _digest(values: Mapping[str, Any]) -> str | None:
    """Ties what was written to the event; the words themselves stay out of the ledger."""
    if not values:
        return None
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
