"""The command on real files: exit codes, evidence without raw values, large files in blocks, partitions."""

# ruff: noqa: E501

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from desensitize import (
    checks,
    cli,
    evidence,
    job,
    plan,
    read,
    read_csv,
    risk,
    scale,
    scan,
    suggest,
    transform,
    verify,
    write,
)
from desensitize.plan import Plan
from desensitize.synthetic import People

KEY = bytes(range(32))


def residents(path: Path, rows: int = 120, seed: int = 5) -> Path:
    people = People(seed)
    table = read.from_rows(
        ["姓名", "身份证号", "手机号", "性别", "年龄", "备注"],
        [
            [
                people.name(),
                people.resident_id(),
                people.mobile(),
                people.random.choice("男女"),
                str(people.random.randint(20, 59)),
                people.remark(),
            ]
            for _ in range(rows)
        ],
        name="residents",
    )
    with path.open("wb") as stream:
        write.csv(table, stream)
    return path


def run(*args: str | Path, code: int = 0, text: str | None = None) -> str:
    result = CliRunner().invoke(cli.main, [str(a) for a in args], input=text)
    assert result.exit_code == code, (result.output, result.stderr, result.exception)
    return result.stdout


@pytest.fixture
def folder(tmp_path) -> Path:
    residents(tmp_path / "residents.csv")
    (tmp_path / "key").write_bytes(KEY)
    return tmp_path


def test_scan_plan_apply_verify(folder) -> None:
    """The whole way; the evidence holds no raw value, and a changed output is refused."""
    source, out, report = folder / "residents.csv", folder / "out.csv", folder / "r.json"
    raw = read.tables(source, source.name)[0].frame
    profile = json.loads(run("scan", source, "--json", "--no-names"))
    assert {c["name"]: c["class_"] for c in profile["columns"]}["身份证号"] == "direct"
    (folder / "plan.yaml").write_text(run("plan", source, "--no-names"), encoding="utf-8")
    run(
        "apply",
        source,
        "--plan",
        folder / "plan.yaml",
        "--out",
        out,
        "--report",
        report,
        "--key-file",
        folder / "key",
        "--no-names",
    )
    content = report.read_text(encoding="utf-8") + report.with_suffix(".html").read_text(
        encoding="utf-8"
    )
    for column in ("姓名", "身份证号", "手机号", "备注"):
        assert not [v for v in raw[column].to_pylist() if len(v) > 2 and v in content], column
    done = read.tables(out, "out.csv")[0].frame
    assert done.num_rows == raw.num_rows
    assert done["性别"].to_pylist() == raw["性别"].to_pylist()
    assert done["身份证号"].to_pylist() == [
        transform.pseudonym(v, "person", KEY) for v in raw["身份证号"].to_pylist()
    ]
    assert not [m for m in raw["手机号"].to_pylist() if m in out.read_text(encoding="utf-8")]
    run("verify", out, "--report", report)
    out.write_bytes(out.read_bytes() + b"\n")
    run("verify", out, "--report", report, code=cli.REFUSED)


@pytest.mark.requirement("NY-24d")
def test_no_identity_number_survives_and_organization_codes_do(tmp_path) -> None:
    """In a column of its own, inside texts and under a misleading header: no valid number is left."""
    people = People(24)
    rows = [
        [
            people.resident_id(),
            f"申请人身份证{people.resident_id()}，已核。",
            people.resident_id(),
            people.uscc(),
        ]
        for _ in range(200)
    ]
    columns = ["身份证号", "备注", "编号", "统一社会信用代码"]
    table = read.from_rows(columns, rows, name="t")
    profile = scan.profile(table, ner=False)
    made = plan.propose(profile)
    out = transform.apply(table, made, KEY, ner=False)
    assert verify.check(out, made, profile).ok
    left = "\n".join(v for c in out.columns for v in out.frame[c].to_pylist())
    numbers = re.findall(r"(?=([1-9][0-9]{16}[0-9X]))", left)
    codes = {row[3] for row in rows}
    assert not [n for n in numbers if checks.resident_id(n) and not any(n in c for c in codes)]
    assert out.frame["统一社会信用代码"].to_pylist() == [row[3] for row in rows]


@pytest.mark.requirement("ZS-27e")
def test_whatever_differs_from_the_source_is_in_the_evidence(folder) -> None:
    """The output parses; every column that is missing or changed has an action that explains it."""
    source, out = folder / "residents.csv", folder / "open.csv"
    raw = read.tables(source, source.name)[0]
    found = scan.profile(raw, ner=False)
    made = plan.propose(found)
    report = job.apply(source, out, made, KEY, ner=False)
    done = read.tables(out, out.name)[0]
    assert done.rows == raw.rows
    for told in report["columns"]:
        name, action = told["name"], told["action"]["action"]
        if name not in done.columns:
            assert told["dropped"], name
            assert action == "drop", name
            continue
        pairs = zip(raw.frame[name].to_pylist(), done.frame[name].to_pylist(), strict=True)
        different = sum(a != b for a, b in pairs)
        assert told["changed"] == different, name
        assert (different == 0) or action not in ("keep", "drop"), name
    assert any(told["changed"] for told in report["columns"])


def test_exit_codes(folder) -> None:
    """Held files, undecided plans, wrong use: each has its own code and no traceback."""
    (folder / "a.pdf").write_bytes(b"%PDF-1.7")
    run("scan", folder / "a.pdf", code=cli.HELD)
    made = yaml.safe_load(run("plan", folder / "residents.csv", "--no-names"))
    made["columns"][0]["do"] = {"action": "ask"}
    (folder / "plan.yaml").write_text(yaml.safe_dump(made), encoding="utf-8")
    apply = [
        "apply",
        folder / "residents.csv",
        "--plan",
        folder / "plan.yaml",
        "--out",
        folder / "o.csv",
        "--report",
        folder / "r.json",
        "--no-names",
    ]
    run(*apply, "--key-file", folder / "key", code=cli.UNDECIDED)
    run(*apply, code=2)
    (folder / "plan.yaml").write_text("columns: 3", encoding="utf-8")
    run(*apply, "--key-file", folder / "key", code=2)
    run("plan", folder / "residents.csv", "--standard", "nothing", "--no-names", code=2)
    run("text", text="not json\n", code=2)


def test_risk_above_its_threshold_is_refused(folder) -> None:
    """One person alone in a class: the output is not to be released, and a suggestion reaches k."""
    source = folder / "residents.csv"
    table = read.tables(source, source.name)[0]
    profile = scan.profile(table, ner=False)
    made = plan.propose(profile).to_dict()
    for column in made["columns"]:
        if column["name"] == "年龄":
            column["do"] = {"action": "keep"}
    made["risk"]["k"]["value"] = 10
    (folder / "plan.yaml").write_text(yaml.safe_dump(made), encoding="utf-8")
    run(
        "apply",
        source,
        "--plan",
        folder / "plan.yaml",
        "--out",
        folder / "o.csv",
        "--report",
        folder / "r.json",
        "--key-file",
        folder / "key",
        "--no-names",
        code=cli.REFUSED,
    )
    verdict = json.loads((folder / "r.json").read_text(encoding="utf-8"))["verdict"]
    assert "risk_k" in [p["code"] for p in verdict["problems"]]
    assert verdict["risk"]["affected"] > 0
    assert verdict["risk"]["rows"]
    better = suggest.improve(table, Plan.from_dict(made), {"年龄": "integer"}, k=10)
    assert better[0]["k"] >= 10
    assert [b["loss"] for b in better] == sorted(b["loss"] for b in better)
    for column in made["columns"]:
        column["do"] = better[0]["changes"].get(column["name"], column["do"])
    done = transform.apply(table, Plan.from_dict(made), KEY, ner=False)
    quasi = [q for q in made["quasi"] if q in done.columns]
    assert risk.measure(done, quasi, [])["k"] == better[0]["k"]


def test_text() -> None:
    """JSON Lines in, spans in characters out; ids are given back."""
    lines = run(
        "text",
        text='{"id": "a", "text": "联系人王小明，电话１３９12345678"}\n\n{"id": 2, "text": "无"}\n',
    ).splitlines()
    first, second = map(json.loads, lines)
    assert first["id"] == "a"
    assert [(s["start"], s["end"], s["entity"]) for s in first["spans"]] == [
        (3, 6, "PERSON"),
        (9, 20, "CN_MOBILE"),
    ]
    assert second == {"id": 2, "spans": []}


def test_a_large_file_gives_the_same_bytes(folder, monkeypatch) -> None:
    """In blocks or at once: the output and the figures are the same."""
    source = residents(folder / "large.csv", rows=3000)
    made = plan.propose(job.profile(source, ner=False))
    whole = job.apply(source, folder / "whole.csv", made, KEY, ner=False)
    monkeypatch.setattr(read, "BLOCKS", 1000)
    monkeypatch.setattr(read_csv, "BLOCK", 1 << 15)
    blocks = job.apply(source, folder / "blocks.csv", made, KEY, ner=False)
    assert len(list(job.blocks(source))) > 3
    assert (folder / "whole.csv").read_bytes() == (folder / "blocks.csv").read_bytes()
    assert whole["verdict"] == blocks["verdict"]
    assert whole["output"] == blocks["output"]


def test_partitions_of_a_cluster_give_the_same_bytes(folder, monkeypatch) -> None:
    """A local cluster, pseudonyms included, leaves nothing behind."""
    from dask.distributed import LocalCluster

    source = residents(folder / "large.csv", rows=600)
    made = plan.propose(job.profile(source, ner=False))
    alone = job.apply(source, folder / "alone.csv", made, KEY, ner=False)
    monkeypatch.setattr(read, "BLOCKS", 1000)
    monkeypatch.setattr(read_csv, "BLOCK", 1 << 14)
    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    ) as cluster:
        before = set(folder.iterdir())
        together = scale.apply(
            source, folder / "cluster.csv", made, KEY, cluster.scheduler_address, ner=False
        )
    assert set(folder.iterdir()) - before == {folder / "cluster.csv"}
    assert (folder / "alone.csv").read_bytes() == (folder / "cluster.csv").read_bytes()
    assert alone["verdict"] == together["verdict"]


def test_evidence_is_readable_in_both_languages(folder) -> None:
    """One page each, without a script or an outside address."""
    source = folder / "residents.csv"
    made = plan.propose(job.profile(source, ner=False))
    content = job.apply(source, folder / "o.csv", made, KEY, ner=False)
    for lang, word in (("zh", "数据脱敏证据"), ("en", "Evidence of desensitization")):
        page = evidence.html(content, lang)
        assert word in page
        assert "<script" not in page
        assert "http" not in page
    assert evidence.shape("张三 110101199003074610 a-B") == "字字 999999999999999999 a-a"


def test_risk_figures_by_hand() -> None:
    """Six rows counted by hand: k, l, t, unique rows, prosecutor and average risk."""
    rows = [
        ["男", "30-39", "流感"],
        ["男", "30-39", "流感"],
        ["男", "30-39", "肺炎"],
        ["女", "30-39", "流感"],
        ["女", "30-39", "流感"],
        ["女", "40-49", "肺炎"],
    ]
    figures = risk.measure(
        read.from_rows(["性别", "年龄", "诊断"], rows, name="t"),
        ["性别", "年龄"],
        ["诊断"],
        limit=2,
    )
    assert figures["k"] == 1
    assert figures["classes"] == 3
    assert figures["unique"] == pytest.approx(1 / 6)
    assert figures["prosecutor"] == 1
    assert figures["average"] == pytest.approx(1 / 2)
    assert figures["l"] == {"诊断": 1}
    assert figures["t"] == {"诊断": pytest.approx(4 / 6, abs=1e-6)}
    assert (figures["affected"], figures["rows"]) == (1, [6])
