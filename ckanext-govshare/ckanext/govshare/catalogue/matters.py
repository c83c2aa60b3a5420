"""Matters of the catalogue: open one, take a step, and who is which side of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NoReturn

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.govshare import ledger, notify, offices
from ckanext.govshare.rules import clocks

from . import hierarchy, ladder
from . import model as store
from .model import Matter

DEPARTMENT = ("publisher", "reviewer", "head")
#: What a step does to its matter; what it gives back is done last, and commits.
Effect = Callable[[Matter, dict[str, Any], str], Callable[[], None] | None]


def roles(user_id: str | None, matter: Matter) -> set[str]:
    """Which sides of the matter this person stands on, by the offices held now."""
    if not user_id:
        return set()
    found = set()
    if works_for(user_id, matter.org_id):
        found.add(ladder.OWNER)
    if matter.other_org and works_for(user_id, matter.other_org):
        found.add(ladder.OTHER)
    if hierarchy.reviews(user_id, matter.org_id):
        found.add(ladder.COUNTY)
    if offices.holds(user_id, "authority"):
        found.add(ladder.AUTHORITY)
    return found


def works_for(user_id: str, org_id: str) -> bool:
    """Whether the person speaks for the department: publisher, reviewer or head."""
    return any(offices.holds(user_id, office, org_id) for office in DEPARTMENT)


def may_see(user_id: str | None, matter: Matter) -> bool:
    """Both sides, the county above, the authority, the auditor."""
    return bool(roles(user_id, matter)) or offices.holds(user_id, "auditor")


def begin(kind: str, org_id: str, actor: str, state: str, **values: Any) -> Matter:
    """A new matter in the caller's transaction, its event, and word to the other side."""
    found = Matter(kind=kind, org_id=org_id, opened_by=actor, state=state, late=False,
                   history=[], **values)  # fmt: skip
    model.Session.add(found)
    model.Session.flush()
    write(found, "open", actor)
    return found


def act(matter: Matter, name: str, data: dict[str, Any], user_id: str, effect: Effect) -> None:
    """Take a step, in the caller's transaction: the step, its traces, then what it writes.

    :raises tk.NotAuthorized: the person stands on no side that may do this.
    :raises tk.ValidationError: the state does not allow it, or words are missing.
    """
    step = ladder.STEPS[matter.kind].get(name)
    if step is None:
        refuse(tk._("There is no such step."), "act")
    if not roles(user_id, matter) & set(step.roles):
        raise tk.NotAuthorized(tk._("Another side takes this step."))
    if matter.state not in step.froms:
        refuse(tk._("The matter has moved on; look at it again before you act."), "act")
    for need in step.needs:
        if not data.get(need):
            refuse(tk._("Missing value"), need)
    before = matter.state
    if step.to:
        matter.state = step.to
    last = effect(matter, data, user_id)
    if matter.state in ladder.FINAL:
        matter.closed_at = store.now()
    matter.form = {**matter.form, **{n: data[n] for n in step.needs if n in data}}
    write(matter, name, user_id, before, data.get("reason") or data.get("outcome"))
    if last:
        last()


def write(
    matter: Matter, act_name: str, actor: str, before: str | None = None, words: str | None = None
) -> None:
    """The step in the matter's history and in the ledger, which holds no words."""
    matter.history = [
        *matter.history,
        {"act": act_name, "by": actor, "at": store.now().isoformat(), "state": matter.state,
         "words": words},
    ]  # fmt: skip
    model.Session.flush()
    for user_id in _told(matter, actor):
        notify.send("matter_moved", user_id, ("matter", matter.id), {"title": title(matter)})
    ledger.append(
        f"{matter.kind}.{act_name}", actor=actor, subject=("matter", matter.id),
        data={"state": matter.state, "before": before, "late": matter.late}, rule=matter.rule,
    )


def title(matter: Matter) -> str:
    """What the matter is about, for lists and messages."""
    if matter.form.get("title"):
        return str(matter.form["title"])
    package = model.Package.get(matter.dataset_id) if matter.dataset_id else None
    group = model.Group.get(matter.org_id)
    return (package.title if package else None) or (group.display_name if group else matter.org_id)


def run_until(matter: Matter, due: clocks.Due | None, rule: str | None) -> None:
    """Set the clock that runs from here on; None: no regulation sets one."""
    matter.clock = due.as_json() if due else None
    matter.due_day = due.day if due else None
    matter.due_moment = due.moment if due else None
    matter.rule = rule or matter.rule


def missed(matter: Matter, at: dt.datetime) -> bool:
    """Whether the clock that runs had ended by then."""
    return matter.due_moment is not None and at >= matter.due_moment


def find(*conditions: Any) -> list[Matter]:
    """Matters that meet all conditions, the most urgent first."""
    query = sa.select(Matter).where(*conditions).order_by(
        Matter.due_moment.asc().nulls_last(), Matter.opened_at
    )
    return list(model.Session.scalars(query))


def concern(user_id: str) -> Any:
    """The condition that a matter concerns this person through an office."""
    held = offices.of(user_id)
    if any(o.office in ("authority", "auditor") for o in held):
        return sa.true()
    own = [o.org_id for o in held if o.org_id and o.office in DEPARTMENT]
    above = [o.org_id for o in held if o.org_id and o.office == "reviewer"]
    under = [org for upper in above for org in hierarchy.below(upper)]
    return sa.or_(Matter.org_id.in_([*own, *under]), Matter.other_org.in_(own))


def refuse(message: str, field: str) -> NoReturn:
    raise tk.ValidationError({field: [message]})


def as_dict(matter: Matter, user_id: str | None = None) -> dict[str, Any]:
    """For the API and pages."""
    names = {g: model.Group.get(g) for g in (matter.org_id, matter.other_org) if g}
    return {
        "id": matter.id, "kind": matter.kind, "title": title(matter), "state": matter.state,
        "organization_id": matter.org_id, "other_organization_id": matter.other_org,
        "organizations": [g.display_name for g in names.values() if g],
        "dataset_id": matter.dataset_id, "form": matter.form,
        "due": matter.due_day.isoformat() if matter.due_day else None, "clock": matter.clock,
        "rule": matter.rule, "late": matter.late,
        "overdue": matter.closed_at is None and missed(matter, store.now()),
        "age_days": ((matter.closed_at or store.now()) - matter.opened_at).days,
        "opened_at": matter.opened_at.isoformat(), "opened_by": matter.opened_by,
        "closed_at": matter.closed_at.isoformat() if matter.closed_at else None,
        "history": matter.history,
        "acts": ladder.possible(matter.kind, matter.state, roles(user_id, matter)),
    }


def _told(matter: Matter, actor: str) -> set[str]:
    """Whose turn it is now, without the one who just acted."""
    steps = ladder.STEPS[matter.kind].values()
    turn = {role for step in steps if matter.state in step.froms for role in step.roles}
    people: set[str] = set()
    if ladder.OWNER in turn:
        people.update(offices.holders("publisher", matter.org_id))
    if ladder.OTHER in turn and matter.other_org:
        people.update(offices.holders("publisher", matter.other_org))
    if ladder.COUNTY in turn and matter.state == "county_review":
        people.update(offices.holders("reviewer", hierarchy.upper(matter.org_id)))
    if ladder.AUTHORITY in turn and matter.state != "county_review":
        people.update(offices.holders("authority"))
    return people - {actor}
