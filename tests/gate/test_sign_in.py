"""Nanyang art. 46: unconditional data after identification, where the site asks for it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.govshare.gate.decision import Actor, judge

from .test_decision import PURPOSES, facts


@pytest.fixture
def asked(monkeypatch, ckan_config):
    monkeypatch.setitem(ckan_config, "govshare.gate.sign_in_to_read", True)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_who_signed_in_needs_nothing_more(purpose):
    there = facts("unconditional", "unconditional", sign_in=True)
    assert judge(Actor(None), there, purpose).status == 401
    served = judge(Actor("u1"), there, purpose)
    assert served.allowed
    assert not served.shared_cache, "a proxy would hand it to the next one"
    assert judge(Actor(None), there, "describe").allowed, "metadata stay public"


@pytest.mark.requirement("NY-46f")
def test_a_download_asks_to_log_in_and_is_written_down_with_the_reader(ask, world, asked):
    """Anonymous is led to the login; a citizen downloads without application, by name."""
    place = world.places["unconditional", "released"]
    url = f"/dataset/{place.name}/resource/{place.resource}/download"
    refused = ask("anonymous", url, headers={"Accept": "text/html"})
    assert refused.status_code == 302
    assert "/user/login" in refused.headers["Location"]
    rows = f"/api/3/action/datastore_search?resource_id={place.resource}"
    for path in (f"{url}?format=json", rows, f"/datastore/dump/{place.resource}"):
        assert ask("anonymous", path).status_code in (302, 401, 403), path
    assert ask("anonymous", f"/dataset/{place.name}").status_code == 200

    served = ask("applicant", url)
    assert served.status_code == 200
    assert served.data == place.live.csv()
    assert "public" not in served.headers.get("Cache-Control", "")
    with model.meta.engine.connect() as connection:
        reader = connection.scalar(sa.text(
            "select user_id from govshare_read where resource_id = :id order by at desc limit 1"
        ), {"id": place.resource})
    assert reader == world.users["applicant"]
