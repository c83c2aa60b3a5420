"""The five profiles: values with their articles, silence, validity, borrowing, wrong files."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ckanext.govshare import config_dir
from ckanext.govshare.rules import profiles
from ckanext.govshare.rules.profiles import ProfileError

SHARED = Path(__file__).parents[3] / "shared/requirements/profiles.toml"


def text_of(code: str) -> str:
    return (config_dir() / "profiles" / f"{code}.toml").read_text(encoding="utf-8")


def cited(value: Any, where: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every cited value below a table."""
    if isinstance(value, dict):
        if "value" in value:
            return [(where, value)]
        return [hit for key, entry in value.items() for hit in cited(entry, f"{where}.{key}")]
    return []


@pytest.mark.parametrize("code", profiles.CODES)
def test_every_value_has_an_article_and_knows_its_profile(code):
    names = {"code", "title", "place"}
    tables = tomllib.loads(text_of(code))
    assert all(isinstance(tables[name], (dict, str, list)) for name in names)
    found = cited(profiles.get(code).model_dump())
    assert len(found) > 20
    for where, entry in found:
        assert entry["article"], where
        assert entry["profile"] == code, where


# Transcribed from the regulations, independently of the files: (limit, article).
CLOCKS = {
    ("linyi", "share", "reply"): (10, "13"),
    ("nanyang", "open", "reply"): (10, "46"),
    ("nanyang", "open", "objection"): (10, "45"),
    ("nanyang", "open", "catalogue_update"): (5, "22"),
    ("nanyang", "open", "catalogue_review"): (5, "22"),
    ("nanyang", "open", "county_report"): (5, "23"),
    ("nanyang", "share", "catalogue_update"): (5, "22"),
    ("nanyang", "share", "catalogue_review"): (5, "22"),
    ("nanyang", "share", "county_report"): (5, "23"),
    ("nanyang", "share", "interface_extension"): (5, "13"),
    ("nanyang", "share", "correction_verify"): (5, "65"),
    ("nanyang", "share", "correction_fix"): (10, "65"),
    ("yunnan", "share", "reply"): (10, "25"),
    ("yunnan", "share", "data_update"): (10, "16"),
    ("yunnan", "share", "catalogue_update"): (15, "11"),
    ("yunnan", "share", "attribute_change"): (30, "17"),
    ("zhongshan", "share", "reply"): (5, "22"),
    ("zhongshan", "share", "delivery"): (5, "22"),
    ("zhongshan", "share", "step_in"): (5, "22"),
    ("zhongshan", "share", "correction_verify"): (5, "23"),
    ("zhongshan", "share", "catalogue_update"): (5, "11"),
    ("zhongshan", "share", "catalogue_review"): (5, "11"),
    ("zhongshan", "open", "catalogue_update"): (5, "11"),
    ("zhongshan", "open", "catalogue_review"): (5, "11"),
    ("zhongshan", "open", "publish"): (20, "27"),
    ("tengzhou", "share", "reply"): (10, "12"),
    ("tengzhou", "share", "catalogue_update"): (15, "8"),
}


def test_the_profiles_have_these_clocks_and_no_others():
    found = {
        (code, layer, name): (rule.limit_wd.value, rule.limit_wd.article)
        for code in profiles.CODES
        for layer in ("open", "share")
        for name in type(profiles.get(code).layer(layer).clocks).model_fields
        if (rule := profiles.get(code).clock(layer, name))
    }
    assert found == CLOCKS


def test_only_nanyang_extends_and_only_with_the_principal_leader():
    for (code, layer, name), _ in CLOCKS.items():
        extension = profiles.get(code).clock(layer, name).extension
        if (code, layer) == ("nanyang", "open") and name in ("reply", "objection"):
            assert extension.limit_wd.value == 10
            assert extension.consent.value == "principal_leader"
            assert extension.times.value == 1
        else:
            assert extension is None


def test_what_happens_when_a_clock_runs_out():
    policies = {
        (code, layer): rules.overdue_policy.value if rules.overdue_policy else None
        for code in profiles.CODES
        for layer in ("open", "share")
        for rules in [profiles.get(code).layer(layer)]
    }
    assert policies == {
        ("linyi", "share"): "deem_approved",
        ("linyi", "open"): None,
        ("nanyang", "share"): None,
        ("nanyang", "open"): "report_only",
        ("yunnan", "share"): "report_only",
        ("yunnan", "open"): None,
        ("zhongshan", "share"): "authority_provides",
        ("zhongshan", "open"): None,
        ("tengzhou", "share"): "report_only",
        ("tengzhou", "open"): None,
    }


@pytest.mark.requirement("LY-2a")
def test_roles_of_linyi():
    roles = [role.zh for role in profiles.get("linyi").roles.value]
    assert roles == ["信息提供单位", "信息管理单位", "信息使用单位"]


@pytest.mark.requirement("YN-3")
def test_yunnan_rules_sharing_between_departments_only():
    yunnan = profiles.get("yunnan")
    assert yunnan.layers.value == ("share",)
    assert yunnan.clock("open", "reply") is None
    assert yunnan.open.model_dump(exclude_none=True, exclude={"clocks"}) == {}


@pytest.mark.requirement("YN-4b", "YN-43")
def test_yunnan_office_works_and_interprets():
    yunnan = profiles.get("yunnan")
    assert "省发展改革委" in yunnan.authority.value.zh
    assert yunnan.interpreted_by is not None
    assert yunnan.interpreted_by.value.zh == "省电子政务协调工作领导小组办公室"


@pytest.mark.requirement("LY-0a", "LY-21")
def test_linyi_has_run_out_and_warns():
    linyi = profiles.get("linyi")
    assert linyi.valid_from.value == date(2020, 10, 26)
    assert linyi.valid_to.value == date(2024, 12, 31)
    assert "临政字〔2023〕2号" in linyi.valid_to.note
    assert linyi.in_force(date(2024, 12, 31))
    assert not linyi.in_force(date(2025, 1, 1))
    warning = linyi.warning(date(2025, 1, 1))
    assert "2024-12-31" in warning.zh and "2024-12-31" in warning.en
    assert linyi.warning(date(2020, 10, 25)).en.endswith("came into force on 2020-10-26")


@pytest.mark.requirement("YN-44", "ZS-42", "TZ-23")
@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("yunnan", date(2017, 12, 22)),
        ("zhongshan", date(2020, 6, 15)),
        ("tengzhou", date(2017, 3, 28)),
        ("nanyang", date(2021, 12, 29)),
    ],
)
def test_in_force_from(code, day):
    profile = profiles.get(code)
    assert profile.valid_from.value == day
    assert profile.in_force(day)
    assert not profile.in_force(day.replace(day=day.day - 1))
    assert profile.valid_to is None


@pytest.mark.requirement("NY-73")
def test_nanyang_has_no_end_date():
    assert profiles.get("nanyang").valid_to is None
    assert profiles.get("nanyang").valid_from.value == date(2021, 12, 29)


@pytest.mark.requirement("NY-2a", "ZS-2a", "TZ-3")
@pytest.mark.parametrize(
    ("code", "layers"),
    [
        ("linyi", {"share"}),
        ("nanyang", {"share", "open"}),
        ("yunnan", {"share"}),
        ("zhongshan", {"share", "open"}),
        ("tengzhou", {"share"}),
    ],
)
def test_layers_that_a_regulation_rules(code, layers):
    assert set(profiles.get(code).layers.value) == layers


@pytest.mark.requirement("TZ-22")
def test_who_interprets_the_regulation():
    interpreter = profiles.get("tengzhou").interpreted_by
    assert (interpreter.value.zh, interpreter.article) == ("市信息化服务中心", "22")


def test_silence_is_no_clock():
    assert profiles.get("linyi").clock("open", "reply") is None
    assert profiles.get("nanyang").clock("share", "reply") is None
    assert profiles.get("linyi").clock("share", "correction_verify") is None
    assert profiles.get("nanyang").clock("open", "delivery") is None


def test_what_the_public_layer_borrows_is_named():
    own, lender = profiles.get("zhongshan"), profiles.get("nanyang")
    site = profiles.get("zhongshan", "nanyang")
    assert site.borrowed_from == "nanyang" and own.borrowed_from is None
    reply = site.clock("open", "reply")
    assert reply == lender.clock("open", "reply")
    assert reply.limit_wd.rule == "nanyang 46"
    # Its own rules stay its own.
    assert site.clock("open", "publish").limit_wd.rule == "zhongshan 27"
    assert site.version not in (own.version, lender.version)


def test_nothing_is_borrowed_between_departments():
    site = profiles.get("tengzhou", "nanyang")
    assert site.share == profiles.get("tengzhou").share
    assert site.open.clocks == profiles.get("nanyang").open.clocks


def test_a_lender_without_public_rules_is_refused():
    with pytest.raises(ProfileError, match="linyi sets no rules"):
        profiles.get("tengzhou", "linyi")


def test_borrowing_from_itself_is_not_borrowing():
    assert profiles.get("nanyang", "nanyang") == profiles.get("nanyang")


def test_version_is_a_digest_of_what_is_said():
    before = profiles.parse(text_of("nanyang"))
    same = profiles.parse("# another comment\n" + text_of("nanyang"))
    other = profiles.parse(text_of("nanyang").replace("value = 10", "value = 11", 1))
    assert before.version == same.version != other.version


def test_a_kept_profile_reads_back_with_its_version():
    """A case keeps the profile of its day of receipt."""
    site = profiles.get("linyi", "nanyang")
    again = profiles.Profile.model_validate(site.model_dump(mode="json"))
    assert again == site and again.version == site.version


def test_unknown_profile_and_layer():
    with pytest.raises(ProfileError, match="there are linyi, nanyang"):
        profiles.get("beijing")
    with pytest.raises(ProfileError, match="'open' or 'share'"):
        profiles.get("linyi").layer("public")


DEEM = '\n[open]\noverdue_policy = { value = "deem_approved", article = "1" }\n'
PROVIDE = '\n[open]\noverdue_policy = { value = "authority_provides", article = "1" }\n'
STEP_IN = (
    '\n[open.clocks.step_in]\nlimit_wd = { value = 5, article = "1" }\n'
    'start = { value = "overdue", article = "1" }\n'
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text + DEEM, "open.overdue_policy: .*share layer only"),
        (lambda text: text + PROVIDE, "open.overdue_policy: .*share layer only"),
        (lambda text: text + STEP_IN, "open.clocks.step_in: Extra inputs"),
        (lambda text: text.replace(', article = "12" }', " }", 1), "article: Field required"),
        (lambda text: text.replace('article = "12"', 'article = ""', 1), "article: String should"),
        (lambda text: text.replace("value = 10", "value = 0"), "reply.limit_wd.value"),
        (lambda text: text.replace("value = 10", 'value = "ten"'), "reply.limit_wd.value"),
        (lambda text: text.replace("decider", "descider"), "share.descider: Extra inputs"),
        (lambda text: text.replace("2017-03-28", "soon"), "not readable as TOML"),
        (
            lambda text: text.replace('"report_only"', '"authority_provides"'),
            "clock step_in stand together",
        ),
        (
            lambda text: text + "\n[logs]\nretention_months = { value = 0, article = '1' }\n",
            "logs.retention_months.value",
        ),
    ],
)
def test_a_wrong_profile_is_refused_with_its_place(change, said):
    with pytest.raises(ProfileError, match=said) as error:
        profiles.parse(change(text_of("tengzhou")), "tengzhou.toml")
    assert str(error.value).startswith("tengzhou.toml: ")


def test_articles_in_words():
    decider = profiles.get("nanyang").open.decider
    assert decider.words == ("第46条", "Art. 46")
    assert profiles.get("yunnan").share.free_of_charge.words.zh == "第5条第(2)项"
    assert profiles.get("linyi").valid_to.words.zh == "文件题注"


@pytest.mark.skipif(not SHARED.is_file(), reason="only where the source tables are at hand")
def test_limits_agree_with_the_source_table():
    table = tomllib.loads(SHARED.read_text(encoding="utf-8"))
    names = {"LY": "linyi", "NY": "nanyang", "YN": "yunnan", "ZS": "zhongshan", "TZ": "tengzhou"}
    keys = {
        ("share", "reply_limit_wd"): ("share", "reply"),
        ("open", "reply_limit_wd"): ("open", "reply"),
        ("share", "delivery_limit_wd"): ("share", "delivery"),
        ("share", "overdue_authority_limit_wd"): ("share", "step_in"),
        ("share", "correction_verify_limit_wd"): ("share", "correction_verify"),
        ("share", "correction_fix_limit_wd"): ("share", "correction_fix"),
        ("share", "interface_extension_limit_wd"): ("share", "interface_extension"),
        ("open", "catalogue_objection_limit_wd"): ("open", "objection"),
        ("open", "publish_limit_wd"): ("open", "publish"),
        ("catalogue", "update_limit_wd"): ("share", "catalogue_update"),
        ("catalogue", "authority_limit_wd"): ("share", "catalogue_review"),
        ("catalogue", "attribute_change_report_limit_wd"): ("share", "attribute_change"),
        ("data", "update_limit_wd"): ("share", "data_update"),
    }
    compared = 0
    for short, code in names.items():
        for (part, key), (layer, clock) in keys.items():
            value = table[short].get(part, {}).get(key)
            rule = profiles.get(code).clock(layer, clock)
            if part in ("share", "open") or value is not None:
                assert (rule.limit_wd.value if rule else None) == value, (code, key)
                compared += value is not None
    assert compared >= 20
