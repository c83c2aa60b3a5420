"""What `up` says when the machine or a service does not play along, before CKAN is loaded."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ckanext.govshare.stack import launcher, libmagic, services
from tests.stack.command import COMMAND, environment, govshare

NOBODY = 65534


@pytest.fixture
def data(tmp_path):
    yield tmp_path / "var"
    launcher.down(tmp_path / "var")


def test_the_wanted_port_is_taken(data):
    """`--port` that is in use: said before anything starts."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = govshare(data, "up", "--port", str(port))
        detached = govshare(data, "up", "--detach", "--port", str(port))
    for said in (done, detached):
        assert said.returncode == 1
        assert f"✗ Port {port} is in use" in said.stdout
        assert "→ Choose another with --port" in said.stdout
    assert not (data / "postgres").exists()


@pytest.mark.parametrize(("variable", "url"), [
    ("GOVSHARE_DATABASE_URL", "postgresql://somebody:geheim@127.0.0.1:1/postgres"),
    ("GOVSHARE_REDIS_URL", "redis://:geheim@127.0.0.1:1/0"),
    ("GOVSHARE_SOLR_URL", "http://127.0.0.1:1/solr/ckan"),
])
def test_a_wrong_url_is_named_with_its_variable(data, variable, url):
    """The message names the place and the variable, never the password."""
    done = govshare(data, "up", **{variable: url})
    assert done.returncode == 1
    assert "127.0.0.1:1" in done.stdout
    assert variable in done.stdout
    assert "geheim" not in done.stdout
    assert "Traceback" not in done.stdout


def test_a_url_that_is_none(data):
    """A typing error in the URL is a message too."""
    done = govshare(data, "up", GOVSHARE_DATABASE_URL="localhost")
    assert done.returncode == 1
    assert "GOVSHARE_DATABASE_URL" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_data_folder_that_cannot_be_written(tmp_path):
    """A read-only folder: said with the folder's name. A file in its place: too."""
    place = tmp_path / "file"
    place.write_text("")
    done = govshare(place / "var", "up")
    assert done.returncode == 1
    assert str(place) in done.stdout
    assert "--data" in done.stdout


@pytest.fixture
def elsewhere():
    """A folder that everybody can reach, unlike pytest's."""
    folder = Path("/var/tmp") / f"govshare-test-{os.getpid()}"
    folder.mkdir()
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def an_ordinary_user_can_run_this_python() -> bool:
    if os.geteuid():
        return False
    try:
        return not subprocess.run([sys.executable, "-c", ""], user=NOBODY, check=False).returncode
    except PermissionError:
        return False


@pytest.mark.skipif(not an_ordinary_user_can_run_this_python(),
                    reason="needs root, and a Python outside root's home")
def test_an_ordinary_user(elsewhere):
    """Another user starts the services in a folder of his own, and meets a read-only one."""
    denied = elsewhere / "denied"
    denied.mkdir(mode=0o755)
    done = govshare(denied / "var", "up", user=NOBODY, HOME=str(elsewhere))
    assert done.returncode == 1
    assert "cannot be written" in done.stdout
    code = (
        "from pathlib import Path; from ckanext.govshare.stack import services as s;"
        "f = Path('own'); print(s.start(f).database.catalogue); s.stop(f)"
    )
    done = subprocess.run([sys.executable, "-c", code], user=NOBODY, group=NOBODY, cwd=elsewhere,
                          env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "postgresql://govshare:" in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_and_the_next_start(tmp_path):
    """On a disk of 30 MB the database cannot be made; with space the same folder works."""
    disk = tmp_path / "disk"
    disk.mkdir()
    code = f"""
import subprocess, sys
from pathlib import Path
disk = Path({str(disk)!r})
mount = lambda *how: subprocess.run(["mount", *how], check=True)
mount("-t", "tmpfs", "-o", "size=30m", "tmpfs", str(disk))
done = subprocess.run({COMMAND!r} + ["--data", str(disk / "var"), "up"],
                      capture_output=True, text=True)
print(done.returncode, done.stdout, done.stderr)
mount("-o", "remount,size=300m", str(disk))
from ckanext.govshare.stack import services
services.start(disk / "var"); print("started"); services.stop(disk / "var")
"""
    done = subprocess.run(["unshare", "--mount", sys.executable, "-c", code], env=environment(),
                          capture_output=True, text=True, check=False)
    assert done.stdout.startswith("1 "), done.stdout + done.stderr
    assert "free space" in done.stdout
    assert "Traceback" not in done.stdout
    assert done.stdout.endswith("started\n"), done.stdout + done.stderr


def test_libmagic_comes_from_the_wheel_where_the_system_has_none(monkeypatch):
    """A process with the variables of `libmagic.environment` loads the wheel's library."""
    def missing(_name):
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr("ctypes.CDLL", missing)
        variables = libmagic.environment()
    code = ("import magic; print(magic.from_buffer(b'%PDF-1.7', mime=True));"
            "print(open('/proc/self/maps').read())")
    done = subprocess.run([sys.executable, "-c", code], env={**environment(), **variables},
                          capture_output=True, text=True, check=True)
    assert done.stdout.startswith("application/pdf\n")
    assert "pylibmagic" in done.stdout


def test_doctor_names_the_remedy(tmp_path):
    """All well: exit code 0. A service that does not answer: its remedy, exit code 1."""
    well = govshare(tmp_path / "var", "doctor")
    assert well.returncode == 0, well.stdout
    ill = govshare(tmp_path / "var", "doctor", GOVSHARE_REDIS_URL="redis://127.0.0.1:1/0")
    assert ill.returncode == 1
    assert "→ Check GOVSHARE_REDIS_URL" in ill.stdout


def test_services_of_ones_own(data, tmp_path):
    """With the URLs of running servers nothing embedded starts, and the roles are made there."""
    other = services.start(tmp_path / "other", durable=False)
    try:
        environ = {"GOVSHARE_DATABASE_URL": other.admin_url, "GOVSHARE_REDIS_URL": other.redis_url,
                   "GOVSHARE_STORAGE": str(tmp_path / "store")}
        code = (
            "import sys, pathlib; from ckanext.govshare.stack import services as s;"
            "r = s.start(pathlib.Path(sys.argv[1])); print(r.redis_url, r.storage);"
            "print([c.name for c in s.children(r.data_dir) if c.find()])"
        )
        done = subprocess.run([sys.executable, "-c", code, str(data)], env=environment(**environ),
                              capture_output=True, text=True, check=True)
        assert done.stdout == f"{other.redis_url} {tmp_path / 'store'}\n[]\n"
    finally:
        services.stop(tmp_path / "other")


def test_a_role_that_may_only_create_roles_and_databases_suffices(data, tmp_path):
    """The operator's database user needs no superuser."""
    import psycopg2

    from ckanext.govshare.stack import databases, keys

    other = services.start(tmp_path / "other", durable=False)
    try:
        with databases.connected(other.admin_url) as connection, connection.cursor() as cursor:
            for name in (databases.CATALOGUE, databases.DATASTORE):
                cursor.execute(f"drop database {name}")
            for role in (databases.OWNER, databases.WRITER, databases.READER):
                cursor.execute(f"drop role {role}")
            cursor.execute("create role dba login createdb createrole password 'pw'")
        url = other.admin_url.replace(
            other.admin_url.split("//")[1].split("@")[0], "dba:pw")
        data.mkdir()
        secrets = keys.load(data)
        databases.prepare(url, secrets)
        databases.prepare(url, secrets)
        psycopg2.connect(databases.urls(url, secrets).datastore_write).close()
    finally:
        services.stop(tmp_path / "other")


def test_a_broken_site_ini_names_its_line(data):
    """What an operator mistypes in `site.ini` is named with file and line."""
    data.mkdir()
    (data / "site.ini").write_text("[app:main]\nckan.site_title = x\noops\n")
    done = govshare(data, "up")
    assert done.returncode == 1
    assert str(data / "site.ini") in done.stdout
    assert "oops" in done.stdout
    assert "Traceback" not in done.stdout
