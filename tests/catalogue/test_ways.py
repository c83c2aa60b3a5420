"""The list's filters by freshness and by how data can be looked at."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk
from sqlalchemy.orm.attributes import flag_modified

from ckanext.govshare.catalogue import coordinates, ways
from ckanext.govshare.release.model import Release
from tests.gate import world as gate_world


@pytest.fixture
def place(site):
    """`place(cycle, days ago, columns)`: a released dataset, in the index."""

    def make(cycle: str, age: int, *columns: str) -> gate_world.Place:
        group = model.Group(name=f"ju-{uuid.uuid4().hex[:8]}", title="局", type="organization")
        group.is_organization = True
        model.Session.add(group)
        model.Session.commit()
        made = gate_world.make_place(group.id, "unconditional", "released")
        package = model.Package.get(made.dataset)
        package.extras["update_cycle"] = cycle
        flag_modified(package, "extras")
        stamp = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=age)
        model.Resource.get(made.resource).last_modified = stamp
        release = model.Session.get(Release, made.release)
        release.columns = [{"name": name, "type": "text"} for name in columns]
        model.Session.commit()
        search.rebuild(made.dataset)
        return made

    with site.flask_app.test_request_context():
        yield make


def found(place: gate_world.Place, fq: str) -> bool:
    answer = tk.get_action("package_search")({}, {"fq": f'+id:"{place.dataset}" {fq}'})
    return answer["count"] == 1


@pytest.mark.parametrize(
    ("cycle", "age", "state"),
    [("daily", 0, "fresh"), ("daily", 3, "late"), ("monthly", 3, "fresh"), ("yearly", 500, "late"),
     ("irregular", 500, "")],
)  # fmt: skip
def test_freshness_is_judged_by_the_update_cycle(place, cycle, age, state):
    made = place(cycle, age, "街道")
    states = [s for s in ways.STATES if found(made, f'+freshness:"{s}"')]
    assert states == ([state] if state else [])


def test_what_was_fresh_is_late_when_the_day_has_come(place, monkeypatch):
    """Nothing is indexed again in between."""
    made = place("weekly", 9, "街道")
    assert found(made, '+freshness:"fresh"')
    later = {k: v.replace("NOW", "NOW+3DAYS") for k, v in ways.STATES.items()}
    monkeypatch.setattr(ways, "STATES", later)
    assert found(made, '+freshness:"late"')


def test_tables_with_places_are_found_by_map(place):
    assert found(place("daily", 0, "站点", "经度", "纬度"), '+way:"map" +way:"rows"')
    plain = place("daily", 0, "站点")
    assert found(plain, '+way:"rows"')
    assert not found(plain, '+way:"map"')


def test_closed_data_have_no_way(place):
    made = place("daily", 0, "经度", "纬度")
    package = model.Package.get(made.dataset)
    package.extras["open_class"] = "non-open"
    flag_modified(package, "extras")
    model.Session.commit()
    search.rebuild(made.dataset)
    assert not found(made, '+way:"rows"')


def test_list_counts_freshness_beside_the_other_filters(place, site):
    made = place("daily", 3, "街道")
    org = model.Group.get(model.Package.get(made.dataset).owner_org).name
    page = site.test_client(use_cookies=False).get(f"/dataset/?organization={org}").data.decode()
    assert "freshness=late" in page
    assert "freshness=fresh" not in page
    page = site.test_client(use_cookies=False).get(
        f"/dataset/?organization={org}&freshness=late&way=rows"
    ).data.decode()  # fmt: skip
    assert made.name in page
    assert "超期未更新" in page


@pytest.mark.parametrize(
    ("names", "where"),
    [
        (["站点", "经度", "纬度"], ("经度", "纬度", "")),
        (["Longitude", "Latitude"], ("Longitude", "Latitude", "")),
        (["名称", "geometry"], ("", "", "geometry")),
        (["名称", "经度"], None),
    ],
)
def test_places_are_known_by_the_names_of_columns(names, where):
    expected = coordinates.Columns(*where) if where else None
    assert coordinates.columns(names) == expected
