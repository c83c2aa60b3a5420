"""Whether a dataset's metadata are public. CKAN's `private` flag decides nothing."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.govshare import ledger
from ckanext.govshare.release import stage
from ckanext.govshare.release.model import Publication, now

#: state now → what the authority may decide
DECISIONS = {
    "requested": ("published", "draft"),
    "published": ("suspended", "withdrawn"),
    "suspended": ("published", "withdrawn"),
}
REQUESTABLE = ("draft", "withdrawn")
NEEDS_REASON = ("draft", "suspended", "withdrawn")


def row(dataset_id: str) -> Publication | None:
    return model.Session.get(Publication, dataset_id, with_for_update=True)


def request(package: model.Package, user_id: str, reason: str | None) -> Publication:
    """The department asks that the metadata be published (ZS 27: the department cannot do it)."""
    current = row(package.id)
    if (current.state if current else "draft") not in REQUESTABLE:
        stage.refuse(tk._("Publication was asked for already, or the dataset is public."))
    return _set(package.id, "requested", user_id, "publisher", reason, "ZS 27")


def decide(package: model.Package, to: str, user_id: str, reason: str | None) -> Publication:
    """The authority publishes, sends back, suspends or withdraws (NY 38, 45; ZS 27).

    Sending back, suspending and withdrawing need a reason; nobody grants their own request.
    """
    current = row(package.id)
    state = current.state if current else "draft"
    if to not in DECISIONS.get(state, ()):
        stage.refuse(tk._("The dataset's publication has moved on; look again before you decide."))
    if to in NEEDS_REASON and not reason:
        stage.refuse(tk._("A reason is needed."), "reason")
    if state == "requested" and to == "published" and current and current.by == user_id:
        stage.refuse(tk._("You asked for this publication; somebody else must decide."))
    return _set(package.id, to, user_id, "authority", reason, "NY 38; NY 45; ZS 27")


def check_releasable(dataset_id: str) -> None:
    """:raises tk.ValidationError: the dataset is suspended or withdrawn."""
    current = row(dataset_id)
    if current and current.state in ("suspended", "withdrawn"):
        stage.refuse(tk._("The dataset is suspended or withdrawn; decide on that first."))


def on_release(dataset_id: str, user_id: str) -> None:
    """Released data make their dataset public, if it is not yet."""
    current = row(dataset_id)
    if current is None or current.state in ("draft", "requested"):
        _set(dataset_id, "published", user_id, "authority", None, "ZS 27")


def _set(
    dataset_id: str, state: str, user_id: str, office: str, reason: str | None, rule: str
) -> Publication:
    current = row(dataset_id)
    before = current.state if current else "draft"
    if current is None:
        current = Publication(dataset_id=dataset_id)
        model.Session.add(current)
    current.state, current.by, current.at, current.reason = state, user_id, now(), reason
    ledger.append(
        f"publication.{state}",
        actor=user_id,
        office=office,
        subject=("dataset", dataset_id),
        data={"before": before},
        rule=rule,
    )
    return current
