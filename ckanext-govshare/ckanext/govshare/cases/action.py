"""Cases through the API: apply, look, act."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ckanext.govshare import offices
from ckanext.govshare.cases import (
    acts,
    filing,
    judge,
    lapse,
    public,
    reading,
    schema,
    standing,
    tick,
)
from ckanext.govshare.cases.model import Case, find, get, table
from ckanext.govshare.cases.papers import (
    govshare_attachment_add,
    govshare_attachment_remove,
    govshare_blank_show,
    govshare_blank_update,
)

__all__ = [
    "govshare_attachment_add", "govshare_attachment_remove", "govshare_blank_show",
    "govshare_blank_update", "govshare_case_act", "govshare_case_draft", "govshare_case_inbox",
    "govshare_case_list", "govshare_case_register", "govshare_case_show",
    "govshare_case_standings", "govshare_case_submit", "govshare_case_tick",
    "govshare_case_watch",
]


def _in_transaction(act: Callable[[str, dict[str, Any]], Case]) -> Callable[..., Case]:
    """Commit what `act` did, or undo all of it and let go of its locks."""

    @wraps(act)
    def run(user_id: str, data: dict[str, Any]) -> Case:
        try:
            case = act(user_id, data)
            model.Session.commit()
        except Exception:
            model.Session.rollback()
            raise
        return case

    return run


@tk.validate_action_data(schema.govshare_case_draft)
def govshare_case_draft(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Keep an application as a draft. Takes what `govshare_case_submit` takes; demands nothing."""
    tk.check_access("govshare_case_draft", context, data_dict)
    user_id = _signed_in(context)
    return reading.show(_in_transaction(filing.save_draft)(user_id, data_dict), user_id)


@tk.validate_action_data(schema.govshare_case_submit)
def govshare_case_submit(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Apply for conditional data. The answer is the case with its receipt number and due day.

    :param dataset_id: name or id
    :param id: a draft of yours, if there is one
    :param applicant_kind: `citizen`, `legal_person`, `other_organisation` (or `department`)
    :param applicant_name, id_number, uscc, contact_name, phone, email, address: who applies
    :param purpose, scenario, business, need, results: texts; which ones are needed the rules say
    :param items: names of the items (columns) asked for
    :param months: how long, 1 to 60
    :param mode: `file`, `api` or `verify`
    :param undertaking: true
    :param renews: a grant of yours that this application continues (optional)
    :param request_key: any text of yours; a repeated call with the same key makes no second case
    """
    tk.check_access("govshare_case_submit", context, data_dict)
    user_id = _signed_in(context)
    return reading.show(_in_transaction(filing.submit)(user_id, data_dict), user_id)


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_case_show)
def govshare_case_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """One case, by id or receipt number, with the acts that are yours to do now."""
    tk.check_access("govshare_case_show", context, data_dict)
    return reading.show(_settled(data_dict["id"]), offices.actor_id(context))


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_case_list)
def govshare_case_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Your own cases; with `organization` or `dataset_id` those that you handle or supervise."""
    tk.check_access("govshare_case_list", context, data_dict)
    if data_dict.get("organization") or data_dict.get("dataset_id"):
        conditions = [table.c.state != "draft"]
        for name, kind, column in (
            ("organization", model.Group, table.c.org_id),
            ("dataset_id", model.Package, table.c.dataset_id),
        ):
            if data_dict.get(name):
                found = kind.get(data_dict[name])
                conditions.append(column == (found.id if found else None))
    else:
        conditions = [table.c.applicant == _signed_in(context)]
    for column in ("kind", "state"):
        if data_dict.get(column):
            conditions.append(table.c[column] == data_dict[column])
    return [reading.brief(case) for case in find(*conditions)]


@tk.validate_action_data(schema.govshare_case_act)
def govshare_case_act(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Do one act on a case; `govshare_case_show` lists which are possible under `acts`.

    :param id: id or receipt number
    :param act: for instance `take`, `prepare`, `approve`, `refuse`, `withdraw`
    :param request_key: any text of yours; a repeated call with the same key changes nothing

    What an act takes besides stands in docs/cases.md: `reason`, `basis`, `decision`, `granted`,
    `refused`, `months`, `days`, `handler`, `text` and so on.
    """
    tk.check_access("govshare_case_act", context, data_dict)
    user_id = _signed_in(context)

    def act(user_id: str, data: dict[str, Any]) -> Case:
        return acts.perform(user_id, data["id"], data["act"], data)

    return reading.show(_in_transaction(act)(user_id, data_dict), user_id)


@tk.side_effect_free
def govshare_case_inbox(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """What waits for your office, the most urgent first, for the workbench."""
    tk.check_access("govshare_case_inbox", context, data_dict)
    user_id = offices.actor_id(context)
    if user_id is None:
        return []
    return [
        {
            **(line := reading.brief(case)),
            "title": f"{line['number']} {line['dataset_title']}",
            "url": tk.url_for("govshare_cases.read", id=case.id),
            "due": line["due_day"],
            "since": line["received_at"],
            "office": office,
        }
        for case, office in reading.waiting_for(user_id)
    ]


@tk.side_effect_free
def govshare_case_watch(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Every open case with a statutory clock, the most urgent first, for those who supervise."""
    tk.check_access("govshare_case_watch", context, data_dict)
    return [reading.brief(case) for case in reading.watched()]


@tk.side_effect_free
def govshare_case_standings(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """How the running time limits stand, by department: how many are in time, due soon, overdue."""
    tk.check_access("govshare_case_standings", context, data_dict)
    return [
        {**line, "organization_title": group.display_name if group else line["organization_id"]}
        for line in standing.by_department(judge.now())
        for group in [model.Group.get(line["organization_id"])]
    ]


@tk.side_effect_free
def govshare_case_register(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The public register: refusals without the applicants; answer times and use by department."""
    tk.check_access("govshare_case_register", context, data_dict)
    return {
        "refusals": public.refusals(), "answer_times": public.answer_times(), "use": public.use(),
    }


def govshare_case_tick(context: Context, data_dict: dict[str, Any]) -> dict[str, int]:
    """For the scheduler: remind, and tell what time has done. It decides nothing."""
    tk.check_access("govshare_case_tick", context, data_dict)
    return tick.run()


def _settled(case_id: str) -> Case:
    """The case with what time has decided written down."""
    case = get(case_id)
    if case is None:
        raise tk.ObjectNotFound(tk._("There is no such case."))
    if lapse.state_now(case) == case.state:
        return case

    def settle(_user_id: str, data: dict[str, Any]) -> Case:
        return lapse.settle(get(data["id"], lock=True) or case)

    return _in_transaction(settle)("", {"id": case.id})


def _signed_in(context: Context) -> str:
    user_id = offices.actor_id(context)
    if user_id is None:
        raise tk.NotAuthorized(tk._("Sign in first."))
    return user_id
