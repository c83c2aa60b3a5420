"""Where a source may connect to."""

from __future__ import annotations

import socket
import threading

import pytest
from werkzeug.serving import make_server

from harvesters import network
from harvesters.notes import SourceError

from . import servers

PRIVATE = ["10.0.0.1", "172.16.3.4", "192.168.1.1", "127.0.0.1", "::1", "fd00::1", "100.64.0.1",
           "::ffff:10.0.0.1", "64:ff9b::a00:1", "198.18.0.1"]
METADATA = ["169.254.169.254", "100.100.100.200", "fe80::1", "0.0.0.0", "224.0.0.1", "::",
            "::ffff:169.254.169.254", "fd00:ec2::254"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_only_by_the_approved_list(address):
    with pytest.raises(SourceError) as caught:
        network.resolve(address, 80, [])
    assert caught.value.note.code == "network_refused"
    inner = {"::ffff:10.0.0.1": "10.0.0.1", "64:ff9b::a00:1": "10.0.0.1"}.get(address, address)
    assert network.resolve(address, 80, network.allowed([inner]))


@pytest.mark.parametrize("address", METADATA)
def test_addresses_that_give_out_credentials_never(address):
    with pytest.raises(SourceError):
        network.resolve(address, 80, network.allowed(["0.0.0.0/0", "::/0"]))


def test_public_addresses_without_a_list():
    assert network.resolve("93.184.215.14", 443, []) == "93.184.215.14"


def test_a_name_with_a_private_address_among_others_is_refused(monkeypatch):
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    both = [(*entry, ("93.184.215.14", 80)), (*entry, ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(SourceError):
        network.resolve("x.invalid", 80, [])


def test_a_name_that_answers_otherwise_a_second_time_reaches_nothing(server, monkeypatch):
    """DNS rebinding: the first answer is judged, and the connection goes to it alone."""
    port = int(server.url.rpartition(":")[2])
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host, *arguments, **more):
        if host != "rebind.invalid":
            return real(host, *arguments, **more)
        asked.append(host)
        return real("192.0.2.1" if len(asked) > 1 else "127.0.0.1", *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    http = network.session(network.allowed(["127.0.0.1"]))
    with network.request(http, "GET", f"http://rebind.invalid:{port}/", secret={}) as answer:
        assert answer.status_code == 404
    assert asked == ["rebind.invalid"]
    assert server.asked[0].host == f"rebind.invalid:{port}"


def test_the_environments_proxy_is_not_used(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    http = network.session(network.allowed(["127.0.0.1"]))
    with network.request(http, "GET", server.url, secret={}) as answer:
        assert answer.status_code == 404


def test_what_is_said_of_an_address_has_no_secret():
    assert network.url_said("https://u:p@x.invalid:1/a?key=s#f") == "https://x.invalid:1/a"
    with pytest.raises(SourceError):
        network.check_address("https://u:p@x.invalid/")


def test_a_server_whose_certificate_nobody_vouches_for_is_refused():
    app = servers.Server()
    secure = make_server("127.0.0.1", 0, app, ssl_context="adhoc")
    thread = threading.Thread(target=secure.serve_forever, daemon=True)
    thread.start()
    http = network.session(network.allowed(["127.0.0.1"]))
    try:
        with pytest.raises(SourceError) as caught, network.request(
            http, "GET", f"https://127.0.0.1:{secure.port}/", secret={"X-Key": "geheim"}
        ):
            pass
    finally:
        secure.shutdown()
        thread.join()
        secure.server_close()
    assert (caught.value.note.code, caught.value.passing) == ("certificate", False)
    assert app.asked == []
