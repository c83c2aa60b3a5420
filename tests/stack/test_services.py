"""The embedded services, for real."""

from __future__ import annotations

import psycopg2
from ckan.common import config


def ask(url: str, statement: str):
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_no_role_of_the_portal_is_a_superuser():
    """Neither the owner nor the DataStore's roles may more than their databases."""
    for key in ("sqlalchemy.url", "ckan.datastore.write_url", "ckan.datastore.read_url"):
        rows = ask(config[key], "select rolsuper, rolcreaterole, rolcreatedb from pg_roles"
                                " where rolname = current_user")
        assert rows == [(False, False, False)]
