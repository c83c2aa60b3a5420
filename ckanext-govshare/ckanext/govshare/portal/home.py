"""What the home page tells: figures, topics, departments, the newest datasets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

SHOWN_NEWEST = 6
SHOWN_DEPARTMENTS = 12
SHOWN_USED = 6
USED = sa.text("""
    select r.package_id from govshare_read a join resource r on r.id = a.resource_id
    where a.at > now() - interval '30 days'
    group by r.package_id order by count(*) desc, r.package_id limit :limit
""")


@dataclass(frozen=True)
class Answers:
    """Applications answered so far, and how many of them in time."""

    answered: int
    in_time: int

    @property
    def percent(self) -> int:
        return 100 * self.in_time // self.answered


@dataclass(frozen=True)
class Overview:
    """`classes`, `topics`, `departments`: facet items with `name`, `display_name`, `count`."""

    total: int
    this_week: int
    classes: dict[str, int]
    topics: list[dict[str, Any]]
    departments: list[dict[str, Any]]
    newest: list[dict[str, Any]]
    used: list[dict[str, Any]]
    answers: Answers | None


def overview() -> Overview:
    """One search for the whole page and one for the week's figure; as the reader may see it."""
    found = _search(
        rows=SHOWN_NEWEST,
        sort="metadata_modified desc",
        **{"facet.field": ["open_class", "topic", "organization"], "facet.limit": 100},
    )
    facets = {name: facet["items"] for name, facet in found["search_facets"].items()}
    return Overview(
        total=found["count"],
        this_week=_search(rows=0, fq="metadata_modified:[NOW-7DAYS TO NOW]")["count"],
        classes={item["name"]: item["count"] for item in facets.get("open_class", [])},
        topics=_all_topics(facets.get("topic", [])),
        departments=sorted(
            facets.get("organization", []), key=lambda item: (-item["count"], item["name"])
        )[:SHOWN_DEPARTMENTS],
        newest=found["results"],
        used=_used(),
        answers=_answers(),
    )


def _used() -> list[dict[str, Any]]:
    """What was read most in thirty days, of what this reader may see."""
    if not p.plugin_loaded("govshare_gate"):
        return []
    # some of them may be closed by now
    ids = list(model.Session.scalars(USED, {"limit": 3 * SHOWN_USED}))
    if not ids:
        return []
    any_of = " OR ".join(f'"{id_}"' for id_ in ids)
    found = _search(fq=f"+id:({any_of})", rows=len(ids))["results"]
    return sorted(found, key=lambda d: ids.index(d["id"]))[:SHOWN_USED]


def _answers() -> Answers | None:
    """From the public register; None where no application has been answered yet."""
    if not p.plugin_loaded("govshare_cases"):
        return None
    lines = tk.get_action("govshare_case_register")({}, {})["answer_times"]
    answered = sum(line["answered"] for line in lines)
    return Answers(answered, sum(line["in_time"] for line in lines)) if answered else None


def _search(**query: Any) -> dict[str, Any]:
    query["fq"] = f"+dataset_type:dataset {query.get('fq', '')}".strip()
    return tk.get_action("package_search")({}, query)


def _all_topics(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every topic of the list in its order, also those without data yet."""
    counts = {item["name"]: item["count"] for item in items}
    if not p.plugin_loaded("govshare_catalogue"):
        return []
    return [
        {
            "code": t.code,
            "title": tk.h.govshare_label("topics", t.code),
            "icon": t.icon,
            "count": counts.get(t.code, 0),
        }
        for t in tk.h.govshare_terms("topics")
    ]
