"""Supervise: keep registers, see what is due, count, take evidence, hear complaints."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ckanext.govshare import ledger, offices
from ckanext.govshare.ledger import retention
from ckanext.govshare.oversight import (
    complaint,
    desk,
    evidence,
    news,
    reading,
    records,
    schema,
    statistics,
)
from ckanext.govshare.oversight.model import now


@tk.validate_action_data(schema.govshare_supervision_create)
def govshare_supervision_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Open a record of a kind of `config/catalogue/oversight.toml`.

    :param kind: the kind's code
    :param organization: name or id of the department; left out for the portal as a whole
    :param values: the fields by name
    """
    tk.check_access("govshare_supervision_create", context, data_dict)
    user = offices.actor_id(context)
    kind = records.kind_of(data_dict["kind"])
    org_id = _organization(data_dict.get("organization"))
    record = records.create(kind, org_id, data_dict["values"], user)
    model.Session.commit()
    return reading.show(record, user)


@tk.validate_action_data(schema.govshare_supervision_add)
def govshare_supervision_add(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Fill fields of a record that were empty; what was said before stays."""
    tk.check_access("govshare_supervision_add", context, data_dict)
    user = offices.actor_id(context)
    record = records.add(data_dict["id"], data_dict["values"], user)
    model.Session.commit()
    return reading.show(record, user)


@tk.validate_action_data(schema.govshare_supervision_close)
def govshare_supervision_close(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Close a record that says all that its kind asks for."""
    tk.check_access("govshare_supervision_close", context, data_dict)
    user = offices.actor_id(context)
    record = records.close(data_dict["id"], user)
    model.Session.commit()
    return reading.show(record, user)


@tk.validate_action_data(schema.govshare_supervision_take_down)
def govshare_supervision_take_down(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Withdraw all that is served of the incident's dataset, at once (NY 57).

    Each release is withdrawn by its own act, so what was withdrawn stays withdrawn if a later one
    fails; asked again, it goes on with the rest.

    :param id: an incident about a dataset
    :param reason: what the withdrawals say
    """
    tk.check_access("govshare_supervision_take_down", context, data_dict)
    user = offices.actor_id(context)
    record = records.load(data_dict["id"])
    kind = records.kind_of(record.kind)
    if not kind.withdraw or record.dataset_id is None or record.state == "closed":
        raise tk.ValidationError({"record": [tk._("There is nothing to withdraw here.")]})
    office = desk.writer(user, kind, record.org_id)
    if office is None:
        raise tk.NotAuthorized(tk._("You hold no office that writes this register."))
    served = reading.releases_of(record.dataset_id)
    for release in served:
        tk.get_action("govshare_release_withdraw")(
            {**context, "ignore_auth": False}, {"id": release, "reason": data_dict["reason"]}
        )
    record = records.load(record.id, lock=True)
    record = records.taken_down(record, user, office, len(served))
    model.Session.commit()
    return reading.show(record, user)


@tk.side_effect_free
def govshare_supervision_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """One record, by id or number."""
    tk.check_access("govshare_supervision_show", context, data_dict)
    return reading.show(records.load(tk.get_or_bust(data_dict, "id")), offices.actor_id(context))


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_supervision_list)
def govshare_supervision_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """The records that the caller may read, newest first: `{"count", "results"}`.

    :param kind, organization, dataset_id, state: only those
    :param limit, offset: a page of at most 1000
    """
    tk.check_access("govshare_supervision_list", context, data_dict)
    return reading.listing(offices.actor_id(context), data_dict)


@tk.side_effect_free
def govshare_supervision_public(context: Context, _data_dict: dict[str, Any]) -> list[Any]:
    """Evaluations, reports and rules that were published, for everybody (NY 58; YN 38; ZS 35)."""
    tk.check_access("govshare_supervision_public", context, {})
    return reading.public()


@tk.side_effect_free
def govshare_duty_list(context: Context, _data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """What is due within a month or overdue: duties, notices, yearly reports and cases."""
    tk.check_access("govshare_duty_list", context, {})
    return reading.due_list(offices.actor_id(context), now())


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_statistics_show)
def govshare_statistics_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """A year's indicators by department: all for those who supervise, the own for others.

    :param year: four digits
    :param under: only this organization and those below it, a county for instance (NY 59)
    """
    tk.check_access("govshare_statistics_show", context, data_dict)
    user = offices.actor_id(context)
    seen = None if desk.supervises(user) else desk.departments(user)
    if data_dict.get("under"):
        below = statistics.within(data_dict["under"])
        seen = below if seen is None else seen & below
    return reading.figures(data_dict["year"], seen)


@tk.side_effect_free
@tk.validate_action_data(schema.govshare_statistics_public)
def govshare_statistics_public(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """What everybody may know of a year: published data, their use, applications (YN 28; LY 19)."""
    tk.check_access("govshare_statistics_public", context, data_dict)
    return reading.public_figures(data_dict["year"])


@tk.validate_action_data(schema.govshare_evidence_export)
def govshare_evidence_export(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """All that shows how a dataset was handled, by file name; an event says who took it.

    :param id: name or id of the dataset
    """
    tk.check_access("govshare_evidence_export", context, data_dict)
    package = tk.get_action("package_show")({"ignore_auth": True}, {"id": data_dict["id"]})
    found = evidence.documents(package)
    ledger.append(
        "oversight.evidence_taken", actor=offices.actor_id(context),
        subject=("dataset", package["id"]), rule="NY 68; ZS 40; YN 41",
        data={"events": len(found["events.json"]), "releases": len(found["releases.json"])},
    )
    model.Session.commit()
    return found


@tk.validate_action_data(schema.govshare_complaint_submit)
def govshare_complaint_submit(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Complain about or report a matter of data security (YN 29). Nobody needs an account.

    :param subject: one of `leak misuse privacy other`
    :param text: what happened
    :param name, contact: optional, encrypted
    :returns: `number` and the `code` that opens the answer, shown this once
    """
    tk.check_access("govshare_complaint_submit", context, data_dict)
    record, code = complaint.submit(data_dict, offices.actor_id(context))
    model.Session.commit()
    return {"number": record.number, "code": code}


@tk.validate_action_data(schema.govshare_complaint_look)
def govshare_complaint_look(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """State, age and answer of a complaint, for whoever has its number and code."""
    tk.check_access("govshare_complaint_look", context, data_dict)
    return complaint.answered(complaint.look(data_dict["number"], data_dict["code"]))


@tk.validate_action_data(schema.govshare_complaint_answer)
def govshare_complaint_answer(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Answer a complaint, which closes it."""
    tk.check_access("govshare_complaint_answer", context, data_dict)
    user = offices.actor_id(context)
    record = records.load(data_dict["id"], lock=True)
    record = complaint.answer(record, data_dict["answer"].strip(), user)
    model.Session.commit()
    return reading.show(record, user)


@tk.side_effect_free
def govshare_oversight_inbox(context: Context, _data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """What waits for the caller: `kind, title, url, due, since, office`."""
    tk.check_access("govshare_oversight_inbox", context, {})
    return reading.inbox(offices.actor_id(context), now())


def govshare_oversight_tick(context: Context, _data_dict: dict[str, Any]) -> dict[str, int]:
    """For the scheduler: tell of duties; erase what senders of old complaints wrote."""
    tk.check_access("govshare_oversight_tick", context, {})
    told = news.run(now())
    erased = complaint.erase_old(retention.over_before(now()))
    model.Session.commit()
    return {"told": told, "erased": erased}


def _organization(name: str | None) -> str | None:
    if not name:
        return None
    group = model.Group.get(name)
    if group is None or not group.is_organization or group.state != "active":
        raise tk.ValidationError({"organization": [tk._("There is no such organization.")]})
    return group.id
