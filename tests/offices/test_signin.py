"""Signing in by OpenID Connect, against a real provider on this machine: the whole way, and every
answer that is not exactly as it should be."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from cryptography.hazmat.primitives.asymmetric import rsa

from ckanext.govshare.offices import oidc

CLIENT, SECRET = "portal", "portal-secret"


class Provider(ThreadingHTTPServer):
    """A small identity service: it checks the client, the redirect and PKCE as a real one does.

    `claims` and `key` are what a test changes to make it answer wrongly.
    """

    def __init__(self) -> None:
        self.key = self.published = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes: dict[str, dict[str, str]] = {}
        self.person = {"sub": f"person-{uuid.uuid4().hex}", "name": "王芳"}
        self.claims: dict[str, object] = {}
        self.says: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"

    def configuration(self) -> dict[str, str]:
        return {
            "issuer": self.address, "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/keys",
            **self.says,
        }

    def keys(self) -> dict[str, object]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.published.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        code = uuid.uuid4().hex
        self.codes[code] = asked
        query = urlencode({"code": code, "state": asked["state"]})
        return f"{asked['redirect_uri']}?{query}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, object] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if (
            asked is None or authorization != f"Basic {basic}"
            or form["redirect_uri"] != asked["redirect_uri"]
            or challenge != asked["code_challenge"] or asked["code_challenge_method"] != "S256"
        ):
            return None
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], **self.person, **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return {
            "access_token": "x", "token_type": "Bearer",
            "id_token": jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"}),
        }


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(query).items()}
            self.send_response(302)
            self.send_header("Location", self.server.authorize(asked))
            self.end_headers()
            return
        known = {"/.well-known/openid-configuration": self.server.configuration,
                 "/keys": self.server.keys}
        self._say(200, known[path]())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        made = self.server.token(form, self.headers.get("Authorization", ""))
        self._say(200, made) if made else self._say(400, {"error": "invalid_grant"})

    def _say(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments) -> None:
        pass


@pytest.fixture
def provider(monkeypatch):
    server = Provider()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for name, value in (("issuer", server.address), ("client_id", CLIENT),
                        ("client_secret", SECRET)):
        monkeypatch.setitem(tk.config, f"govshare.oidc.{name}", value)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def browser(site):
    return site.test_client()


def visit(provider: Provider, client, came_from: str = "") -> str:
    """From the portal to the provider, which redirects; gives the address to come back to."""
    away = client.get(f"/signin/?came_from={came_from}", follow_redirects=False)
    asked = {k: v[0] for k, v in parse_qs(urlsplit(away.headers["Location"]).query).items()}
    assert asked["response_type"] == "code"
    assert "openid" in asked["scope"]
    back = urlsplit(provider.authorize(asked))
    return f"{back.path}?{back.query}"


def come_back(client, address: str):
    return client.get(address, follow_redirects=False)


def signed_in(client) -> bool:
    return client.get("/workbench", follow_redirects=False).status_code == 200


def test_whole_way_makes_an_account_once(provider, site):
    """The first visit makes the account, the second finds it; the person gets where they were."""
    for _visit in range(2):
        client = browser(site)
        answer = come_back(client, visit(provider, client, "/case/"))
        assert answer.status_code == 302
        assert answer.headers["Location"].endswith("/case/")
        assert signed_in(client)
    with site.flask_app.test_request_context():
        found = model.Session.execute(
            oidc.table.select().where(oidc.table.c.subject == provider.person["sub"])).all()
        assert len(found) == 1
        user = model.User.get(found[0].user_id)
        assert (user.fullname, user.sysadmin) == ("王芳", False)
        model.Session.remove()


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "somebody-else"}, {"iss": "https://other.example"}, {"nonce": "other"},
        {"nonce": None}, {"exp": 1}, {"sub": None},
    ],
)
def test_token_that_is_not_for_us_now_signs_nobody_in(provider, site, wrong):
    client = browser(site)
    provider.claims = wrong
    answer = come_back(client, visit(provider, client))
    assert answer.headers["Location"].endswith("/user/login")
    assert not signed_in(client)


def test_token_of_another_key_signs_nobody_in(provider, site):
    client = browser(site)
    provider.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    come_back(client, visit(provider, client))
    assert not signed_in(client)


def test_somebody_elses_answer_signs_nobody_in(provider, site):
    """A link with another's code, sent to a victim, does not sign the victim in as the other."""
    attacker, victim = browser(site), browser(site)
    link = visit(provider, attacker)
    visit(provider, victim)
    come_back(victim, link)
    assert not signed_in(victim)
    nobody = browser(site)
    come_back(nobody, link)
    assert not signed_in(nobody)


def test_answer_is_used_once(provider, site):
    client = browser(site)
    address = visit(provider, client)
    come_back(client, address)
    again = browser(site)
    come_back(again, address)
    assert not signed_in(again)


def test_service_that_is_another_or_not_encrypted_is_refused(provider, site):
    for says in ({"issuer": "https://other.example"},
                 {"token_endpoint": "http://id.example.gov.cn/token"}):
        provider.says = says
        answer = browser(site).get("/signin/", follow_redirects=False)
        assert answer.headers["Location"].endswith("/user/login")


def test_closed_account_stays_closed(provider, site):
    client = browser(site)
    come_back(client, visit(provider, client))
    with site.flask_app.test_request_context():
        found = model.Session.execute(
            oidc.table.select().where(oidc.table.c.subject == provider.person["sub"])).one()
        model.User.get(found.user_id).state = "deleted"
        model.Session.commit()
        model.Session.remove()
    client = browser(site)
    come_back(client, visit(provider, client))
    assert not signed_in(client)


def test_only_back_into_the_portal(provider, site):
    client = browser(site)
    answer = come_back(client, visit(provider, client, "https://evil.example/"))
    assert answer.headers["Location"].endswith("/workbench")


def test_login_page_offers_it_when_it_is_set(provider, site, monkeypatch):
    assert "/signin/" in browser(site).get("/user/login").get_data(as_text=True)
    monkeypatch.setitem(tk.config, "govshare.oidc.issuer", "")
    assert "/signin/" not in browser(site).get("/user/login").get_data(as_text=True)
    assert browser(site).get("/signin/").status_code == 404
