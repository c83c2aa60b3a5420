"""Logging in by the form leads to the workbench."""

from __future__ import annotations

from ckan import model


def test_login_leads_to_the_workbench(site, town):
    with site.flask_app.test_request_context():
        boss = model.Session.query(model.User).filter(model.User.name.like("boss-%")).order_by(
            model.User.created.desc()).first().name  # fmt: skip
    client = site.test_client()
    answer = client.post(
        "/user/login", data={"login": boss, "password": "Test-1234-门"}, follow_redirects=False
    )
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/workbench")
    assert client.get("/workbench", follow_redirects=False).status_code == 200
