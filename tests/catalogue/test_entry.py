"""What a catalogue entry must carry, checked where it is written."""

from __future__ import annotations

import pytest
from ckan import model
from ckan.plugins import toolkit as tk

BASIS = [{"title": "中华人民共和国个人信息保护法", "article": "第十条", "level": "law"}]
CONDITIONAL = {
    "open_class": "conditional", "open_condition": "科研机构", "legal_basis": BASIS,
    "class_reason": "含需要保护的信息项",
}
CLOSED = {
    "open_class": "non-open", "nonopen_reason": "personal_privacy", "legal_basis": BASIS,
    "class_reason": "含个人信息",
}


@pytest.mark.parametrize(
    ("elements", "flag"), [({}, "1"), (CONDITIONAL, "1"), (CLOSED, "0")], ids=lambda v: str(v)[:24]
)
def test_open_flag_is_derived_from_the_class(write, elements, flag):
    """The Guide's binary flag follows the three classes, whatever the sender says."""
    assert write(**elements, open_flag="1" if flag == "0" else "0")["open_flag"] == flag


def test_class_is_a_plain_extra(write):
    """The gate reads it from the database without our code."""
    package = write(**CONDITIONAL)
    assert model.Package.get(package["id"]).extras["open_class"] == "conditional"


@pytest.mark.requirement("NY-44a")
@pytest.mark.parametrize("open_class", ["conditional", "non-open"])
def test_closed_classes_need_a_legal_basis(problems, open_class):
    """The site's profile (Nanyang 44) asks for it, and the message names the article."""
    given = {**(CONDITIONAL if open_class == "conditional" else CLOSED), "legal_basis": []}
    assert "nanyang 44" in problems(**given)["open_class"][0]


def test_basis_for_the_other_layer_does_not_count(problems):
    """A basis marked for sharing is none for opening."""
    assert problems(**{**CLOSED, "legal_basis": [{**BASIS[0], "layer": "share"}]})["open_class"]


def test_unknown_class_is_refused(problems):
    assert "open_class" in problems(open_class="half-open")
    assert "open_class" in problems(open_class="")


def test_conditional_data_name_their_condition(problems):
    assert "open_condition" in problems(**{**CONDITIONAL, "open_condition": " "})


@pytest.mark.requirement("NY-2b")
def test_state_secrets_stay_outside(problems, department):
    """An entry flagged as a state secret is not stored (Nanyang 2)."""
    assert "nonopen_reason" in problems(**{**CLOSED, "nonopen_reason": "state_secret"})
    assert not model.Session.query(model.Package).filter_by(owner_org=department).count()


def test_item_names_are_unique_and_given(problems):
    twice = [{"item_name": "车牌号"}, {"item_name": "车牌号"}]
    assert "车牌号" in problems(items=twice)["data_form"][0]
    assert problems(items=[{"item_name": "", "item_type": "C"}])["data_form"]


def test_items_come_back_as_they_went_in(write):
    items = [{"item_name": "线路", "item_type": "C", "item_length": "20"}, {"item_name": "站点"}]
    package = write(items=items)
    shown = tk.get_action("package_show")({"ignore_auth": True}, {"id": package["id"]})
    assert shown["items"] == items


def test_resource_code_is_never_used_twice(write, problems):
    """Not even when the dataset that had it is deleted (Guide element 3)."""
    first = write(resource_code="3010042/00017")
    tk.get_action("package_delete")({"ignore_auth": True}, {"id": first["id"]})
    assert "resource_code" in problems(resource_code="3010042/00017")
    tk.get_action("dataset_purge")({"ignore_auth": True}, {"id": first["id"]})


def test_resource_code_begins_with_the_classification(problems):
    levels = {"cat_class": "3", "cat_item": "01", "cat_subitem": "004", "cat_detail": "7"}
    assert "3010047" in problems(**levels, resource_code="3010042/1")["resource_code"][0]


@pytest.mark.parametrize(
    ("elements", "field"),
    [
        ({"format_category": "file", "format_type": "csv"}, "format_type"),
        ({"share_mode_category": "exchange", "share_mode_type": "interface"}, "share_mode_type"),
        ({"format_category": "database", "share_mode_type": "file"}, "share_mode_type"),
        ({"cat_class": "9"}, "cat_class"),
        ({"cat_item": "1"}, "cat_item"),
        ({"cat_subitem": "04"}, "cat_subitem"),
        ({"resource_code": "no slash"}, "resource_code"),
        ({"topic": "no such topic"}, "topic"),
        ({"update_cycle": "sometimes"}, "update_cycle"),
        ({"legal_basis": [{"title": "x", "level": "hearsay"}]}, "legal_basis"),
        ({"provider_uscc": "11411300MB0P12345X"}, "provider_uscc"),
    ],
)
def test_wrong_element_is_named(problems, elements, field):
    assert field in problems(**elements)


def test_address_is_made_from_the_title(write):
    """Chinese becomes pinyin, an address taken gets a number."""
    first, second = write(title="公交站点分布表九"), write(title="公交站点分布表九")
    assert first["name"].startswith("gong-jiao-zhan-dian")
    assert second["name"] != first["name"]


def test_hostile_text_is_kept_as_text(write):
    """Ten thousand characters, markup, right-to-left and emoji are stored as they are."""
    title = "<script>alert(1)</script>\u202e🚌" + "长" * 10_000
    assert write(title=title, name="hostile-" + str(hash(title))[-6:])["title"] == title
