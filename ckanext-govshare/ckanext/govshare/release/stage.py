"""What every act on a release needs: the release, who acts, the step to the next state."""

from __future__ import annotations

from typing import Any, NoReturn

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.govshare import ledger, offices
from ckanext.govshare.release import machine
from ckanext.govshare.release import model as store
from ckanext.govshare.release.model import Release


def actor_id(context: Context) -> str | None:
    """The id of the person who acts."""
    user = context.get("auth_user_obj") or model.User.get(context.get("user") or "")
    return user.id if user else None


def load(release_id: str, *, lock: bool = False) -> Release:
    """:raises tk.ObjectNotFound: there is no such release."""
    found = store.release(release_id, lock=lock)
    if found is None:
        raise tk.ObjectNotFound(tk._("Release was not found."))
    return found


def dataset(release: Release) -> model.Package:
    found = model.Session.get(model.Package, release.dataset_id)
    if found is None or found.state != "active":
        raise tk.ObjectNotFound(tk._("The dataset of this release was deleted."))
    return found


def package(data_dict: dict[str, Any]) -> model.Package:
    """The dataset that `id` names.

    :raises tk.ObjectNotFound: there is none.
    """
    found = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if found is None or found.state != "active":
        raise tk.ObjectNotFound(tk._("Dataset was not found."))
    return found


def open_class(package: model.Package) -> str:
    """The dataset's openness as it is written now; the strictest when nothing is written."""
    return package.extras.get("open_class") or "non-open"


def office_of(user_id: str | None, package: model.Package, among: tuple[str, ...]) -> str | None:
    """The first of these offices that the person holds for this dataset, read from the database."""
    for office in among:
        org = package.owner_org if office in machine.ORG_OFFICES else None
        if office in machine.ORG_OFFICES and not org:
            continue
        if offices.holds(user_id, office, org):
            return office
    return None


def begin(context: Context, act: str, release_id: str) -> tuple[Release, model.Package, str, str]:
    """Lock the release for an act: `(release, dataset, user id, office)`.

    The office is checked here and not only in the auth function: `ignore_auth` signs nothing.

    :raises tk.NotAuthorized: the person holds none of the act's offices.
    :raises tk.ValidationError: the state does not allow the act.
    """
    release = load(release_id, lock=True)
    package = dataset(release)
    user_id = actor_id(context)
    office = office_of(user_id, package, machine.ACTS[act].offices)
    if user_id is None or office is None:
        raise tk.NotAuthorized(tk._("You hold no office that may do this."))
    if not machine.allowed(act, release.state):
        refuse(tk._("The release has moved on; look at it again before you act."))
    return release, package, user_id, office


def move(
    release: Release,
    to: str,
    kind: str,
    *,
    actor: str | None,
    office: str | None = None,
    data: dict[str, Any] | None = None,
    rule: str | None = None,
) -> None:
    """Step to a state and write the event, in the caller's transaction."""
    if release.state != to:
        release.state = to
        release.due_since = store.now()
    ledger.append(
        kind,
        actor=actor,
        office=office,
        subject=("release", release.id),
        data={"state": to, **(data or {})},
        rule=rule,
    )


def end(release: Release, reason: str | None) -> None:
    """Set what an ended release carries; the caller moves it."""
    release.ended_at = store.now()
    release.ended_reason = reason
    release.work = None


def refuse(message: str, field: str = "release") -> NoReturn:
    raise tk.ValidationError({field: [message]})
