"""The door, as people meet it: who gets bytes, in which forms, and what the refusals say."""

from __future__ import annotations

import csv
import io
import json

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.govshare.gate.model import read
from ckanext.govshare.ledger.model import event

from .world import NUMBER_COLUMN, OPEN_COLUMN, grant, text_of

PAGE = {"Accept": "text/html"}


def url(place, suffix=""):
    return f"/dataset/{place.name}/resource/{place.resource}/download{suffix}"


def test_an_unconditional_release_is_handed_to_anybody_as_signed(ask, world):
    place = world.place("unconditional")
    answer = ask("anonymous", url(place))
    assert answer.status_code == 200
    assert answer.data == place.live.csv()
    assert answer.headers["ETag"].strip('"') == place.digest
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_each_rendition_is_its_own_signed_digest(ask, world, kind):
    place = world.place("unconditional")
    answer = ask("anonymous", url(place, f"?format={kind}"))
    assert answer.status_code == 200
    assert place.live.secret_canary in text_of(answer)


def test_a_format_that_was_not_released_is_not_made_up(ask, world):
    assert ask("anonymous", url(world.place("unconditional"), "?format=pdf")).status_code == 404


def test_without_a_log_in_conditional_data_ask_for_one_and_show_the_way_to_apply(ask, world):
    place = world.place("conditional")
    answer = ask("anonymous", url(place), headers=PAGE)
    assert answer.status_code == 401
    assert f"/apply/{place.name}" in answer.get_data(as_text=True)


def test_without_a_grant_conditional_data_show_the_way_to_apply(ask, world):
    place = world.place("conditional")
    answer = ask("applicant", url(place), headers=PAGE)
    assert answer.status_code == 403
    assert f"/apply/{place.name}" in answer.get_data(as_text=True)


def test_non_open_data_give_their_reason_and_basis(ask, world):
    answer = ask("sysadmin", url(world.place("non-open")), headers=PAGE)
    assert answer.status_code == 403
    page = answer.get_data(as_text=True)
    assert "依规定不予开放" in page
    assert "南阳市政务数据管理办法 第四十六条" in page


def test_a_grant_opens_the_whole_file_and_no_cache_may_keep_it(ask, world):
    place = world.place("conditional")
    answer = ask("grant on all", url(place))
    assert answer.data == place.live.csv()
    assert set(answer.headers["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert "Authorization" in answer.headers["Vary"]
    assert "Cookie" in answer.headers["Vary"]


def test_a_grant_on_some_columns_gives_a_file_with_those_only(ask, world):
    place = world.place("conditional")
    rows = list(csv.reader(io.StringIO(ask("grant on some", url(place)).data.decode("utf-8-sig"))))
    assert rows[0] == [OPEN_COLUMN]
    assert [len(row) for row in rows] == [1, 1, 1, 1]
    records = json.loads(ask("grant on some", url(place, "?format=json")).data)
    assert list(records[0]) == [OPEN_COLUMN]


def test_what_the_reader_has_already_is_told_only_after_permission(ask, world):
    """A 304 confirms a digest: somebody without a grant must not get one."""
    place = world.place("conditional")
    asked = {"If-None-Match": f'"{place.digest}"'}
    assert ask("applicant", url(place), headers=asked).status_code == 403
    assert ask("grant on all", url(place), headers=asked).status_code == 304


def test_a_range_and_a_head_are_decided_like_the_file(ask, world):
    place = world.place("conditional")
    part = {"Range": "bytes=0-9"}
    assert ask("applicant", url(place), headers=part).status_code == 403
    refused = ask("applicant", url(place), method="HEAD")
    assert refused.status_code == 403
    assert place.digest not in text_of(refused)
    allowed = ask("grant on all", url(place), headers=part)
    assert (allowed.status_code, allowed.data) == (206, place.live.csv()[:10])


def test_a_dataset_does_not_hand_out_the_file_of_another(ask, world):
    here, there = world.place("unconditional"), world.place("conditional")
    wrong = f"/dataset/{here.name}/resource/{there.resource}/download"
    assert ask("grant on all", wrong).status_code == 404


def test_a_file_that_changed_on_disk_is_not_handed_out(ask, world, site):
    from ckanext.govshare.release.vault import Vault

    place = world.place("unconditional", "replaced")
    with site.flask_app.test_request_context():
        path = Vault().path(place.digest)
    kept, before = path.read_bytes(), _events("vault.damaged")
    path.write_bytes(kept + b"x")
    try:
        answer = ask("anonymous", url(place))
    finally:
        path.write_bytes(kept)
    assert answer.status_code == 404
    assert place.live.open_canary not in text_of(answer)
    model.Session.rollback()
    assert _events("vault.damaged") == before + 1


def test_every_served_read_is_written_down_and_a_conditional_one_is_an_event(
    ask, world
):
    place = world.place("conditional")
    before = _reads(place), _events()
    ask("applicant", url(place))
    assert (_reads(place), _events()) == before
    ask("grant on all", url(place))
    assert (_reads(place), _events()) == (before[0] + 1, before[1] + 1)
    ask("anonymous", url(world.place("unconditional")))
    assert _events() == before[1] + 1


def test_the_last_read_of_a_grant_is_the_last(ask, world):
    place = world.place("conditional", "replaced")
    grant(world.users["applicant"], place, "file", [NUMBER_COLUMN], max_reads=1)
    assert ask("applicant", url(place)).status_code == 200
    assert ask("applicant", url(place)).status_code == 403


def _reads(place) -> int:
    model.Session.rollback()
    query = sa.select(sa.func.count()).where(read.c.resource_id == place.resource)
    return model.Session.execute(query).scalar_one()


def _events(kind: str = "data.read") -> int:
    query = sa.select(sa.func.count()).where(event.c.kind == kind)
    return model.Session.execute(query).scalar_one()
