"""The acts on objections (NY 45) and corrections (NY 65, LY 16, YN 27, ZS 23, TZ 15)."""

from __future__ import annotations

from ckanext.govshare.cases import clock, dataset, decisions, judge, news
from ckanext.govshare.cases.effect import Effect, Given, Values
from ckanext.govshare.cases.model import Case
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
    "dispatch": Effect(values=_verify_clock),
    "confirm": Effect(
        values=_confirmed, tell=lambda case, _given: news.tell_applicant("case_confirmed", case)
    ),
    "reject": Effect(
        values=_rejected, tell=lambda case, _given: news.tell_applicant("case_rejected", case)
    ),
    "correct": Effect(read=_correct_read, values=_corrected),
    "close": Effect(
        read=_close_read, values=lambda _case, _user, _given: {"answered_at": judge.now()},
        tell=lambda case, _given: news.tell_applicant("case_closed", case),
    ),
    "close_rejected": Effect(
        tell=lambda case, _given: news.tell_applicant("case_closed", case)
    ),
}
