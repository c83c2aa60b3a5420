"""The embedded services: who may what, and what they remember."""

from __future__ import annotations

import os

import psycopg2
import pytest

from ckanext.govshare.stack import services


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("services") / "var"
    yield services.start(folder, durable=False)
    services.stop(folder)


def ask(url: str, statement: str):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def refused(url: str, statement: str = "select 1") -> bool:
    try:
        ask(url, statement)
    except (psycopg2.OperationalError, psycopg2.errors.InsufficientPrivilege):
        return True
    return False


def test_no_role_of_the_portal_is_a_superuser(running):
    """Neither the owner nor the DataStore's roles may make roles or databases."""
    database = running.database
    for url in (database.catalogue, database.datastore_write, database.datastore_read):
        rows = ask(url, "select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
                        " from pg_roles where rolname = current_user")
        assert rows == [(False,) * 5]


def test_the_datastore_roles_cannot_enter_the_catalogue(running):
    """Each role connects to its own database only."""
    database = running.database
    for url in (database.datastore_write, database.datastore_read):
        assert refused(url.replace("/govshare_datastore", "/govshare"))
        assert refused(url.replace("/govshare_datastore", "/postgres"))
    assert refused(database.catalogue + "_datastore")


def test_no_password_no_entry(running):
    """SCRAM for everybody: a wrong password is refused, also for the superuser, on loopback too."""
    place = running.admin_url.rpartition("@")[2]
    for user in ("postgres", "govshare"):
        assert refused(f"postgresql://{user}:wrong@{place}")
    assert ask(running.admin_url, "select distinct auth_method from pg_hba_file_rules") == [
        ("scram-sha-256",)]


def test_the_reader_cannot_write(running):
    """The DataStore's reading role makes no table."""
    assert refused(running.database.datastore_read, "create table t (a int)")


def test_starting_again_adopts_what_runs(running):
    """The second start changes nothing: same address, same secrets, same processes."""
    before = [child.find() for child in services.children(running.data_dir)]
    assert services.start(running.data_dir, durable=False) == running
    assert [child.find() for child in services.children(running.data_dir)] == before


def test_a_lock_of_a_dead_server_is_no_obstacle(tmp_path):
    """The power failed, another program has the old server's pid now: it starts all the same."""
    services.start(tmp_path, durable=False)
    database = services.children(tmp_path)[0]
    lock = tmp_path / "postgres" / "postmaster.pid"
    lines = lock.read_text().splitlines()
    services.stop(tmp_path)
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    try:
        services.start(tmp_path, durable=False)
        assert database.find()
    finally:
        services.stop(tmp_path)
