"""May these bytes go to this reader? The pure core: plain facts in, a decision out.

The loader in `facts.py` reads the facts from our own tables at the moment of reading; nothing
here trusts CKAN's context, and no office and no sysadmin flag opens anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

Purpose = Literal["download", "rows", "verify", "describe"]

#: From open to closed; whatever is not in this list counts as the last.
CLASSES = ("unconditional", "conditional", "non-open")

#: The mode a grant must have for each purpose.
MODES: Mapping[str, str] = {"download": "file", "rows": "api", "verify": "verify"}


@dataclass(frozen=True)
class Actor:
    """Who reads. `scopes` is None for a person's full rights, else what the API token allows."""

    user_id: str | None
    scopes: frozenset[str] | None = None


@dataclass(frozen=True)
class Release:
    """The one live release of the resource."""

    id: str
    dataset_id: str
    digest: str
    format: str
    open_class: str | None
    columns: tuple[str, ...] = ()
    renditions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Grant:
    """A grant of this actor that is live now; `columns` is None for all of them."""

    id: str
    mode: str
    columns: tuple[str, ...] | None


@dataclass(frozen=True)
class Facts:
    """What the database says about one resource at one moment.

    `exists`: resource and dataset are active, not private, never deleted, and the dataset's
    publication says published. `link`: the outside address of a resource that is no file.
    `sign_in`: the site serves unconditional data to those who signed in only.
    """

    exists: bool
    dataset_id: str = ""
    dataset_name: str = ""
    open_class: str | None = None
    release: Release | None = None
    link: str | None = None
    grants: Sequence[Grant] = ()
    sign_in: bool = False


@dataclass(frozen=True)
class Decision:
    """The answer. `columns` is None for all; `shared_cache` says whether a proxy may keep it."""

    allowed: bool
    status: int
    reason: str
    dataset_id: str = ""
    dataset_name: str = ""
    open_class: str = "non-open"
    release_id: str | None = None
    digest: str | None = None
    format: str = ""
    renditions: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    grant_id: str | None = None
    link: str | None = None
    shared_cache: bool = False


def stricter(*classes: str | None) -> str:
    """The most closed of the classes; an unknown or missing one counts as non-open."""
    known = [CLASSES.index(c) if c in CLASSES else len(CLASSES) - 1 for c in classes]
    return CLASSES[max(known)]


def judge(
    actor: Actor, facts: Facts, purpose: Purpose, columns: Collection[str] | None = None
) -> Decision:
    """Decide on one read.

    :param columns: the columns asked for; None for whatever the reader may have.
    """
    if not facts.exists:
        return Decision(False, 404, "not-found")
    release = facts.release
    if release is None:
        return _link(facts, purpose)
    if release.dataset_id != facts.dataset_id:
        return Decision(False, 404, "not-found")

    open_class = stricter(facts.open_class, release.open_class)
    refused = Decision(
        False, 403, "non-open",
        dataset_id=facts.dataset_id, dataset_name=facts.dataset_name, open_class=open_class,
    )
    served = replace(
        refused, allowed=True, status=200, reason="described",
        release_id=release.id, digest=release.digest, format=release.format,
        renditions=release.renditions,
    )
    if open_class == "non-open":
        return refused
    if purpose == "describe":
        return served
    if open_class == "unconditional":
        if facts.sign_in and actor.user_id is None:
            return replace(refused, status=401, reason="sign-in")
        return replace(served, reason="unconditional", shared_cache=not facts.sign_in)
    if actor.user_id is None:
        return replace(refused, status=401, reason="login")
    if actor.scopes is not None and purpose not in actor.scopes:
        return replace(refused, reason="scope")

    fitting = [g for g in facts.grants if g.mode == MODES[purpose]]
    if not fitting:
        return replace(refused, reason="no-grant")
    for grant in sorted(fitting, key=_breadth, reverse=True):
        granted = _granted(grant, release.columns)
        if granted == () or (columns is not None and not _covers(granted, columns)):
            continue
        return replace(served, reason="grant", columns=granted, grant_id=grant.id)
    return replace(refused, reason="columns")


def _link(facts: Facts, purpose: Purpose) -> Decision:
    """A resource without a live release has nothing to read but, at best, its public address."""
    open_class = stricter(facts.open_class)
    refused = Decision(
        False, 403, open_class,
        dataset_id=facts.dataset_id, dataset_name=facts.dataset_name, open_class=open_class,
    )
    if open_class == "non-open" and purpose != "describe":
        return refused
    if facts.link is None or purpose not in ("download", "describe"):
        return replace(refused, status=404, reason="not-released")
    if open_class != "unconditional":
        return refused
    return replace(refused, allowed=True, status=200, reason="link", link=facts.link)


def _breadth(grant: Grant) -> tuple[bool, int]:
    return grant.columns is None, len(grant.columns or ())


def _granted(grant: Grant, released: tuple[str, ...]) -> tuple[str, ...] | None:
    """The released columns that the grant names, in the order of the release."""
    if grant.columns is None:
        return None
    return tuple(c for c in released if c in grant.columns)


def _covers(granted: tuple[str, ...] | None, wanted: Collection[str]) -> bool:
    return granted is None or set(wanted) <= set(granted)
