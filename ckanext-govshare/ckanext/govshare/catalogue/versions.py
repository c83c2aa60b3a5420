"""Versions of entries and of the catalogue, and the responsibility list that goes with them.

An entry's version is written where the entry is written. A version of the catalogue comes of
everything that changes what is published, whichever way it came: it is noticed at the flush and
written just before the commit, in the same transaction (Nanyang art. 22).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy import event, inspect

from ckanext.govshare import ledger
from ckanext.govshare.rules import profiles

from . import filings
from .model import CatalogueVersion, EntryVersion, Responsibility

COLUMNS = ("title", "notes", "owner_org", "license_id")
#: Written by the portal about an entry, or derived; no change of the entry.
NOT_ELEMENTS = {"open_flag", "issued", "source_changed_at", "harvested_at", "catalogue_version"}
PENDING = "govshare_catalogue_changes"


def elements(package: model.Package) -> dict[str, str]:
    """The entry's elements as they stand in the database."""
    found = {name: getattr(package, name) or "" for name in COLUMNS}
    extras = {k: v for k, v in package.extras.items() if k not in NOT_ELEMENTS}
    return found | extras


def difference(before: dict[str, str], after: dict[str, str]) -> dict[str, list[str]]:
    """What changed: ``{element: [before, after]}``; missing and empty are the same."""
    return {
        name: [before.get(name) or "", after.get(name) or ""]
        for name in sorted(before.keys() | after.keys())
        if (before.get(name) or "") != (after.get(name) or "")
    }


@cache
def _schema_digest() -> str:
    return hashlib.sha256((Path(__file__).parent / "dataset.yaml").read_bytes()).hexdigest()[:12]


def norm() -> str:
    """The compilation norm in force and the digest of the schema that applies it (NY 17)."""
    named = profiles.site().catalogue.norm
    return f"{named.value if named else '-'} {_schema_digest()}"


def record_entry(
    package: model.Package,
    changes: dict[str, list[str]],
    *,
    actor: str | None,
    cause: str,
    reason: str | None = None,
) -> int:
    """Write the entry's next version in the caller's transaction; its number."""
    last = sa.select(sa.func.max(EntryVersion.number)).where(EntryVersion.dataset_id == package.id)
    number = (model.Session.scalar(last) or 0) + 1
    model.Session.add(
        EntryVersion(
            dataset_id=package.id, number=number, actor=actor, cause=cause, reason=reason,
            norm=norm(), changes=changes,
        )
    )
    if changes:
        changed(package.id, cause, actor)
    return number


def changed(dataset_id: str, cause: str, actor: str | None, matter_id: str | None = None) -> None:
    """Remember that the catalogue changed here; the version follows before the commit.

    Where a matter is the cause, what it writes does not take its place.
    """
    waiting = model.Session.info.setdefault(PENDING, {})
    if matter_id or dataset_id not in waiting:
        waiting[dataset_id] = (cause, actor, matter_id)


def current() -> int:
    """The number of the catalogue's newest version; 0 before the first."""
    return model.Session.scalar(sa.select(sa.func.max(CatalogueVersion.number))) or 0


def responsibilities(number: int) -> list[Responsibility]:
    """The responsibility list as it stood at this version of the catalogue."""
    query = sa.select(Responsibility).where(
        Responsibility.from_number <= number,
        sa.or_(Responsibility.to_number.is_(None), Responsibility.to_number > number),
    )
    return list(model.Session.scalars(query.order_by(Responsibility.org_id)))


def _notice(session: Any, _context: Any) -> None:
    """Publications and releases that this flush writes, however they came about."""
    for row in (*session.new, *session.dirty):
        table = getattr(type(row), "__tablename__", "")
        if table == "govshare_publication":
            state = inspect(row).attrs.state.history
            if "published" in (*(state.deleted or ()), *(state.added or ())):
                changed(row.dataset_id, row.state, row.by)
        elif table == "govshare_release" and filings.data_filed():  # noqa: SIM102
            if "released" in (inspect(row).attrs.state.history.added or ()):
                changed(row.dataset_id, "data", None)


def _write(session: Any) -> None:
    """One version of the catalogue for each department whose published entries changed."""
    if PENDING not in session.info and not session.new and not session.dirty:
        return
    session.flush()
    waiting = session.info.pop(PENDING, None)
    if not waiting:
        return
    by_org: dict[str, list[str]] = {}
    for dataset_id in waiting:
        package = session.get(model.Package, dataset_id)
        if package is not None and package.owner_org and _listed(session, package):
            by_org.setdefault(package.owner_org, []).append(dataset_id)
    for org_id, datasets in by_org.items():
        _version(session, org_id, datasets, *waiting[datasets[0]])


def _listed(session: Any, package: model.Package) -> bool:
    """Whether the entry is published, or was until now."""
    state = session.execute(
        sa.text("select state from govshare_publication where dataset_id = :id"),
        {"id": package.id},
    ).scalar()
    if state == "published":
        return True
    standing = sa.select(Responsibility.dataset_id).where(
        Responsibility.dataset_id == package.id, Responsibility.to_number.is_(None)
    )
    return session.execute(standing).first() is not None


def _version(
    session: Any, org_id: str, datasets: list[str], cause: str, actor: str | None,
    matter_id: str | None,
) -> None:
    # The chain's lock comes with the event, and with it the turn to take the next number.
    written = ledger.append(
        "catalogue.version", actor=actor, subject=("organization", org_id),
        data={"cause": cause, "entries": len(datasets)}, session=session,
    )
    number = (session.scalar(sa.select(sa.func.max(CatalogueVersion.number))) or 0) + 1
    session.execute(
        sa.insert(CatalogueVersion).values(
            number=number, at=written.at, actor=actor, org_id=org_id, cause=cause,
            matter_id=matter_id, datasets=datasets,
        )
    )
    for dataset_id in datasets:
        _responsibility(session, dataset_id, number)
    filings.of_version(session, org_id, number, datasets, cause, written.at)


def _responsibility(session: Any, dataset_id: str, number: int) -> None:
    """Bring the entry's item of the list to this version of the catalogue."""
    package = session.get(model.Package, dataset_id)
    state = session.execute(
        sa.text("select state from govshare_publication where dataset_id = :id"),
        {"id": dataset_id},
    ).scalar()
    wanted = None
    if state == "published" and package.state == "active":
        wanted = (package.owner_org, package.extras.get("update_cycle") or "")
    standing = session.scalars(
        sa.select(Responsibility).where(
            Responsibility.dataset_id == dataset_id, Responsibility.to_number.is_(None)
        )
    ).first()
    if standing and wanted == (standing.org_id, standing.update_cycle):
        return
    if standing:
        session.execute(
            sa.update(Responsibility)
            .where(
                Responsibility.dataset_id == dataset_id,
                Responsibility.from_number == standing.from_number,
            )
            .values(to_number=number)
        )
    if wanted:
        session.execute(
            sa.insert(Responsibility).values(
                dataset_id=dataset_id, from_number=number, org_id=wanted[0], update_cycle=wanted[1]
            )
        )


def _forget(session: Any) -> None:
    if not session.in_nested_transaction():
        session.info.pop(PENDING, None)


def listen() -> None:
    """Follow the session; once, however often the plugin is loaded."""
    for name, follow in (
        ("after_flush", _notice), ("before_commit", _write), ("after_rollback", _forget),
    ):
        if not event.contains(model.Session, name, follow):
            event.listen(model.Session, name, follow)


def as_dict(version: EntryVersion) -> dict[str, Any]:
    """For the API and pages; repeating elements as they are stored."""
    return {
        "number": version.number, "at": version.at.isoformat(), "actor": version.actor,
        "cause": version.cause, "reason": version.reason, "norm": version.norm,
        "changes": version.changes,
    }


def of_entry(dataset_id: str) -> list[EntryVersion]:
    """The newest first."""
    query = sa.select(EntryVersion).where(EntryVersion.dataset_id == dataset_id)
    return list(model.Session.scalars(query.order_by(EntryVersion.number.desc())))


def confirmed_in(year: int) -> Any:
    """The ids of entries confirmed in the calendar year in China, as a select."""
    at = sa.func.timezone("Asia/Shanghai", EntryVersion.at)
    return sa.select(EntryVersion.dataset_id).where(
        EntryVersion.cause == "confirmed", sa.extract("year", at) == year
    )

