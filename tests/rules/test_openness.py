"""What a class of openness or sharing must carry under each profile."""

from __future__ import annotations

import pytest

from ckanext.govshare.rules import profiles
from ckanext.govshare.rules.openness import Basis, OpenClass, ShareClass, problems

LAW = Basis("中华人民共和国数据安全法", "law", "21")
DOCUMENT = Basis("国家有关文件", "national_document")


def fields(code, layer, class_, basis=(), reason=None):
    return [problem.field for problem in problems(profiles.get(code), layer, class_, basis, reason)]


@pytest.mark.requirement("NY-43a")
def test_there_are_three_opening_classes_and_one_must_be_chosen():
    assert list(OpenClass) == ["unconditional", "conditional", "non-open"]
    assert fields("nanyang", "open", None) == ["open_class"]
    assert fields("nanyang", "open", "") == ["open_class"]
    assert fields("nanyang", "open", "secret") == ["open_class"]
    assert fields("nanyang", "open", "unconditional") == []


@pytest.mark.requirement("NY-36a", "YN-10a", "ZS-10a", "TZ-9a")
@pytest.mark.parametrize("code", profiles.CODES)
def test_there_are_three_sharing_classes_independent_of_opening(code):
    assert list(ShareClass) == ["unconditional", "conditional", "non-shared"]
    assert profiles.get(code).share.classes.value == tuple(ShareClass)
    assert fields(code, "share", None) == ["share_class"]
    # The closed class of one layer is no class of the other.
    assert fields(code, "share", "non-open") == ["share_class"]
    assert fields(code, "open", "non-shared") == ["open_class"]


@pytest.mark.parametrize("class_", ["conditional", "non-open"])
def test_opening_with_conditions_or_not_needs_a_basis_in_nanyang(class_):
    assert "legal_basis" in fields("nanyang", "open", class_, (), "other")
    assert fields("nanyang", "open", class_, [LAW], "other") == []
    assert fields("nanyang", "open", class_, [DOCUMENT], "other") == []


def test_not_open_needs_its_reason_in_nanyang():
    assert fields("nanyang", "open", "non-open", [LAW]) == ["class_reason"]
    assert fields("nanyang", "open", "non-open", [LAW], "  ") == ["class_reason"]


@pytest.mark.parametrize(
    ("code", "class_", "asked"),
    [
        ("linyi", "conditional", ["legal_basis"]),
        ("linyi", "non-shared", ["legal_basis"]),
        ("nanyang", "conditional", ["legal_basis"]),
        ("yunnan", "conditional", ["class_reason"]),
        ("yunnan", "non-shared", ["class_reason"]),
        ("zhongshan", "conditional", []),
        ("tengzhou", "conditional", []),
        ("tengzhou", "non-shared", ["legal_basis"]),
    ],
)
@pytest.mark.requirement("YN-10b", "YN-10c")
def test_what_a_sharing_class_asks_differs_by_regulation(code, class_, asked):
    assert fields(code, "share", class_) == asked
    assert fields(code, "share", class_, [LAW], "个人隐私") == []
    assert fields(code, "share", "unconditional") == []


@pytest.mark.requirement("NY-37b", "TZ-10a")
def test_the_level_of_a_basis_is_checked():
    assert fields("nanyang", "share", "non-shared", [DOCUMENT]) == ["legal_basis"]
    assert fields("nanyang", "share", "non-shared", [Basis("条例", "made_up")]) == ["legal_basis"]
    for code in ("nanyang", "tengzhou"):
        for level in ("law", "administrative_regulation", "central_policy"):
            assert fields(code, "share", "non-shared", [Basis("依据", level)]) == []
        assert fields(code, "share", "non-shared", [Basis("规章", "regulation")]) == ["legal_basis"]
    [problem] = problems(profiles.get("nanyang"), "share", "non-shared", [DOCUMENT])
    assert "行政法规" in problem.words.zh and "administrative regulation" in problem.words.en
    assert problem.cited.rule == "nanyang 37(1)"


def test_a_basis_needs_its_title():
    assert fields("nanyang", "share", "non-shared", [Basis(" ", "law")]) == ["legal_basis"]


def test_silence_asks_nothing():
    assert fields("zhongshan", "open", "non-open") == []


def test_a_problem_names_the_class_in_both_languages():
    [problem] = problems(profiles.get("linyi"), "share", "conditional")
    assert "有条件共享" in problem.words.zh and "Shared on application" in problem.words.en


def test_the_stricter_class_counts():
    assert OpenClass.UNCONDITIONAL.stricter(OpenClass.CONDITIONAL) is OpenClass.CONDITIONAL
    assert OpenClass.NON_OPEN.stricter(OpenClass.CONDITIONAL) is OpenClass.NON_OPEN
