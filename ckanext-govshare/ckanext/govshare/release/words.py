"""The room's codes in the words of the regulations."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from desensitize.messages import MESSAGES
from desensitize.problems import Problem


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
        "publisher": tk._("Department publisher"),
        "reviewer": tk._("Department reviewer"),
        "confidentiality_reviewer": tk._("Confidentiality reviewer"),
        "head": tk._("Head of the department"),
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
    return own.get(code, code).format(**params)
