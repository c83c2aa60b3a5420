"""What programs find: OpenAPI, DCAT, schema.org, sitemap, robots."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
import rdflib
import schemathesis
from hypothesis import HealthCheck, given, settings
from rdflib.namespace import DCAT, DCTERMS

from .conftest import Page

# what ckanext-dcat still asks of rdflib
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")

#: The actions that strangers use; each is called with made-up arguments, right ones and wrong ones.
#: Not `organization_list`: CKAN's own fails on an empty `limit`.
PUBLIC = [
    "package_search", "package_show", "datastore_search", "license_list", "govshare_case_register",
    "status_show",
]  # fmt: skip


@pytest.fixture(scope="module")
def description(site) -> dict:
    return json.loads(site.test_client(use_cookies=False).get("/openapi.json").data)


def test_openapi_names_every_action_that_is_open_to_somebody(description):
    assert {f"/{name}" for name in PUBLIC} <= set(description["paths"])
    assert "/datastore_upsert" not in description["paths"]  # closed to everybody
    assert "get" in description["paths"]["/package_search"]
    assert "post" in description["paths"]["/govshare_case_submit"]
    assert all(
        operation["summary"]
        for path in description["paths"].values() for operation in path.values()
    )  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC)
def test_answers_are_what_openapi_says(site, description, name):
    """No fault of the server, no answer of another form, whatever is asked."""
    schema = schemathesis.openapi.from_dict(
        {**description, "servers": [{"url": "http://localhost/api/3/action"}]}
    )
    schema.app = site.flask_app
    operation = schema[f"/{name}"]["GET"]

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def check(case) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    check()


@pytest.mark.parametrize(
    ("form", "parser"), [("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")]
)
def test_dcat_holds_public_entries_with_their_class(get, town, form, parser):
    place = town.places["conditional"]
    graph = rdflib.Graph().parse(data=get(f"/dataset/{place.name}.{form}"), format=parser)
    (entry,) = graph.subjects(rdflib.RDF.type, DCAT.Dataset)
    assert str(graph.value(entry, DCTERMS.accessRights)).endswith("RESTRICTED")
    assert str(graph.value(entry, DCTERMS.accrualPeriodicity)).endswith("MONTHLY")
    assert list(graph.objects(entry, DCAT.distribution))


def test_dcat_of_closed_data_names_no_file(get, town):
    page = get(f"/dataset/{town.places['non-open'].name}.ttl")
    graph = rdflib.Graph().parse(data=page, format="turtle")
    assert not list(graph.objects(predicate=DCAT.distribution))


def test_dcat_catalogue_is_the_anonymous_one_whoever_asks(get, town):
    assert get("/catalog.ttl?page=1", role="boss") == get("/catalog.ttl?page=1")
    assert "dcat:Catalog" in get("/catalog.ttl")


@pytest.mark.parametrize("url", ["/catalog.exe", "/catalog.ttl?page=0", "/dataset/nothing.ttl"])
def test_dcat_of_nothing_is_not_found(get, url):
    get(url, status=404)


@pytest.mark.parametrize(("open_class", "files"), [("unconditional", 1), ("conditional", 0)])
def test_page_carries_schema_org(get, town, open_class, files):
    page = get(f"/dataset/{town.places[open_class].name}")
    told = json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.S)[1])
    assert told["@type"] == "Dataset"
    assert told["creator"]["name"] == "市统计局"
    assert len(told.get("distribution", [])) == files


def test_sitemap_names_every_public_dataset(get, town):
    page = get("/sitemap.xml")
    root = ElementTree.fromstring(page)
    if root.tag.endswith("sitemapindex"):
        page = "".join(get(f"/sitemap.xml?part={n}") for n in range(1, len(root) + 1))
    assert all(f"/dataset/{place.name}</loc>" in page for place in town.places.values())


def test_robots_lead_to_the_sitemap_and_away_from_persons(get):
    lines = get("/robots.txt").splitlines()
    assert "Disallow: /workbench" in lines
    assert any(re.fullmatch(r"Sitemap: https?://\S+/sitemap\.xml", line) for line in lines)


@pytest.mark.parametrize("role", ["", "holder"])
def test_page_for_developers_leads_to_keys_and_formats(get, role):
    links = Page(get("/developers", role=role)).links
    assert "/openapi.json" in " ".join(links)
    assert any("/user/login" in link or "api-tokens" in link for link in links)
