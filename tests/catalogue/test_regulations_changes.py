"""Law or functions change: clocks, versions, the responsibility list, filings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.catalogue import model as store
from ckanext.govshare.catalogue import versions
from ckanext.govshare.rules import clocks
from ckanext.govshare.rules.calendar import WorkingCalendar


def after(day: str, working_days: int) -> str:
    """Counted by hand with the portal's calendar, one day after the other."""
    calendar, found, left = WorkingCalendar.load(), date.fromisoformat(day), working_days
    while left:
        found += timedelta(1)
        left -= calendar.is_working(found)
    return found.isoformat()


def today() -> str:
    return clocks.day_of(store.now()).isoformat()


def days_ago(n: int) -> str:
    return (clocks.day_of(store.now()) - timedelta(n)).isoformat()


def change(city, day: str, who="transport publisher", org="transport", **data):
    data = {"title": "条例修订", "cause": "law", "document": "某条例", **data}
    return city.open(who, "change", org, day=day, **data)


def make_overdue(matter) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    model.Session.execute(
        sa.update(store.Matter).where(store.Matter.id == matter["id"]).values(due_moment=past)
    )
    model.Session.commit()


@pytest.mark.requirement("NY-22a", "ZS-11b")
@pytest.mark.parametrize("code", ["nanyang", "zhongshan"])
def test_department_has_five_working_days_and_late_submissions_are_flagged(city, profile, code):
    """From the day of the change, whoever notes it: the department or the authority."""
    profile(code)
    for who in ("transport publisher", "authority"):
        assert change(city, today(), who)["due"] == after(today(), 5)
    in_time = city.act("transport publisher", change(city, today()), "submit", summary="已更新")
    assert in_time["late"] is False
    late = city.act(
        "transport publisher", change(city, days_ago(30)), "submit", summary="已更新"
    )
    assert late["late"] is True


@pytest.mark.requirement("NY-22b", "ZS-11c")
@pytest.mark.parametrize("code", ["nanyang", "zhongshan"])
def test_authority_has_five_working_days_from_receipt_and_closes_with_a_version(
    city, profile, code
):
    profile(code)
    dataset = city.entry()
    matter = change(city, days_ago(2), dataset_id=dataset, proposal={"notes": "新的摘要"})
    matter = city.act("transport publisher", matter, "submit", summary="摘要")
    assert (matter["state"], matter["due"]) == ("submitted", after(today(), 5))
    before = versions.current()
    with pytest.raises(tk.NotAuthorized):
        city.act("transport publisher", matter, "approve")
    assert city.act("authority", matter, "approve")["state"] == "closed"
    assert model.Package.get(dataset).notes == "新的摘要"
    newest = model.Session.get(store.CatalogueVersion, versions.current())
    assert newest.number > before
    assert newest.matter_id == matter["id"]
    assert newest.datasets == [dataset]


@pytest.mark.requirement("NY-21a", "NY-22c")
def test_responsibility_list_has_the_number_of_the_catalogue(city, profile):
    """Derived from the published entries; one item, one department; made with the version."""
    profile("nanyang")
    dataset, draft = city.entry(), city.entry(published=False)
    listed = city.call("authority", "govshare_responsibility_list")
    assert listed["version"] == versions.current()
    mine = [i for i in listed["items"] if i["dataset_id"] == dataset]
    assert [(i["organization_id"], i["update_cycle"]) for i in mine] == [
        (city.orgs["transport"], "monthly")
    ]
    assert draft not in {i["dataset_id"] for i in listed["items"]}
    matter = change(city, today(), dataset_id=dataset, proposal={"update_cycle": "daily"})
    matter = city.act("transport publisher", matter, "submit", summary="周期")
    city.act("authority", matter, "approve")
    assert cycles(dataset, versions.current()) == ["daily"]
    assert cycles(dataset, listed["version"]) == ["monthly"]


def cycles(dataset: str, version: int) -> list[str]:
    items = versions.responsibilities(version)
    return [i.update_cycle for i in items if i.dataset_id == dataset]


def test_a_version_and_its_list_are_undone_together(city, profile):
    """What is rolled back leaves neither a version nor an item."""
    profile("nanyang")
    dataset = city.entry(published=False)
    before = versions.current()
    model.Session.execute(sa.text(
        "insert into govshare_publication (dataset_id, state, by, at) "
        "values (:id, 'published', 'x', now())"
    ), {"id": dataset})  # fmt: skip
    versions.changed(dataset, "published", None)
    model.Session.rollback()
    model.Session.commit()
    assert versions.current() == before
    assert cycles(dataset, before + 1) == []


@pytest.mark.requirement("YN-11")
def test_yunnan_gives_fifteen_working_days_up_to_the_new_version(city, profile):
    profile("yunnan")
    dataset = city.entry()
    matter = change(city, today(), dataset_id=dataset, proposal={"notes": "依新法"})
    assert matter["due"] == after(today(), 15)
    before = versions.current()
    city.act("transport publisher", matter, "submit", summary="依新法")
    assert versions.current() > before
    assert model.Session.get(store.CatalogueVersion, versions.current()).matter_id == matter["id"]


@pytest.mark.requirement("TZ-8a", "TZ-8b")
def test_tengzhou_tells_the_centre_which_has_no_day(city, profile):
    """15 working days for the department; then a task without due day on the authority's desk."""
    profile("tengzhou")
    matter = change(city, today(), dataset_id=city.entry(), proposal={"notes": "职能调整"})
    assert matter["due"] == after(today(), 15)
    city.act("transport publisher", matter, "submit", summary="职能调整")
    task = next(t for t in city.call("authority", "govshare_matter_inbox")
                if t["url"].endswith(matter["id"]))  # fmt: skip
    assert task["due"] is None
    told = [m["kind"] for m in city.call("authority", "govshare_message_list")]
    assert "matter_moved" in told
    assert city.act("authority", matter, "receive")["state"] == "closed"


@pytest.mark.requirement("YN-17")
def test_class_waits_for_the_office_under_yunnan(city, profile):
    """30 working days; the sharing catalogue stays as it was until the Office has passed it."""
    profile("yunnan")
    dataset = city.entry()
    with pytest.raises(tk.ValidationError) as refused:
        edit(city, dataset, **CONDITIONAL)
    assert "yunnan 17" in str(refused.value)
    matter = change(city, today(), cause="class", dataset_id=dataset, proposal=CONDITIONAL)
    assert matter["due"] == after(today(), 30)
    matter = city.act("transport publisher", matter, "submit", summary="改为有条件共享")
    assert matter["state"] == "submitted"
    assert model.Package.get(dataset).extras["share_class"] == "unconditional"
    city.act("authority", matter, "approve")
    assert model.Package.get(dataset).extras["share_class"] == "conditional"


CONDITIONAL = {
    "share_class": "conditional", "share_condition": "限卫健、民政部门",
    "class_reason": "含企业经营信息",
}


def edit(city, dataset: str, who: str = "transport publisher", **elements) -> None:
    city.call(who, "package_patch", id=dataset, **elements)


@pytest.mark.requirement("NY-23")
def test_county_change_opens_a_report_due_in_five_working_days(city, profile):
    profile("nanyang")
    dataset = city.entry("county")
    report = next(m for m in city.matters(dataset_id=dataset) if m["kind"] == "filing")
    assert (report["state"], report["due"]) == ("to_report", after(today(), 5))
    report = city.act("upper reviewer", report, "report")
    assert city.act("authority", report, "receive", filing_no="备〔2026〕1号")["state"] == "closed"
    assert not [m for m in city.matters(dataset_id=city.entry()) if m["kind"] == "filing"]


@pytest.mark.requirement("YN-12b")
def test_each_version_of_a_prefecture_is_filed_with_the_office(city, profile):
    profile("yunnan")
    dataset = city.entry("county")
    edit(city, dataset, "county publisher", notes="改了摘要")
    filed = [m["form"]["version"] for m in city.matters(dataset_id=dataset)
             if m["kind"] == "filing"]  # fmt: skip
    made = model.Session.scalars(sa.select(store.CatalogueVersion.number).where(
        store.CatalogueVersion.org_id == city.orgs["county"]
    ))  # fmt: skip
    assert sorted(filed) == sorted(made)
    assert len(filed) == 2


@pytest.mark.requirement("LY-12b")
def test_linyi_class_needs_a_law_and_is_filed(city, profile):
    profile("linyi", "nanyang")
    with pytest.raises(tk.ValidationError):
        city.entry(published=False, **CONDITIONAL)
    basis = [{"title": "山东省大数据发展促进条例", "article": "第二十条", "level": "regulation",
              "layer": "share"}]  # fmt: skip
    dataset = city.entry(published=False, **CONDITIONAL, legal_basis=basis)
    filing = city.matters(dataset_id=dataset)
    assert [(m["kind"], m["form"]["what"], m["rule"]) for m in filing] == [
        ("filing", "class", "linyi 12")
    ]
    assert not city.matters(dataset_id=city.entry(published=False))


@pytest.mark.requirement("LY-20b")
def test_authority_corrects_attributes_with_a_reason_and_the_owner_is_told(city, profile):
    profile("linyi", "nanyang")
    dataset = city.entry()
    with pytest.raises(tk.NotAuthorized):
        city.call("transport publisher", "govshare_entry_amend", id=dataset,
                  changes={"update_cycle": "daily"}, reason="更正")  # fmt: skip
    city.call("authority", "govshare_entry_amend", id=dataset,
              changes={"update_cycle": "daily"}, reason="周期写错")  # fmt: skip
    newest = city.versions(dataset)[0]
    assert newest["changes"] == {"update_cycle": ["monthly", "daily"]}
    assert (newest["cause"], newest["reason"]) == ("amended", "周期写错")
    told = city.call("transport publisher", "govshare_message_list")
    assert "entry_amended" in [m["kind"] for m in told]


def test_authority_does_not_change_a_class_by_correction(city, profile):
    profile("nanyang")
    with pytest.raises(tk.ValidationError):
        city.call("authority", "govshare_entry_amend", id=city.entry(),
                  changes={"open_class": "non-open"}, reason="x")  # fmt: skip


def test_reason_given_in_the_form_stands_in_the_version(city, profile):
    profile("nanyang")
    dataset = city.entry()
    edit(city, dataset, notes="改了", change_reason="依新规定")
    newest = city.versions(dataset)[0]
    assert (newest["cause"], newest["reason"]) == ("changed", "依新规定")
    assert "change_reason" not in model.Package.get(dataset).extras


def test_late_changes_are_marked_once(city, profile):
    """The tick tells department and authority once, however often it comes."""
    profile("nanyang")
    matter = change(city, today())
    make_overdue(matter)
    for _ in range(2):
        tk.get_action("govshare_matter_tick")({"ignore_auth": True}, {})
    told = city.call("transport publisher", "govshare_message_list")
    assert [m["kind"] for m in told].count("matter_overdue") == 1
    assert city.call("authority", "govshare_matter_show", id=matter["id"])["late"] is True


@pytest.mark.parametrize("who", ["health publisher", "citizen"])
def test_matters_of_others_are_closed(city, profile, who):
    profile("nanyang")
    matter = change(city, today())
    for name, data in (("show", {}), ("act", {"act": "submit", "summary": "x"})):
        with pytest.raises(tk.NotAuthorized):
            city.call(who, f"govshare_matter_{name}", id=matter["id"], **data)
