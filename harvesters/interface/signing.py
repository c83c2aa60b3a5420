"""Who is asking, shown to the interface in each of the ways that gateways want."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import requests

from harvesters import network
from harvesters.interface.settings import Auth
from harvesters.notes import SourceError

Sign = Callable[[str, str, dict[str, str]], tuple[dict[str, str], dict[str, str]]]
"""Of method, address and parameters: the secret headers and the secret parameters."""
TOKEN_LIMIT = 1 << 20


def signer(auth: Auth, secret: dict[str, str], http: requests.Session) -> Sign:
    """How each request is signed; raises SourceError when credentials are missing or refused."""
    missing = [name for name in auth.secrets() if not secret.get(name)]
    if missing:
        raise SourceError("no_secret", names=", ".join(missing))
    if auth.type == "hmac":
        return lambda method, url, parameters: (
            gateway(method, url, parameters, secret["app_key"], secret["app_secret"]), {})
    headers: dict[str, str] = {}
    parameters: dict[str, str] = {}
    if auth.type == "key":
        (headers if auth.place == "header" else parameters)[auth.name] = secret["key"]
    elif auth.type == "basic":
        headers["Authorization"] = _basic(secret["user"], secret["password"])
    elif auth.type == "oauth2":
        headers["Authorization"] = f"Bearer {_token(auth, secret, http)}"
    return lambda _method, _url, _parameters: (headers, parameters)


def gateway(
    method: str, url: str, parameters: dict[str, str], key: str, secret: str,
    *, nonce: str | None = None, millis: int | None = None,
) -> dict[str, str]:
    """The headers of Alibaba Cloud's API gateway: HMAC-SHA256 over method, headers and path."""
    parts = urlsplit(url)
    given = {pair.partition("=")[0]: pair.partition("=")[2]
             for pair in parts.query.split("&") if pair}
    query = "&".join(f"{name}={value}" if value else name
                     for name, value in sorted({**given, **parameters}.items()))
    signed = {
        "X-Ca-Key": key,
        "X-Ca-Nonce": nonce or str(uuid.uuid4()),
        "X-Ca-Timestamp": str(millis or int(time.time() * 1000)),
    }
    lines = [method, "*/*", "", "", ""]
    lines += [f"{name}:{value}" for name, value in sorted(signed.items())]
    lines.append(parts.path + (f"?{query}" if query else ""))
    digest = hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).digest()
    return {
        **signed, "Accept": "*/*", "X-Ca-Signature-Method": "HmacSHA256",
        "X-Ca-Signature-Headers": ",".join(sorted(signed)),
        "X-Ca-Signature": base64.b64encode(digest).decode(),
    }


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _token(auth: Auth, secret: dict[str, str], http: requests.Session) -> str:
    body = {"grant_type": "client_credentials"} | ({"scope": auth.scope} if auth.scope else {})
    headers = {"Authorization": _basic(secret["client_id"], secret["client_secret"])}
    with network.request(
        http, "POST", auth.token_url, secret=headers, data=urlencode(body),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    ) as answer:
        network.expect_ok(answer)
        text = network.whole(answer, TOKEN_LIMIT, 30)
    try:
        return str(network.json_of(answer, text)["access_token"])
    except (KeyError, TypeError):
        raise SourceError(
            "not_understood", file=network.url_said(auth.token_url), reason="access_token"
        ) from None
