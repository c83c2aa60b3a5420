"""The twelve holes of CKAN that decided the design, each shown shut, and every way to write."""

from __future__ import annotations

import io
import json
import os
import subprocess
import uuid
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.common import config
from ckan.lib import search
from ckan.plugins import plugin_loaded
from ckan.plugins import toolkit as tk
from PIL import Image

from ckanext.govshare.gate import loader, start
from ckanext.govshare.gate.model import tombstone
from ckanext.govshare.release.model import Publication, Release
from ckanext.govshare.release.vault import Vault

from .world import (
    NUMBER_COLUMN,
    OPEN_COLUMN,
    SECRET_COLUMN,
    Place,
    Table,
    grant,
    make_place,
    now,
    put_release,
    text_of,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore:distutils Version:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The _ConnectionFairy.connection:DeprecationWarning"),
]


@pytest.fixture
def call(ask):
    """`call(role, action, **data)`: the action API as that role; the response."""

    def send(role: str, action: str, **data: Any) -> Any:
        url = f"/api/3/action/{action}"
        if any(isinstance(value, tuple) for value in data.values()):
            return ask(role, url, "POST", data=data, content_type="multipart/form-data")
        return ask(role, url, "POST", json=data)

    return send


@pytest.fixture
def place(world, site):
    """Makes a place of this test's own: `place("conditional", "released")`."""

    def make(open_class: str, state: str = "released", **more: Any) -> Place:
        with site.flask_app.test_request_context():
            return make_place(world.org, open_class, state, **more)

    return make


@pytest.fixture
def closed(ask):
    """Fails if anonymous gets a canary of the place from the file, the rows or the metadata."""

    def look(where: Place, dataset: str | None = None) -> None:
        tables = [t for t in (*where.hidden, where.live) if t]
        canaries = {c for table in tables for c in table.canaries}
        for url in (
            f"/dataset/{dataset or where.name}/resource/{where.resource}/download",
            f"/dataset/{dataset or where.name}/resource/{where.resource}/download?format=json",
            f"/api/3/action/datastore_search?resource_id={where.resource}",
            f"/datastore/dump/{where.resource}",
            f"/api/3/action/package_show?id={dataset or where.name}",
            f"/api/3/action/resource_show?id={where.resource}",
        ):
            answer = ask("anonymous", url)
            seen = text_of(answer)
            assert not {c for c in canaries if c in seen}, url
            if "/download" in url or "datastore" in url:
                assert answer.status_code in (401, 403, 404), url

    return look


def upload(text: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(text), "资料 a.csv"


# 1

def test_a_deleted_id_is_not_taken_up_again(call, place, closed):
    gone = place("conditional")
    assert call("editor", "resource_delete", id=gone.resource).status_code == 200
    other = place("unconditional")
    answer = call(
        "editor elsewhere", "package_create", title="x", name=f"adopt-{uuid.uuid4().hex[:8]}",
        owner_org=None, open_class="unconditional",
    )
    assert answer.status_code in (403, 409)
    for role in ("editor", "sysadmin"):
        adopted = call(
            role, "resource_create", package_id=other.dataset, id=gone.resource,
            url="a.csv", url_type="upload",
        )
        assert adopted.status_code == 409
        assert "id" in adopted.get_json()["error"]
    closed(gone)
    closed(gone, other.name)


def test_a_file_of_an_incomplete_dataset_is_not_deleted_and_the_answer_says_why(call, place, site):
    """CKAN's own answer is an error 500."""
    here = place("unconditional")

    def classify(word: str) -> None:
        with site.flask_app.test_request_context():
            model.Session.execute(sa.text(
                "update package set extras = extras || jsonb_build_object('open_class', :word) "
                "where id = :id"
            ), {"id": here.dataset, "word": word})
            model.Session.commit()
            search.rebuild(here.dataset)

    classify("nonsense")
    answer = call("editor", "resource_delete", id=here.resource)
    classify("unconditional")
    assert answer.status_code == 409
    assert "open_class" in answer.get_json()["error"]


def test_a_purged_dataset_leaves_nothing_to_adopt(call, place, closed, world, site):
    gone = place("conditional")
    assert call("sysadmin", "dataset_purge", id=gone.dataset).status_code == 200
    again = call(
        "sysadmin", "package_create", id=gone.dataset, title="x", owner_org=world.org,
        name=gone.name, open_class="unconditional",
    )
    assert again.status_code == 409
    named = call(
        "sysadmin", "package_create", title="x", owner_org=world.org, name=gone.name,
        open_class="unconditional", resources=[{"id": gone.resource, "url_type": "upload"}],
    )
    assert named.status_code == 409
    closed(gone)
    with site.flask_app.test_request_context():
        loader.sweep()
        with loader.get_write_engine().connect() as datastore:
            assert gone.resource not in datastore.scalars(loader.TABLES).all()


def test_an_id_forced_into_ckans_tables_still_finds_nothing(place, closed, site, world):
    """Even a row written past every check does not open the old release."""
    gone, host = place("unconditional"), place("unconditional", "quarantined")
    with site.flask_app.test_request_context():
        model.Session.execute(sa.text("delete from resource_view where resource_id = :id"),
                              {"id": gone.resource})
        model.Session.execute(sa.text("delete from resource where id = :id"), {"id": gone.resource})
        adopted = model.Resource(url="a.csv", url_type="upload", package_id=host.dataset)
        adopted.id = gone.resource
        model.Session.add(adopted)
        model.Session.commit()
        assert model.Session.scalar(
            sa.select(tombstone.c.kind).where(tombstone.c.id == gone.resource)
        ) == "resource"
    closed(gone, host.name)


# 2, 3, 11, 12

def test_plugins_that_keep_or_fetch_copies_do_not_start(site):
    for name in ("activity", "resource_proxy", "webpage_view", "tabledesigner", "xloader"):
        assert not plugin_loaded(name)
        with site.flask_app.test_request_context():
            changed = {**config, "ckan.plugins": f"datastore govshare_gate {name}"}
            assert any(name in problem for problem in start.problems(changed, None))


def test_no_activity_proxy_or_history_answers(ask, world):
    here = world.place("conditional")
    for url in (
        f"/dataset/{here.name}/resource/{here.resource}/proxy",
        f"/dataset/activity/{here.name}", f"/dataset/{here.name}/history",
        f"/dataset/{here.name}/resource/{here.resource}/history",
        f"/api/3/action/package_activity_list?id={here.name}",
    ):
        assert ask("sysadmin", url).status_code in (400, 404), url


def test_a_view_is_not_made_up_in_the_address(ask, world):
    here = world.place("unconditional")
    view = json.dumps({"view_type": "webpage_view", "page_url": "javascript:alert(1)"})
    answer = ask(
        "anonymous", f"/dataset/{here.name}/resource/{here.resource}/view",
        query_string={"resource_view": view},
    )
    assert answer.status_code == 404
    assert 'src="javascript' not in text_of(answer)


def test_only_views_without_addresses_are_made(call, world):
    here = world.place("unconditional")
    for kind in ("webpage_view", "image_view", "recline_view"):
        answer = call(
            "editor", "resource_view_create", resource_id=here.resource, view_type=kind,
            title="x", page_url="javascript:alert(1)", image_url="http://elsewhere.example/x.png",
        )
        assert answer.status_code in (403, 409)


# 4

@pytest.mark.parametrize(
    "query",
    [
        {"full_text": "secretzz:*", "plain": False},
        {"q": "secretzz:*", "plain": False},
        {"q": {SECRET_COLUMN: "secretzz:*"}, "plain": False},
        {"filters": {SECRET_COLUMN: "x"}},
        {"filters": {"$or": [{OPEN_COLUMN: "x"}, {"$or": [{SECRET_COLUMN: "x"}]}]}},
        {"filters": {SECRET_COLUMN: {"gte": "a"}}},
        {"sort": f"{SECRET_COLUMN} desc"},
        {"sort": f'"{SECRET_COLUMN}" desc nulls last'},
        {"sort": [OPEN_COLUMN, SECRET_COLUMN]},
        {"fields": [SECRET_COLUMN]},
        {"anything": "else"},
    ],
)
def test_a_query_does_not_find_out_a_column_that_is_not_granted(call, world, query):
    here = world.place("conditional")
    answer = call("grant on some", "datastore_search", resource_id=here.resource, **query)
    assert answer.status_code == 403, answer.get_json()
    assert here.live.secret_canary not in text_of(answer)


def test_a_query_within_the_granted_columns_is_answered(call, world):
    here = world.place("conditional")
    found = call(
        "grant on some", "datastore_search", resource_id=here.resource,
        filters={OPEN_COLUMN: f"{here.live.open_canary}2"}, sort=f"{OPEN_COLUMN} desc",
        fields=[OPEN_COLUMN, SECRET_COLUMN],
    ).get_json()["result"]
    assert found["records"] == [{OPEN_COLUMN: f"{here.live.open_canary}2"}]


def test_rows_come_typed_from_the_release(call, world):
    here = world.place("unconditional")
    found = call("anonymous", "datastore_search", resource_id=here.resource).get_json()["result"]
    assert [record[NUMBER_COLUMN] for record in found["records"]] == [1, 2, 3]


# 5

@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("datastore_create", {"fields": [{"id": "x", "type": "text"}], "force": True}),
        ("datastore_create", {"aliases": ["loophole"], "force": True}),
        ("datastore_upsert", {"records": [], "method": "update", "dry_run": True, "force": True,
                              "include_records": True}),
        ("datastore_delete", {"filters": {}, "include_deleted_records": True, "force": True}),
        ("datastore_records_delete", {"filters": {}, "include_deleted_records": True,
                                      "force": True}),
        ("datastore_run_triggers", {}),
        ("datastore_function_create", {"name": "f", "rettype": "trigger", "definition": "x"}),
        ("datastore_function_delete", {"name": "f"}),
        ("datastore_search_sql", {"sql": "select 1"}),
    ],
)
@pytest.mark.parametrize("role", ["editor", "sysadmin"])
def test_nobody_writes_rows_or_runs_sql(call, world, role, action, more):
    here = world.place("conditional")
    answer = call(role, action, resource_id=here.resource, **more)
    assert answer.status_code in (400, 403)
    assert here.live.secret_canary not in text_of(answer)


def test_ignore_auth_does_not_open_the_rows(world, request_context):
    here = world.place("conditional")
    sysadmin = model.User.get(world.users["sysadmin"]).name
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("datastore_search")(
            {"ignore_auth": True, "user": sysadmin}, {"resource_id": here.resource}
        )
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("datastore_upsert")(
            {"ignore_auth": True, "user": sysadmin},
            {"resource_id": here.resource, "records": [], "force": True},
        )


# 6

def test_a_new_file_changes_nothing_until_it_is_released(call, ask, place):
    here, new = place("unconditional"), Table()
    answer = call("editor", "resource_patch", id=here.resource, upload=upload(new.raw()))
    assert answer.status_code == 200, answer.get_json()
    url = f"/dataset/{here.name}/resource/{here.resource}/download"
    assert ask("anonymous", url).data == here.live.csv()
    for role in ("anonymous", "editor", "sysadmin"):
        for path in (url, f"/dataset/{here.name}", f"/api/3/action/package_show?id={here.name}"):
            assert new.raw_canary not in text_of(ask(role, path))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_refuses_the_file_and_keeps_everything_else(call, ask, place, site):
    """The sender reads what to do; the public file stays; with room the same upload works."""
    here, new = place("unconditional"), Table()
    url = f"/dataset/{here.name}/resource/{here.resource}/download"
    file = new.raw() + b"," * 300_000
    with site.flask_app.test_request_context():
        disk = Vault("quarantine").root
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=True)
    try:
        answer = call("editor", "resource_patch", id=here.resource, upload=upload(file))
        left = list(disk.iterdir())
    finally:
        subprocess.run(["umount", disk], check=True)
    assert answer.status_code == 409
    assert "运维" in answer.get_json()["error"]["upload"][0]
    assert left == []
    assert ask("anonymous", url).data == here.live.csv()
    answer = call("editor", "resource_patch", id=here.resource, upload=upload(file))
    assert answer.status_code == 200, answer.get_json()


def test_the_upload_waits_in_quarantine_under_its_own_digest(call, place, site):
    here, new = place("unconditional"), Table()
    call("editor", "resource_patch", id=here.resource, upload=upload(new.raw()))
    with site.flask_app.test_request_context():
        waiting = model.Session.query(Release).filter_by(
            resource_id=here.resource, state="quarantined"
        ).one()
        assert waiting.filename == "资料 a.csv"
        assert waiting.source == "api"
        assert waiting.created_by is not None
        model.Session.remove()


# 7

def test_a_dataset_is_not_created_with_files_or_state(call, world):
    answer = call(
        "editor", "package_create", title="x", name=f"n-{uuid.uuid4().hex[:8]}",
        owner_org=world.org, open_class="unconditional",
        resources=[{"name": "x", "url_type": "upload", "hash": "abc", "size": 5,
                    "datastore_active": True, "cache_url": "http://elsewhere.example/x",
                    "released": True}],
    )
    assert answer.status_code == 200, answer.get_json()
    made = answer.get_json()["result"]["resources"][0]
    assert not made.get("hash")
    assert not made.get("size")
    assert not made.get("datastore_active")
    assert not made.get("cache_url")
    assert "released" not in made
    assert made.get("url_type") != "upload"


@pytest.mark.parametrize("action", ["resource_update", "resource_patch"])
def test_forged_fields_of_a_resource_are_dropped(call, place, site, action):
    here = place("unconditional", "quarantined")
    answer = call(
        "editor", action, id=here.resource, name="x", url="a.csv", hash="sha256:forged",
        size=99, datastore_active=True, cache_url="http://elsewhere.example/x", url_type="upload",
    )
    assert answer.status_code == 200, answer.get_json()
    with site.flask_app.test_request_context():
        row = model.Resource.get(here.resource)
        assert not row.hash
        assert row.size is None
        assert not row.cache_url
        assert not row.extras.get("datastore_active")


@pytest.mark.parametrize("action", ["package_patch", "package_update", "package_revise"])
def test_forged_fields_of_a_dataset_are_dropped_too(call, place, site, world, action):
    here = place("unconditional", "quarantined")
    resources = [{"id": here.resource, "name": "x", "hash": "sha256:forged", "size": 9}]
    data = {
        "package_patch": {"id": here.dataset, "resources": resources},
        "package_update": {"id": here.dataset, "title": "x", "name": here.name,
                           "open_class": "unconditional", "owner_org": world.org,
                           "resources": resources},
        "package_revise": {"match": {"id": here.dataset}, "update": {"resources": resources}},
    }[action]
    answer = call("editor", action, **data)
    assert answer.status_code == 200, answer.get_json()
    with site.flask_app.test_request_context():
        row = model.Resource.get(here.resource)
        assert (row.hash or "", row.size) == ("", None)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "http://127.0.0.1/x", "http://localhost/x",
     "http://10.0.0.1/x", "http://[::1]/x", "http://0x7f000001/", "ftp://example.org/x",
     "http://user:pw@example.org/x", "//example.org/x", "data.csv"],
)
def test_a_link_is_http_and_public(call, place, url):
    here = place("unconditional", "quarantined")
    answer = call("editor", "resource_create", package_id=here.dataset, url=url, name="x")
    assert answer.status_code == 409


@pytest.mark.parametrize("open_class", ["conditional", "non-open"])
def test_closed_data_are_no_links(call, place, open_class):
    here = place(open_class, "quarantined")
    answer = call(
        "editor", "resource_create", package_id=here.dataset, url="https://example.org/x.csv"
    )
    assert answer.status_code == 409


def test_a_link_on_unconditional_data_leads_there_and_closes_with_the_class(call, ask, place):
    here = place("unconditional", "quarantined")
    link = "https://example.org/x.csv"
    made = call("editor", "resource_create", package_id=here.dataset, url=link, name="外部")
    rid = made.get_json()["result"]["id"]
    url = f"/dataset/{here.name}/resource/{rid}/download"
    assert ask("anonymous", url).headers["Location"] == link
    shut = call(
        "editor", "package_patch", id=here.dataset, open_class="conditional"
    )
    assert shut.status_code == 200, shut.get_json()
    assert ask("anonymous", url).status_code == 403
    for path in (f"/api/3/action/package_show?id={here.name}", f"/dataset/{here.name}",
                 f"/api/3/action/package_search?q=name:{here.name}"):
        assert link not in text_of(ask("anonymous", path)), path


# 8

def test_a_file_is_read_under_its_own_dataset_only(ask, world):
    for other in ("unconditional", "conditional"):
        here = world.place("conditional", "replaced")
        host = world.place(other)
        answer = ask("grant on all", f"/dataset/{host.name}/resource/{here.resource}/download")
        assert answer.status_code == 404


# 9, 10

@pytest.mark.parametrize(
    "action", ["file_create", "file_register", "file_ownership_transfer", "file_rename",
               "file_show", "file_delete", "file_owner_scan"],
)
def test_ckans_file_store_is_closed_to_everybody(call, world, action):
    here = world.place("conditional")
    data = {"id": here.resource, "name": "x", "location": "x", "storage": "resource",
            "owner_type": "package", "owner_id": here.dataset}
    assert call("sysadmin", action, **data).status_code in (403, 400)


def test_no_file_endpoint_answers_not_even_to_a_signed_token(ask, site):
    secret = config["api_token.jwt.decode.secret"].split(":", 1)[1]
    for key in (secret, config["SECRET_KEY"]):
        token = jwt.encode({"aud": "trusted_download", "sub": "x"}, key, "HS256")
        assert ask("sysadmin", f"/file/trusted-download/{token}").status_code == 404
    assert ask("sysadmin", "/file/download/x").status_code == 404
    assert ask("sysadmin", "/file/public-download/default/x").status_code == 404


# Every other way to write, and then the crawl again

def test_private_and_public_open_nothing(call, place, closed):
    here = place("conditional", published=False)
    closed(here)
    for action in ("bulk_update_private", "bulk_update_public"):
        call("sysadmin", action, datasets=[here.dataset], org_id=here.dataset)
        closed(here)
    call("editor", "package_patch", id=here.dataset, private=True)
    call("editor", "package_patch", id=here.dataset, private=False)
    closed(here)


def test_an_unpublished_dataset_is_its_own_peoples(ask, call, place):
    here = place("unconditional", published=False)
    show = f"/api/3/action/package_show?id={here.name}"
    for role in ("anonymous", "applicant", "editor elsewhere"):
        assert ask(role, show).status_code == 403
    for role in ("member", "editor", "admin", "head", "authority", "auditor", "sysadmin"):
        if role != "head":  # an office of an organization is a membership beside it
            assert ask(role, show).status_code == 200, role
    assert here.name not in text_of(ask("anonymous", "/api/3/action/package_list"))
    assert here.name not in text_of(ask("anonymous", "/api/3/action/package_search?rows=1000"))
    assert call("applicant", "follow_dataset", id=here.name).status_code == 403


def test_a_deleted_dataset_does_not_come_back(call, place, closed):
    here = place("unconditional")
    call("editor", "package_delete", id=here.dataset)
    for role in ("editor", "sysadmin"):
        for data in ({"state": "active"}, {"title": "x"}):
            answer = call(role, "package_patch", id=here.dataset, **data)
            assert answer.status_code in (403, 404, 409)
    closed(here)


def test_a_bulk_deleted_dataset_stays_closed_even_if_its_row_is_revived(
    call, place, closed, site, world
):
    here = place("unconditional")
    call("sysadmin", "bulk_update_delete", datasets=[here.dataset], org_id=world.org)
    with site.flask_app.test_request_context():
        dataset = model.Package.get(here.dataset)
        assert dataset.state == "deleted"
        dataset.state = "active"
        model.Session.commit()
    closed(here)


def test_moving_the_dataset_to_another_organization_opens_nothing(call, place, closed, world):
    here = place("conditional")
    moved = call("sysadmin", "package_owner_org_update", id=here.dataset,
                 organization_id=world.other_org)
    assert moved.status_code == 200, moved.get_json()
    closed(here)
    assert call(
        "editor elsewhere", "datastore_search", resource_id=here.resource
    ).status_code == 403


def test_a_suspended_publication_closes_data_and_metadata(ask, place, site):
    here = place("unconditional")
    url = f"/dataset/{here.name}/resource/{here.resource}/download"
    assert ask("anonymous", url).status_code == 200
    with site.flask_app.test_request_context():
        model.Session.get(Publication, here.dataset).state = "suspended"
        model.Session.commit()
    assert ask("anonymous", url).status_code == 404
    assert ask("anonymous", f"/api/3/action/package_show?id={here.name}").status_code == 403


def test_a_withdrawn_release_closes_file_and_rows_at_once(place, closed, site):
    here = place("unconditional")
    with site.flask_app.test_request_context():
        model.Session.get(Release, here.release).state = "withdrawn"
        model.Session.commit()
    closed(here)


def test_a_stricter_class_now_closes_what_was_signed_as_open(call, place, closed, site):
    here = place("unconditional")
    with site.flask_app.test_request_context():
        dataset = model.Package.get(here.dataset)
        dataset.extras["open_class"] = "conditional"
        model.Session.commit()
    closed(here)


def test_a_laxer_class_now_does_not_open_what_was_signed_as_conditional(place, closed, site):
    here = place("conditional")
    with site.flask_app.test_request_context():
        dataset = model.Package.get(here.dataset)
        dataset.extras["open_class"] = "unconditional"
        model.Session.commit()
    closed(here)


def test_rows_of_a_replaced_release_are_not_served_while_the_new_ones_load(call, place, site):
    here = place("unconditional")
    with site.flask_app.test_request_context():
        model.Session.get(Release, here.release).state = "replaced"
        model.Session.flush()
        put_release(here, 2, "released")
        model.Session.commit()
        assert call("anonymous", "datastore_search", resource_id=here.resource).status_code == 404
    with site.flask_app.test_request_context():
        loader.load(here.release)
    found = call("anonymous", "datastore_search", resource_id=here.resource)
    assert here.live.open_canary in text_of(found)


def test_a_grant_that_ends_between_two_pages_ends_the_reading(call, place, world, site):
    here = place("conditional")
    with site.flask_app.test_request_context():
        id_ = grant(world.users["applicant"], here, "api")
    page = {"resource_id": here.resource, "limit": 1}
    assert call("applicant", "datastore_search", **page).status_code == 200
    with site.flask_app.test_request_context():
        model.Session.execute(
            sa.text("update govshare_grant set valid_to = :t where id = :id"),
            {"t": now(), "id": id_},
        )
        model.Session.commit()
    assert call("applicant", "datastore_search", offset=1, **page).status_code == 403


def test_a_token_limited_to_reading_does_not_write(call, world):
    here = world.place("unconditional")
    answer = call("scoped token", "package_patch", id=here.dataset, title="x")
    assert answer.status_code == 403


def test_a_harvested_record_is_not_shown(world, request_context):
    pytest.importorskip("ckanext.harvest")
    from ckanext.govshare.gate import harvest

    shown = harvest.harvest_object_show(
        lambda _context, _data: {"id": "x", "content": "secret", "extras": {"a": "b"}}, {}, {}
    )
    assert shown == {"id": "x", "content": None, "extras": {}}


# Images

def test_a_picture_is_drawn_again_and_what_hung_behind_it_is_gone(call, ask, world):
    canary, picture = f"canary{uuid.uuid4().hex}".encode(), io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG", pnginfo=None)
    name = model.User.get(world.users["applicant"]).name
    answer = call(
        "applicant", "user_patch", id=name,
        image_upload=(io.BytesIO(picture.getvalue() + canary), "a.png"),
    )
    assert answer.status_code == 200, answer.get_json()
    shown = ask("anonymous", answer.get_json()["result"]["image_display_url"])
    assert shown.status_code == 200
    assert canary not in shown.data
    assert Image.open(io.BytesIO(shown.data)).size == (8, 8)


@pytest.mark.parametrize("address", ["https://elsewhere.example/x.png", "//elsewhere.example/x",
                                     "javascript:alert(1)"])
def test_a_picture_of_another_site_is_not_kept(call, world, address):
    name = model.User.get(world.users["applicant"]).name
    answer = call("applicant", "user_patch", id=name, image_url=address)
    assert answer.status_code == 200, answer.get_json()
    assert address not in text_of(answer)


def test_the_loader_runs_in_the_worker(place, site, call, world):
    """The job as the queue runs it: outside of any request."""
    from ckan.lib import jobs
    from rq import SimpleWorker

    here = place("unconditional")
    with site.flask_app.test_request_context():
        model.Session.execute(
            sa.text("delete from govshare_rows where resource_id = :id"), {"id": here.resource}
        )
        model.Session.commit()
        queue = jobs.get_queue("gate-test")
        queue.empty()
        queue.enqueue_call(loader.load_job, args=[here.release])
    assert call("anonymous", "datastore_search", resource_id=here.resource).status_code == 404
    SimpleWorker([queue], connection=queue.connection).work(burst=True, logging_level="ERROR")
    found = call("anonymous", "datastore_search", resource_id=here.resource)
    assert here.live.open_canary in text_of(found)
