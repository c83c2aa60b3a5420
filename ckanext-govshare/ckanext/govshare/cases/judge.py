"""Ask the rules' machine about an act on a case, with the facts of the database."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.govshare.cases import clock, forms, parties
from ckanext.govshare.cases.model import Case
from ckanext.govshare.rules import machines
from ckanext.govshare.rules.clocks import day_of
from ckanext.govshare.rules.facts import Facts, Refused, Transition
from ckanext.govshare.rules.machine import Machine
from ckanext.govshare.rules.openness import Basis

MACHINES: dict[str, Machine] = {machine.name: machine for machine in machines.ALL}


def now() -> datetime:
    """The one source of time for cases."""
    return datetime.now(UTC)


def facts_of(
    case: Case,
    user_id: str | None,
    given: Mapping[str, Any] | None = None,
    *,
    dataset_class: str = "",
) -> Facts:
    """The facts of an act by `user_id` (None: by time alone). `given` is what the act brings."""
    given = given or {}
    # Until an effect has read it, `decision` and `days` are whatever somebody sent.
    sent, days = given.get("decision"), given.get("days")
    decision: Mapping[str, Any] = sent if isinstance(sent, Mapping) else {}
    extension = case.extension or {}
    return Facts(
        profile=clock.profile_of(case),
        layer=case.layer,  # type: ignore[arg-type]  # the table's check holds it
        now=now(),
        actor=user_id,
        offices=parties.offices_toward(case, user_id) if user_id else frozenset(),
        applicant=case.applicant,
        applicant_kind=case.form.get("applicant_kind", ""),
        dataset_class=dataset_class,
        filled=forms.filled(given.get("form") or case.form),
        undertaking=bool(case.form.get("undertaking")),
        evidence=bool(case.form.get("evidence")),
        due=clock.running(case),
        extension_days=days if isinstance(days, int) else extension.get("days", 0),
        extensions=1 if extension.get("consented_by") else 0,
        asked_by=extension.get("asked_by"),
        prepared_by=(case.proposal or {}).get("by"),
        reason=str(given.get("reason") or decision.get("reason") or ""),
        basis=basis_of(decision.get("basis") or given.get("basis") or ()),
        asked=frozenset(case.form.get("items") or ()),
        granted=frozenset(decision.get("granted") or ()),
        refused=decision.get("refused") or {},
        valid_to=_valid_to(decision),
        catalogue_version=given.get("catalogue_version") or "",
        corrected_release=given.get("corrected_release") or "",
        correction_touches_report=bool(given.get("touches")),
    )


def step(case: Case, act: str, facts: Facts) -> Transition:
    """The transition, or a ValidationError in the user's language that says why not."""
    answer = MACHINES[case.kind].step(case.state, act, facts)
    if isinstance(answer, Refused):
        raise refusal(answer)
    return answer


def refusal(answer: Refused) -> tk.ValidationError:
    language = tk.h.lang() or tk.config["ckan.locale_default"]
    return tk.ValidationError({answer.code: [answer.words.pick(language)]})


def would_sign(case: Case, decision: Mapping[str, Any], facts: Facts) -> None:
    """Check that another person could sign this decision as it is prepared.

    Asked of the machine itself, so that the demands of the article have one place.
    """
    everybody = frozenset({"reviewer", "head", "authority"})
    signer = replace(facts, actor="another", offices=everybody, prepared_by=facts.actor)
    step(case, decision["act"], signer)


def possible(case: Case, user_id: str | None) -> tuple[str, ...]:
    """The acts that the page offers this user now."""
    if user_id is None:
        return ()
    facts = facts_of(case, user_id)
    acts = MACHINES[case.kind].possible(case.state, facts)
    own = user_id == case.applicant
    applicants = {"withdraw", "resubmit", "object", "submit"}
    return tuple(act for act in acts if (act in applicants) == own)


def basis_of(given: Any) -> tuple[Basis, ...]:
    return tuple(
        Basis(
            title=str(entry.get("title") or ""),
            level=str(entry.get("level") or ""),
            article=str(entry.get("article") or ""),
            url=str(entry.get("url") or ""),
        )
        for entry in given
    )


def _valid_to(decision: Mapping[str, Any]) -> date | None:
    """The last day of use; a decision that names months counts from the day it is signed."""
    months = decision.get("months")
    return add_months(day_of(now()), months) if months else None


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day (Civil Code art. 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
