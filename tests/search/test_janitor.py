"""Indexes that are missing, old, damaged or untrue."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from ckanext.govshare.search import files, janitor, reader, schema
from ckanext.govshare.search.engine import Engine

from .conftest import Document, Searching, document


class Database:
    """What the database holds, and indexing from it."""

    def __init__(self, engine: Engine, count: int) -> None:
        self.engine = engine
        self.documents: dict[str, Document] = {f"id-{n}": document(n) for n in range(count)}
        self.indexed: list[str] = []

    def wanted(self) -> Iterable[tuple[str, janitor.Entry]]:
        for id_, doc in self.documents.items():
            labels = tuple(sorted(doc["permission_labels"]))
            yield (
                id_,
                janitor.Entry(doc["index_id"], schema.micros(doc["metadata_modified"]), labels),
            )

    def index(self, ids: list[str]) -> None:
        self.indexed += ids
        self.engine.add([self.documents[id_] for id_ in ids], commit=False)

    def repair(self) -> janitor.Findings:
        self.indexed = []
        home, writer = self.engine.home, self.engine.writer
        found = janitor.repair(home, writer, "here", self.wanted, self.index)
        assert found is not None
        return found


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(Engine(tmp_path / "index"), 25)
    made.engine.add(list(made.documents.values()), commit=True)
    return made


def ids(database: Database) -> set[str]:
    return set(Searching(database.engine).ids())


def test_a_true_index_is_left_alone(database: Database) -> None:
    found = database.repair()
    assert found.fine
    assert found.indexed == 25
    assert database.indexed == []


def test_differences_are_put_right(database: Database) -> None:
    database.engine.delete("id:id-3", commit=True)
    database.engine.add([document(99)], commit=True)
    database.engine.add([document(100, site_id="elsewhere")], commit=True)
    database.documents["id-5"]["metadata_modified"] = "2025-01-01T00:00:00.000001Z"
    database.documents["id-7"]["permission_labels"] = ["member-x"]
    found = database.repair()
    assert (found.missing, found.old, found.mislabelled) == (["id-3"], ["id-5"], ["id-7"])
    assert found.surplus == ["key-99"]
    assert ids(database) == {*database.documents, "id-100"}  # another site's documents are not ours
    assert Searching(database.engine).ids('permission_labels:"member-x"') == ["id-7"]
    assert database.repair().fine


@pytest.mark.parametrize(
    "kind", ["meta gone", "meta cut", "store gone", "index cut", "bit flipped", "all gone"]
)
def test_damage_is_found_and_the_index_built_again(database: Database, kind: str) -> None:
    place = reader.directory(database.engine.home)
    suffix = {"store gone": "store", "index cut": "idx", "bit flipped": "term"}.get(kind)
    if kind == "all gone":
        shutil.rmtree(place)
    elif suffix is None:
        meta = place / "meta.json"
        meta.unlink() if kind == "meta gone" else meta.write_text(meta.read_text()[:40])
    else:
        (path,) = place.glob(f"*.{suffix}")
        content = bytearray(path.read_bytes())
        if kind == "store gone":
            path.unlink()
        else:
            if kind == "bit flipped":
                content[len(content) // 2] ^= 4
            else:
                content = content[: len(content) // 2]
            path.unlink()
            path.write_bytes(content)
    fresh = Database(Engine(database.engine.home), 25)
    found = fresh.repair()
    assert found.broken
    assert ids(fresh) == set(fresh.documents)
    assert fresh.repair().fine


@pytest.mark.parametrize("kind", ["gone", "cut"])
def test_readers_are_answered_while_the_index_is_away(database: Database, kind: str) -> None:
    home = database.engine.home
    place = reader.directory(home)
    if kind == "gone":
        shutil.rmtree(place)
    else:
        (place / "meta.json").write_text("{")
    told: list[Path] = []
    engine = Engine(home)
    engine.trouble = told.append
    reader.of(home).forget()
    assert Searching(engine).ids() == []
    assert told == [home]
    engine.add([document(1)], commit=True)
    assert Searching(engine).ids() == ["id-1"]


def test_an_index_of_another_version_is_not_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = database.engine.home
    monkeypatch.setattr(reader, "VERSION", schema.VERSION + 1)
    reader._readers.clear()
    newer = Database(Engine(home), 25)
    assert ids(newer) == set()
    assert len(newer.repair().missing) == 25
    assert ids(newer) == set(newer.documents)
    assert [path.name for path in home.glob("index-*")] == [f"index-{schema.VERSION + 1}"]
    reader._readers.clear()


def test_only_one_repair_at_a_time(database: Database) -> None:
    with janitor.Lock.take(database.engine.home / "repair.lock") as _held:
        home, writer = database.engine.home, database.engine.writer
        assert janitor.repair(home, writer, "here", database.wanted, database.index) is None


def test_leftovers_are_cleared_away(database: Database) -> None:
    place = reader.directory(database.engine.home)
    orphan = place / ("0" * 32 + ".store")
    orphan.write_bytes(b"left by a killed merge")
    database.repair()
    assert not orphan.exists()
    assert files.damaged(place) == []
    assert ids(database) == set(database.documents)
