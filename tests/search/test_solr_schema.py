"""What CKAN's Solr schema declares is what our engine does and what we deploy to Solr."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import ckan.config
import pytest

from ckanext.govshare import config_dir
from ckanext.govshare.search import schema
from ckanext.govshare.search.schema import Kind

CKAN = ElementTree.parse(Path(ckan.config.__file__).parent / "solr" / "schema.xml").getroot()
OURS = ElementTree.parse(config_dir() / "deploy" / "solr" / "managed-schema.xml").getroot()
FIELDS = {field.get("name", ""): field for field in CKAN.iter("field")}
PATTERNS = {field.get("name", ""): field for field in CKAN.iter("dynamicField")}
UNSEARCHABLE = {"_version_"}  # Solr's own


def example(pattern: str) -> str:
    return pattern.replace("*", "anything")


@pytest.mark.parametrize("name", sorted(set(FIELDS) - UNSEARCHABLE))
def test_a_field_is_of_ckans_type(name: str) -> None:
    field = FIELDS[name]
    searchable = field.get("indexed") == "true"
    assert schema.kind_of(name) is (Kind(field.get("type")) if searchable else Kind.STORED)
    assert schema.is_multivalued(name) or field.get("multiValued") != "true" or name in _RELATIONS


_RELATIONS = {
    "depends_on",
    "dependency_of",
    "derives_from",
    "has_derivation",
    "links_to",
    "linked_from",
    "child_of",
    "parent_of",
}


@pytest.mark.parametrize("name", sorted(set(FIELDS) - UNSEARCHABLE - {"name_ngram", "title_ngram"}))
def test_what_solr_stores_is_what_we_return(name: str) -> None:
    stored = FIELDS[name].get("stored") == "true"
    big = name in ("data_dict", "validated_data_dict")
    assert (schema.is_returned(name) or big) == stored


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
def test_a_pattern_is_of_ckans_type(pattern: str) -> None:
    declared = PATTERNS[pattern]
    assert schema.kind_of(example(pattern)) is Kind(declared.get("type"))
    assert schema.is_returned(example(pattern)) == (declared.get("stored") == "true")


def test_what_is_copied_into_the_text() -> None:
    copied = {c.get("source") for c in CKAN.iter("copyField") if c.get("dest") == "text"} - {"text"}
    # what goes to the text by way of `urls`
    copied |= {c.get("source") for c in CKAN.iter("copyField") if c.get("dest") == "urls"}
    exact = {name for name in copied if name and "*" not in name} - {"urls"}
    assert exact == set(schema.COPIED)
    assert {name for name in copied if name and "*" in name} == {
        "extras_*",
        "res_extras_*",
        "vocab_*",
    }


def test_the_deployed_schema_has_all_of_ckans() -> None:
    assert OURS.get("name") == CKAN.get("name")
    assert OURS.findtext("uniqueKey") == CKAN.findtext("uniqueKey") or OURS.findtext(
        "uniqueKey"
    ) == next(key.text for key in CKAN.iter("uniqueKey"))
    for kind in ("field", "dynamicField"):
        ours = {field.get("name"): field.attrib for field in OURS.iter(kind)}
        for field in CKAN.iter(kind):
            assert ours.get(field.get("name")) == field.attrib
    copies = [tuple(copy.attrib.items()) for copy in OURS.iter("copyField")]
    for copy in CKAN.iter("copyField"):
        assert tuple(copy.attrib.items()) in copies
    types = {kind.get("name") for kind in OURS.iter("fieldType")}
    declared = {kind.get("name") for tag in ("fieldType", "fieldtype") for kind in CKAN.iter(tag)}
    assert declared <= types
    assert {
        field.get("type") for field in [*OURS.iter("field"), *OURS.iter("dynamicField")]
    } <= types


@pytest.mark.parametrize("kind", ["text", "text_general"])
@pytest.mark.parametrize("purpose", ["index", "query"])
def test_the_deployed_text_types_read_chinese(kind: str, purpose: str) -> None:
    (declared,) = (t for t in OURS.iter("fieldType") if t.get("name") == kind)
    (analyzer,) = (a for a in declared.iter("analyzer") if a.get("type") == purpose)
    steps = [step.get("class") for step in analyzer]
    wanted = ["ICUTransformCharFilterFactory", "CJKWidthFilterFactory", "CJKBigramFilterFactory"]
    assert [step for step in steps if step and step.removeprefix("solr.") in wanted] == [
        f"solr.{step}" for step in wanted
    ]
