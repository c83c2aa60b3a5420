"""Many writers, killed writers, and what is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ckanext.govshare.search import files, reader
from ckanext.govshare.search.engine import Engine
from ckanext.govshare.search.spool import Spool

from .conftest import Searching, document

ROOT = Path(__file__).parents[2]
BEGIN = """
import os, sys
from pathlib import Path
from ckanext.govshare.search.engine import Engine
from tests.search.conftest import document
engine, first = Engine(Path(sys.argv[1])), int(sys.argv[2])
"""


def process(script: str, home: Path, first: int) -> subprocess.Popen[str]:
    """Another process of the portal."""
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + script, str(home), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


ADD_AND_LOOK = """
for number in range(first, first + 12):
    engine.add([document(number)], commit=True)
    assert engine.search({"q": f"id:id-{number}"})["response"]["numFound"] == 1
"""


def test_processes_write_side_by_side_and_see_their_own_writes(tmp_path: Path) -> None:
    running = [process(ADD_AND_LOOK, tmp_path, first * 100) for first in range(3)]
    assert [one.wait(timeout=120) for one in running] == [0] * 3
    for one in running:
        one.communicate()
    assert len(Searching(Engine(tmp_path)).ids()) == 36


WRITE_UNTIL_KILLED = """
for number in range(first, 10**6):
    engine.add([document(number, notes="x " * 500)], commit=True)
    print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_promised(tmp_path: Path) -> None:
    promised: set[str] = set()
    for turn in range(4):
        writer = process(WRITE_UNTIL_KILLED, tmp_path, turn * 10_000)
        assert writer.stdout
        lines = [writer.stdout.readline() for _ in range(4 + turn)]
        time.sleep(0.01 * turn)
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        whole = [line for line in [*lines, *rest.splitlines(keepends=True)] if line.endswith("\n")]
        promised |= {f"id-{line.strip()}" for line in whole}
    searching = Searching(Engine(tmp_path))
    searching.engine.commit()
    assert promised <= set(searching.ids())
    assert files.damaged(reader.directory(tmp_path)) == []


def test_what_a_dead_process_left_in_the_spool_is_written_by_the_next(tmp_path: Path) -> None:
    Spool(tmp_path / "spool").put([{"add": document(1)}])
    searching = Searching(Engine(tmp_path))
    searching.add(document(2))
    assert set(searching.ids()) == {"id-1", "id-2"}


def test_half_a_line_and_a_bad_change_do_not_hold_up_the_others(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.put(
        [
            {"add": document(1, metadata_modified="nonsense")},
            {"delete": "((("},
            {"add": document(2)},
        ]
    )
    part = spool.put([{"add": document(3)}])
    with part.open("a") as out:
        out.write(json.dumps({"add": document(4)})[:50])
    searching = Searching(Engine(tmp_path))
    searching.add(document(5))
    assert set(searching.ids()) == {"id-2", "id-3", "id-5"}
    assert not spool.anything()


def test_deferred_changes_wait_for_a_commit_of_anybody(tmp_path: Path) -> None:
    searching = Searching(Engine(tmp_path))
    searching.add(document(1))
    searching.engine.add([document(2)], commit=False)
    searching.engine.delete("id:id-1", commit=False)
    assert searching.ids() == ["id-1"]
    Engine(tmp_path).commit()
    assert searching.ids() == ["id-2"]


DEFER = """
for number in range(first, first + 30):
    engine.add([document(number)], commit=False)
os._exit(0)  # as a worker of a multiprocessing pool ends
"""


def test_deferred_changes_of_ended_processes_are_not_lost(tmp_path: Path) -> None:
    """`ckan search-index rebuild-fast` would lose them if they were kept in memory."""
    for one in [process(DEFER, tmp_path, first * 100) for first in range(2)]:
        one.communicate(timeout=120)
        assert one.returncode == 0
    searching = Searching(Engine(tmp_path))
    searching.engine.commit()
    assert len(searching.ids()) == 60


def test_threads_defer_while_another_commits(tmp_path: Path) -> None:
    engine = Engine(tmp_path)

    def work(first: int) -> None:
        for number in range(first, first + 20):
            engine.add([document(number)], commit=False)

    threads = [threading.Thread(target=work, args=(first * 100,)) for first in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        engine.commit()
    for thread in threads:
        thread.join()
    engine.commit()
    assert len(Searching(engine).ids()) == 60


def test_many_commits_leave_few_files(tmp_path: Path) -> None:
    searching = Searching(Engine(tmp_path))
    for number in range(40):
        searching.add(document(number))
    searching.add(document(40))
    for _ in range(200):  # merges end behind
        if not any(thread.name == "search-merge" for thread in threading.enumerate()):
            break
        time.sleep(0.02)
    place = reader.directory(tmp_path)
    assert len(files.segments(place)) < 20
    assert {id_ for _, id_ in files.of_segments(place)} == files.segments(place)


@pytest.mark.parametrize("commit", [True, False])
def test_a_bad_delete_is_refused_before_it_waits(tmp_path: Path, commit: bool) -> None:
    engine = Engine(tmp_path)
    with pytest.raises(ValueError):
        engine.delete("id:(", commit=commit)
    assert not (tmp_path / "spool").exists() or not engine.writer.spool.anything()
