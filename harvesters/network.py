"""Where a source may connect to: judged at the moment of connecting, on the address itself.

A name is resolved once and the connection goes to the very address that was judged, so a name that
answers otherwise a second later (DNS rebinding) reaches nothing. Departments live in private
networks: what the data authority has approved with the source (`allow`) is let through; addresses
that give out credentials of a machine never are.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

from harvesters.notes import SourceError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
NEVER = [ip_network(net) for net in (
    "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "100.100.100.200/32",
    "::/128", "fe80::/10", "ff00::/8", "fd00:ec2::254/128",
)]
"""Unspecified, link-local and clouds' metadata, multicast, reserved."""
CONNECT, READ = 10.0, 30.0
"""Seconds for a connection, and for the next byte."""
REDIRECTS = 5
PASSING_STATUS = {408, 425, 429, 500, 502, 503, 504}
"""Answers of a server that may do better later."""


def allowed(networks: list[str]) -> list[Network]:
    """The networks of an allow-list (`10.1.0.0/16`, `192.168.3.7`); raises ValueError."""
    return [ip_network(network) for network in networks]


def resolve(host: str, port: int, allow: list[Network]) -> str:
    """The address to connect to; raises SourceError for one that the source may not reach."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise SourceError("no_such_host", passing=True, file=host) from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    # All of them: a name with a public and a private address is a trick, or a mistake.
    if not addresses or not all(_may(ip_address(address), allow) for address in addresses):
        raise SourceError("network_refused", file=host)
    return addresses[0]


def _may(address: Address, allow: list[Network]) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if inner:
            return _may(inner, allow)
    if any(address in net for net in NEVER):
        return False
    return address.is_global or any(address in net for net in allow)


def _nat64(address: IPv6Address) -> IPv4Address | None:
    if address in ip_network("64:ff9b::/96"):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def session(allow: list[Network]) -> requests.Session:
    """A session that connects only where it may; no proxy, no netrc, no redirect of its own."""
    guarded = requests.Session()
    guarded.trust_env = False
    guarded.mount("http://", _Guarded(allow))
    guarded.mount("https://", _Guarded(allow))
    return guarded


@contextmanager
def request(
    http: requests.Session, method: str, url: str, *, secret: dict[str, str], **more: Any
) -> Iterator[requests.Response]:
    """One request, redirects followed by hand; the answer's content is not read yet.

    `secret` are headers that only the host asked first gets to see. Raises SourceError.
    """
    origin, headers = urlsplit(url)[:2], dict(more.pop("headers", {}))
    for _ in range(REDIRECTS + 1):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise SourceError("address_web", file=url_said(url))
        own = secret if parts[:2] == origin else {}
        try:
            answer = http.request(
                method, url, headers={**headers, **own}, stream=True, allow_redirects=False,
                timeout=(CONNECT, READ), **more)
        except requests.RequestException as error:
            raise _failed(url, error) from None
        with answer:
            if not answer.is_redirect:
                yield answer
                return
            following = urljoin(url, answer.headers["location"])
            if parts.scheme == "https" and urlsplit(following).scheme != "https":
                raise SourceError("redirect_open", file=url_said(url))
            url = following
            more.pop("params", None)  # the new address has its own
    raise SourceError("too_many_redirects", file=url_said(url))


def content(
    answer: requests.Response, limit: int, seconds: float, block: int = 1 << 16
) -> Iterator[bytes]:
    """The unpacked content; raises SourceError above `limit` bytes or after `seconds` in all."""
    size, until = 0, time.monotonic() + seconds
    url = url_said(answer.url or "")
    try:
        for piece in answer.raw.stream(block, decode_content=True):
            size += len(piece)
            if size > limit:
                raise SourceError("too_large", file=url, size=size >> 20, limit=limit >> 20)
            if time.monotonic() > until:
                raise SourceError("too_slow", file=url, seconds=round(seconds))
            yield piece
    except Exception as error:
        if isinstance(error, SourceError):
            raise
        raise _failed(url, error) from None


def whole(answer: requests.Response, limit: int, seconds: float) -> bytes:
    """All of it, in memory."""
    return b"".join(content(answer, limit, seconds))


def expect_ok(answer: requests.Response) -> None:
    """Raise SourceError for any status but 200; a busy server's can pass."""
    if answer.status_code != requests.codes.ok:
        raise SourceError(
            "answered", passing=answer.status_code in PASSING_STATUS,
            file=url_said(answer.url or ""), status=answer.status_code)


def json_of(answer: requests.Response, body: bytes) -> Any:
    """The answer as JSON; raises SourceError."""
    try:
        return json.loads(body)
    except ValueError:
        raise SourceError(
            "not_understood", file=url_said(answer.url or ""), reason="JSON") from None


def same_host(one: str, other: str) -> bool:
    """Whether both go to the same scheme, host and port."""
    return urlsplit(one)[:2] == urlsplit(other)[:2]


def check_address(url: str) -> None:
    """A web address with a host and without credentials; raises SourceError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceError("address_web", file=url_said(url))
    if parts.username or parts.password:
        raise SourceError("secret_in_address")


def url_said(url: str) -> str:
    """An address as it may stand in a report: without user, password and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}" \
           f"{parts.path}"


def _failed(url: str, error: Exception) -> SourceError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, SourceError):
            return cause
        reason = getattr(cause, "reason", None)
        cause = reason if isinstance(reason, BaseException) else cause.__cause__ or (
            cause.__context__ if cause.__context__ is not cause else None)
    if isinstance(error, requests.exceptions.SSLError):
        return SourceError("certificate", file=url_said(url))
    return SourceError("no_answer", passing=True, file=url_said(url))


class _Guarded(HTTPAdapter):
    def __init__(self, allow: list[Network]) -> None:
        self._allow = allow
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        super().init_poolmanager(*arguments, **more)
        allow = self._allow

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(self, allow)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(self, allow)

        plain = type("Pool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
        secure = type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": Secure})
        self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": secure}


def _connect(connection: HTTPConnection, allow: list[Network]) -> socket.socket:
    """To the judged address; certificate and Host header are those of the name."""
    address = resolve(connection._dns_host, connection.port or 80, allow)
    return create_connection((address, connection.port or 80), CONNECT)
