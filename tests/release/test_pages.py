"""The pages as people get them: by office, in Chinese, every act by a form that is POSTed."""

from __future__ import annotations

import re

import pytest
from ckan import model
from ckan.lib.api_token import encode
from flask import g

from ckanext.govshare.release import model as store

from .conftest import fill

RAW = "13803770001"


@pytest.fixture
def browse(portal, town):
    """Open a page, or send its form, as one of the people."""

    def send(who: str | None, path: str, data: dict | None = None, **kwargs):
        for name in list(g):  # the test's own context is shared: nobody is signed in any more
            g.pop(name)
        headers = {}
        if who:
            token = model.ApiToken(user_id=town.people[who], name=f"test-{who}-{store.new_id()}")
            model.Session.add(token)
            model.Session.commit()
            headers["Authorization"] = encode({"jti": token.id})
        method = portal.get if data is None else portal.post
        kwargs = kwargs | ({} if data is None else {"data": data})
        answer = method(path, headers=headers, follow_redirects=False, **kwargs)
        model.Session.expire_all()
        return answer

    return send


@pytest.fixture
def scanned(receive, work):
    release = receive()
    work()
    return release.id


def test_stage_page_shows_findings_and_no_raw_value(browse, scanned):
    page = browse("publisher", f"/release/{scanned}")
    assert page.status_code == 200
    assert "身份证号" in page.body
    assert RAW not in page.body
    assert browse("auditor", f"/release/{scanned}").status_code == 200


@pytest.mark.parametrize(("who", "status"), [("citizen", 403), ("elsewhere", 403), (None, 302)])
def test_others_do_not_get_in(browse, scanned, who, status):
    for path in (f"/release/{scanned}", f"/release/{scanned}/evidence"):
        assert browse(who, path).status_code == status
    assert browse(who, f"/release/{scanned}/preview", {}).status_code == status


def test_rows_are_shown_to_those_who_may_and_each_look_is_recorded(browse, town, scanned):
    preview = f"/release/{scanned}/preview"
    assert RAW in browse("publisher", preview, {"table": "0"}).body
    assert RAW in browse("confidentiality_reviewer", preview, {"table": "0"}).body
    authority = browse("authority", preview, {"table": "0"}).body
    assert RAW not in authority
    assert "138******01" in authority
    for who in ("head", "auditor"):
        assert RAW not in browse(who, preview, {"table": "0"}).body
    events = town.call("auditor", "govshare_event_list", subject_type="release",
                       subject_id=scanned, kind="release.looked")["results"]
    assert [(e["office"], e["data"]["raw"]) for e in reversed(events)] == [
        ("publisher", True), ("confidentiality_reviewer", True), ("authority", False),
    ]


def test_rows_are_not_fetched_by_get(browse, scanned):
    page = browse("publisher", f"/release/{scanned}/preview")
    assert page.status_code in (404, 405)
    assert RAW not in page.body


def fields(body: str) -> dict[str, str]:
    """What the plan's form holds, as a browser would send it."""
    form = body.split('id="release-plan"', 1)[1].split("</form>", 1)[0]
    data = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        data[name] = re.search(r'value="([^"]+)"[^>]*selected', options)[1]
    return data


def test_form_as_it_is_changes_nothing(browse, town, scanned):
    before = town.call("publisher", "govshare_release_show", id=scanned)
    data = fields(browse("publisher", f"/release/{scanned}").body)
    assert browse("publisher", f"/release/{scanned}/plan", data).status_code == 302
    after = town.call("publisher", "govshare_release_show", id=scanned)
    assert (after["plan"], after["plan_digest"]) == (before["plan"], before["plan_digest"])


def test_plan_is_tried_out_then_saved(browse, town, scanned):
    data = fields(browse("publisher", f"/release/{scanned}").body)
    data |= {"t0c3-action": "mask", "t0c3-left": "2", "t0c3-right": "0", "t0c3-reason": "更严"}
    tried = browse("publisher", f"/release/{scanned}/preview", {**data, "table": "0"},
                   ).body
    assert "13*********" in tried
    assert "138******01" in browse("publisher", f"/release/{scanned}/preview", {"table": "0"}).body
    browse("publisher", f"/release/{scanned}/plan", data)
    column = town.call("publisher", "govshare_release_show", id=scanned)["plan"]["tables"][0][
        "plan"]["columns"][3]
    assert column["do"] == {"action": "mask", "left": 2, "right": 0}
    assert (column["by"], column["reason"]) == ("person", "更严")


def test_wrong_parameter_is_told_with_its_column(browse, town, scanned):
    data = fields(browse("publisher", f"/release/{scanned}").body)
    data |= {"t0c3-action": "mask", "t0c3-left": "many", "t0c3-right": "0"}
    page = browse("publisher", f"/release/{scanned}/plan", data)
    assert page.status_code == 200
    assert "手机号码" in page.body
    assert 'value="many"' in page.body  # what was filled in is still there


def test_whole_way_by_forms(browse, town, scanned, work):
    page = f"/release/{scanned}"
    browse("publisher", f"{page}/transform", {})
    work()
    digest = store.release(scanned).digest
    browse("publisher", f"{page}/sign", {"digest": digest})
    browse("confidentiality_reviewer", f"{page}/review",
           {"digest": digest, "decision": "sign", "declassified": "false"})
    assert digest in browse("authority", page).body
    browse("authority", f"{page}/review", {"digest": digest, "decision": "sign"})
    assert store.release(scanned).state == "released"
    evidence = browse("auditor", f"{page}/evidence").body
    assert digest in evidence
    assert "数据主管部门" in evidence
    assert RAW not in evidence
    browse("authority", f"{page}/withdraw", {"reason": "发现问题"})
    assert store.release(scanned).state == "withdrawn"


@pytest.mark.parametrize("who", ["publisher", "authority", "auditor"])
def test_list_and_inbox(browse, scanned, who):
    page = browse(who, "/release/?state=scanned")
    assert page.status_code == 200
    assert scanned in page.body


def test_metadata_are_published_by_two_persons(browse, town):
    """ZS 27: the department asks, the authority decides; also for datasets that are not open."""
    dataset = model.Session.get(model.Package, town.dataset)
    dataset.extras["open_class"] = "non-open"
    fill(town.dataset)
    page = f"/release/publication/{dataset.name}"
    assert browse("publisher", page).status_code == 200
    browse("publisher", f"{page}/request", {"reason": ""})
    browse("publisher", f"{page}/decide", {"state": "published"})
    assert store.publication_state(town.dataset) == "requested"
    assert page.rsplit("/", 1)[1] in str(town.call("authority", "govshare_release_inbox"))
    browse("authority", f"{page}/decide", {"state": "published"})
    assert store.publication_state(town.dataset) == "published"
    browse("authority", f"{page}/decide", {"state": "suspended"})
    assert store.publication_state(town.dataset) == "published"  # no reason, no suspension
    browse("authority", f"{page}/decide", {"state": "suspended", "reason": "核查"})
    assert store.publication_state(town.dataset) == "suspended"


def test_form_without_its_token_does_nothing(portal, town, scanned, monkeypatch):
    """A page elsewhere cannot act for an official who is signed in; not even after somebody
    without a session has posted to the same address."""
    monkeypatch.setitem(portal.flask_app.config, "WTF_CSRF_ENABLED", True)
    user = model.Session.get(model.User, town.people["publisher"])
    user.password = "correct horse battery 9"
    model.Session.commit()
    with portal.flask_app.test_client() as client:
        client.post(f"/release/{scanned}/withdraw", data={"reason": "x"})
        for name in list(g):
            g.pop(name)
        login = client.get("/user/login").text
        token = re.search(r'name="_csrf_token"[^>]*(?:value|content)="([^"]+)"', login)[1]
        client.post("/user/login", data={"login": user.name, "_csrf_token": token,
                                         "password": "correct horse battery 9"})
        for name in list(g):
            g.pop(name)
        page = client.get(f"/release/{scanned}")
        assert page.status_code == 200
        assert client.post(f"/release/{scanned}/withdraw", data={"reason": "x"}).status_code == 400
        token = re.search(r'name="_csrf_token" (?:value|content)="([^"]+)"', page.text)[1]
        note = {"text": "已核", "_csrf_token": token}
        done = client.post(f"/release/{scanned}/comment", data=note)
        assert done.status_code == 302
    model.Session.expire_all()
    assert store.release(scanned).state == "scanned"
    assert town.call("auditor", "govshare_release_show", id=scanned)["notes"][0]["text"] == "已核"


def test_page_shows_the_risk(browse, town, receive, work):
    """Quasi-identifiers: the figures and the groups by size, of the output."""
    lines = ["年龄,性别,金额"] + [f"{30 + i % 2},{'男女'[i % 2]},{i}" for i in range(12)]
    release = receive("\n".join(lines).encode(), "年龄.csv")
    work()
    browse("publisher", f"/release/{release.id}/transform", {})
    work()
    page = browse("publisher", f"/release/{release.id}")
    assert page.status_code == 200
    assert "重识别风险" in page.body
    assert '<span class="gs-figure-value">6</span>' in page.body


def test_every_form_that_acts_carries_its_token(browse, town, scanned, work):
    """CKAN refuses a POST without one; so none of our forms may lack it."""
    bodies = [browse("publisher", f"/release/{scanned}").body]
    dataset = model.Session.get(model.Package, town.dataset).name
    bodies.append(browse("publisher", f"/release/publication/{dataset}").body)
    forms = [f for body in bodies for f in re.findall(r"<form[^>]*>.*?</form>", body, re.S)]
    acting = [f for f in forms if re.search(r'<form[^>]*method="post"', f, re.I)]
    assert len(acting) >= 5
    assert all('name="_csrf_token"' in f for f in acting)
