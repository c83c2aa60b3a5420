"""A small city with a canary in every byte and every cell, to see what leaks.

Rows are written straight into the tables: how they come about is the other rooms' business, what
may be read of them is the gate's.
"""

from __future__ import annotations

import csv
import io
import uuid
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk

from ckanext.govshare.access import issue
from ckanext.govshare.gate import loader, projection
from ckanext.govshare.offices.model import table as office_table
from ckanext.govshare.release.model import Content, Publication, Release
from ckanext.govshare.release.vault import Vault

CLASSES = ("unconditional", "conditional", "non-open")
STATES = ("quarantined", "released", "withdrawn", "replaced")
OPEN_COLUMN, SECRET_COLUMN, NUMBER_COLUMN = "街道", "单位名称", "金额"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Table:
    """The bytes of one release, with a canary in each column and one in the raw file."""

    mark: str = field(default_factory=lambda: uuid.uuid4().hex[:10])

    @property
    def open_canary(self) -> str:
        return f"openzz{self.mark}"

    @property
    def secret_canary(self) -> str:
        return f"secretzz{self.mark}"

    @property
    def raw_canary(self) -> str:
        return f"rawzz{self.mark}"

    @property
    def canaries(self) -> set[str]:
        return {self.open_canary, self.secret_canary, self.raw_canary}

    def csv(self) -> bytes:
        out = io.StringIO()
        rows = [[f"{self.open_canary}{i}", f"{self.secret_canary}{i}", str(i)] for i in range(1, 4)]
        csv.writer(out).writerows([[OPEN_COLUMN, SECRET_COLUMN, NUMBER_COLUMN], *rows])
        return out.getvalue().encode()

    def raw(self) -> bytes:
        return f"raw file {self.raw_canary}\n".encode() + self.csv()


@dataclass
class Place:
    """One resource with what lies behind it."""

    open_class: str
    state: str
    dataset: str
    name: str
    resource: str
    hidden: list[Table] = field(default_factory=list)
    live: Table | None = None
    release: str | None = None
    digest: str | None = None


@dataclass
class World:
    org: str
    other_org: str
    users: dict[str, str]
    tokens: dict[str, str]
    places: dict[tuple[str, str], Place]

    def canaries(self) -> set[str]:
        tables = [t for p in self.places.values() for t in (*p.hidden, p.live) if t]
        return {c for table in tables for c in table.canaries}

    def place(self, open_class: str, state: str = "released") -> Place:
        return self.places[open_class, state]

    def headers(self, role: str) -> dict[str, str]:
        return {"Authorization": self.tokens[role]} if role in self.tokens else {}


def build() -> World:
    """Everything below belongs to this world alone; nothing is cleaned, nothing is shared."""
    org, other = _organization(), _organization()
    users = {role: _user(role) for role in ROLES}
    for capacity in ("member", "editor", "admin"):
        _join(users[capacity], org, capacity)
    _join(users["editor elsewhere"], other, "editor")
    for office, where in (("head", org), ("authority", None), ("auditor", None)):
        _appoint(users[office], office, where)
    model.User.get(users["sysadmin"]).sysadmin = True
    model.Session.commit()

    places = {(c, s): make_place(org, c, s) for c in CLASSES for s in STATES}
    for place in places.values():
        _grants(place, users)
    tokens = {role: _token(user) for role, user in users.items()}
    tokens["scoped token"] = _token(users["grant on all"], scopes=["verify"])
    return World(org, other, users, tokens, places)


#: Everybody with an account; `anonymous` and `scoped token` come beside them.
ROLES = (
    "applicant", "grant on all", "grant on some", "expired grant", "member", "editor", "admin",
    "head", "authority", "auditor", "sysadmin", "editor elsewhere",
)


def make_place(org: str, open_class: str, state: str, published: bool = True) -> Place:
    """A dataset with one resource, whose bytes stand in `state`."""
    mark = uuid.uuid4().hex[:8]
    dataset = model.Package(
        name=f"place-{mark}", title=f"数据集 {mark}", type="dataset", owner_org=org,
        extras={
            "open_class": open_class, "class_reason": "依规定不予开放",
            "open_condition": "用于所申请的用途",
            "legal_basis": '[{"title": "南阳市政务数据管理办法", "article": "第四十六条", '
            '"level": "regulation"}]',
        },
    )
    model.Session.add(dataset)
    model.Session.flush()
    resource = model.Resource(
        url="data.csv", url_type="upload", format="CSV", name="表", package_id=dataset.id
    )
    resource.position = 0
    model.Session.add(resource)
    model.Session.flush()
    place = Place(open_class, state, dataset.id, dataset.name, resource.id)
    if published:
        model.Session.add(
            Publication(dataset_id=dataset.id, state="published", by="test", at=now())
        )
    model.Session.flush()
    if state == "replaced":
        put_release(place, 1, "replaced")
        put_release(place, 2, "released")
        put_release(place, 3, "in_review")
    else:
        put_release(place, 1, state)
    model.Session.commit()
    if place.release:
        loader.load(place.release)
        model.Session.add(
            model.ResourceView(
                resource_id=place.resource, view_type="datatables_view", title="表", order=0,
                config={},
            )
        )
        model.Session.commit()
    search.rebuild(dataset.id)
    return place


def put_release(place: Place, number: int, state: str, signed_as: str | None = None) -> Release:
    """Bytes in their roots and the row that speaks of them; a live one is put in the vault."""
    table = Table()
    raw = Vault("quarantine").put(io.BytesIO(table.raw()))
    _content(raw, "quarantine")
    release = Release(
        dataset_id=place.dataset, resource_id=place.resource, number=number, state=state,
        source="form", filename="a.csv", raw_digest=raw.digest, created_by="test",
    )
    if state != "quarantined":
        root = "quarantine" if state == "in_review" else "vault"
        columns = [OPEN_COLUMN, SECRET_COLUMN, NUMBER_COLUMN]
        renditions = {"csv": table.csv()} | {
            kind: projection.project(io.BytesIO(table.csv()), columns, kind)
            for kind in ("xlsx", "json")
        }
        for kind, content in renditions.items():
            stored = Vault(root).put(io.BytesIO(content))
            _content(stored, root)
            release.renditions = {**(release.renditions or {}), kind: stored.digest}
        release.digest, release.format = release.renditions["csv"], "csv"
        release.plan_digest, release.released_at = "0" * 64, now()
        release.columns = [
            {"name": OPEN_COLUMN, "type": "text"}, {"name": SECRET_COLUMN, "type": "text"},
            {"name": NUMBER_COLUMN, "type": "integer"},
        ]
        # A dataset that became non-open keeps the class its release was signed for.
        release.open_class = signed_as or (
            "conditional" if place.open_class == "non-open" else place.open_class
        )
    model.Session.add(release)
    model.Session.flush()
    if state == "released":
        place.live, place.release, place.digest = table, release.id, release.digest
    else:
        place.hidden.append(table)
    return release


def grant(user: str, place: Place, mode: str, columns: list[str] | None = None, **over: Any) -> str:
    values = {
        "case_id": uuid.uuid4().hex, "dataset_id": place.dataset, "holder": user,
        "columns": columns, "mode": mode, "purpose": "test", "valid_from": now() - HOUR,
        "valid_to": now() + HOUR, "max_reads": None, **over,
    }
    made = issue(**values)
    model.Session.commit()
    return made.id


def text_of(response: Any) -> str:
    """Everything a reader gets to see: status line aside, headers and body, unpacked."""
    body = response.data
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    text = body.decode("utf-8", "replace")
    if "\\u" in text:
        text += text.encode().decode("unicode_escape", "replace")
    return "\n".join(f"{k}: {v}" for k, v in response.headers.items()) + "\n" + text


def now() -> datetime:
    return datetime.now(UTC)


def _grants(place: Place, users: dict[str, str]) -> None:
    for mode in ("file", "api"):
        grant(users["grant on all"], place, mode)
        grant(users["grant on some"], place, mode, [OPEN_COLUMN])
        grant(
            users["expired grant"], place, mode,
            valid_from=now() - 2 * HOUR, valid_to=now() - HOUR,
        )


def _content(stored: Any, place: str) -> None:
    model.Session.merge(
        Content(digest=stored.digest, size=stored.size, media_type="text/csv", place=place)
    )


def _organization() -> str:
    org = model.Group(name=f"org-{uuid.uuid4().hex[:8]}", title="局", type="organization")
    org.is_organization = True
    model.Session.add(org)
    model.Session.commit()
    return org.id


def _user(role: str) -> str:
    name = f"{role.replace(' ', '-')}-{uuid.uuid4().hex[:8]}"
    user = model.User(name=name, email=f"{name}@example.invalid", fullname=role)
    model.Session.add(user)
    model.Session.commit()
    return user.id


def _join(user: str, org: str, capacity: str) -> None:
    group = model.Group.get(org)
    model.Session.add(
        model.Member(group=group, table_name="user", table_id=user, capacity=capacity)
    )
    model.Session.commit()


def _appoint(user: str, office: str, org: str | None) -> None:
    model.Session.execute(
        office_table.insert().values(
            id=str(uuid.uuid4()), user_id=user, org_id=org, office=office, valid_from=sa.func.now()
        )
    )
    model.Session.commit()


def _token(user: str, **extra: Any) -> str:
    made = tk.get_action("api_token_create")(
        {"ignore_auth": True, "user": model.User.get(user).name},
        {"user": user, "name": uuid.uuid4().hex, **extra},
    )
    return made["token"]
