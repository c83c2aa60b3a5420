"""The vectorised detector, the exact rule and Presidio find the same; check digits have equal twins."""

# ruff: noqa: E501

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desensitize import checks, detect, find, normal, presidio, vector
from desensitize.entities import ENTITIES
from desensitize.synthetic import People

HEADERS = (
    "",
    "手机号",
    "身份证号",
    "护照号码",
    "QQ",
    "微信号",
    "出生日期",
    "统一社会信用代码",
    "社保卡号",
    "备注",
    "档案编号",
)
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


def cell(people: People) -> str:
    """A cell as it comes: clean, dirty, in a sentence, broken or nothing."""
    choose = people.random.choice
    value = choose(
        (
            people.resident_id,
            people.uscc,
            people.mobile,
            people.landline,
            people.bank_card,
            people.plate,
            people.vin,
            people.email,
            people.org_code,
            people.birth,
            people.remark,
            lambda: people.digits(people.random.randint(1, 20)),
            lambda: choose("EGHMWC") + people.digits(8),
            lambda: "wxid_" + people.digits(6),
            lambda: (
                f"{people.random.randint(1, 255)}.{people.random.randint(0, 299)}.0.{people.digits(2)}"
            ),
            lambda: "2001:db8::" + people.digits(3),
            lambda: "00:1A:2B:3C:4D:" + people.digits(2),
            lambda: (
                f"1{people.digits(1)}{people.digits(1)}.{people.digits(4)},3{people.digits(1)}.{people.digits(5)}"
            ),
        )
    )()
    dirt = people.random.random()
    if dirt < 0.08:
        value = value.translate(WIDE)
    elif dirt < 0.14:
        value = " ".join((value[:3], value[3:7], value[7:]))
    elif dirt < 0.18:
        value = value[:5] + "\u200b" + value[5:]
    elif dirt < 0.26:
        place = people.random.randrange(len(value))
        value = value[:place] + choose("0X9a中½") + value[place + 1 :]
    elif dirt < 0.30:
        value = value.lower()
    if people.random.random() < 0.35:
        before = choose(
            (
                "",
                "电话",
                "证件：",
                "微信",
                "军官证号",
                "护照",
                "出生于",
                "QQ:",
                "车牌",
                "（",
                "编号",
                "卡号 ",
                "0.",
            )
        )
        value = (
            before
            + value
            + choose(("", "元", "，请核实", "㎡", ".5", "）", " " + people.mobile(), "号"))
        )
    return value


def table_spans(values: list[str], header: str) -> list[list[tuple[int, int, str]]]:
    found = detect.column(pa.array(values, pa.string()), header)
    spans: list[list[tuple[int, int, str]]] = [[] for _ in values]
    for row, some in found.spans.items():
        spans[row] = [s[:3] for s in some]
    for entity, rows in found.whole.items():
        for row in rows:
            spans[row] = [(0, len(values[row]), entity)]
    return spans


def test_table_and_presidio_agree_on_20000_fuzzed_cells() -> None:
    """Per-cell Presidio with the same recognizers: no cell differs, under any header."""
    people = People(20261122)
    per_header = 20_240 // len(HEADERS)
    found = 0
    for header in HEADERS:
        values = [cell(people) for _ in range(per_header)]
        for value, mine in zip(values, table_spans(values, header), strict=True):
            theirs = [s[:3] for s in presidio.in_text(value, header)]
            assert mine == theirs, (header, value)
            found += len(mine)
    assert found > 8_000


@settings(deadline=None)  # the first example compiles the patterns
@given(st.text(max_size=60), st.sampled_from(HEADERS))
def test_any_text_gives_the_same_both_ways(text: str, header: str) -> None:
    """Whatever a cell holds, the fast way and the exact rule agree."""
    assert table_spans([text], header)[0] == [s[:3] for s in find.in_text(text, header)]


PIECES = st.sampled_from(
    ["13812345678", "\x00", "电话", "½", "\u200b", "110101199003074610", "62", "……", "QQ12345", " "]
)


@settings(deadline=None)  # the first example compiles the patterns
@given(
    st.lists(st.lists(PIECES | st.text(max_size=4), max_size=6).map("".join), max_size=8),
    st.sampled_from(HEADERS),
)
def test_neighbours_in_a_column_change_nothing(texts: list[str], header: str) -> None:
    """Cells are looked at together, NULs and moved characters among them, and found each by itself."""
    alone = [[s[:3] for s in find.in_text(text, header)] for text in texts]
    assert table_spans(texts, header) == alone


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_offsets_lead_back_to_the_original(text: str) -> None:
    """Every normal character knows its place; unchanged values are recognised without looking."""
    plain, offsets = normal.with_offsets(text)
    if offsets is None:
        assert len(plain) == len(text)
    else:
        assert len(offsets) == len(plain) + 1
        assert all(normal.normalise(text[offsets[i]]).find(c) >= 0 for i, c in enumerate(plain))


def test_values_that_change_are_seen_by_the_filter() -> None:
    """The RE2 filter lets no character pass that normalisation would change."""
    import pyarrow.compute as pc

    changed = [
        chr(c)
        for c in range(0x30000)
        if not 0xD800 <= c <= 0xDFFF and normal.normalise(chr(c)) != chr(c)
    ]
    assert pc.all(pc.match_substring_regex(pa.array(changed), normal.CHANGES)).as_py()
    assert len(changed) > 4800


@pytest.mark.parametrize(
    ("check", "make", "length"),
    [
        (checks.resident_id, People.resident_id, 18),
        (checks.uscc, People.uscc, 18),
        (checks.uscc_alone, People.uscc, 18),
        (checks.vin, People.vin, 17),
        (checks.luhn, People.bank_card, None),
    ],
)
def test_check_digits_have_equal_twins(check, make, length) -> None:
    """Numpy's check of many values is the check of each, right or wrong."""
    people = People(3)
    values = [make(people) for _ in range(400)]
    broken = [
        v[: (p := random.Random(i).randrange(len(v)))] + "0369XZ"[i % 6] + v[p + 1 :]
        for i, v in enumerate(values)
    ]
    for value in [*values, *broken]:
        matrix = np.frombuffer(value.encode(), np.uint8)[:, None]
        if length in (None, len(value)):
            assert bool(vector.TWINS[check](matrix)[0]) == check(value), value
    assert all(map(check, values))
    assert not all(map(check, broken))


def test_every_pattern_is_the_same_in_re2() -> None:
    """Each core compiles in RE2, and every match contains its hint."""
    import pyarrow.compute as pc

    people = People(5)
    values = [cell(people) for _ in range(3000)]
    plain = [normal.normalise(v) for v in values]
    for entity in ENTITIES:
        sieve = pc.match_substring_regex(pa.array(plain), entity.prefilter).to_pylist()
        for text, passed in zip(plain, sieve, strict=True):
            assert passed or not find.matches(entity, text), (entity.name, text)
