"""Open, fill and close supervision records, each act with its event; the caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import ledger
from ckanext.govshare.oversight import desk, sample, statistics, values
from ckanext.govshare.oversight import model as store
from ckanext.govshare.oversight.kinds import Kind, every
from ckanext.govshare.oversight.model import Record


def kind_of(code: str) -> Kind:
    """:raises tk.ObjectNotFound: no kind has this code"""
    if code not in every():
        raise tk.ObjectNotFound(tk._("There is no register of this kind."))
    return every()[code]


def load(record_id: str, *, lock: bool = False) -> Record:
    """:raises tk.ObjectNotFound: there is no such record"""
    found = store.get(record_id, lock=lock)
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such record."))
    return found


def create(
    kind: Kind, org_id: str | None, given: Mapping[str, Any], user_id: str | None
) -> Record:
    """A new record of a department, or of the portal with `org_id` None.

    :raises tk.ValidationError: what is wrong or missing, by field
    :raises tk.NotAuthorized: none of the user's offices writes such a record
    """
    _check_scope(kind, org_id)
    office = desk.writer(user_id, kind, org_id)
    if office is None:
        raise tk.NotAuthorized(tk._("You hold no office that writes this register."))
    data, wrong = values.read(kind, given)
    wrong = {**values.missing(kind, data), **wrong, **_not_theirs(kind, data, user_id, org_id)}
    dataset_id = values.dataset_of(data)
    if dataset_id and not _belongs(dataset_id, org_id):
        wrong["grant" if "grant" in data else "dataset"] = [
            tk._("This is not a dataset of the department.")
        ]
    if wrong:
        raise tk.ValidationError(wrong)
    filled = sorted(data)
    if kind.figures:
        data["figures"] = statistics.figures(data["year"], org_id)
    if kind.sample and data.get("sample_of"):
        data["sample"] = sample.draw(data["sample_of"], data["sample_size"], org_id)
    record = store.add(
        kind.code, data, org_id=org_id, dataset_id=dataset_id, created_by=user_id,
        due=date.fromisoformat(data[kind.due]) if kind.due else None,
    )
    _event("created", record, user_id, office, filled)
    return record


def add(record_id: str, given: Mapping[str, Any], user_id: str | None) -> Record:
    """Fill fields that were empty. What was said before stays.

    :raises tk.ValidationError: a value is wrong, was said already, or the record is closed
    :raises tk.NotAuthorized: the user's offices fill none of it
    """
    record = _open(record_id)
    kind = kind_of(record.kind)
    data, wrong = values.read(kind, given)
    offices = {desk.filler(user_id, kind, name, record.org_id) for name in data} - {None}
    if not offices:
        raise tk.NotAuthorized(tk._("You hold no office that writes this register."))
    for name, value in data.items():
        if record.data.get(name, value) != value:
            wrong[name] = [tk._("This was recorded already; it cannot be changed.")]
    wrong |= _not_theirs(kind, data, user_id, record.org_id)
    if values.dataset_of(data) and not _belongs(values.dataset_of(data), record.org_id):
        wrong["dataset"] = [tk._("This is not a dataset of the department.")]
    if wrong:
        raise tk.ValidationError(wrong)
    new = {name: value for name, value in data.items() if name not in record.data}
    changed = store.change(record.id, data={**record.data, **new})
    _event("added", changed, user_id, min(str(o) for o in offices), sorted(new))
    return changed


def close(record_id: str, user_id: str | None) -> Record:
    """Close a record that says all it must; nothing is added to it any more.

    :raises tk.ValidationError: the fields that are still empty
    """
    record = _open(record_id)
    kind = kind_of(record.kind)
    office = desk.writer(user_id, kind, record.org_id)
    if office is None:
        raise tk.NotAuthorized(tk._("You hold no office that writes this register."))
    empty: dict[str, Any] = {
        name: [tk._("This must be filled in before the record is closed.")]
        for name in kind.close if name not in record.data
    }
    if empty:
        raise tk.ValidationError(empty)
    closed = store.change(
        record.id, state="closed", closed_at=store.now(), closed_by=user_id
    )
    _event("closed", closed, user_id, office, [])
    return closed


def taken_down(record: Record, user_id: str | None, office: str, releases: int) -> Record:
    """Write into the record that its dataset's releases were withdrawn, the first time."""
    if "taken_down" in record.data:
        return record
    data = {**record.data, "taken_down": store.now().isoformat(), "releases": releases}
    changed = store.change(record.id, data=data)
    _event("taken_down", changed, user_id, office, [])
    return changed


def _open(record_id: str) -> Record:
    record = load(record_id, lock=True)
    if record.state == "closed":
        raise tk.ValidationError({"record": [tk._("This record is closed.")]})
    return record


def _check_scope(kind: Kind, org_id: str | None) -> None:
    if kind.scope == "department" and org_id is None:
        raise tk.ValidationError({"organization": [tk._("Say which department.")]})
    if kind.scope == "portal" and org_id is not None:
        raise tk.ValidationError(
            {"organization": [tk._("This register is kept for the portal as a whole.")]}
        )


def _not_theirs(
    kind: Kind, data: Mapping[str, Any], user_id: str | None, org_id: str | None
) -> dict[str, Any]:
    return {
        name: [tk._("Another office fills this in.")]
        for name in data if desk.filler(user_id, kind, name, org_id) is None
    }


def _belongs(dataset_id: str | None, org_id: str | None) -> bool:
    package = model.Session.get(model.Package, dataset_id)
    return package is not None and package.owner_org == org_id


def _event(
    what: str, record: Record, user_id: str | None, office: str, fields: list[str]
) -> None:
    """Field names only: what officials write in a record stays in the record."""
    ledger.append(
        f"oversight.{what}", actor=user_id, office=office, subject=("oversight", record.id),
        data={"kind": record.kind, "number": record.number, "organization": record.org_id,
              "dataset": record.dataset_id, "fields": fields},
        rule=every()[record.kind].rule,
    )
