"""The acts on objections (NY 45) and corrections (NY 65, LY 16, YN 27, ZS 23, TZ 15)."""

from __future__ import annotations

from collections.abc import Callable

from ckanext.govshare.cases import clock, dataset, decisions, judge, news
from ckanext.govshare.cases.effect import Effect, Given, Values
from ckanext.govshare.cases.model import Case
from ckanext.govshare.rules.machine import cast
from ckanext.govshare.rules.profiles import ClockName


def _verify_clock(case: Case, _user_id: str, _given: Given) -> Values:
    """Where somebody dispatches, the time to verify runs from the dispatch (NY 65)."""
    return _clock(case, "correction_verify")


def _confirmed(case: Case, user_id: str, _given: Given) -> Values:
    """The time to correct runs from the decision that there is an error (NY 65)."""
    return {
        "decision": {"act": "confirm", "by": user_id, "at": judge.now().isoformat()},
        **_clock(case, "correction_fix"),
    }


def _clock(case: Case, name: ClockName) -> Values:
    profile = clock.profile_of(case)
    return clock.start(profile, case.layer, name, judge.now())  # type: ignore[arg-type]


def _tell_verifiers(case: Case, _given: Given) -> None:
    """Those who check it; they have not heard of it before the dispatch."""
    news.tell_office("case_new", case, cast("verifier", judge.facts_of(case, None)))


def _tell_result(message: str, *, closing: bool = False) -> Callable[[Case, Given], None]:
    """Tell the reporter; between departments the authority as well (NY 65), and where results
    are filed with it (YN 27)."""

    def tell(case: Case, _given: Given) -> None:
        news.tell_applicant(message, case)
        way = clock.profile_of(case).layer(case.layer).correction  # type: ignore[arg-type]
        filed = way and way.filed_with_authority and way.filed_with_authority.value
        if case.layer == "share" and (filed or not closing):
            news.tell_office("case_closed" if closing else "case_verified", case, ("authority",))

    return tell


def _rejected(_case: Case, user_id: str, given: Given) -> Values:
    return {
        "decision": {
            "act": "reject", "reason": given["reason"], "by": user_id,
            "at": judge.now().isoformat(),
        },
        "answered_at": judge.now(),
    }


def _correct_read(case: Case, _user_id: str, given: Given) -> Given:
    """Only a release of this dataset that is live counts; else the machine asks for one."""
    named = str(given.get("corrected_release") or "").strip()
    known = named if named in dataset.live_releases(case.dataset_id) else ""
    return {**given, "corrected_release": known}


def _corrected(case: Case, _user_id: str, given: Given) -> Values:
    return {"decision": {**(case.decision or {}), "release": given["corrected_release"]}}


def _close_read(case: Case, _user_id: str, given: Given) -> Given:
    """Closed by a release that was not live when the error was reported, with other content."""
    named = (case.decision or {}).get("release", "")
    before = case.form.get("release") or {}
    digest = dataset.live_releases(case.dataset_id).get(named)
    changed = digest is not None and named not in before and digest not in before.values()
    return {**given, "corrected_release": named, "touches": changed}


EFFECTS: dict[str, Effect] = {
    "agree": decisions.signing("agree", "case_agreed", gives=False),
    "propose_change": Effect(
        tell=lambda case, _given: news.tell_office("case_change_proposed", case, ("authority",)),
    ),
    "change_catalogue": Effect(
        values=lambda case, _user, given: {
            "decision": {**(case.decision or {}), "version": given["catalogue_version"]}
        },
        tell=lambda case, _given: news.tell_applicant("case_catalogue_changed", case),
    ),
    "dispatch": Effect(values=_verify_clock, tell=_tell_verifiers),
    "confirm": Effect(values=_confirmed, tell=_tell_result("case_confirmed")),
    "reject": Effect(values=_rejected, tell=_tell_result("case_rejected")),
    "correct": Effect(read=_correct_read, values=_corrected),
    "close": Effect(
        read=_close_read, values=lambda _case, _user, _given: {"answered_at": judge.now()},
        tell=_tell_result("case_closed", closing=True),
    ),
    "close_rejected": Effect(tell=_tell_result("case_closed", closing=True)),
}
