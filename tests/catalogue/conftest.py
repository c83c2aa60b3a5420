"""A department and a way to write entries for it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk


@pytest.fixture
def site_context(site):
    """The application's context, left without uncommitted rows."""
    with site.flask_app.test_request_context():
        yield site
        model.Session.rollback()


@pytest.fixture
def department(site_context) -> str:
    """The id of a new department."""
    group = model.Group(name=f"dept-{uuid.uuid4().hex[:8]}", type="organization", title="市交通局")
    group.is_organization = True
    model.Session.add(group)
    model.Session.commit()
    return group.id


@pytest.fixture
def write(department):
    """Creates an entry of the department: the least that the schema asks, and what is given."""

    def create(**elements: Any) -> dict[str, Any]:
        site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        least = {
            "title": f"公交站点 {uuid.uuid4().hex[:6]}",
            "owner_org": department,
            "open_class": "unconditional",
        }
        return tk.get_action("package_create")(
            {"user": site, "ignore_auth": True}, {**least, **elements}
        )

    return create


@pytest.fixture
def problems(write):
    """The errors of an entry that must not be accepted."""

    def refused(**elements: Any) -> dict[str, list[str]]:
        with pytest.raises(tk.ValidationError) as caught:
            write(**elements)
        return caught.value.error_dict

    return refused
