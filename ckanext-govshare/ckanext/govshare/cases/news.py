"""Tell the people of a case what happened, in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckan import model

from ckanext.govshare import notify
from ckanext.govshare.cases import dataset, parties
from ckanext.govshare.cases.model import Case


def tell(
    kind: str, case: Case, users: Iterable[str], *, once: str | None = None, **values: Any
) -> None:
    """Send the message of this kind to each of the users."""
    organization = model.Group.get(case.org_id)
    named = {
        "number": case.number or "",
        "dataset": dataset.title(case.dataset_id),
        "office": organization.display_name if organization else "",
        "due": case.due_day.isoformat() if case.due_day else "—",
        **values,
    }
    for user in users:
        notify.send(kind, user, ("case", case.id), named, once=once)


def tell_applicant(kind: str, case: Case, *, once: str | None = None, **values: Any) -> None:
    tell(kind, case, [case.applicant], once=once, **values)


def tell_office(
    kind: str, case: Case, parts: Iterable[str], *, once: str | None = None, **values: Any
) -> None:
    """To the handler if there is one, and to all who hold one of the offices."""
    users = set(parties.people(case, parts)) | ({case.handler} if case.handler else set())
    tell(kind, case, sorted(users), once=once, **values)
