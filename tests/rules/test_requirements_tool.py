"""`make requirements` counts what tests prove, and nothing else."""

from __future__ import annotations

import csv
import importlib.util
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT.parent / "shared/requirements/matrix.csv"

spec = importlib.util.spec_from_file_location("requirements_tool", ROOT / "tools/requirements.py")
tool = importlib.util.module_from_spec(spec)
import sys  # noqa: E402

sys.modules[spec.name] = tool
spec.loader.exec_module(tool)


@pytest.fixture
def tests(tmp_path) -> Path:
    (tmp_path / "requirements-matrix.csv").write_text(
        "id,area,scope,text\nNY-1,catalogue,open,a\nNY-2,catalogue,open,b\nNY-3,security,both,c\n",
        encoding="utf-8",
    )
    (tmp_path / "requirements.toml").write_text(
        '[[out]]\nids = ["NY-3"]\nreason = "another system"\n', encoding="utf-8"
    )
    return tmp_path


def write(tests: Path, text: str) -> None:
    (tests / "room").mkdir(exist_ok=True)
    (tests / "room" / "test_a.py").write_text("import pytest\n" + text, encoding="utf-8")


MARKED = '@pytest.mark.requirement("NY-1")\ndef test_a():\n    pass\n'


def test_it_counts_marked_rows_by_area(tests):
    write(tests, MARKED)
    lines = list(tool.report(tool.read(tests)))
    assert lines[1].split() == ["catalogue", "1", "2", "0"]
    assert lines[2].strip() == "not proven: NY-2"
    assert "    NY-3: another system" in lines
    assert lines[-1] == "requirements: 1/2 proven"


def test_a_row_proven_twice_counts_once(tests):
    write(tests, MARKED + MARKED.replace("test_a", "test_b"))
    assert list(tool.report(tool.read(tests)))[-1] == "requirements: 1/2 proven"


@pytest.mark.parametrize(
    "decorator",
    [
        "@pytest.mark.skip",
        '@pytest.mark.skipif(True, reason="x")',
        '@pytest.mark.xfail(reason="x")',
    ],
)
def test_what_may_not_run_or_may_fail_proves_nothing(tests, decorator):
    write(tests, f"{decorator}\n{MARKED}")
    assert tool.read(tests).proven == {}


def test_marks_of_classes_and_parameters_count(tests):
    text = '@pytest.mark.requirement("NY-1")\nclass TestA:\n    pass\n'
    text += 'A = pytest.param(1, marks=pytest.mark.requirement("NY-2"))\n'
    write(tests, text)
    assert set(tool.read(tests).proven) == {"NY-1", "NY-2"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MARKED.replace("NY-1", "NY-9"), "test_a.py:2: no requirement has the id 'NY-9'"),
        (MARKED.replace('"NY-1"', "NAME"), "no requirement has the id 'NAME'"),
        (MARKED.replace("NY-1", "NY-3"), "NY-3 is out of scope, yet"),
    ],
)
def test_what_does_not_fit_fails(tests, text, said):
    write(tests, text)
    with pytest.raises(tool.RequirementsError, match=said):
        tool.read(tests)


def test_a_decision_on_an_unknown_row_fails(tests):
    (tests / "requirements.toml").write_text('[[out]]\nids = ["NY-8"]\nreason = "x"\n')
    with pytest.raises(tool.RequirementsError, match=r"requirements.toml: .*'NY-8'"):
        tool.read(tests)


def test_the_marks_of_this_repository_fit():
    standing = tool.read(ROOT / "tests")
    assert len(standing.areas) == 420
    assert all(reason.strip() for reason in standing.out.values())


@pytest.mark.skipif(not SOURCE.is_file(), reason="only where the source table is at hand")
def test_the_copied_rows_are_the_source_rows():
    with SOURCE.open(encoding="utf-8-sig", newline="") as file:
        source = [
            [row["id"], row["area"], row["scope"],
             textwrap.shorten(row["requirement"], 120, placeholder=" …")]
            for row in csv.DictReader(file)
        ]  # fmt: skip
    with (ROOT / "tests/requirements-matrix.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1:] == source
