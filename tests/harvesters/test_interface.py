"""Interface mode against a server that pages, signs, limits and fails as real ones do."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import time

import pytest
import requests
from ckan.plugins import toolkit as tk
from werkzeug import Request, Response

from harvesters import network
from harvesters.interface import rows, signing
from harvesters.interface.settings import Dataset, InterfaceSettings
from harvesters.notes import SourceError
from harvesters.settings import parse

from .conftest import context, releases
from .servers import serving
from .test_quarantine import content

ROWS = [{"id": n, "who": {"name": f"街道{n}"}, "ok": n % 2 == 0} for n in range(1, 8)]
EXPECTED = [["编号", "街道"], *([str(r["id"]), r["who"]["name"]] for r in ROWS)]
FIELDS = {"编号": "id", "街道": "who.name"}


def answer(found: object, **headers: str) -> Response:
    return Response(json.dumps(found), mimetype="application/json", headers=headers)


def by_page(request: Request) -> Response:
    page = int(request.args["page"])
    return answer({"data": {"list": ROWS[(page - 1) * 3:page * 3]}})


def by_offset(request: Request) -> Response:
    start = int(request.args["page"])
    return answer({"data": {"list": ROWS[start:start + 3]}})


def by_cursor(request: Request) -> Response:
    start = int(request.args.get("page", 0))
    following = str(start + 3) if start + 3 < len(ROWS) else None
    return answer({"data": {"list": ROWS[start:start + 3]}, "next": following})


def by_link(request: Request) -> Response:
    start = int(request.args.get("from", 0))
    more = {"Link": f'</rows?from={start + 3}>; rel="next"'} if start + 3 < len(ROWS) else {}
    return answer({"data": {"list": ROWS[start:start + 3]}}, **more)


def whole(_request: Request) -> Response:
    return answer({"data": {"list": ROWS}})


PAGING = {
    "none": (whole, {"type": "none"}),
    "page": (by_page, {"type": "page", "size": 3, "size_parameter": "size"}),
    "page, size unknown": (by_page, {"type": "page"}),
    "offset": (by_offset, {"type": "offset", "size": 3}),
    "cursor": (by_cursor, {"type": "cursor", "next": "next"}),
    "link": (by_link, {"type": "link"}),
}


def one(**more) -> dict:
    dataset = {"key": "jiuzhu", "title": f"接口数据{time.time_ns()}", "path": "rows",
               "rows": "data.list", "fields": FIELDS, **more}
    return {"datasets": [dataset], "rate": 100}


@pytest.mark.parametrize("way", PAGING)
def test_all_pages_become_one_file_in_quarantine(connect, server, way):
    server.answers["/api/rows" if way != "link" else "/rows"], paging = PAGING[way]
    base = server.url + ("/api" if way != "link" else "")
    source = connect("govshare_interface", base, one(paging=paging))
    report = source.harvest()
    assert report.outcome("jiuzhu") == "added", (report.records, report.notes)
    release, = releases(report.records["jiuzhu"]["dataset"])
    assert release.state == "quarantined"
    assert content(release) == EXPECTED


def test_csv_and_xml_are_read_too():
    csv = Dataset(key="x", title="x", format="csv", fields={"编号": "id"})
    assert list(rows.read(csv, "\ufeffid,b\n1,2\n".encode(), "x")[0]) == [{"编号": "1"}]
    xml = Dataset(key="x", title="x", format="xml", rows=".//r", fields={"编号": "a/b"})
    body = "<x><r><a><b> 一 </b></a></r><r/></x>".encode()
    assert list(rows.read(xml, body, "x")[0]) == [{"编号": "一"}, {"编号": ""}]
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x><r><a><b>&b;</b></a></r></x>'
    with pytest.raises(SourceError):
        rows.read(xml, bomb, "x")


AUTHS = {
    "key": ({"type": "key", "name": "X-Key"}, {"key": "geheim"},
            lambda r: r.headers.get("X-Key") == "geheim"),
    "key in the query": ({"type": "key", "name": "ak", "place": "query"}, {"key": "geheim"},
                         lambda r: r.args.get("ak") == "geheim"),
    "basic": ({"type": "basic"}, {"user": "u", "password": "geheim"},
              lambda r: r.authorization and r.authorization.password == "geheim"),
    "hmac": ({"type": "hmac"}, {"app_key": "k", "app_secret": "geheim"},
             lambda r: r.headers["X-Ca-Signature"] == signing.gateway(
                 r.method, r.url, {}, "k", "geheim", nonce=r.headers["X-Ca-Nonce"],
                 millis=int(r.headers["X-Ca-Timestamp"]))["X-Ca-Signature"]),
}


@pytest.mark.parametrize("way", AUTHS)
def test_the_source_shows_who_it_is_and_the_secret_is_nowhere(
    connect, server, department, caplog, way
):
    auth, secret, knows = AUTHS[way]

    def judge(request: Request) -> Response:
        return whole(request) if knows(request) else Response(status=401)

    server.answers["/rows"] = judge
    source = connect("govshare_interface", server.url, {**one(), "auth": auth}, secret)
    report = source.harvest()
    assert report.outcome("jiuzhu") == "added", report.records
    shown = [tk.get_action("govshare_harvest_consent_show")(
        context(department.publisher), {"source_id": source.source})]
    shown += [tk.get_action("harvest_source_show")(context(), {"id": source.source}), report]
    assert "geheim" not in str(shown) + caplog.text
    assert shown[0]["secrets"] == sorted(secret)


def test_oauth2_asks_for_a_token_once(connect, server):
    def token(request: Request) -> Response:
        basic = base64.b64encode(b"app:geheim").decode()
        if request.headers["Authorization"] != f"Basic {basic}":
            return Response(status=401)
        return answer({"access_token": "t0"})

    def judge(request: Request) -> Response:
        ok = request.headers.get("Authorization") == "Bearer t0"
        return by_page(request) if ok else Response(status=401)

    server.answers |= {"/token": token, "/rows": judge}
    auth = {"type": "oauth2", "token_url": f"{server.url}/token"}
    source = connect("govshare_interface", server.url,
                     {**one(paging=PAGING["page"][1]), "auth": auth},
                     {"client_id": "app", "client_secret": "geheim"})
    assert source.harvest().outcome("jiuzhu") == "added"
    assert sum(r.path == "/token" for r in server.asked) == 1


def test_the_gateways_signature_is_the_documented_one():
    found = signing.gateway("GET", "https://x.invalid/a/b?z=1", {"a": "2"}, "key", "secret",
                            nonce="n", millis=1)
    assert found["X-Ca-Signature-Headers"] == "X-Ca-Key,X-Ca-Nonce,X-Ca-Timestamp"
    text = ("GET\n*/*\n\n\n\nX-Ca-Key:key\nX-Ca-Nonce:n\nX-Ca-Timestamp:1\n/a/b?a=2&z=1")
    digest = hmac.new(b"secret", text.encode(), hashlib.sha256).digest()
    assert found["X-Ca-Signature"] == base64.b64encode(digest).decode()


def test_not_modified_reads_nothing_again(connect, server):
    def conditional(request: Request) -> Response:
        if request.headers.get("If-None-Match") == '"v1"':
            return Response(status=304)
        return answer({"data": {"list": ROWS}}, ETag='"v1"')

    server.answers["/rows"] = conditional
    source = connect("govshare_interface", server.url, one())
    assert source.harvest().outcome("jiuzhu") == "added"
    assert source.harvest().outcome("jiuzhu") == "unchanged"
    assert source.harvest().outcome("jiuzhu") == "unchanged"


@pytest.mark.parametrize("status, tries", [(500, 2), (429, 2), (503, 2)])
def test_a_server_in_trouble_is_asked_again(connect, server, status, tries):
    left = [status] * (tries - 1)
    server.answers["/rows"] = lambda r: Response(status=left.pop()) if left else whole(r)
    source = connect("govshare_interface", server.url, one())
    assert source.harvest().outcome("jiuzhu") == "added"
    assert len(server.asked) == tries


BAD = {
    "refused": (lambda _: Response(status=403), "403"),
    "no JSON": (lambda _: Response("<html>"), "json"),
    "other shape": (lambda _: answer({"data": 1}), "data.list"),
    "away": (lambda _: Response(status=302, headers={"Location": "http://169.254.169.254/x"}),
             "169.254.169.254"),
    "round and round": (lambda r: Response(status=302, headers={"Location": r.url}), "/rows"),
    "another scheme": (lambda _: Response(status=302, headers={"Location": "file:///etc/passwd"}),
                       "https://"),
}


@pytest.mark.parametrize("way", BAD)
def test_what_a_server_does_wrong_is_said_once(connect, server, way):
    server.answers["/rows"], words = BAD[way]
    source = connect("govshare_interface", server.url, one())
    report = source.harvest()
    assert report.outcome("jiuzhu") == "errored"
    assert words in report.said("jiuzhu"), report.records
    assert report.records["jiuzhu"]["dataset"] is None


def test_a_server_that_drips_is_left(connect, server):
    def drip(_request: Request) -> Response:
        def bytes_():
            for _ in range(100):
                time.sleep(0.1)
                yield b" "
        return Response(bytes_(), mimetype="application/json")

    server.answers["/rows"] = drip
    source = connect("govshare_interface", server.url, {**one(), "seconds": 0.5})
    began = time.monotonic()
    report = source.harvest()
    assert report.outcome("jiuzhu") == "errored" and time.monotonic() - began < 5


def test_an_answer_that_unpacks_to_gigabytes_is_cut(server):
    packed = gzip.compress(bytes(30 << 20))
    server.answers["/x"] = lambda _: Response(packed, headers={"Content-Encoding": "gzip"})
    http = network.session(network.allowed(["127.0.0.1"]))
    with network.request(http, "GET", f"{server.url}/x", secret={}) as found, \
            pytest.raises(SourceError) as caught:
        network.whole(found, 1 << 20, 30)
    assert caught.value.note.code == "too_large"


def test_secrets_stay_with_the_host_that_was_asked(server):
    with serving() as other:
        other.answers["/y"] = lambda r: answer({"key": r.headers.get("X-Key")})
        server.answers["/x"] = lambda _: requests_redirect(f"{other.url}/y")
        http = network.session(network.allowed(["127.0.0.1"]))
        with network.request(
            http, "GET", f"{server.url}/x", secret={"X-Key": "geheim"}) as found:
            assert json.loads(network.whole(found, 1 << 20, 5)) == {"key": None}


def requests_redirect(url: str) -> Response:
    return Response(status=requests.codes.found, headers={"Location": url})


WRONG = {
    "no datasets": ({}, "datasets"),
    "unknown name": ({"datasets": [{"key": "a", "title": "a", "x": 1}]}, "x"),
    "a secret": ({"datasets": [{"key": "a", "title": "a"}], "auth": {"password": "p"}}, "password"),
    "a bad path": ({"datasets": [{"key": "a", "title": "a", "rows": "[["}]}, "datasets"),
    "one key twice": ({"datasets": [{"key": "a", "title": "a"}] * 2}, "key"),
    "a bad network": ({"datasets": [{"key": "a", "title": "a"}], "allow": ["10.0.0.0/99"]},
                      "allow"),
}


@pytest.mark.parametrize("way", WRONG)
def test_settings_that_cannot_work_are_refused_with_the_place(portal, way):
    settings, words = WRONG[way]
    with pytest.raises(ValueError, match=words):
        parse(InterfaceSettings, json.dumps(settings))
