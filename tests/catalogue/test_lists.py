"""Value lists, facets, indexing and freshness."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from ckan.plugins import toolkit as tk

from ckanext.govshare.catalogue import facets, helpers, vocabularies


@pytest.mark.requirement("NY-3a")
def test_forms_of_data_are_the_eight_of_the_regulation():
    assert len(vocabularies.terms("data_form")) == 8


def test_every_term_speaks_both_languages_and_codes_are_unique():
    for name, terms in vocabularies.vocabularies().items():
        codes = [term.code for term in terms]
        assert len(set(codes)) == len(codes), name
        assert all(t.words.zh and t.words.en for t in terms), name


def test_types_belong_to_known_categories():
    for kind in ("format", "share_mode"):
        categories = {term.code for term in vocabularies.terms(f"{kind}_category")}
        assert {term.parent for term in vocabularies.terms(f"{kind}_type")} == categories


def test_every_list_that_the_schema_names_exists(site_context):
    """And every label is there in both languages."""
    schema = tk.get_action("scheming_dataset_schema_show")({}, {"type": "dataset"})
    top = schema["dataset_fields"]
    fields = [*top, *(sub for field in top for sub in field.get("repeating_subfields", []))]
    assert all(vocabularies.terms(f["vocabulary"]) for f in fields if "vocabulary" in f)
    assert all(set(f["label"]) == {"en", "zh_Hans_CN"} for f in fields)


def test_dictionary_fields_are_in_the_schema(site_context):
    """The elements of the Guide's thirteen, under the names of the data dictionary."""
    schema = tk.get_action("scheming_dataset_schema_show")({}, {"type": "dataset"})
    names = {f["field_name"] for f in schema["dataset_fields"]}
    assert names >= {
        "cat_class", "cat_item", "cat_subitem", "cat_detail", "title", "resource_code",
        "provider_uscc", "notes", "format_category", "format_type", "items", "share_class",
        "share_condition", "share_mode_category", "share_mode_type", "open_flag", "open_class",
        "open_condition", "update_cycle", "issued", "related_codes",
    }  # fmt: skip


def test_index_holds_the_item_names_and_no_json():
    document = {"items": json.dumps([{"item_name": "车牌号", "item_type": "C"}]), "title": "x"}
    indexed = facets.searchable(document)
    assert indexed["extras_items"] == "车牌号"
    assert "items" not in indexed


def test_dataset_is_found_by_an_item_name(write):
    """"Which dataset has 校车编号?" finds it, though neither title nor abstract says so."""
    name = f"校车编号{uuid.uuid4().hex[:8]}"  # a kept stack holds what earlier runs wrote
    package = write(items=[{"item_name": name}])
    found = tk.get_action("package_search")(
        {"ignore_auth": True}, {"q": name, "include_private": True}
    )
    assert [p["id"] for p in found["results"]] == [package["id"]]


def test_facets_carry_names_in_the_readers_language(write, department):
    write(update_cycle="monthly", topic="transport")
    found = tk.get_action("package_search")(
        {"ignore_auth": True},
        {"facet.field": ["open_class", "topic", "update_cycle"], "fq": f"owner_org:{department}"},
    )
    names = {f: [i["display_name"] for i in v["items"]] for f, v in found["search_facets"].items()}
    assert names == {"open_class": ["无条件开放"], "topic": ["交通运输"], "update_cycle": ["每月"]}


@pytest.mark.parametrize(
    ("cycle", "age", "state"),
    [
        ("daily", 1, "fresh"), ("daily", 3, "late"), ("monthly", 40, "fresh"),
        ("monthly", 41, "late"), ("irregular", 900, "free"), ("", 1, "unknown"),
    ],
)
def test_freshness_follows_the_update_cycle(site_context, cycle, age, state):
    stamp = (datetime.now(UTC).replace(tzinfo=None) - timedelta(days=age, minutes=5)).isoformat()
    package = {"update_cycle": cycle, "resources": [{"last_modified": stamp}]}
    assert helpers.govshare_freshness(package).state == state


def test_schema_file_is_yaml_without_unknown_sections():
    from pathlib import Path

    schema = yaml.safe_load(
        (Path(facets.__file__).parent / "dataset.yaml").read_text(encoding="utf-8")
    )
    assert {f["section"] for f in schema["dataset_fields"]} == {*helpers.SECTIONS, "system"}
