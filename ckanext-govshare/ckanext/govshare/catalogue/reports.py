"""What the catalogue lacks, by department: the lists that supervision works from.

Each report gives rows of plain values with `dataset_id` or `organization_id`, newest need first;
`org` narrows it to one department.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.govshare.rules import clocks

from . import due, hierarchy, matters, sharing, versions, vocabularies
from . import model as store
from .model import Matter

Rows = list[dict[str, Any]]

#: Published entries with their department; `:org` null means every department.
ENTRIES = """
    select p.id dataset_id, p.title, p.owner_org organization_id, g.state publication,
        p.extras ->> 'open_class' open_class, p.extras ->> 'share_class' share_class,
        p.extras ->> 'project_code' project_code, p.extras ->> 'pre_compiled' pre_compiled,
        p.extras ->> 'update_cycle' update_cycle,
        exists (select from resource r where r.package_id = p.id and r.state = 'active') attached,
        (select max(l.released_at) from govshare_release l
         where l.dataset_id = p.id and l.state = 'released') released_at
    from package p left join govshare_publication g on g.dataset_id = p.id
    where p.state = 'active' and p.type = 'dataset'
      and (cast(:org as text) is null or p.owner_org = :org)
"""


def _rows(where: str, org: str | None) -> Rows:
    """`where` is a literal of this module; what callers give goes in as values."""
    statement = f"select * from ({ENTRIES}) e where {where} order by title, dataset_id"  # noqa: S608
    found = model.Session.execute(sa.text(statement), {"org": org}).mappings()
    return [dict(row) for row in found]


def unattached(org: str | None = None) -> Rows:
    """Published entries without any data (目录挂接; Yunnan art. 7); closed ones have none."""
    return _rows("publication = 'published' and not attached and open_class <> 'non-open'", org)


def stale(org: str | None = None) -> Rows:
    """Published entries whose data are older than their update cycle allows (Zhongshan art. 11)."""
    limits = {t.code: t.days for t in vocabularies.terms("update_cycle") if t.days is not None}
    now = store.now()
    return [
        row for row in _rows("publication = 'published' and released_at is not null", org)
        if row["update_cycle"] in limits
        and now - row["released_at"] > dt.timedelta(days=limits[row["update_cycle"]])
    ]


def unconfirmed(org: str | None = None) -> Rows:
    """Published entries that nobody has confirmed in this calendar year (Yunnan art. 18)."""
    year = clocks.day_of(store.now()).year
    confirmed = set(model.Session.scalars(versions.confirmed_in(year)))
    return [r for r in _rows("publication = 'published'", org) if r["dataset_id"] not in confirmed]


def topic_not_shared(org: str | None = None) -> Rows:
    """Topic entries that are not shared, for the authority's review (Nanyang art. 37(3))."""
    return _rows(
        "share_class = 'non-shared' and dataset_id in (select id from package where "
        "extras ->> 'library_type' in ('topic', 'special-topic'))", org,
    )  # fmt: skip


def not_shared(org: str | None = None) -> Rows:
    """Entries that are not shared, with their bases and levels (Zhongshan art. 19(1))."""
    found = _rows("share_class = 'non-shared'", org)
    for row in found:
        package = model.Package.get(row["dataset_id"])
        row["legal_basis"] = (package and package.extras.get("legal_basis")) or "[]"
    return found


def not_gathered(org: str | None = None) -> Rows:
    """Entries that say why they are not gathered, without an interface or a request for one."""
    return _rows(
        """dataset_id in (select id from package where extras ->> 'not_gathered_evidence' <> ''
             and extras ->> 'api_spec' is null)
           and not exists (select from govshare_matter m where m.dataset_id = e.dataset_id
             and m.kind = 'interface' and m.closed_at is null)""", org,
    )  # fmt: skip


def outside_links(org: str | None = None) -> Rows:
    """Resources that lead away from the portal (Nanyang art. 62(7))."""
    own = sharing.host_of(tk.config.get("ckan.site_url") or "")
    found = model.Session.execute(
        sa.text("""
            select r.id resource_id, r.url, p.id dataset_id, p.title, p.owner_org organization_id
            from resource r join package p on p.id = r.package_id
            where r.state = 'active' and p.state = 'active' and p.type = 'dataset'
              and coalesce(r.url_type, '') <> 'upload' and r.url like '%://%'
              and (cast(:org as text) is null or p.owner_org = :org)
            order by p.title, r.id
        """), {"org": org},
    ).mappings()  # fmt: skip
    hosted = [dict(row) | {"host": sharing.host_of(row["url"])} for row in found]
    return [row for row in hosted if row["host"] != own]


def coverage(org: str | None = None) -> Rows:
    """Registered systems (harvest sources) from which no entry came (NY 18, 62(1))."""
    found = model.Session.execute(
        sa.text("""
            select s.id source_id, s.title, p.owner_org organization_id
            from harvest_source s join package p on p.id = s.id
            where s.active and p.state = 'active'
              and (cast(:org as text) is null or p.owner_org = :org)
              and not exists (
                select from harvest_object o join package d on d.id = o.package_id
                where o.harvest_source_id = s.id and o.current and d.state = 'active')
            order by s.title, s.id
        """), {"org": org},
    ).mappings()  # fmt: skip
    return [dict(row) for row in found]


def projects(org: str | None = None) -> Rows:
    """Acceptance of IT projects: compiled before, included now, connected (NY 61, YN 37, ZS 14)."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in _rows("project_code <> ''", org):
        key = (row["project_code"], row["organization_id"])
        line = found.setdefault(key, {
            "project_code": key[0], "organization_id": key[1], "pre_compiled": 0, "included": 0,
            "connected": 0, "entries": [],
        })  # fmt: skip
        included = row["publication"] == "published"
        line["pre_compiled"] += row["pre_compiled"] == "1"
        line["included"] += included
        line["connected"] += row["released_at"] is not None
        line["entries"].append({
            "dataset_id": row["dataset_id"], "title": row["title"],
            "state": "included" if included else "pre-compiled",
        })  # fmt: skip
    for line in found.values():
        line["acceptable"] = line["included"] == line["connected"] == len(line["entries"])
    return [found[key] for key in sorted(found)]


def departments(org: str | None = None) -> Rows:
    """Each department's entries, what is opened of them, and how it keeps up (TZ 7, ZS 27)."""
    late = {id(m): m for m in matters.find(Matter.kind == "change", Matter.late.is_(True))}
    behind: dict[str, int] = {}
    for row in (*stale(org), *unconfirmed(org)):
        behind[row["organization_id"]] = behind.get(row["organization_id"], 0) + 1
    found: dict[str, dict[str, Any]] = {}
    for row in _rows("organization_id is not null", org):
        line = found.setdefault(row["organization_id"], {
            "organization_id": row["organization_id"], "entries": 0, "published": 0, "opened": 0,
            "attached": 0,
        })  # fmt: skip
        line["entries"] += 1
        line["published"] += row["publication"] == "published"
        line["opened"] += row["released_at"] is not None
        line["attached"] += bool(row["attached"])
    for key, line in found.items():
        line["late_changes"] = sum(m.org_id == key for m in late.values())
        line["to_maintain"] = behind.get(key, 0)
    return [found[key] for key in sorted(found)]


def demands(org: str | None = None) -> Rows:
    """Open demands of the departments under `org`, those of one name merged (Nanyang art. 19)."""
    condition = Matter.org_id.in_([org, *hierarchy.below(org)]) if org else sa.true()
    merged: dict[str, dict[str, Any]] = {}
    for matter in matters.find(Matter.kind == "demand", Matter.state == "open", condition):
        name = "".join(str(matter.form["title"]).split()).casefold()
        line = merged.setdefault(name, {"title": matter.form["title"], "organizations": [],
                                        "purposes": [], "matters": []})  # fmt: skip
        line["organizations"].append(matter.org_id)
        line["purposes"].append(matter.form["purpose"])
        line["matters"].append(matter.id)
    return sorted(merged.values(), key=lambda line: (-len(line["matters"]), line["title"]))


def overdue(org: str | None = None) -> Rows:
    """Everything whose clock has ended, each with the breach that it may be."""
    return due.register(org, unconfirmed(org), coverage(org), outside_links(org))


REPORTS: dict[str, Callable[[str | None], Rows]] = {
    f.__name__.replace("_", "-"): f
    for f in (
        overdue, departments, unattached, stale, unconfirmed, topic_not_shared, not_shared,
        not_gathered, outside_links, coverage, projects, demands,
    )
}


def opened() -> Rows:
    """For everybody: each department's published entries, by opening class (Zhongshan art. 27)."""
    found = model.Session.execute(sa.text("""
        select p.owner_org organization_id, g2.title, g2.name,
            count(*) filter (where p.extras ->> 'open_class' = 'unconditional') unconditional,
            count(*) filter (where p.extras ->> 'open_class' = 'conditional') conditional,
            count(*) filter (where p.extras ->> 'open_class' = 'non-open') closed,
            count(*) filter (where exists (select from govshare_release l
                where l.dataset_id = p.id and l.state = 'released')) with_data
        from package p join govshare_publication g on g.dataset_id = p.id
            join "group" g2 on g2.id = p.owner_org
        where g.state = 'published' and p.state = 'active' and p.type = 'dataset'
        group by p.owner_org, g2.title, g2.name order by g2.title, g2.name
    """)).mappings()
    return [dict(row) for row in found]


def sharing_catalogue() -> dict[str, Rows]:
    """The sharing catalogue: what is published, by sharing class. Nothing stands only in it."""
    classes: dict[str, Rows] = {"unconditional": [], "conditional": [], "non-shared": []}
    for row in _rows("publication = 'published' and share_class is not null", None):
        classes.setdefault(row["share_class"], []).append(row)
    return classes
