"""Standards are complete, plans say what is missing, and a proposal keeps no identifier."""

# ruff: noqa: E501

from __future__ import annotations

import pytest
from pydantic import ValidationError

from desensitize import plan, read, scan, standard
from desensitize.plan import Plan
from desensitize.profile import Profile
from desensitize.synthetic import People


def people_table(rows: int = 60):
    people = People(11)
    made = [
        [
            str(i),
            people.name(),
            people.resident_id(),
            people.mobile(),
            people.random.choice("男女"),
            str(people.random.randint(18, 90)),
            people.address(),
            people.uscc(),
            people.remark(),
        ]
        for i in range(rows)
    ]
    return read.from_rows(
        ["序号", "姓名", "身份证号", "手机号", "性别", "年龄", "家庭住址", "单位信用代码", "备注"],
        made,
        name="居民",
    )


@pytest.fixture(scope="module")
def profile() -> Profile:
    return scan.profile(people_table())


@pytest.mark.requirement("ZS-27b")
def test_every_category_has_standard_review_and_form() -> None:
    """Zhongshan art. 27: each category fixes all three; what lacks one does not load."""
    assert next(iter(standard.every())).code == "default"
    assert len(standard.every()) >= 6
    for found in standard.every():
        assert found.review_procedure.zh
        assert found.open_form
        assert found.digest
        for threshold in (found.risk.k, found.risk.l, found.risk.t):
            assert threshold is None or threshold.source


@pytest.mark.requirement("ZS-27b")
@pytest.mark.parametrize("part", ["review_procedure", "open_form", "classes", "risk"])
def test_a_standard_without_a_part_does_not_load(tmp_path, part) -> None:
    """A category that leaves something open is refused, not filled in."""
    text = (standard.folder() / "default.yaml").read_text(encoding="utf-8")
    lines, skipping = [], False
    for line in text.splitlines():
        skipping = line.startswith(f"{part}:") or (skipping and line.startswith(" "))
        if not skipping:
            lines.append(line)
    (tmp_path / "default.yaml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ValidationError):
        standard.load("default", tmp_path)


def test_classes_of_a_table_of_residents(profile) -> None:
    """Each column by its values and its header, with the reason."""
    assert {c.name: (c.class_, c.entity) for c in profile.columns} == {
        "序号": ("none", ""),
        "姓名": ("direct", "PERSON"),
        "身份证号": ("direct", "CN_RESIDENT_ID"),
        "手机号": ("direct", "CN_MOBILE"),
        "性别": ("quasi", "QUASI"),
        "年龄": ("quasi", "QUASI"),
        "家庭住址": ("direct", "ADDRESS"),
        "单位信用代码": ("none", "CN_USCC"),
        "备注": ("free_text", ""),
    }
    assert all(c.why for c in profile.columns)
    assert Profile.from_dict(profile.to_dict()).to_dict() == profile.to_dict()


def test_the_profile_holds_no_raw_value(profile) -> None:
    """Names, classes and counts; not one cell."""
    text = str(profile.to_dict())
    for column in people_table().frame.columns:
        assert not [v for v in column.to_pylist() if len(v) > 3 and v in text]


def test_numbers_are_decided_by_share_not_by_one_hit() -> None:
    """One order number that happens to be a mobile number makes no direct column: a person decides."""
    rows = [[str(20240000000 + i)] for i in range(99)] + [["13812345678"]]
    found = scan.profile(read.from_rows(["订单"], rows, name="t")).column("订单")
    assert found.class_ == "unknown"
    assert (
        plan.propose(scan.profile(read.from_rows(["订单"], rows, name="t"))).columns[0].do.action
        == "ask"
    )


def test_split_damaged_and_foreign_numbers_reach_a_person() -> None:
    """An identifier over two cells, numbers without their last digits, a header that promises identifiers."""
    people = People(2)
    ids = [people.resident_id() for _ in range(20)]
    split = scan.profile(read.from_rows(["前段", "后段"], [[i[:6], i[6:]] for i in ids], name="t"))
    assert {c.class_ for c in split.columns} == {"direct"}
    assert [p.code for p in split.problems] == ["split_identifier"]
    damaged = scan.profile(read.from_rows(["证件"], [["4.10101E+17"]] * 9, name="t"))
    assert damaged.columns[0].class_ == "unknown"
    masked = scan.profile(read.from_rows(["身份证号"], [["内部另存"], ["略"], ["—"]], name="t"))
    assert masked.columns[0].class_ == "unknown"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda v: v.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        lambda v: f"{v[:6]} {v[6:14]} {v[14:]}",
        lambda v: v[:4] + "\u200b" + v[4:],
        str.lower,
    ],
)
def test_disguised_identifiers_are_found(spoil) -> None:
    """Full-width digits, spaces, zero-width characters, small letters."""
    people = People(4)
    rows = [[spoil(people.resident_id())] for _ in range(30)]
    assert (
        scan.profile(read.from_rows(["内容"], rows, name="t")).columns[0].entity == "CN_RESIDENT_ID"
    )


def test_a_unique_code_beside_people_is_asked_about() -> None:
    """A code of its own for every row may be a person's number somewhere else."""
    people = People(8)
    rows = [[people.name(), f"K{people.digits(7)}"] for _ in range(40)]
    found = scan.profile(read.from_rows(["姓名", "会员"], rows, name="t"))
    assert found.column("会员").class_ == "unknown"


def test_the_proposal_leaves_no_direct_identifier_as_it_is(profile) -> None:
    """Under every standard."""
    for rules in standard.every():
        made = plan.propose(profile, rules.code)
        assert made.standard_digest == rules.digest
        for column in made.columns:
            if column.class_ == "direct" and rules.code != "legal-person":
                assert column.do.action not in ("keep", "ask")
        assert Plan.from_dict(made.to_dict()).digest == made.digest


def test_problems_of_a_plan(profile) -> None:
    """Missing, unknown and doubled columns, undecided ones, and identifiers kept without a reason."""
    made = plan.propose(profile).to_dict()
    assert Plan.from_dict(made).problems(profile) == []
    made["columns"] = [c for c in made["columns"] if c["name"] != "备注"]
    made["columns"].append(made["columns"][0] | {"name": "多余"})
    made["columns"].append(made["columns"][0])
    made["columns"][1]["do"] = {"action": "ask"}
    made["columns"][2]["do"] = {"action": "keep"}
    made["quasi"] = ["没有"]
    codes = sorted(p.code for p in Plan.from_dict(made).problems(profile))
    assert codes == [
        "column_missing",
        "column_twice",
        "column_unknown",
        "kept_without_reason",
        "risk_column",
        "undecided",
    ]


@pytest.mark.parametrize(
    "do",
    [
        {"action": "mask", "left": -1},
        {"action": "explode"},
        {"action": "keep", "why": "x"},
        {"action": "generalise", "to": "galaxy"},
        {"action": "pseudonym", "namespace": "a b"},
    ],
)
def test_actions_are_validated(profile, do) -> None:
    """An action with wrong or additional parameters is no plan."""
    made = plan.propose(profile).to_dict()
    made["columns"][0]["do"] = do
    with pytest.raises(ValidationError):
        Plan.from_dict(made)
