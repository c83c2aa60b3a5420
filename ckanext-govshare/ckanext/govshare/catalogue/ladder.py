"""Which steps a matter of the catalogue can take, from which state, by whom. Pure.

- change (目录变更): law or functions changed, or a class is to change (NY 22, 23; ZS 11; YN 11,
  17; TZ 8). The county's authority looks first where there is one (NY 18).
- filing (备案): a class, a version or a county's change is told to the level above.
- submission (目录报送): entries and demands go to the authority in one batch (NY 20; YN 12).
- demand (需求): what a department needs from others (NY 19; YN 24).
- interface (接口): a service interface is agreed on, by a day that both sides name (NY 13).
- dispute (争议) on an entry: negotiate, coordinate, decide; the profile has the rungs (LY 18,
  NY 40, YN 15, ZS 37, TZ 12). No rung is skipped, and none closes without an outcome (LY 20).
"""

from __future__ import annotations

from typing import NamedTuple

OWNER, OTHER, COUNTY, AUTHORITY = "owner", "other", "county", "authority"
KINDS = ("change", "filing", "submission", "demand", "interface", "dispute")
FINAL = ("closed", "refused", "withdrawn", "answered")


class Step(NamedTuple):
    """One act: from which states, to which, by whom, with which words given.

    `to` empty: the act's own rule says where it leads.
    """

    froms: tuple[str, ...]
    to: str
    roles: tuple[str, ...]
    needs: tuple[str, ...] = ()


STEPS: dict[str, dict[str, Step]] = {
    "change": {
        "submit": Step(("open", "returned"), "", (OWNER,), ("summary",)),
        "pass": Step(("county_review",), "submitted", (COUNTY,)),
        "return": Step(("county_review", "submitted"), "returned", (COUNTY, AUTHORITY),
                       ("reason",)),
        "approve": Step(("submitted",), "closed", (AUTHORITY,)),
        "receive": Step(("filed",), "closed", (AUTHORITY,)),
    },
    "filing": {
        "report": Step(("to_report",), "filed", (OWNER, COUNTY)),
        "receive": Step(("filed",), "closed", (AUTHORITY,), ("filing_no",)),
    },
    "submission": {
        "pass": Step(("county_review",), "submitted", (COUNTY,)),
        "return": Step(("county_review", "submitted"), "returned", (COUNTY, AUTHORITY),
                       ("reason",)),
        "withdraw": Step(("returned",), "withdrawn", (OWNER,)),
        "decide": Step(("submitted",), "closed", (AUTHORITY,), ("decisions",)),
    },
    "demand": {
        "answer": Step(("open", "accepted"), "answered", (OTHER, AUTHORITY), ("dataset_id",)),
        "accept": Step(("open",), "accepted", (AUTHORITY,)),
        "refuse": Step(("open",), "refused", (AUTHORITY,), ("reason",)),
        "withdraw": Step(("open",), "withdrawn", (OWNER,)),
    },
    "interface": {
        "propose": Step(("asked", "proposed"), "proposed", (OWNER, OTHER), ("day",)),
        "confirm": Step(("proposed",), "agreed", (OWNER, OTHER)),
        "ask_extension": Step(("agreed",), "extension_asked", (OTHER,), ("document", "day")),
        "extend": Step(("extension_asked",), "extended", (AUTHORITY,)),
        "refuse_extension": Step(("extension_asked",), "agreed", (AUTHORITY,), ("reason",)),
        "deliver": Step(("agreed", "extension_asked", "extended"), "closed", (OTHER,),
                        ("outcome",)),
    },
    "dispute": {
        "propose": Step(("negotiate",), "negotiate", (OWNER, OTHER), ("outcome",)),
        "agree": Step(("negotiate",), "closed", (OWNER, OTHER)),
        "escalate": Step(("negotiate", "coordinate"), "", (OWNER, OTHER, AUTHORITY), ("reason",)),
        "decide": Step(("coordinate", "government"), "closed", (AUTHORITY,), ("outcome",)),
    },
}  # fmt: skip

#: A profile's words for the rungs of a dispute → the states of this ladder.
RUNGS = {
    "negotiate": "negotiate",
    "authority": "coordinate",
    "authority_with_producer": "coordinate",
    "authority_organised_negotiation": "coordinate",
    "city_government": "government",
}


def rungs(dispute: tuple[str, ...]) -> tuple[str, ...]:
    """The states through which a dispute goes under a profile, in order."""
    return tuple(RUNGS[word] for word in dispute)


def next_rung(dispute: tuple[str, ...], state: str) -> str | None:
    """The rung above, None on the last one."""
    order = rungs(dispute)
    place = order.index(state) + 1
    return order[place] if place < len(order) else None


def possible(kind: str, state: str, roles: set[str]) -> list[str]:
    """The acts that somebody in these roles may do now."""
    return [
        act for act, step in STEPS[kind].items() if state in step.froms and roles & set(step.roles)
    ]
