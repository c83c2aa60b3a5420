"""What is done to values: by table, by property, and against NIST's samples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desensitize import cipher, generalise, plan, read, scan, transform, verify
from desensitize.actions import Generalise
from desensitize.plan import Plan
from desensitize.synthetic import People

KEY = bytes(range(32))


def one_column(values: list[str | None], do: dict, name: str = "列") -> tuple:
    table = read.from_rows([name], [[v] for v in values], name="t")
    profile = scan.profile(table, ner=False)
    made = plan.propose(profile).to_dict()
    made["columns"][0] |= {"do": do, "reason": "test", "by": "person"}
    made["quasi"] = made["sensitive"] = []
    return table, profile, Plan.from_dict(made)


def changed(values: list[str | None], do: dict, **options) -> list[str | None]:
    table, _, made = one_column(values, do)
    return transform.apply(table, made, KEY, ner=False, **options).frame["列"].to_pylist()


@pytest.mark.parametrize(
    ("value", "left", "right", "masked"),
    [
        ("张三丰", 1, 0, "张**"),
        ("张三", 1, 0, "张*"),
        ("鲁Q12345", 2, 0, "鲁Q*****"),
        ("", 1, 1, ""),
        ("13812345678", 3, 4, "138******78"),
        ("王", 1, 0, "*"),
        ("ab", 5, 5, "a*"),
    ],
)
def test_mask(value, left, right, masked) -> None:
    """Short values are not given away by generous settings."""
    assert transform.mask(value, left, right) == masked


@given(st.text(min_size=2, max_size=30), st.integers(0, 10), st.integers(0, 10))
def test_mask_hides_half_of_anything(value, left, right) -> None:
    """Whatever is masked, half of it is gone and the length stays."""
    shown = transform.mask(value, left, right)
    assert len(shown) == len(value)
    hidden = [i for i, c in enumerate(shown) if c == "*"]
    assert len(hidden) >= len(value) - max(1, len(value) // 2)


@pytest.mark.parametrize(
    ("to", "digits", "width", "value", "result"),
    [
        ("year", 0, 1, "1990-03-07", "1990"),
        ("year", 0, 1, "1990年3月7日", "1990"),
        ("year", 0, 1, "19900307", "1990"),
        ("year", 0, 1, "１９９０/3/7", "1990"),
        ("year", 0, 1, "三月", None),
        ("month", 0, 1, "1990/3/7", "1990-03"),
        ("month", 0, 1, "1990", None),
        ("age_band", 0, 10, "37", "30-39"),
        ("age_band", 0, 10, "37岁", "30-39"),
        ("age_band", 0, 5, "0", "0-4"),
        ("band", 0, 5000, "12,345.6", "10000-14999"),
        ("band", 0, 10, "-3", "-10--1"),
        ("band", 0, 10, "无", None),
        ("decimals", 2, 1, "118.356789", "118.36"),
        ("decimals", 2, 1, "118.356789,35.051234", "118.36,35.05"),
        ("decimals", 2, 1, "东经", None),
        ("prefix", 4, 1, "276000", "2760**"),
        ("district", 0, 1, "山东省临沂市兰山区人民路1号", "山东省临沂市兰山区"),
        ("city", 0, 1, "山东省临沂市兰山区人民路1号", "山东省临沂市"),
        ("province", 0, 1, "山东省临沂市兰山区", "山东省"),
        ("province", 0, 1, "北京市朝阳区建国路1号", "北京市"),
        ("street", 0, 1, "临沂市兰山区银雀山街道1号", "临沂市兰山区银雀山街道"),
        ("district", 0, 1, "人民路1号", None),
    ],
)
def test_generalise(to, digits, width, value, result) -> None:
    """Coarser as asked; what cannot be read is given up, not passed."""
    assert generalise.function(Generalise(to=to, digits=digits, width=width))(value) == result


# NIST's "FF1 samples" to SP 800-38G: key, tweak (hex), radix, plain, cipher.
K128 = "2B7E151628AED2A6ABF7158809CF4F3C"
K192 = K128 + "EF4359D8D580AA4F"
K256 = K192 + "7F036D6F04FC6A94"
T10, T36 = "39383736353433323130", "3737373770717273373737"
ALNUM = "0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("key", "tweak", "radix", "plain", "code"),
    [
        (K128, "", 10, "0123456789", "2433477484"),
        (K128, T10, 10, "0123456789", "6124200773"),
        (K128, T36, 36, "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
        (K192, "", 10, "0123456789", "2830668132"),
        (K192, T10, 10, "0123456789", "2496655549"),
        (K192, T36, 36, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
        (K256, "", 10, "0123456789", "6657667009"),
        (K256, T10, 10, "0123456789", "1001623463"),
        (K256, T36, 36, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
    ],
)
def test_ff1_gives_the_samples_of_nist(key, tweak, radix, plain, code) -> None:
    """All nine published samples."""
    assert cipher.ff1(bytes.fromhex(key), bytes.fromhex(tweak), plain, ALNUM[:radix]) == code


def test_encrypted_digits_stay_digits_in_their_places() -> None:
    """One to one, separators kept, too short values given up."""
    codes = changed(
        ["138-1234-5678", "13912345678", "12345", None], {"action": "encrypt", "namespace": "tel"}
    )
    assert codes[0] is not None
    assert [c.isdigit() for c in codes[0]] == [c.isdigit() for c in "138-1234-5678"]
    assert codes[0] != "138-1234-5678"
    assert codes[2:] == ["", None]
    many = changed([f"1{i:06}" for i in range(500)], {"action": "encrypt", "namespace": "tel"})
    assert len(set(many)) == 500


def test_pseudonyms_join_within_a_namespace_and_a_key_only() -> None:
    """One person in two spellings is one code; another namespace or key is another."""
    do = {"action": "pseudonym", "namespace": "person"}
    first = changed(["11010119900307002X", "11010119900307002x", "110101 19900307 002X"], do)
    assert len(set(first)) == 1
    assert transform.pseudonym("甲", "a", KEY) != transform.pseudonym("甲", "b", KEY)
    assert transform.pseudonym("甲", "a", KEY) != transform.pseudonym("甲", "a", KEY[::-1])
    with pytest.raises(ValueError, match="32 bytes"):
        transform.apply(*one_column(["1"], do)[::2], b"short")


def test_untouched_columns_are_byte_equal_and_order_is_kept() -> None:
    """Nulls, blanks, order and duplicates: only what the plan changes changes."""
    values = ["b", "", None, " a ", "b", "１２"]
    assert changed(values, {"action": "keep"}) == values


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://x","y")',
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "＝1+1",
        "==1",
    ],
)
def test_formulas_are_defused(cell) -> None:
    """Nothing that a spreadsheet would run leaves."""
    assert changed([cell], {"action": "keep"}) == ["'" + cell]


@pytest.mark.parametrize("cell", ["-5", "+3.2", "- 无", "--", "-", "+86 138", "a=b", "-1,234.5"])
def test_ordinary_values_are_no_formulas(cell) -> None:
    """Negative numbers and dashes stay."""
    assert changed([cell], {"action": "keep"}) == [cell]


def test_redaction_takes_every_span() -> None:
    """Three numbers side by side, names and full-width digits; the firm stays."""
    text = "联系人王小明 13812345678 13912345678 １３７１２３４５６７８，临沂商贸有限公司"
    assert changed([text], {"action": "redact"}) == [
        "联系人〔人名〕 〔手机号码〕 〔手机号码〕 〔手机号码〕，临沂商贸有限公司"
    ]


def test_what_cannot_be_generalised_is_emptied_and_counted() -> None:
    """Nothing passes because it could not be read."""
    table, _, made = one_column(
        ["1990-01-01", "不详", "不详"], {"action": "generalise", "to": "year"}
    )
    out = transform.apply(table, made, KEY)
    assert out.frame["列"].to_pylist() == ["1990", "", ""]
    assert [(p.code, p.params["count"]) for p in out.problems] == [("not_transformed", 2)]


def test_undecided_columns_stop_everything() -> None:
    """Nothing is transformed while a person is asked."""
    table, _, made = one_column(["1"], {"action": "ask"})
    with pytest.raises(transform.NotReady):
        transform.apply(table, made, KEY)


# --- verify ---


def test_a_left_identifier_blocks() -> None:
    """An output that still holds one resident number does not pass."""
    people = People(1)
    table, profile, made = one_column(
        [people.resident_id() for _ in range(30)], {"action": "mask", "left": 3}
    )
    good = transform.apply(table, made, KEY)
    assert verify.check(good, made, profile).ok
    cells = good.frame["列"].to_pylist()
    bad = read.from_rows(["列"], [[c] for c in [*cells[:-1], people.resident_id()]], name="t")
    verdict = verify.check(bad, made, profile)
    assert not verdict.ok
    assert [p.code for p in verdict.problems] == ["residual"]
    assert verdict.residual == {"列": {"CN_RESIDENT_ID": 1}}


def test_a_pseudonym_column_holds_pseudonyms_only() -> None:
    """A raw value among the codes blocks."""
    table, profile, made = one_column(
        [f"甲{i}" for i in range(9)], {"action": "pseudonym", "namespace": "x"}
    )
    good = transform.apply(table, made, KEY)
    assert verify.check(good, made, profile).ok
    rows = [[c] for c in [*good.frame["列"].to_pylist()[:-1], "甲8"]]
    assert not verify.check(read.from_rows(["列"], rows, name="t"), made, profile).ok


def test_lost_rows_columns_and_formulas_block() -> None:
    """The output is the plan's, whole and harmless."""
    table, profile, made = one_column(["甲", "乙"], {"action": "keep"})
    assert verify.check(table, made, profile).ok
    fewer = verify.check(read.from_rows(["列"], [["甲"]], name="t"), made, profile)
    assert [p.code for p in fewer.problems] == ["rows_changed"]
    other = verify.check(read.from_rows(["别"], [["甲"], ["乙"]], name="t"), made, profile)
    assert [p.code for p in other.problems] == ["columns_changed"]
    formula = verify.check(read.from_rows(["列"], [["甲"], ["=1"]], name="t"), made, profile)
    assert [p.code for p in formula.problems] == ["formula_left"]


def test_a_check_that_fails_refuses(monkeypatch) -> None:
    """Fail closed: an error in the check is a refusal."""
    table, profile, made = one_column(["甲"], {"action": "keep"})
    monkeypatch.setattr(verify.scan, "profile_blocks", lambda *_, **__: 1 / 0)
    verdict = verify.check(table, made, profile)
    assert not verdict.ok
    assert [p.code for p in verdict.problems] == ["unexplained"]


def test_kept_with_a_reason_only_up_to_what_was_shown() -> None:
    """A person may keep what the scan showed them, and nothing more."""
    people = People(6)
    values = [people.mobile() for _ in range(5)] + ["甲"] * 5
    table, profile, made = one_column(values, {"action": "keep"})
    assert verify.check(table, made, profile).ok
    more = read.from_rows(["列"], [[people.mobile()] for _ in range(10)], name="t")
    assert not verify.check(more, made, profile).ok
    silent = Plan.from_dict(
        made.to_dict() | {"columns": [made.to_dict()["columns"][0] | {"reason": " "}]}
    )
    assert not verify.check(table, silent, profile).ok
