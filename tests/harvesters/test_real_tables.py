"""Real tables of public repositories, where they are on the machine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import releases

TABLES = Path(__file__).parents[3] / "shared" / "data" / "tables"


@pytest.mark.skipif(not TABLES.is_dir(), reason="the folder shared/data/tables is not here")
def test_real_tables_are_harvested_and_a_second_run_imports_nothing(department):
    names = sorted(path.name for path in TABLES.glob("*.csv"))
    assert "streets.csv" in names
    for name in names:
        shutil.copy(TABLES / name, department.folder / name)
    report = department.harvest()
    assert report.counts == {"added": len(names)}, report.records
    for name in names:
        assert [r.filename for r in releases(report.records[name]["dataset"])] == [name]
    assert department.harvest().counts == {"unchanged": len(names)}
