"""The pages of cases as a browser asks for them: apply in steps, work, look."""

from __future__ import annotations

from typing import Any

import pytest
from ckan import model
from ckan.tests import factories

from ckanext.govshare.cases import model as cases
from tests.cases.city import (
    COLUMNS,
    ID_NUMBER,
    City,
    appoint,
    make_dataset,
    make_organization,
)


@pytest.fixture
def town(app) -> dict[str, Any]:
    """A department with people who sign in by token, and the address of its dataset."""
    with app.flask_app.test_request_context():
        org = make_organization()
        city = City(org, make_dataset(org))
        headers = {}
        for name in ("applicant", "publisher", "head", "authority"):
            user = factories.UserWithToken()
            city.people[name] = user["id"]
            headers[name] = {"Authorization": user["token"]}
        for office in ("publisher", "head"):
            appoint(city.people[office], office, org)
        appoint(city.people["authority"], "authority")
        name = model.Package.get(city.dataset).name
        closed = model.Package.get(make_dataset(org, "non-open")).name
    return {"city": city, "as": headers, "name": name, "closed": closed}


@pytest.mark.requirement("NY-53")
def test_application_in_steps_is_kept_checked_and_received(app, town):
    """Each step is kept in the draft; the last one shows the due day before anything is sent."""
    url, who = f"/apply/{town['name']}", town["as"]["applicant"]
    first = app.post(url, headers=who, follow_redirects=False, data={
        "step": "1", "button": "next", "purpose": "研究", "items": COLUMNS[:2], "months": "6",
        "mode": "file",
    })
    second = first.headers["Location"]
    assert "step=2" in second
    draft = cases.find(cases.table.c.applicant == town["city"].applicant)[0]
    assert draft.form["items"] == COLUMNS[:2]
    app.post(url, headers=who, follow_redirects=False, data={
        "step": "2", "button": "next", "id": draft.id, "applicant_kind": "citizen",
        "applicant_name": "张三", "id_number": ID_NUMBER, "phone": "13800000000",
    })
    last = app.get(f"{url}?draft={draft.id}&step=3", headers=who).body
    assert "张三" in last
    assert COLUMNS[0] in last
    missing = app.post(url, headers=who, data={"step": "3", "button": "send", "id": draft.id})
    assert 'id="undertaking-error"' in missing.body
    assert "妥善保管数据" in last
    assert cases.get(draft.id).state == "draft"
    sent = app.post(url, headers=who, follow_redirects=False, data={
        "step": "3", "button": "send", "id": draft.id, "undertaking": "true",
        "request_key": f"send-{draft.id}",
    })
    assert sent.headers["Location"].endswith(f"/case/{draft.id}")
    case = cases.get(draft.id)
    assert case.state == "accepted"
    page = app.get(f"/case/{draft.id}", headers=who).body
    assert case.number in page
    assert all(day["day"] in page for day in case.clock["due"]["days"])
    assert case.number in app.get(f"/case/{draft.id}/receipt", headers=who).body


def test_decision_by_forms(app, town):
    """Take, prepare a part, sign: the browser's fields become the decision."""
    city, headers = town["city"], town["as"]
    with app.flask_app.test_request_context():
        case = city.submit()
    url = f"/case/{case['id']}/act"
    app.post(url, headers=headers["publisher"], data={"act": "take"}, follow_redirects=False)
    one, two, three = COLUMNS
    form = {
        "act": "prepare", "decision": "approve_in_part", f"item_{one}": "grant",
        f"item_{two}": "grant", f"item_{three}": "refuse", f"why_{three}": "超出用途",
        "basis_title": "某条例", "basis_article": "第三条", "basis_level": "", "months": "3",
        "mode": "api", "max_reads": "", "reason": "", "conditions": "",
    }
    kept = app.post(url, headers=headers["publisher"], data={**form, f"why_{three}": ""})
    assert "某条例" in kept.body
    assert cases.get(case["id"]).proposal is None
    app.post(url, headers=headers["publisher"], data=form, follow_redirects=False)
    assert case["number"] in app.get("/case/inbox", headers=headers["head"]).body
    proposal = cases.get(case["id"]).proposal
    app.post(url, headers=headers["head"], follow_redirects=False,
             data={"act": "approve_in_part", "proposal": proposal["digest"]})
    done = cases.get(case["id"])
    assert (done.state, done.decision["granted"]) == ("delivered", [one, two])
    assert "超出用途" in app.get(
        f"/case/{case['id']}/decision", headers=headers["applicant"]).body
    register = app.get("/case/register").body
    assert done.number not in register or "张三" not in register
    assert "某条例" in register


def test_non_open_page_says_why_and_where_to_object(app, town):
    """Reason, basis and the way of objection instead of a form."""
    page = app.get(f"/apply/{town['closed']}", headers=town["as"]["applicant"]).body
    assert "含敏感信息" in page
    assert "某条例" in page
    assert "<form method=\"post\" action=\"/apply" not in page


def test_pages_are_closed_to_others(app, town):
    """Nobody looks into another's case; the watch list is for those who supervise."""
    city, headers = town["city"], town["as"]
    with app.flask_app.test_request_context():
        case = city.submit(user=city.head)
    app.get(f"/case/{case['id']}", headers=headers["applicant"], status=404)
    app.get("/case/watch", headers=headers["publisher"], status=403)
    app.get("/case/watch", headers=headers["authority"], status=200)
    for path in (f"/case/{case['id']}", "/case/", "/case/inbox", f"/apply/{town['name']}"):
        answer = app.get(path, follow_redirects=False)
        assert answer.status_code == 302
        assert "/user/login" in answer.headers["Location"]
