"""Demands, submissions, interfaces and disputes between departments."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.catalogue import ladder, versions
from ckanext.govshare.catalogue import model as store
from ckanext.govshare.rules import clocks, profiles
from ckanext.govshare.rules.calendar import WorkingCalendar


def in_days(n: int) -> str:
    return (clocks.day_of(store.now()) + timedelta(n)).isoformat()


def demand(city, org="transport", title="残疾人证信息", **data):
    return city.open(f"{org} publisher", "demand", org, title=title, purpose="免费乘车资格核验",
                     **data)  # fmt: skip


@pytest.mark.requirement("NY-19a")
def test_department_raises_a_demand(city, profile):
    profile("nanyang")
    found = demand(city, other_organization=city.orgs["health"])
    assert found["form"]["title"] == "残疾人证信息"
    assert found["form"]["purpose"] == "免费乘车资格核验"
    assert (found["other_organization_id"], found["state"]) == (city.orgs["health"], "open")
    with pytest.raises(tk.ValidationError):
        city.open("transport publisher", "demand", "transport", title="x", purpose="")


@pytest.mark.requirement("NY-19b")
def test_county_sees_its_demands_with_duplicates_merged(city, profile):
    profile("nanyang")
    title = f"婚姻登记{in_days(0)}{city.orgs['county'][:6]}"
    for org, name in (("county", title), ("upper", f" {title} "), ("transport", title)):
        demand(city, org, name)
    merged = city.call("upper reviewer", "govshare_catalogue_report", name="demands",
                       organization=city.orgs["upper"])  # fmt: skip
    line = next(m for m in merged if title in m["title"])
    assert set(line["organizations"]) == {city.orgs["county"], city.orgs["upper"]}
    assert len(line["matters"]) == 2


@pytest.mark.requirement("YN-24")
def test_demand_for_what_is_published_is_answered_with_the_entry(city, profile):
    profile("yunnan")
    dataset = city.entry("health")
    found = demand(city, title=model.Package.get(dataset).title)
    assert (found["state"], found["dataset_id"]) == ("answered", dataset)
    assert demand(city, title=model.Package.get(city.entry("health", published=False)).title)[
        "state"
    ] == "open"


@pytest.mark.requirement("NY-18b")
def test_county_reviews_before_the_city(city, profile):
    profile("nanyang")
    city.entry("county", published=False)
    batch = city.open("county publisher", "submission", "county")
    assert batch["state"] == "county_review"
    decisions = [{"id": e, "decision": "approve"} for e in batch["form"]["entries"]]
    with pytest.raises(tk.ValidationError):
        city.act("authority", batch, "decide", decisions=decisions)
    with pytest.raises(tk.NotAuthorized):
        city.act("county publisher", batch, "pass")
    assert city.act("upper reviewer", batch, "pass")["state"] == "submitted"
    assert city.act("authority", batch, "decide", decisions=decisions)["state"] == "closed"


@pytest.mark.requirement("NY-20a")
def test_batch_says_who_submitted_what_and_when(city, profile):
    profile("nanyang")
    city.entry(published=False)
    city.entry(published=False)
    demand(city)
    batch = city.open("transport publisher", "submission", "transport")
    assert batch["form"]["counts"] == {"entries": 2, "demands": 1}
    assert batch["opened_by"] == city.people["transport publisher"]
    assert batch["opened_at"].startswith(store.now().isoformat()[:13])


@pytest.mark.requirement("NY-20b", "YN-12a")
@pytest.mark.parametrize("code", ["nanyang", "yunnan"])
def test_authority_decides_each_item_and_the_catalogue_gets_a_version(city, profile, code):
    profile(code)
    good, bad = city.entry(), city.entry(published=False)
    wanted = demand(city)
    batch = city.open("transport publisher", "submission", "transport")
    some = [{"id": good, "decision": "approve"}, {"id": bad, "decision": "return"},
            {"id": wanted["id"], "decision": "approve"}]  # fmt: skip
    with pytest.raises(tk.ValidationError):
        city.act("authority", batch, "decide", decisions=some)
    some[1]["reason"] = "缺少信息项"
    before = versions.current()
    decided = city.act("authority", batch, "decide", decisions=some)
    assert decided["form"]["decisions"] == some
    assert versions.current() == before + 1
    assert model.Session.get(store.CatalogueVersion, before + 1).datasets == [good]
    accepted = city.call("authority", "govshare_matter_show", id=wanted["id"])
    assert accepted["state"] == "accepted"


def interface(city) -> dict:
    dataset = city.entry("health")
    return city.open("transport publisher", "interface", "transport", dataset_id=dataset,
                     title="健康证核验接口", purpose="驾驶员聘用")  # fmt: skip


@pytest.mark.requirement("NY-13e")
def test_both_sides_agree_on_the_day_of_an_interface(city, profile):
    profile("nanyang")
    asked = interface(city)
    with pytest.raises(tk.ValidationError):
        city.act("transport publisher", asked, "confirm")
    proposed = city.act("health publisher", asked, "propose", day=in_days(20))
    assert proposed["due"] is None
    with pytest.raises(tk.ValidationError):
        city.act("health publisher", proposed, "confirm")
    agreed = city.act("transport publisher", proposed, "confirm")
    assert (agreed["state"], agreed["due"]) == ("agreed", in_days(20))


@pytest.mark.requirement("NY-13f")
def test_interface_is_extended_once_by_five_working_days_at_most(city, profile):
    """With a written request and the authority's approval; a second one is refused."""
    profile("nanyang")
    matter = city.act("health publisher", interface(city), "propose", day=in_days(20))
    matter = city.act("transport publisher", matter, "confirm")
    first = date.fromisoformat(matter["due"])
    last = clocks.due_from(first, 5, WorkingCalendar.load()).day
    ask = {"document": "延期申请（交函〔2026〕8号）", "day": last.isoformat()}
    for wrong in ({"document": ""}, {"day": (last + timedelta(1)).isoformat()}):
        with pytest.raises(tk.ValidationError):
            city.act("health publisher", matter, "ask_extension", **{**ask, **wrong})
    asked = city.act("health publisher", matter, "ask_extension", **ask)
    assert asked["due"] == first.isoformat()
    with pytest.raises(tk.NotAuthorized):
        city.act("health publisher", asked, "extend")
    extended = city.act("authority", asked, "extend")
    assert (extended["state"], extended["due"]) == ("extended", last.isoformat())
    with pytest.raises(tk.ValidationError):
        city.act("health publisher", extended, "ask_extension", **ask)


@pytest.mark.requirement("NY-13c")
def test_entries_not_gathered_have_an_interface_or_a_request(city, profile):
    profile("nanyang")
    dataset = city.entry("health", not_gathered_evidence="系统在省级集中部署")
    listed = {r["dataset_id"] for r in city.report("not-gathered")}
    assert dataset in listed
    city.open("transport publisher", "interface", "transport", dataset_id=dataset, title="接口")
    assert dataset not in {r["dataset_id"] for r in city.report("not-gathered")}
    served = city.entry("health", not_gathered_evidence="省级集中", share_mode_type="interface",
                        api_spec="接口规范V1", api_usage="调用说明V1")  # fmt: skip
    assert served not in {r["dataset_id"] for r in city.report("not-gathered")}


def dispute(city, subject="class", **data):
    dataset = city.entry("health", share_class="non-shared", class_reason="含隐私", legal_basis=[
        {"title": "中华人民共和国个人信息保护法", "article": "第十条", "level": "law"}
    ])  # fmt: skip
    return city.open("transport publisher", "dispute", "transport", dataset_id=dataset,
                     subject=subject, title="履职确需使用", **data)  # fmt: skip


@pytest.mark.requirement("LY-18")
def test_linyi_authority_settles_the_class_and_writes_it_to_the_entry(city, profile):
    """Disputes on the reasons and the result of an application are settled in its case."""
    profile("linyi", "nanyang")
    matter = dispute(city)
    assert matter["state"] == "coordinate"
    with pytest.raises(tk.NotAuthorized):
        city.act("transport publisher", matter, "decide", outcome="共享")
    closed = city.act("authority", matter, "decide", outcome="改为无条件共享",
                      share_class="unconditional")  # fmt: skip
    assert closed["form"]["outcome"] == "改为无条件共享"
    assert model.Package.get(matter["dataset_id"]).extras["share_class"] == "unconditional"


@pytest.mark.requirement("NY-40b")
def test_nanyang_authority_settles_with_both_parties_named(city, profile):
    profile("nanyang")
    matter = dispute(city)
    parties = {matter["organization_id"], matter["other_organization_id"]}
    assert parties == {city.orgs["transport"], city.orgs["health"]}
    closed = city.act("authority", matter, "decide", outcome="由卫健委提供核验接口")
    assert (closed["state"], closed["form"]["outcome"]) == ("closed", "由卫健委提供核验接口")


@pytest.mark.requirement("ZS-37")
def test_zhongshan_skips_no_instance(city, profile):
    profile("zhongshan", "nanyang")
    matter = dispute(city)
    assert matter["state"] == "negotiate"
    with pytest.raises(tk.ValidationError):
        city.act("authority", matter, "decide", outcome="x")
    matter = city.act("transport publisher", matter, "escalate", reason="协商不成")
    assert matter["state"] == "coordinate"
    matter = city.act("authority", matter, "escalate", reason="协调不成")
    assert matter["state"] == "government"
    with pytest.raises(tk.ValidationError):
        city.act("authority", matter, "escalate", reason="x")
    with pytest.raises(tk.ValidationError):
        city.act("authority", matter, "decide", outcome="共享")
    assert city.act("authority", matter, "decide", outcome="共享", document="中府〔2026〕3号")[
        "state"
    ] == "closed"


@pytest.mark.requirement("TZ-12e")
def test_tengzhou_departments_negotiate_then_the_centre_coordinates(city, profile):
    """On an entry that is not shared; the other side must agree to an outcome."""
    profile("tengzhou", "nanyang")
    matter = dispute(city, "need")
    assert matter["state"] == "negotiate"
    proposed = city.act("health publisher", matter, "propose", outcome="提供核验")
    with pytest.raises(tk.ValidationError):
        city.act("health publisher", proposed, "agree")
    assert city.act("transport publisher", proposed, "agree")["state"] == "closed"
    failed = city.act("transport publisher", dispute(city), "escalate", reason="协商不成")
    assert failed["state"] == "coordinate"
    assert city.act("authority", failed, "decide", outcome="维持")["state"] == "closed"


@pytest.mark.requirement("LY-20c")
def test_each_open_question_has_state_owner_and_age_and_closes_with_an_outcome(city, profile):
    profile("linyi", "nanyang")
    matter = dispute(city)
    listed = next(m for m in city.matters() if m["id"] == matter["id"])
    assert (listed["state"], listed["age_days"]) == ("coordinate", 0)
    assert listed["organizations"] == ["市交通局", "市卫健委"]
    with pytest.raises(tk.ValidationError):
        city.act("authority", matter, "decide")
    assert city.call("authority", "govshare_matter_show", id=matter["id"])["closed_at"] is None


def test_rungs_of_every_profile_are_on_the_ladder():
    for code in profiles.CODES:
        asked = profiles.get(code).share.dispute
        assert asked is None or ladder.rungs(asked.value)


def test_each_step_leads_to_a_state_that_has_a_name(site_context):
    from ckanext.govshare.catalogue import labels

    for kind, steps in ladder.STEPS.items():
        assert kind in labels.kinds()
        for act, step in steps.items():
            assert act in labels.acts()
            assert {s for s in (*step.froms, step.to) if s} <= labels.states().keys()
            assert set(step.needs) <= labels.fields().keys()
