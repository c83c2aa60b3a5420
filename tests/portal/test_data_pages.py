"""Charts, maps, versions and forms of one resource: what they show, and to whom."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import MultiDict
from werkzeug.serving import make_server

from ckanext.govshare.portal import chart, places, versions
from ckanext.govshare.release.model import Release
from tests.gate import world as gate_world
from tests.gate.world import NUMBER_COLUMN, OPEN_COLUMN, SECRET_COLUMN

PAGES = ["table", "chart", "map", "as/xml", "as/ttl"]


def page_of(place: gate_world.Place, page: str) -> str:
    return f"/dataset/{place.name}/resource/{place.resource}/{page}"


@pytest.mark.parametrize("page", ["table", "chart", "as/xml", "as/ttl"])
def test_open_rows_are_there_for_everybody(get, town, page):
    place = town.places["unconditional"]
    assert place.live.open_canary in get(page_of(place, page))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("open_class", ["conditional", "non-open"])
def test_closed_rows_are_on_no_page(site, town, page, open_class):
    """Not for strangers, and of non-open data not for a sysadmin."""
    place = town.places[open_class]
    for role in ("", "boss"):
        headers = {"Authorization": town.tokens[role]} if role else {}
        answer = site.test_client(use_cookies=False).get(page_of(place, page), headers=headers)
        assert answer.status_code in (401, 403, 404)
        assert not any(c in answer.data.decode() for c in place.live.canaries)


def test_a_grant_on_one_column_shows_one_column(site, town):
    place = town.places["conditional"]
    with site.flask_app.test_request_context():
        user = model.User(name=f"some-{place.name}", email=f"{place.name}@example.invalid")
        model.Session.add(user)
        model.Session.commit()
        for mode in ("file", "api"):
            gate_world.grant(user.id, place, mode, [OPEN_COLUMN])
        token = tk.get_action("api_token_create")(
            {"ignore_auth": True, "user": user.name}, {"user": user.name, "name": "t"}
        )["token"]
    for page in ("table", "chart", "as/xml", "as/ttl"):
        answer = site.test_client(use_cookies=False).get(
            page_of(place, page), headers={"Authorization": token}
        )
        text = answer.data.decode()
        assert answer.status_code == 200
        assert place.live.open_canary in text
        assert place.live.secret_canary not in text
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_form_that_is_handed_out_is_a_recorded_read(site, get, town):
    place = town.places["unconditional"]
    with site.flask_app.test_request_context():
        before = _count(place)
    get(page_of(place, "as/xml"))
    with site.flask_app.test_request_context():
        assert _count(place) == before + 1


@pytest.fixture
def draw(site, town):
    def made(**args: str) -> chart.Chart | None:
        with site.flask_app.test_request_context():
            return chart.read(town.places["unconditional"].resource, MultiDict(args))

    return made


@pytest.mark.parametrize(
    ("how", "figures"), [("count", [1, 1, 1]), ("sum", [3, 2, 1]), ("mean", [3, 2, 1])]
)
def test_chart_counts_what_the_address_asks(draw, how, figures):
    drawn = draw(kind="bar", x=OPEN_COLUMN, y=NUMBER_COLUMN, how=how)
    assert [value for _, value in drawn.points] == figures
    assert (drawn.read, drawn.total) == (3, 3)


def test_chart_ignores_what_it_does_not_know(draw):
    drawn = draw(kind="explosion", x='"; drop table', y="nothing", how="sum")
    assert (drawn.kind, drawn.x, drawn.y) == ("bar", OPEN_COLUMN, NUMBER_COLUMN)


def test_chart_page_carries_its_figures_and_loads_the_script_only_there(get, town):
    place = town.places["unconditional"]
    page = get(page_of(place, f"chart?kind=line&x={OPEN_COLUMN}&y={NUMBER_COLUMN}&how=max"))
    told = re.search(r'id="gs-chart-figures">(.*?)</script>', page)
    figures = json.loads(told[1])
    assert figures["kind"] == "line"
    assert [value for _, value in figures["points"]] == [1, 2, 3]
    assert "echarts" in page
    assert "echarts" not in get(f"/dataset/{place.name}")


def test_embedded_chart_has_no_frame(get, town):
    page = get(page_of(town.places["unconditional"], "chart?embed=1"))
    assert "gs-header" not in page
    assert "gs-chart-figures" in page


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"type": "Point", "coordinates": [112.5, 33.0]}', True),
        ('{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}', True),
        ('{"type": "Point", "coordinates": ["<script>", 2]}', False),
        ('{"type": "Point", "coordinates": []}', False),
        ('{"type": "GeometryCollection"}', False),
        ("not json", False),
        ("[]", False),
        (None, False),
    ],
)
def test_only_numbers_of_a_geometry_reach_the_page(text, kept):
    assert (places._shape(text) is not None) is kept


@pytest.mark.parametrize(
    ("east", "north", "kept"),
    [("112.5", "33", True), (None, 33, False), ("0", "0", False), (200, 33, False),
     ("x", 1, False)],
)  # fmt: skip
def test_a_row_without_a_place_is_left_out(east, north, kept):
    row = {"经度": east, "纬度": north, "站点": "东站"}
    assert (places._feature(row, places.Columns("经度", "纬度")) is not None) is kept


def test_versions_say_what_changed(site, get, town):
    """Rows more, columns new and gone, from one released version to the next."""
    with site.flask_app.test_request_context():
        group = model.Package.get(town.places["unconditional"].dataset).owner_org
        place = gate_world.make_place(group, "unconditional", "replaced")
        first, second = (
            model.Session.query(Release).filter_by(resource_id=place.resource, number=n).one()
            for n in (1, 2)
        )
        first.columns = [{"name": OPEN_COLUMN, "type": "text"}, {"name": "旧列", "type": "text"}]
        treated = {"name": SECRET_COLUMN, "dropped": False, "changed": 2,
                   "action": {"action": "mask"}}  # fmt: skip
        first.evidence = {"tables": [{"output": {"rows": 3}, "columns": []}]}
        second.evidence = {"tables": [{"output": {"rows": 5}, "columns": [treated]}]}
        model.Session.commit()
        new, old = versions.of(place.resource)
        assert (new.number, new.rows, new.more) == (2, 5, 2)
        assert new.added == [SECRET_COLUMN, NUMBER_COLUMN]
        assert new.removed == ["旧列"]
        assert [column for column, _ in new.treated] == [SECRET_COLUMN]
        assert (old.number, old.more, old.added) == (1, None, [])
    page = get(page_of(place, "versions"))
    assert "第2版" in page
    assert "第3版" not in page  # in review


def test_versions_of_closed_data_are_not_told(get, town):
    assert "第1版" not in get(page_of(town.places["non-open"], "versions"))


def test_related_datasets_share_the_topic_and_leave_the_dataset_out(get, town):
    place = town.places["unconditional"]
    page = get(f"/dataset/{place.name}/related", **{"HX-Request": "true"})
    assert town.places["conditional"].name in page
    assert f'/dataset/{place.name}"' not in page


def test_followers_are_told_of_a_new_version_once(site, town):
    place = town.places["unconditional"]
    with site.flask_app.test_request_context():
        follower = model.User(name=f"fol-{place.name}", email=f"f{place.name}@example.invalid")
        model.Session.add(follower)
        model.Session.commit()
        tk.get_action("follow_dataset")({"user": follower.name}, {"id": place.dataset})
        told = []
        for _ in range(2):
            tk.get_action("govshare_follower_tick")({"ignore_auth": True}, {})
            told.append(len(_messages(follower)))
        assert told == [0, 0]  # released before
        model.Session.get(Release, place.release).released_at = datetime.now(UTC) + timedelta(0, 5)
        model.Session.commit()
        for _ in range(2):
            tk.get_action("govshare_follower_tick")({"ignore_auth": True}, {})
        assert [m["kind"] for m in _messages(follower)] == ["dataset_released"]


def test_follow_needs_an_account(site, town):
    answer = site.test_client(use_cookies=False).post(
        f"/dataset/{town.places['unconditional'].name}/follow", data={"follow": "1"}
    )
    assert answer.status_code in (302, 400, 403)
    assert "/dataset/" not in answer.headers.get("Location", "/user/login")


@pytest.fixture(scope="module")
def server(site) -> Iterator[int]:
    made = make_server("127.0.0.1", 0, site.flask_app, threaded=True)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made.port
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.mark.parametrize("language", ["curl", "python"])
def test_examples_of_the_page_run_and_give_the_rows(get, town, server, language):
    """As a reader copies them from the page, to a real port."""
    place = town.places["unconditional"]
    page = get(f"/dataset/{place.name}")
    found = re.search(rf'data-example="{language}">(.*?)</code>', page, re.S)
    code = found[1].replace("&amp;", "&").replace("&#39;", "'").replace("&#34;", '"')
    code = re.sub(r"https?://[^/]+", f"http://127.0.0.1:{server}", code)
    if language == "curl":
        command = ["bash", "-c", code]
    else:
        command = [sys.executable, "-c", code + "\nprint(rows)"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert place.live.open_canary in answer.stdout


def _count(place: gate_world.Place) -> int:
    query = "select count(*) from govshare_read where resource_id = :id and way = 'download'"
    return model.Session.execute(sa.text(query), {"id": place.resource}).scalar_one()


def _messages(user: model.User) -> list[dict]:
    return tk.get_action("govshare_message_list")({"user": user.name, "auth_user_obj": user}, {})
