"""The page of offices in a browser's eyes: list, appoint, end."""

from __future__ import annotations

import uuid

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories

from ckanext.govshare import offices


@pytest.fixture
def people(app) -> dict:
    """An authority with a token, an ordinary user, a department."""
    with app.flask_app.test_request_context():
        group = model.Group(name=f"dept-{uuid.uuid4().hex[:8]}", type="organization")
        group.is_organization = True
        model.Session.add(group)
        model.Session.commit()
        authority, user = factories.UserWithToken(), factories.UserWithToken()
        tk.get_action("govshare_office_appoint")(
            {"ignore_auth": True}, {"user": authority["id"], "office": "authority"}
        )
    return {"authority": authority, "user": user, "org": group}


def _as(user: dict) -> dict:
    return {"Authorization": user["token"]}


def test_page_appoints_and_ends(app, people):
    """The authority appoints by the form, sees it on the page and ends it again."""
    user, org, authority = people["user"], people["org"], _as(people["authority"])
    form = {"user": user["name"], "office": "head", "organization": org.name, "valid_to": ""}
    app.post("/offices/", headers=authority, data=form, follow_redirects=False, status=302)
    held = offices.of(user["id"])
    assert [o.office for o in held] == ["head"]
    assert user["display_name"] in app.get("/offices/", headers=authority).body
    app.post(f"/offices/{held[0].id}/end", headers=authority, follow_redirects=False)
    assert offices.of(user["id"]) == []


def test_mistake_keeps_what_was_typed(app, people):
    """An unknown user name is told on the page and the form stays filled."""
    form = {"user": "no-such-user", "office": "head", "organization": people["org"].name}
    page = app.post("/offices/", headers=_as(people["authority"]), data=form)
    assert 'value="no-such-user"' in page.body


def test_page_is_for_office_holders(app, people):
    """Whoever holds no office gets no list and no form's effect."""
    app.get("/offices/", headers=_as(people["user"]), status=403)
    form = {"user": people["user"]["name"], "office": "authority"}
    app.post("/offices/", headers=_as(people["user"]), data=form, status=403)
    assert offices.of(people["user"]["id"]) == []
