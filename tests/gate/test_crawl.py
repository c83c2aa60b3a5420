"""Every reader on every path in every state: nobody sees a canary that is not his.

The table below is the law of the gate; the crawl looks for canaries in bodies and headers, the
status is looked at besides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ckan import model

from .world import CLASSES, NUMBER_COLUMN, ROLES, STATES, Place, World, text_of

#: What ckanext-datastore does when it first speaks to its server.
pytestmark = [
    pytest.mark.filterwarnings("ignore:distutils Version:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The _ConnectionFairy.connection:DeprecationWarning"),
]

EVERYBODY = ("anonymous", *ROLES, "scoped token")
#: One of each kind of reader walks every path; everybody is asked on the main ones.
WALKERS = ("anonymous", "grant on all", "grant on some", "expired grant", "editor", "sysadmin")
LIVE = ("released", "replaced")


@pytest.fixture(autouse=True)
def _nothing_in_the_log(world, caplog) -> Iterator[None]:
    """What a refused or a served read writes into the log holds no cell."""
    yield
    assert not {c for c in world.canaries() if c in caplog.text}


def may(role: str, place: Place) -> str:
    """`all`, `some` or `none` of the live release; nobody may have anything else."""
    if place.state not in LIVE or place.open_class == "non-open":
        return "none"
    if place.open_class == "unconditional" or role == "grant on all":
        return "all"
    return "some" if role == "grant on some" else "none"


def visible(role: str, place: Place) -> set[str]:
    """The canaries that this reader may see of this place."""
    share = may(role, place)
    if place.live is None or share == "none":
        return set()
    whole = {place.live.open_canary, place.live.secret_canary}
    return whole if share == "all" else {place.live.open_canary}


def downloads(place: Place, other: Place) -> Iterator[tuple[str, dict[str, Any]]]:
    base = f"/dataset/{place.name}/resource/{place.resource}/download"
    by_id = f"/dataset/{place.dataset}/resource/{place.resource}/download"
    yield base, {}
    yield by_id, {}
    yield base, {"method": "HEAD"}
    yield base, {"method": "OPTIONS"}
    yield base, {"headers": {"Range": "bytes=0-200"}}
    yield base, {"headers": {"If-None-Match": f'"{place.digest}"'}}
    yield base, {"headers": {"If-None-Match": "*"}}
    yield f"{base}/a.csv", {}
    yield f"{base}/../download", {}
    yield f"/en{base}", {}
    yield f"/zh_Hans_CN{base}", {}
    yield f"/{base}", {}
    yield f"/harvest/{place.name}/resource/{place.resource}/download", {}
    yield f"/dataset/{other.name}/resource/{place.resource}/download", {}
    for kind in ("csv", "xlsx", "json"):
        yield f"{base}?format={kind}", {}


def rows(place: Place, view: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    search, id_ = "/api/3/action/datastore_search", place.resource
    yield f"{search}?resource_id={id_}", {}
    yield f"{search}?id={id_}", {}
    yield f"{search}?resource_id={id_}&callback=leak", {}
    yield f"{search}?resource_id={id_}&records_format=csv", {}
    yield f"{search}?resource_id={id_}&fields={NUMBER_COLUMN}", {}
    yield f"{search}?resource_id={id_}&full_text=secretzz:*&plain=false", {}
    yield search, {"method": "POST", "json": {"resource_id": id_, "q": "zz"}}
    yield search, {"method": "POST", "json": {"resource_id": id_, "sort": f"{NUMBER_COLUMN} desc"}}
    yield search, {"method": "POST", "json": {"resource_id": "_table_metadata", "id": id_}}
    yield f"/api/3/action/datastore_info?id={id_}", {}
    yield f"/api/3/action/datastore_search_sql?sql=select * from \"{id_}\"", {}
    for kind in ("csv", "tsv", "json", "xml"):
        yield f"/datastore/dump/{id_}?format={kind}", {}
    yield f"/en/datastore/dump/{id_}", {}
    yield f"/datastore/api_info/{id_}", {}
    yield f"/dataset/{place.name}/dictionary/{id_}", {}
    if view:
        form = {"draw": "1", "search[value]": "", "start": "0", "length": "10"}
        yield f"/datatables/ajax/{view}", {"method": "POST", "data": form}
        params = {"search": {"value": ""}, "order": [], "visible": [True] * 5, "columns": []}
        yield f"/datatables/filtered-download/{view}", {
            "method": "POST", "data": {"params": json.dumps(params), "format": "csv"}
        }


def metadata(place: Place) -> Iterator[tuple[str, dict[str, Any]]]:
    for action in (
        f"package_show?id={place.name}", f"package_show?id={place.name}&use_default_schema=true",
        f"package_show?id={place.name}&include_plugin_data=true",
        f"resource_show?id={place.resource}", f"resource_view_list?id={place.resource}",
        f"package_search?q=name:{place.name}&include_private=true&include_drafts=true",
        f"package_search?q=name:{place.name}&fl=id,data_dict,validated_data_dict,res_url",
        f"package_search?q=name:{place.name}&facet.field=[\"res_url\"]&facet=true",
        f"package_search?q=name:{place.name}&use_default_schema=true",
        f"resource_search?query=hash:{(place.digest or 'a')[:8]}",
        f"task_status_show?entity_id={place.resource}&task_type=x&key=y",
        f"package_relationships_list?id={place.name}",
    ):
        yield f"/api/3/action/{action}", {}
    yield f"/dataset/{place.name}", {}
    yield f"/dataset/{place.name}/resource/{place.resource}", {}


def everywhere() -> Iterator[tuple[str, dict[str, Any]]]:
    for action in (
        "current_package_list_with_resources?limit=1000", "package_list",
        "package_search?rows=1000&include_private=true", "format_autocomplete?q=c",
        "package_autocomplete?q=place", "tag_list", "job_list", "status_show",
    ):
        yield f"/api/3/action/{action}", {}
    yield "/feeds/dataset.atom", {}
    yield "/dataset/", {}
    yield "/", {}


def view_of(place: Place) -> str | None:
    found = model.Session.query(model.ResourceView).filter_by(resource_id=place.resource).first()
    view = found.id if found else None
    model.Session.remove()
    return view


def look(ask: Any, world: World, role: str, place: Place, url: str, how: dict[str, Any]) -> int:
    """Ask, and fail on any canary that this reader may not see."""
    answer = ask(role, url, **{k: dict(v) if k == "headers" else v for k, v in how.items()})
    seen = text_of(answer)
    leaked = {c for c in world.canaries() - visible(role, place) if c in seen}
    assert not leaked, f"{role} sees {leaked} of {place.open_class}/{place.state} at {how} {url}"
    assert answer.status_code < 500, f"{answer.status_code} at {how} {url}"
    return answer.status_code


@pytest.mark.parametrize("role", WALKERS)
def test_no_download_path_shows_a_byte_too_many(ask, world, role):
    other = world.place("unconditional")
    for place in world.places.values():
        for url, how in downloads(place, other):
            status = look(ask, world, role, place, url, how)
            if status == 200 and how.get("method") != "OPTIONS":
                assert may(role, place) != "none", f"{role}: {how} {url}"


@pytest.mark.requirement("YN-5d", "TZ-5d", "YN-29a")
@pytest.mark.parametrize("role", EVERYBODY)
def test_the_file_itself_answers_as_the_law_says(ask, world, role):
    for place in world.places.values():
        answer = ask(role, f"/dataset/{place.name}/resource/{place.resource}/download")
        assert answer.status_code == expected(role, place), (role, place.open_class, place.state)
        if answer.status_code == 200 and may(role, place) == "all":
            assert answer.data == place.live.csv()


def expected(role: str, place: Place) -> int:
    if may(role, place) != "none":
        return 200
    if place.open_class == "non-open":
        return 403
    if place.state not in LIVE:
        return 404
    return 401 if role == "anonymous" else 403


@pytest.mark.parametrize("role", WALKERS)
def test_no_path_to_the_rows_shows_a_cell_too_many(ask, world, role):
    for place in world.places.values():
        for url, how in rows(place, view_of(place)):
            look(ask, world, role, place, url, how)


@pytest.mark.requirement("YN-28c", "YN-5d", "TZ-5d")
@pytest.mark.parametrize("role", EVERYBODY)
def test_the_rows_answer_as_the_law_says(ask, world, role):
    for place in world.places.values():
        answer = ask(role, f"/api/3/action/datastore_search?resource_id={place.resource}")
        share = may(role, place)
        assert (answer.status_code == 200) == (share != "none"), (role, place)
        if share == "none":
            assert answer.status_code in (403, 404)
            continue
        seen = text_of(answer)
        assert visible(role, place) <= {c for c in visible(role, place) if c in seen}


@pytest.mark.parametrize("role", ["anonymous", "grant on some", "sysadmin"])
def test_metadata_hold_no_byte_and_no_digest_before_the_release(ask, world, role):
    for place in world.places.values():
        for url, how in metadata(place):
            look(ask, world, role, place, url, how)
        shown = ask(role, f"/api/3/action/package_show?id={place.name}").get_json()["result"]
        resource = shown["resources"][0]
        is_told = place.state in LIVE and place.open_class != "non-open"
        assert bool(resource["url"]) == is_told
        assert bool(resource.get("hash")) == is_told
        assert bool(resource.get("size")) == is_told
        assert not resource.get("cache_url")


@pytest.mark.parametrize("role", ["anonymous", "editor elsewhere", "sysadmin"])
def test_lists_feeds_and_searches_hold_no_byte(ask, world, role):
    nowhere = Place("non-open", "quarantined", "", "", "")
    for url, how in everywhere():
        look(ask, world, role, nowhere, url, how)


def test_no_canary_reaches_the_index_or_the_queue(world):
    """What is kept beside the database."""
    from ckan.lib.redis import connect_to_redis
    from ckan.lib.search.common import make_connection

    redis, parts = connect_to_redis(), []
    for key in redis.scan_iter("*"):
        parts.append(redis.dump(key) or b"")
    kept = b"\n".join(parts).decode("latin-1")
    found = make_connection().search("*:*", rows=1000, fl="*")
    documents = json.dumps(list(found), default=str, ensure_ascii=False)
    for canary in world.canaries():
        assert canary not in kept
        assert canary not in documents


def test_the_world_has_a_place_for_each_class_and_state(world):
    assert set(world.places) == {(c, s) for c in CLASSES for s in STATES}
