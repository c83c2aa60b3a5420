"""What the regulations ask of an entry: elements, classes, bases, modes, links."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.catalogue import vocabularies
from ckanext.govshare.rules import profiles
from tests.catalogue.conftest import COMPLETE

BASIS = [{"title": "中华人民共和国统计法", "article": "第九条", "level": "law"}]
CONDITIONAL = {
    "share_class": "conditional", "share_condition": "限卫健部门", "class_reason": "含经营信息",
    "legal_basis": BASIS,
}
CLOSED = {"share_class": "non-shared", "class_reason": "依法不予共享", "legal_basis": BASIS}
FIELDS = {
    "nanyang": ("items", "format_type", "share_class", "open_class", "share_mode_type",
                "update_cycle"),
    "yunnan": ("cat_class", "owner_org", "format_type", "attributes", "update_limit",
               "share_class", "share_mode_type", "use_requirements"),
    "zhongshan": ("cat_class", "data_form", "format_type", "attributes", "share_class",
                  "share_mode_type", "use_requirements", "sample", "owner_org"),
}  # fmt: skip


def codes(name: str) -> set[str]:
    return {term.code for term in vocabularies.terms(name)}


def refused(city, **elements) -> dict:
    with pytest.raises(tk.ValidationError) as caught:
        city.entry(published=False, **elements)
    return caught.value.error_dict


def without(city, field: str) -> dict:
    """The errors of asking to publish an entry in which the element is empty in the database."""
    package = model.Package.get(city.entry(published=False))
    values = dict(package.extras)
    values.pop(field, None)
    package.extras = values
    if field == "owner_org":
        package.owner_org = None
    model.Session.commit()
    with pytest.raises((tk.ValidationError, tk.NotAuthorized)) as caught:
        city.publish(package.id)
    return getattr(caught.value, "error_dict", {"owner_org": ["nobody may"]})


@pytest.mark.requirement("NY-17b", "YN-8a", "ZS-9")
@pytest.mark.parametrize(("code", "field"), [(c, f) for c, names in FIELDS.items() for f in names])
def test_each_named_element_is_needed_before_publication(city, profile, code, field):
    """Six elements in Nanyang 17, eight in Yunnan 8, nine in Zhongshan 9."""
    profile(code, None if code == "nanyang" else "nanyang")
    assert len(profiles.site().catalogue.elements.value) == {"nanyang": 6, "yunnan": 8,
                                                             "zhongshan": 9}[code]  # fmt: skip
    assert field in without(city, field)


@pytest.mark.requirement("ZS-9")
def test_personal_data_in_the_sample_keep_the_entry_back(city, profile):
    profile("zhongshan", "nanyang")
    dataset = city.entry(published=False, sample="王建国,410101198001011233,13803770001")
    with pytest.raises(tk.ValidationError) as caught:
        city.publish(dataset)
    assert list(caught.value.error_dict) == ["sample"]
    assert "410101198001011233" not in str(caught.value.error_dict)


@pytest.mark.requirement("NY-16", "TZ-7a")
@pytest.mark.parametrize("code", ["nanyang", "yunnan", "zhongshan"])
def test_only_a_complete_entry_is_published(city, profile, code):
    """Compile, request, decide; without an entry, or with a bare one, nothing is published."""
    profile(code, None if code == "nanyang" else "nanyang")
    with pytest.raises(tk.ObjectNotFound):
        city.publish("no-such-entry")
    bare = city.entry(published=False, **{**dict.fromkeys(COMPLETE, ""), "items": []})
    with pytest.raises(tk.ValidationError):
        city.publish(bare)
    city.publish(city.entry(published=False))


@pytest.mark.requirement("NY-17a")
def test_each_version_names_the_norm_by_which_it_was_checked(city, profile):
    profile("nanyang")
    stored = city.versions(city.entry())[0]["norm"]
    assert stored.startswith("发改高技〔2017〕1272号 ")
    profile("yunnan")
    assert city.versions(city.entry())[0]["norm"].startswith("政务信息资源目录编制指南 ")


@pytest.mark.requirement("NY-17b", "ZS-8c")
def test_export_in_the_guides_template(site, city, profile):
    """One line for each item, in the Guide's words; no cell is a formula."""
    profile("zhongshan", "nanyang")
    items = [{"item_name": "线路", "item_type": "C"}, {"item_name": "=1+1", "item_type": "D"}]
    code = f"3010042/{uuid.uuid4().hex[:8]}"
    dataset = city.entry(published=False, items=items, resource_code=code)
    path = f"/catalogue/guide/{model.Group.get(city.orgs['transport']).name}.csv"
    answer = city.visit(site, "transport publisher", path)
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    mine = [r for r in rows if r["信息资源名称"] == model.Package.get(dataset).title]
    assert [(r["信息项名称"], r["数据类型"]) for r in mine] == [
        ("线路", "字符型"), ("'=1+1", "日期型"),
    ]
    assert {(r["共享类型"], r["是否向社会开放"], r["更新周期"], r["类"]) for r in mine} == {
        ("1", "1", "每月", "3")
    }
    assert [city.visit(site, who, path).status_code for who in (None, "citizen")] == [403, 403]


@pytest.mark.requirement("YN-8c")
def test_yunnan_classifies_down_to_the_item(city, profile):
    profile("yunnan")
    for field in ("cat_class", "cat_item", "cat_subitem", "cat_detail", "items"):
        assert field in without(city, field)
    assert "cat_item" in refused(city, cat_item="1")
    assert "cat_subitem" in refused(city, cat_subitem="04")


@pytest.mark.requirement("NY-37a", "YN-5a", "TZ-5a")
@pytest.mark.parametrize("code", ["nanyang", "yunnan", "tengzhou"])
def test_new_entry_is_shared_without_condition(city, profile, code):
    profile(code)
    extras = model.Package.get(city.entry(published=False)).extras
    assert extras["share_class"] == "unconditional"
    schema = tk.h.scheming_get_dataset_schema("dataset")
    field = next(f for f in schema["dataset_fields"] if f["field_name"] == "share_class")
    assert field["default"] == "unconditional"


@pytest.mark.requirement("NY-37a")
def test_nanyang_asks_a_basis_for_deviating(city, profile):
    profile("nanyang")
    assert "nanyang 37(1)" in str(refused(city, **{**CONDITIONAL, "legal_basis": []}))


@pytest.mark.requirement("LY-12a")
def test_linyi_has_three_classes(city, profile):
    profile("linyi", "nanyang")
    assert codes("share_class") == {"unconditional", "conditional", "non-shared"}
    assert "share_class" in refused(city, share_class="partly")
    assert "share_class" in without(city, "share_class")


@pytest.mark.requirement("YN-20")
def test_each_resource_belongs_to_an_entry(city, profile):
    profile("yunnan")
    user = {"user": city.people["transport publisher"]}
    for entry in ({}, {"package_id": "no-such-entry"}):
        with pytest.raises((tk.ValidationError, tk.ObjectNotFound)):
            tk.get_action("resource_create")(
                dict(user), {"url": "https://a.example.gov.cn/x.csv", **entry}
            )


@pytest.mark.requirement("NY-36b", "ZS-10b", "TZ-9b")
@pytest.mark.parametrize("code", ["nanyang", "zhongshan", "tengzhou"])
def test_conditional_sharing_names_departments_or_the_part(city, profile, code):
    profile(code, None if code == "nanyang" else "nanyang")
    errors = refused(city, **{**CONDITIONAL, "share_condition": " "})
    assert errors["share_condition"] == [
        tk._("Name the departments that may have the data, or the part that is shared")
    ]
    city.entry(published=False, **CONDITIONAL)


@pytest.mark.requirement("NY-43c")
def test_conditional_opening_states_its_condition(city, profile):
    profile("nanyang")
    opened = {"open_class": "conditional", "class_reason": "含敏感信息", "legal_basis": BASIS}
    assert "open_condition" in refused(city, **opened, open_condition="")
    city.entry(published=False, **opened, open_condition="仅开放汇总部分")


@pytest.mark.requirement("NY-37c", "ZS-20", "TZ-10b")
@pytest.mark.parametrize("code", ["nanyang", "zhongshan", "tengzhou"])
@pytest.mark.parametrize("closed", [CONDITIONAL, CLOSED], ids=["conditional", "not shared"])
def test_basic_items_of_base_databases_are_shared_without_condition(city, profile, code, closed):
    profile(code, None if code == "nanyang" else "nanyang")
    base = {"library_type": "base", "base_kind": "basic"}
    assert "share_class" in refused(city, **base, **closed)
    city.entry(published=False, **base)
    business = {**base, "base_kind": "business"}
    if code == "zhongshan":
        assert "share_class" in refused(city, **business, **closed)
    else:
        city.entry(published=False, **business, **closed)


@pytest.mark.requirement("ZS-19a")
def test_entries_not_shared_list_their_basis_with_its_level(city, profile):
    profile("zhongshan", "nanyang")
    dataset = city.entry(published=False, **CLOSED)
    row = next(r for r in city.report("not-shared") if r["dataset_id"] == dataset)
    assert '"level": "law"' in row["legal_basis"]


@pytest.mark.requirement("ZS-8b")
def test_grading_is_needed_and_bounds_the_opening_class(city, profile):
    profile("zhongshan", "nanyang")
    assert "data_level" in without(city, "data_level")
    assert "data_category" in without(city, "data_category")
    assert "open_class" in refused(city, data_level="2")
    assert "data_level" in refused(city, data_level="9")
    city.entry(published=False, data_level="1")
    profile("nanyang")
    city.entry(published=False, data_level="2")


@pytest.mark.requirement("LY-5a")
@pytest.mark.parametrize("mode", ["database", "file"])
def test_what_law_forbids_to_hand_over_goes_by_interface_only(city, profile, mode):
    profile("linyi", "nanyang")
    assert "share_mode_type" in refused(city, interface_only="1", share_mode_type=mode)
    city.entry(published=False, interface_only="1", share_mode_type="interface")


@pytest.mark.requirement("NY-38d")
def test_bulk_exchange_is_justified(city, profile):
    profile("nanyang")
    assert "batch_reason" in refused(city, share_service="batch")
    city.entry(published=False, share_service="batch", batch_reason="全量比对，接口无法满足")


@pytest.mark.requirement("NY-40a")
def test_five_ways_of_sharing():
    assert codes("share_service") >= {"compare", "verify", "search", "interface", "exchange"}


@pytest.mark.requirement("TZ-12g")
def test_four_encouraged_ways_of_delivery(city, profile):
    profile("tengzhou", "nanyang")
    assert codes("delivery_mode") == {
        "system-connection", "front-end", "online-query", "batch-download",
    }
    for mode in codes("delivery_mode"):
        city.entry(published=False, delivery_mode=mode)
    assert "delivery_mode" in refused(city, delivery_mode="by-post")


@pytest.mark.requirement("YN-2", "TZ-2a")
def test_nature_of_the_source_is_one_of_four(city, profile):
    profile("yunnan")
    assert codes("source_nature") == {"direct", "third-party", "authorised", "system-formed"}
    assert "source_nature" in refused(city, source_nature="hearsay")


@pytest.mark.requirement("ZS-3")
def test_form_of_data_is_chosen_from_the_list(city, profile):
    profile("zhongshan", "nanyang")
    assert codes("data_form") >= {"text", "chart", "image", "audio", "video"}
    assert "data_form" in refused(city, data_form="song")


@pytest.mark.requirement("ZS-8a")
def test_each_entry_has_one_place_in_the_catalogues_tree(city, profile):
    """The tree is the Guide's: class, item, sub-item; one value each, the first from a list."""
    profile("zhongshan", "nanyang")
    assert codes("cat_class") == {"1", "2", "3"}
    for field in ("cat_class", "cat_item", "cat_subitem"):
        assert field in without(city, field)
    assert "cat_class" in refused(city, cat_class="4")


@pytest.mark.requirement("YN-31a")
def test_yunnan_department_names_a_confidentiality_reviewer_first(city, profile):
    profile("yunnan")
    dataset = city.entry(published=False)
    reviewer = city.people["transport confidentiality_reviewer"]
    held = city.call("authority", "govshare_office_list", user=reviewer)[0]
    city.call("authority", "govshare_office_end", id=held["id"])
    with pytest.raises(tk.ValidationError) as caught:
        city.publish(dataset)
    assert "yunnan 31" in str(caught.value.error_dict["owner_org"])
    city.call("authority", "govshare_office_appoint", user=reviewer,
              office="confidentiality_reviewer", organization=city.orgs["transport"])  # fmt: skip
    city.publish(dataset)


@pytest.mark.requirement("ZS-26")
@pytest.mark.parametrize("said", ["", "0"])
def test_zhongshan_publishes_after_the_legal_check(city, profile, said):
    profile("zhongshan", "nanyang")
    dataset = city.entry(published=False, legal_review=said)
    with pytest.raises(tk.ValidationError) as caught:
        city.publish(dataset)
    assert list(caught.value.error_dict) == ["legal_review"]


@pytest.mark.requirement("YN-9b", "TZ-10c", "TZ-10d")
@pytest.mark.parametrize("code", ["yunnan", "tengzhou"])
@pytest.mark.parametrize("library", ["topic", "base"])
def test_the_one_lead_department_keeps_topic_and_base_entries(city, profile, code, library):
    profile(code, "nanyang")
    lead = model.Group.get(city.orgs["health"]).name
    dataset = city.entry(library_type=library, lead_org=lead)
    city.call("health publisher", "package_patch", id=dataset, notes="由牵头部门维护")
    with pytest.raises(tk.NotAuthorized):
        city.call("county publisher", "package_patch", id=dataset, notes="x")
    ordinary = city.entry(library_type="department", lead_org=lead)
    with pytest.raises(tk.NotAuthorized):
        city.call("health publisher", "package_patch", id=ordinary, notes="x")
    assert "lead_org" in refused(city, lead_org="市交通局、市卫健委")
    with pytest.raises(tk.ValidationError) as caught:
        city.publish(city.entry(published=False, library_type=library))
    assert "lead_org" in caught.value.error_dict


@pytest.mark.requirement("NY-62g", "LY-3b")
def test_links_lead_only_to_the_hosts_allowed_and_the_rest_is_flagged(city, profile, monkeypatch):
    profile("nanyang")
    direct = [{"url": "https://files.health.example.gov.cn/a.csv", "name": "a"}]
    dataset = city.entry(published=False, resources=direct)
    flagged = [r["host"] for r in city.report("outside-links") if r["dataset_id"] == dataset]
    assert flagged == ["files.health.example.gov.cn"]
    monkeypatch.setitem(tk.config, "govshare.link_hosts", ["data.example.gov.cn"])
    assert "files.health.example.gov.cn" in str(refused(city, resources=direct))
    city.entry(published=False, resources=[{"url": "https://data.example.gov.cn/a", "name": "a"}])
