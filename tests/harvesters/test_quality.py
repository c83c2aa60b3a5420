"""Rules before publication: what breaks them goes back with rule, count and rows."""

from __future__ import annotations

import json

import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from hypothesis import given
from hypothesis import strategies as st

from harvesters.quality import scores
from harvesters.quality.judge import Judge
from harvesters.quality.rules import Rule, broken

from .conftest import context, releases

GOOD_ID = "11010519491231002X"
CASES = [
    ({"required": True}, "required", ["", None, " ", "0"], [1, 1, 1, 0]),
    ({"type": "integer"}, "type", ["1", "-2", "1.5", "一", ""], [0, 0, 1, 1, 0]),
    ({"type": "number"}, "type", ["1", "1.5", "1e3", ".5", "1,5"], [0, 0, 0, 0, 1]),
    ({"type": "date"}, "type", ["2026-11-22", "2026-02-30", "22.11.2026"], [0, 1, 1]),
    ({"min": 0, "max": 10}, "range", ["0", "10", "-1", "11", "x"], [0, 0, 1, 1, 1]),
    ({"min": 0}, "range", ["99999", "-0.1"], [0, 1]),
    ({"pattern": r"4113\d\d"}, "pattern", ["411302", "41130", "4113022"], [0, 1, 1]),
    ({"one_of": ["男", "女"]}, "one_of", ["男", "nan", ""], [0, 1, 0]),
    ({"digits": "id-number"}, "digits", [GOOD_ID, "110105194912310021"], [0, 1]),
    ({"digits": "uscc"}, "digits", ["91110000600037341L", "91110000600037341M"], [0, 1]),
    ({"reference": "r/c"}, "reference", ["a", "b", "c"], [0, 0, 1]),
]


@pytest.mark.requirement("NY-24c")
@pytest.mark.parametrize("demand, check, values, expected", CASES)
def test_each_rule(demand, check, values, expected):
    rule = Rule(column="x", **demand)
    assert rule.checks() == [check]
    found = broken(rule, check, pd.Series(values, dtype=object), frozenset("ab"))
    assert found.astype(int).tolist() == expected


@given(st.lists(st.text("ab", max_size=2), max_size=60), st.integers(1, 7))
def test_doubles_are_found_across_blocks(values, size):
    judge = Judge([Rule(column="x", unique=True)], {})
    for start in range(0, len(values), size):
        judge.block(pa.table({"x": pa.array(values[start:start + size], pa.string())}))
    judge.finish()
    seen: set[str] = set()
    doubles = []
    for number, value in enumerate(values):
        if value and value in seen:
            doubles.append(number + 2)
        seen.add(value)
    assert judge.findings[0].rows == doubles[:20]
    assert judge.findings[0].count == len(doubles)


def test_the_score_has_four_dimensions():
    verdict = {"rows": 10, "cells": 40, "empty": 10, "failed_rows": 1}
    assert scores.score([verdict], ["CSV", "PDF"], "fresh") == {
        "accuracy": 90.0, "completeness": 75.0, "timeliness": 100.0, "usability": 50.0,
        "score": 78.8,
    }
    late = scores.score([verdict], ["CSV"], "late")
    assert late and late["timeliness"] == 0
    assert scores.score([], ["CSV"], "fresh") is None


def configure(department, rules: list[dict]) -> None:
    shown = tk.get_action("harvest_source_show")(context(), {"id": department.source})
    settings = {"defaults": {"open_class": "unconditional"}, "rules": rules}
    tk.get_action("harvest_source_update")(context(), {**shown, "config": json.dumps(settings)})


@pytest.mark.requirement("LY-2c", "ZS-17b", "LY-7")
def test_rows_that_break_a_rule_go_back_and_good_ones_are_taken(department):
    configure(department, [
        {"column": "编号", "required": True, "unique": True},
        {"column": "金额", "type": "number", "max": 1000, "level": "warning"},
    ])
    department.put("好.csv", "编号,金额\n1,5\n2,6\n")
    department.put("差.csv", "编号,金额\n1,5\n,6\n1,7\n")
    department.put("旧.csv", "编号,金额\n3,5000\n4,1\n")
    department.put("缺列.csv", "编号\n3\n")
    report = department.harvest()
    assert report.outcome("好.csv") == report.outcome("旧.csv") == "added"
    assert report.outcome("差.csv") == report.outcome("缺列.csv") == "errored"
    notes = report.records["差.csv"]["notes"]
    assert len(notes) == 2 and all("差.csv" in n and "编号" in n for n in notes)
    assert any("1" in n and "3" in n for n in notes) and any("4" in n for n in notes)
    assert "金额" in report.said("缺列.csv")
    assert "金额" in report.said("旧.csv") and "5000" not in report.said("旧.csv")
    assert releases(report.records["旧.csv"]["dataset"])
    assert report.records["差.csv"]["dataset"] is None


@pytest.mark.requirement("NY-27a", "LY-7")
def test_the_score_is_kept_with_each_version_and_shown(department):
    configure(department, [{"column": "金额", "max": 10, "level": "warning"}])
    department.put("救助.csv", "编号,金额\n1,5\n2,60\n3,\n4,7\n")
    dataset = department.harvest().records["救助.csv"]["dataset"]
    found = tk.get_action("govshare_quality_show")(context(department.publisher), {"id": dataset})
    assert (found["scores"]["accuracy"], found["scores"]["completeness"]) == (75.0, 87.5)
    assert found["files"][0]["rules"][0]["rows"] == [3]
    department.put("救助.csv", "编号,金额\n1,5\n2,6\n")
    department.harvest()
    model.Session.expire_all()
    found = tk.get_action("govshare_quality_show")(context(department.publisher), {"id": dataset})
    assert found["scores"]["accuracy"] == found["scores"]["completeness"] == 100
    count = model.Session.scalar(
        sa.text("select count(*) from govshare_quality where dataset_id = :d"), {"d": dataset})
    assert count == 2
