"""The room's codes in the words of the regulations."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from desensitize.classify import label
from desensitize.evidence_page import ACTIONS, CLASSES
from desensitize.messages import MESSAGES
from desensitize.problems import Problem
from desensitize.profile import WHY, Why


def states() -> dict[str, str]:
    return {
        "quarantined": tk._("waiting to be scanned"),
        "scanned": tk._("plan to be decided"),
        "transformed": tk._("desensitized, to be signed"),
        "in_review": tk._("in review"),
        "held": tk._("held for a person"),
        "returned": tk._("returned"),
        "released": tk._("released"),
        "replaced": tk._("replaced"),
        "withdrawn": tk._("withdrawn"),
    }


def offices() -> dict[str, str]:
    return {
        "publisher": tk._("Publisher"),
        "reviewer": tk._("Reviewer"),
        "confidentiality_reviewer": tk._("Confidentiality reviewer"),
        "head": tk._("Head of department"),
        "authority": tk._("Data authority"),
        "auditor": tk._("Auditor"),
        "operator": tk._("Operator"),
    }


def publication_states() -> dict[str, str]:
    return {
        "draft": tk._("not published"),
        "requested": tk._("publication requested"),
        "published": tk._("published"),
        "suspended": tk._("suspended"),
        "withdrawn": tk._("withdrawn"),
    }


def decisions() -> dict[str, str]:
    return {"sign": tk._("signed"), "return": tk._("returned"), "refuse": tk._("refused")}


def ended(reason: str | None) -> str | None:
    """Why a release ended; the room's own codes are said in words."""
    return tk._("newer content came from the source") if reason == "superseded" else reason


def classes() -> dict[str, str]:
    """The classes of a column, in the library's own words."""
    at = 1 if language() == "zh" else 0
    return {code: names[at] for code, names in CLASSES.items()}


def actions() -> dict[str, str]:
    """What can be done to a column, in the library's own words."""
    at = 1 if language() == "zh" else 0
    return {code: names[at] for code, names in ACTIONS.items()}


def types() -> dict[str, str]:
    return {
        "empty": tk._("empty"),
        "integer": tk._("whole number"),
        "number": tk._("number"),
        "date": tk._("date"),
        "text": tk._("text"),
    }


def evidence(facts: dict[str, Any]) -> list[str]:
    """Why a column got its class, and how often each entity was found. No raw value."""
    why = [
        Why(w["code"], w["params"]).message(language()) if w["code"] in WHY else w["code"]
        for w in facts["why"]
    ]
    hits = [
        tk._("{entity}: {count} rows").format(entity=label(e, language()), count=h["weighted"])
        for e, h in sorted(facts["hits"].items())
        if e not in ("FORMULA", "EXPONENT")
    ]
    return why + hits


def events() -> dict[str, str]:
    """What the ledger's kinds of a release say."""
    return {
        "release.received": tk._("File received into quarantine"),
        "release.superseded": tk._("Superseded by newer content"),
        "release.scanned": tk._("Scanned, plan proposed"),
        "release.scan_again": tk._("Scan asked for again"),
        "release.held": tk._("Held for a person"),
        "release.looked": tk._("Looked at rows"),
        "release.planned": tk._("Plan saved"),
        "release.transform_asked": tk._("Desensitization started"),
        "release.transformed": tk._("Desensitized and scanned again"),
        "release.signed": tk._("Signed by the department"),
        "release.reviewed": tk._("Signed in review"),
        "release.returned": tk._("Returned to the department"),
        "release.commented": tk._("Commented"),
        "release.standing": tk._("Sent on the standing signature"),
        "release.released": tk._("Released"),
        "release.replaced": tk._("Replaced by a newer release"),
        "release.withdrawn": tk._("Withdrawn"),
    }


def language() -> str:
    """`zh` or `en`: the reader's, or outside of a request the site's."""
    code = tk.h.lang() or tk.config["ckan.locale_default"]
    return "zh" if code.startswith("zh") else "en"


def sentence(problem: dict[str, Any]) -> str:
    """A problem in the reader's language; parameters are names and counts, never raw values."""
    code, params = problem["code"], problem.get("params", {})
    if code in MESSAGES:
        return Problem(code, params).message(language())
    own = {
        "engine_failed": tk._(
            "The file could not be processed because of an error in the portal ({kind}). "
            "Start the scan again; if it fails again, tell the operator."
        ),
        "storage_failed": tk._(
            "The file could not be read or written: the storage of the portal is full or failing. "
            "Start the scan again when the operator has repaired it."
        ),
        "worker_died": tk._(
            "Processing {file} was broken off three times. It may be too large for this machine."
        ),
        "not_by_hand": tk._(
            "Only a file that no machine can read as a table may be released on a person's word."
        ),
        "statement_missing": tk._("Write what you checked, and how."),
        "bad_plan": tk._("The plan is not complete: {detail}"),
    }
    return (own.get(code) or code).format(**params)
