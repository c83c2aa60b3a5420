"""What each step of a matter brings about beyond its state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.govshare.rules import clocks, profiles
from ckanext.govshare.rules.calendar import WorkingCalendar

from . import ladder, matters, opening, pending, versions
from . import model as store
from .model import Matter

Last = Callable[[], None] | None


def change_submit(matter: Matter, data: dict[str, Any], user_id: str) -> Last:
    """The planned catalogue goes to the authority, whose own clock starts (NY 22, ZS 11).

    Where the authority has no clock for it (YN 11, TZ 8) the department updates its catalogue
    itself, and the authority is told: a task without a due day. A class is always reviewed.
    """
    matter.late = matter.late or matters.missed(matter, store.now())
    proposal = opening.proposal(data) or matter.form.get("proposal") or {}
    matter.form = {**matter.form, "proposal": proposal, "submitted_by": user_id}
    profile = profiles.site()
    review = profile.clock("share", "catalogue_review") or profile.clock("open", "catalogue_review")
    if review is None and not opening.concerns_class(proposal):
        matter.state = "filed"
        matters.run_until(matter, None, None)
        return partial(_apply, matter, user_id)
    matter.state = opening.first_review(matter.org_id)
    _review_clock(matter)
    return None


def change_pass(matter: Matter, data: dict[str, Any], user_id: str) -> None:  # noqa: ARG001
    """From the county's desk to the city's."""
    _review_clock(matter)


def change_approve(matter: Matter, data: dict[str, Any], user_id: str) -> Last:  # noqa: ARG001
    """The catalogue is updated: a new version of the entry and of the catalogue (NY 22)."""
    if matter.form.get("submitted_by") == user_id:
        matters.refuse(tk._("You submitted this change; somebody else must approve it."), "act")
    if matters.missed(matter, store.now()):
        matter.form = {**matter.form, "review_late": True}
    return partial(_apply, matter, user_id)


def change_return(matter: Matter, data: dict[str, Any], user_id: str) -> None:  # noqa: ARG001
    """Back to the department; its own clock counts on from the day of the change."""
    rule = opening.clock(class_change=opening.concerns_class(matter.form.get("proposal") or {}))
    day = dt.date.fromisoformat(matter.form["day"])
    due = (
        clocks.due_from(day, rule.limit_wd.value, WorkingCalendar.load()) if rule else None
    )
    matters.run_until(matter, due, rule.limit_wd.rule if rule else None)


def submission_decide(matter: Matter, data: dict[str, Any], user_id: str) -> None:
    """Each entry is approved or returned with a reason; the catalogue gets a version (NY 20)."""
    given = {d.get("id"): d for d in data["decisions"] if isinstance(d, dict)}
    wanted = [*matter.form["entries"], *matter.form["demands"]]
    wrong = [
        id_ for id_ in wanted
        if given.get(id_, {}).get("decision") not in ("approve", "return")
        or (given[id_]["decision"] == "return" and not given[id_].get("reason"))
    ]
    if wrong:
        matters.refuse(
            tk._("Decide every item: approve it, or return it with a reason"), "decisions"
        )
    for id_ in matter.form["entries"]:
        if given[id_]["decision"] == "approve":
            versions.changed(id_, "reviewed", user_id, matter.id)
    for id_ in matter.form["demands"]:
        demand = store.matter(id_, lock=True)
        if demand.state == "open" and given[id_]["decision"] == "approve":
            demand.state = "accepted"
            matters.write(demand, "accept", user_id, "open")


def demand_answer(matter: Matter, data: dict[str, Any], user_id: str) -> None:  # noqa: ARG001
    """Answered with the entry that has it."""
    package = model.Package.get(data["dataset_id"])
    if package is None or not pending.published(package.id):
        matters.refuse(tk._("Name a published dataset"), "dataset_id")
    matter.dataset_id = package.id


def interface_propose(matter: Matter, data: dict[str, Any], user_id: str) -> None:
    day = _future(data["day"])
    matter.form = {**matter.form, "day": day.isoformat(), "proposed_by": _side(matter, user_id)}


def interface_confirm(matter: Matter, data: dict[str, Any], user_id: str) -> None:  # noqa: ARG001
    """The other side confirms the day: from here on it is due (Nanyang art. 13)."""
    _other_side(matter, user_id)
    _due_on(matter, dt.date.fromisoformat(matter.form["day"]))


def interface_ask_extension(matter: Matter, data: dict[str, Any], user_id: str) -> None:  # noqa: ARG001
    """A written request for a later day, at most the days of the regulation behind the old one."""
    if matter.form.get("extension_refused"):
        matters.refuse(tk._("The extension was refused already"), "day")
    limit = profiles.site().clock("share", "interface_extension")
    if limit is None or matter.due_day is None:
        matters.refuse(tk._("The regulation knows no extension here"), "day")
    last = clocks.due_from(matter.due_day, limit.limit_wd.value, WorkingCalendar.load()).day
    wanted = _future(data["day"])
    if not matter.due_day < wanted <= last:
        words = tk._("At most {days} working days later: until {last}")
        matters.refuse(words.format(days=limit.limit_wd.value, last=last.isoformat()), "day")


def interface_extend(matter: Matter, data: dict[str, Any], user_id: str) -> None:  # noqa: ARG001
    _due_on(matter, dt.date.fromisoformat(matter.form["day"]))


def interface_refuse_extension(matter: Matter, data: dict[str, Any], user_id: str) -> None:  # noqa: ARG001
    matter.form = {**matter.form, "extension_refused": True}


def dispute_propose(matter: Matter, data: dict[str, Any], user_id: str) -> None:  # noqa: ARG001
    matter.form = {**matter.form, "proposed_by": _side(matter, user_id)}


def dispute_agree(matter: Matter, data: dict[str, Any], user_id: str) -> None:  # noqa: ARG001
    """Settled between the two: the one agrees to what the other proposed.

    A class that is to change by it takes its own way, as a change.
    """
    if not matter.form.get("outcome"):
        matters.refuse(tk._("Nobody has proposed an outcome yet"), "act")
    _other_side(matter, user_id)


def dispute_escalate(matter: Matter, data: dict[str, Any], user_id: str) -> None:  # noqa: ARG001
    """To the next rung of the profile; the last one has none above it."""
    asked = profiles.site().share.dispute
    above = ladder.next_rung(asked.value, matter.state) if asked else None
    if above is None:
        matters.refuse(tk._("There is no higher instance: decide it here"), "act")
    if matter.state == "coordinate" and ladder.AUTHORITY not in matters.roles(user_id, matter):
        raise tk.NotAuthorized(tk._("Another side takes this step."))
    matter.state = above


def dispute_decide(matter: Matter, data: dict[str, Any], user_id: str) -> Last:
    """The authority decides, or records what the government decided, with its document.

    The outcome reaches the entry's class.
    """
    if matter.history[-1]["state"] == "government" and not data.get("document"):
        matters.refuse(tk._("Name the government's decision"), "document")
    matter.form = {
        **matter.form, "document": data.get("document") or "",
        "share_class": data.get("share_class") or "",
    }
    if not matter.form["share_class"]:
        return None
    return partial(
        write_entry, matter.dataset_id, {"share_class": matter.form["share_class"]}, user_id,
        cause="dispute", reason=matter.form.get("title"),
    )


def _apply(matter: Matter, user_id: str) -> None:
    """What was proposed for one entry, else a new version of all that the department publishes."""
    proposal = matter.form.get("proposal") or {}
    if matter.dataset_id:
        versions.changed(matter.dataset_id, "changed", user_id, matter.id)
        if proposal:
            write_entry(matter.dataset_id, proposal, user_id, cause="changed",
                        reason=matter.form["title"])  # fmt: skip
        return
    for row in model.Session.query(model.Package.id).filter_by(
        owner_org=matter.org_id, state="active", type="dataset"
    ):
        versions.changed(row.id, "changed", user_id, matter.id)


def write_entry(
    dataset_id: str | None, values: dict[str, Any], user_id: str, *, cause: str,
    reason: str | None,
) -> None:
    """Write elements that were decided on; commits, with all that the caller wrote before."""
    user = model.User.get(user_id)
    context: Any = {
        "user": user.name if user else "", "auth_user_obj": user, "ignore_auth": True,
        pending.APPROVED: True, "govshare_cause": cause, "govshare_reason": reason,
    }
    tk.get_action("package_patch")(context, {**values, "id": dataset_id})


def _review_clock(matter: Matter) -> None:
    profile = profiles.site()
    rule = profile.clock("share", "catalogue_review") or profile.clock("open", "catalogue_review")
    if matter.state != "submitted" or rule is None:
        matters.run_until(matter, None, None)
        return
    due = clocks.due(store.now(), rule.limit_wd.value, WorkingCalendar.load())
    matters.run_until(matter, due, rule.limit_wd.rule)


def _side(matter: Matter, user_id: str) -> str:
    """Which of the two departments the person speaks for."""
    return next(r for r in (ladder.OWNER, ladder.OTHER) if r in matters.roles(user_id, matter))


def _other_side(matter: Matter, user_id: str) -> None:
    if matter.form.get("proposed_by") == _side(matter, user_id):
        matters.refuse(tk._("Your side proposed this; the other side must agree."), "act")


def _future(text: Any) -> dt.date:
    day = opening.day_of(text)
    if day <= clocks.day_of(store.now()):
        matters.refuse(tk._("The day must lie in the future"), "day")
    return day


def _due_on(matter: Matter, day: dt.date) -> None:
    """Due on an agreed day, until its end in China."""
    matter.clock, matter.due_day = None, day
    matter.due_moment = dt.datetime.combine(
        day + dt.timedelta(days=1), dt.time.min, clocks.SHANGHAI
    )


EFFECTS: dict[tuple[str, str], matters.Effect] = {
    ("change", "submit"): change_submit,
    ("change", "pass"): change_pass,
    ("change", "approve"): change_approve,
    ("change", "return"): change_return,
    ("submission", "decide"): submission_decide,
    ("demand", "answer"): demand_answer,
    ("interface", "propose"): interface_propose,
    ("interface", "confirm"): interface_confirm,
    ("interface", "ask_extension"): interface_ask_extension,
    ("interface", "extend"): interface_extend,
    ("interface", "refuse_extension"): interface_refuse_extension,
    ("dispute", "propose"): dispute_propose,
    ("dispute", "agree"): dispute_agree,
    ("dispute", "escalate"): dispute_escalate,
    ("dispute", "decide"): dispute_decide,
}


def of(kind: str, act: str) -> matters.Effect:
    return EFFECTS.get((kind, act), lambda _matter, _data, _user: None)
