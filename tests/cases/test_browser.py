"""What time alone does, as people see it: the real application with a browser. The cases were
received months ago, so their time has run out by the clock on the wall."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from werkzeug.serving import make_server

from ckanext.govshare import access
from ckanext.govshare.access.model import table as grants
from tests.cases.city import USCC, appoint, make_organization
from tests.chromium import browser

__all__ = ["browser"]  # the fixture

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    """The application on a port of this machine."""
    own: list[str] = []

    def serve(environ: Any, start_response: Any) -> Any:
        # redirects take their address from this setting, which CKAN keeps by thread
        tk.config["ckan.site_url"] = own[0]
        return site.flask_app(environ, start_response)

    server = make_server("127.0.0.1", 0, serve, threaded=True)
    own.append(f"http://127.0.0.1:{server.port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield own[0]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(browser, address):
    """`visit(user, path)`: the page as this person, who is known by a token."""
    contexts = []

    def go(user: str, path: str):
        token = tk.get_action("api_token_create")(
            {"ignore_auth": True, "user": model.User.get(user).name},
            {"user": user, "name": "browser"})["token"]
        contexts.append(browser.new_context(
            locale="zh-CN", extra_http_headers={"Authorization": token}))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.goto(address + path)
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.fixture
def overdue(city, under):
    """`overdue(code)`: what a department asked another for in September, and nobody answered."""

    def make(code: str) -> dict:
        under(code)
        appoint(city.applicant, "publisher", make_organization("教育局"))
        with pytest.MonkeyPatch.context() as then:
            then.setattr("ckanext.govshare.cases.judge.now",
                         lambda: datetime(2026, 9, 1, 2, tzinfo=UTC))
            return city.submit(
                layer="share", applicant_kind="department", applicant_name="教育局", uscc=USCC,
                contact_name="李四", id_number="", business="学籍", need="核对")

    return make


def main(page) -> str:
    return page.inner_text("[role=main]")


def standing(page) -> str:
    """The chip under the title of a grant's page."""
    return page.inner_text("[role=main] h1 + p").strip()


@pytest.mark.requirement("LY-13b")
def test_silence_is_consent(city, overdue, visit):
    """No job has run: the applicant sees consent and a grant that holds, the office no decision."""
    case = overdue("linyi")
    page = visit(city.applicant, f"/case/{case['id']}")
    assert "视为同意" in main(page)
    assert page.locator("section:has(#grants) tbody tr").count() == 1
    (grant,) = access.live_grants(city.applicant, city.dataset, datetime.now(UTC))
    assert standing(visit(city.applicant, f"/grant/{grant.id}")) == "有效"
    office = visit(city.publisher, f"/case/{case['id']}")
    for act in ("take", "prepare", "approve", "refuse"):
        assert not office.locator(f"form:has(input[name=act][value={act}])").count(), act


def test_the_authority_steps_in(city, overdue, visit):
    """It provides what the department left undone; the department can no longer decide."""
    case = overdue("zhongshan")
    path = f"/case/{case['id']}"
    assert not visit(city.publisher, path).locator("input[name=act][value=take]").count()
    page = visit(city.authority, path)
    page.locator("form:has(input[name=act][value=provide]) button[type=submit]").click()
    page.wait_for_url(f"**{path}")
    seen = visit(city.applicant, path)
    assert seen.locator("section:has(#grants) tbody tr").count() == 1
    assert access.live_grants(city.applicant, city.dataset, datetime.now(UTC))


def test_a_grant_that_expired_says_so_and_can_be_renewed(city, visit):
    """At its last instant it is over on the page, and the way on is a new application."""
    case = city.prepared()
    city.act(city.reviewer, case, "approve")
    (grant,) = access.live_grants(city.applicant, city.dataset, datetime.now(UTC))
    assert standing(visit(city.applicant, f"/grant/{grant.id}")) == "有效"
    now = datetime.now(UTC)
    model.Session.execute(grants.update().where(grants.c.id == grant.id).values(
        valid_from=now - timedelta(days=30), valid_to=now - timedelta(seconds=1)))
    model.Session.commit()
    page = visit(city.applicant, f"/grant/{grant.id}")
    assert standing(page) == "已到期"
    assert page.locator(f"a[href*='renews={grant.id}']").count() == 1
    state = sa.select(grants.c.state).where(grants.c.id == grant.id)
    assert model.Session.scalar(state) == "active", "it follows from the time, no job wrote it"
