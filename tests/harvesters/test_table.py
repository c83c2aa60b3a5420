"""Table mode against a real PostgreSQL server and SQLite."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from harvesters.notes import SourceError
from harvesters.settings import parse
from harvesters.table.connection import address, can_write_mysql
from harvesters.table.settings import TableSettings

from .conftest import context, releases
from .test_quarantine import content


@pytest.fixture
def postgres(portal):
    """A schema of a department in the stack's server, read by an account of its own; with the
    account that owns it as `owner`."""
    owner = model.meta.engine.url
    name = f"dept_{uuid.uuid4().hex[:8]}"
    with model.meta.engine.begin() as connection:
        connection.execute(sa.text(f"create schema {name}"))
        connection.execute(sa.text(f"""
            create table {name}.jiuzhu (id int primary key, street text, changed timestamptz)"""))
        connection.execute(sa.text(f"comment on column {name}.jiuzhu.street is '街道名称'"))
        connection.execute(sa.text(f"""
            insert into {name}.jiuzhu
            select n, '街道' || n, timestamptz '2026-01-01 08:00+08' + n * interval '1 day'
            from generate_series(1, 25000) n"""))
    yield {"url": f"postgresql://{owner.host}:{owner.port}/{owner.database}", "schema": name,
           "owner": {"user": owner.username, "password": owner.password}}
    with model.meta.engine.begin() as connection:
        connection.execute(sa.text(f"drop schema {name} cascade"))


def add(postgres, number: int) -> None:
    with model.meta.engine.begin() as connection:
        connection.execute(sa.text(
            f"insert into {postgres['schema']}.jiuzhu values (:n, '新街道', now())"), {"n": number})


def settings(postgres, **more) -> dict:
    table = {"table": "jiuzhu", "schema": postgres["schema"], "key": "jiuzhu",
             "title": f"临时救助{time.time_ns()}", **more}
    return {"tables": [table], "may_write": "test account"}


@pytest.mark.requirement("LY-5b")
def test_a_table_is_read_whole_and_only_again_when_its_watermark_moves(connect, postgres):
    source = connect("govshare_table", postgres["url"], settings(postgres, watermark="changed"),
                     postgres["owner"])
    report = source.harvest()
    assert report.outcome("jiuzhu") == "added", report.said("jiuzhu")
    dataset = report.records["jiuzhu"]["dataset"]
    release, = releases(dataset)
    rows = content(release)
    assert rows[:2] == [["id", "street", "changed"], ["1", "街道1", rows[1][2]]]
    assert len(rows) == 25001
    items = tk.get_action("package_show")(context(), {"id": dataset})["items"]
    assert [i["item_name"] for i in items] == ["id", "street", "changed"]
    assert items[1]["description"] == "街道名称"
    assert source.harvest().outcome("jiuzhu") == "unchanged"
    add(postgres, 25001)
    assert source.harvest().outcome("jiuzhu") == "updated"
    assert len(content(releases(dataset)[-1])) == 25002


@pytest.mark.requirement("LY-5b")
def test_an_increment_brings_the_new_rows_alone(connect, postgres):
    source = connect(
        "govshare_table", postgres["url"],
        settings(postgres, watermark="id", increment=True, columns=["id", "street"]),
        postgres["owner"])
    dataset = source.harvest().records["jiuzhu"]["dataset"]
    assert source.harvest().outcome("jiuzhu") == "unchanged"
    for number in (25001, 25002):
        add(postgres, number)
    report = source.harvest()
    assert report.outcome("jiuzhu") == "updated", report.records
    assert report.records["jiuzhu"]["notes"] == []
    files = sorted((content(r) for r in releases(dataset)), key=len)
    assert files[0] == [["id", "street"], ["25001", "新街道"], ["25002", "新街道"]]
    assert len(files[1]) == 25001


def test_an_account_that_may_write_is_refused(connect, postgres):
    found = settings(postgres)
    source = connect("govshare_table", postgres["url"], {"tables": found["tables"]},
                     postgres["owner"])
    assert "may_write" in source.harvest().notes[0]


@pytest.mark.parametrize("change, words", [
    ({"table": "gone"}, "gone"), ({"columns": ["nothing"]}, "nothing"),
])
def test_a_table_or_column_that_is_not_there_is_named(connect, postgres, change, words):
    source = connect("govshare_table", postgres["url"],
                     settings(postgres, **{**change, "key": words}), postgres["owner"])
    assert words in source.harvest().said(words)


def test_a_wrong_password_is_said_and_stays_secret(connect, postgres, caplog):
    secret = {**postgres["owner"], "user": "nobody", "password": "geheim"}
    source = connect("govshare_table", postgres["url"], settings(postgres), secret)
    report = source.harvest()
    assert report.records == {} and report.notes
    assert "geheim" not in str(report) + caplog.text


def test_sqlite_lies_in_the_departments_folder(connect, department, tmp_path):
    path = department.folder / "业务.db"
    with sqlite3.connect(path) as database:
        database.execute("create table jiuzhu (id integer, raw blob, note text)")
        database.execute("insert into jiuzhu values (1, x'00ff', null)")
    database.close()
    tables = {"tables": [{"table": "jiuzhu", "title": f"救助表{time.time_ns()}"}]}
    source = connect("govshare_table", f"sqlite:///{path}", tables)
    report = source.harvest()
    release, = releases(report.records["jiuzhu"]["dataset"])
    assert content(release) == [["id", "raw", "note"], ["1", "00ff", ""]]
    with pytest.raises(tk.ValidationError):
        connect("govshare_table", f"sqlite:///{tmp_path}/x.db", tables)
    model.Session.rollback()


@pytest.mark.parametrize("text", [
    "postgresql://u:p@h/d", "postgresql://h/d?host=/tmp", "postgresql:///d", "oracle://h/d", "x",
])
def test_addresses_with_secrets_or_ways_round_are_refused(text):
    with pytest.raises(SourceError):
        address(text)


@pytest.mark.parametrize("grant, writes", [
    ("GRANT USAGE ON *.* TO `r`@`%`", False),
    ("GRANT SELECT, SHOW VIEW ON `d`.* TO `r`@`%`", False),
    ("GRANT SELECT (`a`, `b`) ON `d`.`t` TO `r`@`%`", False),
    ("GRANT SELECT, INSERT ON `d`.* TO `r`@`%`", True),
    ("GRANT ALL PRIVILEGES ON *.* TO `r`@`%`", True),
])
def test_the_grants_of_mysql(grant, writes):
    assert can_write_mysql(grant) is writes


def test_increments_need_a_watermark():
    with pytest.raises(ValueError, match="watermark"):
        parse(TableSettings, json.dumps({"tables": [{"table": "a", "increment": True}]}))
