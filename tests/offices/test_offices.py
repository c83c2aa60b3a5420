"""Offices: who may appoint whom, and what holding one means."""

from __future__ import annotations

import uuid

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories

from ckanext.govshare import offices


@pytest.fixture(autouse=True)
def _portal(app):
    with app.flask_app.test_request_context():
        yield
        model.Session.rollback()
        model.Session.remove()


@pytest.fixture
def org() -> str:
    """A department, made without its page so that no search engine is asked."""
    group = model.Group(name=f"dept-{uuid.uuid4().hex[:8]}", type="organization")
    group.is_organization = True
    model.Session.add(group)
    model.Session.commit()
    return group.id


def _user() -> str:
    return factories.User()["id"]


def _appoint(actor: str | None, user: str, office: str, org: str | None = None, **extra) -> dict:
    context = {"ignore_auth": True} if actor is None else {"user": actor}
    data = {"user": user, "office": office, "organization": org, **extra}
    return tk.get_action("govshare_office_appoint")(context, data)


def test_office_is_held_where_and_while_appointed(org):
    """An office counts in its organization, from the appointment to its end."""
    user = _user()
    appointment = _appoint(None, user, "publisher", org)
    assert offices.holds(user, "publisher", org)
    assert offices.holds(user, "publisher")
    assert not offices.holds(user, "publisher", "another")
    assert not offices.holds(user, "reviewer", org)
    tk.get_action("govshare_office_end")({"ignore_auth": True}, {"id": appointment["id"]})
    assert not offices.holds(user, "publisher", org)
    with pytest.raises(tk.ValidationError):
        tk.get_action("govshare_office_end")({"ignore_auth": True}, {"id": appointment["id"]})


def test_nobody_without_account_office_or_life_holds_one(org):
    """A visitor, a sysadmin and a deleted user hold nothing."""
    assert not offices.holds(None, "authority")
    assert not offices.holds(factories.Sysadmin()["id"], "authority")
    user = _user()
    _appoint(None, user, "head", org)
    model.User.get(user).state = "deleted"
    model.Session.commit()
    assert not offices.holds(user, "head", org)
    assert user not in offices.holders("head", org)


def test_appointment_with_an_end_runs_out_by_itself(org):
    """A date of end that has passed ends the office without any job."""
    user = _user()
    _appoint(None, user, "reviewer", org, valid_to="2020-01-01")
    assert not offices.holds(user, "reviewer", org)


@pytest.mark.parametrize(
    ("actor", "office", "allowed"),
    [
        ("authority", "head", True),
        ("authority", "auditor", True),
        ("head", "publisher", True),
        ("head", "confidentiality_reviewer", True),
        ("head", "head", False),
        ("head", "authority", False),
        ("publisher", "publisher", False),
        ("auditor", "publisher", False),
        ("nobody", "publisher", False),
    ],
)
def test_who_appoints(org, actor, office, allowed):
    """The authority appoints anybody, a head the own staff, nobody else anyone."""
    user = _user()
    if actor != "nobody":
        own = org if actor in offices.ORGANIZATION_OFFICES else None
        _appoint(None, user, actor, own)
    where = org if office in offices.ORGANIZATION_OFFICES else None
    if allowed:
        assert _appoint(user, _user(), office, where)["office"] == office
    else:
        with pytest.raises(tk.NotAuthorized):
            _appoint(user, _user(), office, where)


def test_head_of_one_department_does_not_staff_another(org):
    """A head's word counts in the own department only."""
    head = _user()
    other = model.Group(name=f"dept-{uuid.uuid4().hex[:8]}", type="organization")
    other.is_organization = True
    model.Session.add(other)
    model.Session.commit()
    _appoint(None, head, "head", org)
    with pytest.raises(tk.NotAuthorized):
        _appoint(head, _user(), "publisher", other.id)


def test_nobody_appoints_themselves(org):
    """Not even the authority or a sysadmin."""
    for user in (_user(), factories.Sysadmin()["id"]):
        with pytest.raises(tk.NotAuthorized):
            _appoint(user, user, "publisher", org)


def test_second_appointment_to_the_same_office_is_refused(org):
    """One person holds an office once."""
    user = _user()
    _appoint(None, user, "publisher", org)
    with pytest.raises(tk.ValidationError, match=r"already|已"):
        _appoint(None, user, "publisher", org)


def test_membership_follows_the_offices(org):
    """A publisher edits datasets of the organization; when the last office ends, no more."""
    user = _user()
    first = _appoint(None, user, "publisher", org)
    second = _appoint(None, user, "reviewer", org)
    assert _role(user, org) == "editor"
    tk.get_action("govshare_office_end")({"ignore_auth": True}, {"id": first["id"]})
    assert _role(user, org) == "member"
    tk.get_action("govshare_office_end")({"ignore_auth": True}, {"id": second["id"]})
    assert _role(user, org) is None


@pytest.mark.requirement("ZS-33e", "ZS-33c", "NY-7b")
def test_authority_sees_every_department_s_people_and_each_change(org):
    """The principal leader and the dedicated staff are appointed by name, filed, and refreshed."""
    authority, head, staff = _user(), _user(), _user()
    _appoint(None, authority, "authority")
    _appoint(authority, head, "head", org)
    made = _appoint(head, staff, "publisher", org)
    filed = tk.get_action("govshare_office_list")

    def seen() -> set:
        return {(one["office"], one["user_id"])
                for one in filed({"user": authority}, {"organization": org})}

    assert seen() == {("head", head), ("publisher", staff)}
    tk.get_action("govshare_office_end")({"user": head}, {"id": made["id"]})
    assert seen() == {("head", head)}
    ended = filed({"user": authority}, {"organization": org, "ended": True})
    assert staff in {one["user_id"] for one in ended}


def _role(user: str, org: str) -> str | None:
    row = (
        model.Session.query(model.Member)
        .filter_by(table_id=user, group_id=org, state="active")
        .first()
    )
    return row.capacity if row else None
