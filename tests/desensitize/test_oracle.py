"""Risk figures against pycanon, in an environment of its own: it pins numpy and pandas exactly."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from desensitize import read, risk

ORACLE = "pycanon==1.3.6"
ASK = """
import json, sys
import pandas as pd
from pycanon import anonymity
answers = []
for rows in json.load(sys.stdin):
    frame = pd.DataFrame(rows, columns=["sex", "age", "street", "illness"])
    quasi, sensitive = ["sex", "age", "street"], ["illness"]
    answers.append([
        int(anonymity.k_anonymity(frame, quasi)),
        int(anonymity.l_diversity(frame, quasi, sensitive)),
        float(anonymity.t_closeness(frame, quasi, sensitive)),
    ])
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def oracle(tmp_path_factory) -> Path:
    """A Python that has pycanon."""
    folder = tmp_path_factory.mktemp("oracle")
    uv = Path(sys.executable).with_name("uv")
    python = folder / "venv" / "bin" / "python"
    for command in (
        [uv, "venv", "-q", "--python", sys.executable, folder / "venv"],
        [uv, "pip", "install", "-q", "--python", python, ORACLE],
    ):
        try:
            subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=180)
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"pycanon cannot be installed here: {type(error).__name__}")
    return python


def people(pick: random.Random, rows: int) -> list[list[str]]:
    return [
        [
            pick.choice("男女"),
            pick.choice(("20-29", "30-39", "40-49")),
            pick.choice(("城关镇", "七一路街道")),
            pick.choice(("流感", "肺炎", "高血压", "骨折")),
        ]
        for _ in range(rows)
    ]


def test_k_l_t_are_those_of_pycanon(oracle) -> None:
    """Forty tables, from crowded classes to unique rows."""
    pick = random.Random(5)
    tables = [people(pick, size) for size in (3, 8, 20, 60, 200) for _ in range(8)]
    asked = subprocess.run(
        [str(oracle), "-W", "ignore", "-c", ASK],
        input=json.dumps(tables),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    names = ["sex", "age", "street", "illness"]
    seen = set()
    for rows, (k, l, t) in zip(tables, json.loads(asked.stdout), strict=True):  # noqa: E741
        mine = risk.measure(read.from_rows(names, rows, name="t"), names[:3], names[3:])
        assert (mine["k"], mine["l"]["illness"]) == (k, l)
        assert mine["t"]["illness"] == pytest.approx(t, abs=1e-4)
        seen.add(k)
    assert len(seen) > 3
