"""`govshare up`, `down`, `status` for real, with everything that can go wrong on the way."""

from __future__ import annotations

import re
import signal
import socket
import stat
import urllib.request
from pathlib import Path

import psutil
import pytest

from ckanext.govshare.stack import keys, launcher, portal, services
from tests.stack.command import govshare, said, start, started, status, wait_for


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The data folder that the tests of this file take through a portal's life, in their order."""
    folder = tmp_path_factory.mktemp("portal") / "var"
    yield folder
    launcher.down(folder)
    for process in started:
        process.wait(60)


def everything(data: Path) -> list[psutil.Process]:
    """Every process that belongs to the data folder, by its pid files."""
    children = [portal.head(data), *portal.children(data), portal.upgrade_child(data),
                *services.children(data), launcher.child(data)]
    return [process for process in (child.find() for child in children) if process]


def page(data: Path) -> str:
    with urllib.request.urlopen(str(launcher.state(data)["address"]), timeout=60) as answer:
        return answer.read().decode()


def ready(data: Path, process):
    def check():
        assert process.poll() is None, said(data).read_text()
        return launcher.state(data).get("pid") == process.pid

    return wait_for(check, "the portal to be ready")


def test_killed_while_the_database_is_made(data):
    """The launcher dies in the first second of its life; nothing stays running."""
    process = start(data)
    wait_for(lambda: (data / "postgres.new").exists(), "initdb to begin")
    process.kill()
    process.wait()
    wait_for(lambda: not everything(data), "all to end", 30)


def test_killed_again_and_again_while_the_database_is_made(data):
    """What one launcher began never gets in the way of the next, however soon it comes."""
    for _ in range(4):
        process = start(data)
        wait_for(lambda: (data / "postgres.new" / "base").exists(), "initdb to be at work")
        process.kill()
        process.wait()


def test_killed_while_the_tables_are_made(data):
    """The next `up` gets past the half-made database; it is killed in the upgrade."""
    process = start(data)

    def upgrading() -> bool:
        assert process.poll() is None, said(data).read_text()
        return (data / "run" / "upgrade.pid").exists()

    wait_for(upgrading, "the upgrade to begin")
    process.kill()
    process.wait()
    wait_for(lambda: not everything(data), "all to end", 60)


def test_the_next_up_works_and_stays(data):
    """After two killed first starts the portal answers, in Chinese, and says so once it does."""
    ready(data, start(data))
    assert "The portal runs: http://127.0.0.1:" in said(data).read_text()
    assert 'lang="zh' in page(data)


def test_status_names_every_part_as_well(data):
    """Each part runs, is healthy, and has a version."""
    parts = status(data)
    assert set(parts) == {"database", "queue", "search", "worker", "scheduler", "web", "portal",
                          "launcher"}
    assert all(part["healthy"] and part["version"] for part in parts.values())


def test_secrets_are_for_their_owner_only(data):
    """Secrets, settings and the first password: 0600, folders 0700, no password told aloud."""
    for name in ("secrets.json", "portal/ckan.ini", "first-administrator.txt", "site.ini",
                 "valkey/valkey.conf"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
    for name in ("", "postgres", "storage", "index", "log", "run", "portal"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o700
    password = (data / "first-administrator.txt").read_text().split()[1]
    everything_said = said(data).read_text() + "".join(
        log.read_text() for log in (data / "log").iterdir())
    for secret in [password, *keys.load(data).values()]:
        assert secret not in everything_said


def test_a_second_up_says_that_it_runs(data):
    """It names the address and how to stop it; the first one goes on."""
    second = govshare(data, "up")
    assert second.returncode == 1
    assert str(launcher.state(data)["address"]) in second.stdout
    assert "govshare down" in second.stdout
    assert page(data)


def test_ckan_runs_on_this_stack(data):
    """`govshare ckan …` passes everything on, options too."""
    shown = govshare(data, "ckan", "config-tool", "--help")
    assert shown.returncode == 0
    assert "Usage: govshare ckan" in shown.stdout


def test_a_part_that_dies_is_started_again(data):
    """The web server is killed; its place is taken by another."""
    web = portal.children(data)[-1]
    first = web.find()
    assert first
    first.kill()
    wait_for(lambda: (now := web.find()) and now.pid != first.pid, "another web server")
    wait_for(lambda: status(data)["web"]["healthy"], "the page")


def test_a_killed_database_is_started_again(data):
    """PostgreSQL dies of kill -9; it recovers and the portal answers again."""
    database = services.children(data)[0]
    first = database.find()
    assert first
    first.kill()
    wait_for(lambda: (now := database.find()) and now.pid != first.pid, "another server")
    wait_for(lambda: status(data)["database"]["healthy"], "the database")
    wait_for(lambda: portal.answers(int(str(launcher.state(data)["port"]))), "the page")


def test_a_killed_launcher_leaves_nothing(data):
    """kill -9: the kernel tells the children, and they stop by themselves."""
    process = launcher.child(data).find()
    assert process
    process.kill()
    wait_for(lambda: not everything(data), "all to end", 60)


def test_up_adopts_services_that_run_and_sigterm_stops_in_order(data):
    """Services left running are used as they are; SIGTERM stops the database last."""
    services.start(data)
    before = [child.find() for child in services.children(data)]
    process = start(data)
    ready(data, process)
    assert [child.find() for child in services.children(data)] == before
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    stopped = re.findall(r"· (\w+) stopped", said(data).read_text())
    assert stopped == ["portal", "valkey", "postgres"]
    assert not everything(data)


def test_a_later_start_keeps_the_address_or_says_why_not(data):
    """The port of last time is taken by another program: another is found and told."""
    port = services.Ports.load(data).numbers["web"]
    with socket.create_server(("127.0.0.1", port)):
        detached = govshare(data, "up", "--detach")
    assert detached.returncode == 0, detached.stdout
    assert f"Port {port} is in use; the portal takes" in detached.stdout
    assert page(data)


def test_down_stops_everything(data):
    """And says what ran; a second `down` has nothing to do."""
    assert "postgres" in govshare(data, "down").stdout
    assert not everything(data)
    assert "Nothing ran" in govshare(data, "down").stdout
