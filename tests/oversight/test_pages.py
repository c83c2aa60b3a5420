"""The pages: every register, the way from opening to closing, evidence, exports."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.govshare.oversight import kinds
from tests.cases.city import appoint, call, make_dataset, make_organization, make_user
from tests.gate import world as worlds
from tests.oversight.test_records import INCIDENT, TODAY, create
from tests.oversight.test_statistics import _token


@dataclass(frozen=True)
class Office:
    """A department with an incident on its dataset, and how its people sign in."""

    org: str
    dataset: str
    record: dict[str, Any]
    who: dict[str, dict[str, str]]


@pytest.fixture
def town(app) -> Office:
    """Made outside the requests of the test, each of which says who asks."""
    with app.flask_app.test_request_context():
        org = make_organization()
        dataset = make_dataset(org)
        users = {n: make_user(n) for n in
                 ("authority", "auditor", "head", "publisher", "applicant", "elsewhere")}
        for name in ("authority", "auditor"):
            appoint(users[name], name)
        for name in ("head", "publisher"):
            appoint(users[name], name, org)
        appoint(users["elsewhere"], "head", make_organization("教育局"))
        record = create(users["authority"], "incident", org, dataset=dataset, **INCIDENT)
        return Office(org, dataset, record, {name: _token(user) for name, user in users.items()})


@pytest.fixture
def people(town):
    return town.who


def test_every_register_opens_for_those_who_supervise(app, people):
    """List, form and exports of each kind; the auditor gets no form."""
    for path in ("", "duties", "statistics", "evidence", "complaint"):
        app.get(f"/oversight/{path}", headers=people["auditor"], status=200)
    for code, kind in kinds.every().items():
        app.get(f"/oversight/{code}", headers=people["auditor"], status=200)
        status = 200 if "authority" in kind.write else 403
        app.get(f"/oversight/{code}/new", headers=people["authority"], status=status)
        app.get(f"/oversight/{code}/new", headers=people["auditor"], status=403)
    app.get("/oversight/no-such-kind/new", headers=people["authority"], status=404)


def test_pages_are_closed_to_people_without_office(app, people):
    app.get("/oversight/", headers=people["applicant"], status=403)
    assert app.get("/oversight/", follow_redirects=False).status_code == 302


def test_a_record_is_opened_filled_and_closed_by_the_forms(app, town, people):
    """A mistake keeps what was typed; every step shows on the page."""
    form = {"organization": town.org, "type": "random", "sample_of": "datasets"}
    page = app.post("/oversight/inspection/new", headers=people["authority"], data=form).body
    assert 'value="random" selected' in page
    assert "invalid-feedback" in page
    made = app.post(
        "/oversight/inspection/new", headers=people["authority"],
        data={**form, "sample_size": "2"}, follow_redirects=False,
    )
    place = urlsplit(made.headers["Location"]).path
    assert town.dataset in app.get(place, headers=people["head"]).body
    app.post(f"{place}/close", headers=people["authority"], status=200)
    again = app.get(place, headers=people["authority"]).body
    assert f"{place}/close" in again
    app.post(f"{place}/add", headers=people["authority"], data={"findings": "均合格"})
    app.post(f"{place}/close", headers=people["authority"])
    closed = app.get(place, headers=people["authority"]).body
    assert "均合格" in closed
    assert f"{place}/close" not in closed


def test_a_dataset_is_withdrawn_from_the_page_of_the_incident(app, town, people):
    place = f"/oversight/record/{town.record['id']}"
    assert f"{place}/take-down" in app.get(place, headers=people["authority"]).body
    app.post(f"{place}/take-down", headers=people["authority"], data={"reason": "泄露"})
    states = model.Session.scalars(
        sa.text("select state from govshare_release where dataset_id = :id"), {"id": town.dataset}
    ).all()
    assert states == ["withdrawn"]


def test_a_message_about_a_record_leads_to_it(app, town, people):
    """Messages name a record or a register by one address."""
    id_ = town.record["id"]
    answer = app.get(f"/oversight/{id_}", headers=people["head"], follow_redirects=False)
    assert answer.headers["Location"].endswith(f"/oversight/record/{id_}")


def test_another_departments_record_is_closed_to_a_head(app, town):
    app.get(f"/oversight/record/{town.record['id']}", headers=town.who["elsewhere"], status=403)


@pytest.mark.requirement("YN-41", "ZS-5")
def test_the_auditor_takes_a_register_as_csv_and_json(app, town, people):
    """All records of the kind with every field that was filled."""
    record = town.record
    table = app.get("/oversight/incident?format=csv", headers=people["auditor"])
    rows = list(csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"))))
    mine = next(r for r in rows if r["number"] == record["number"])
    assert mine["description"] == INCIDENT["description"]
    lines = json.loads(app.get("/oversight/incident?format=json", headers=people["auditor"]).body)
    assert record["number"] in {line["number"] for line in lines}
    duties = app.get("/oversight/duties?format=csv", headers=people["auditor"])
    assert duties.headers["Content-Type"].startswith("text/csv")


@pytest.fixture(scope="module")
def place(site):
    """One department with an open and a conditional table in the vault."""
    with site.flask_app.test_request_context():
        org = make_organization("民政局")
        head = make_user("head")
        appoint(head, "head", org)
        auditor = make_user("auditor")
        appoint(auditor, "auditor")
        found = {c: worlds.make_place(org, c, "released") for c in ("unconditional", "conditional")}
        return found | {"head": _token(head), "auditor": _token(auditor)}


def archive(app, who, dataset):
    with app.post("/oversight/evidence", headers=who, data={"dataset": dataset}) as answer:
        return zipfile.ZipFile(io.BytesIO(answer.data))


@pytest.mark.requirement("NY-68", "ZS-40", "YN-41", "NY-54a", "YN-29a")
def test_the_archive_holds_data_metadata_and_log(app, place):
    """Entry, releases, signatures, reads and events; the bytes are the signed ones; the manifest
    is right about every file."""
    mine = place["unconditional"]
    taken = archive(app, place["head"], mine.name)
    manifest = json.loads(taken.read("manifest.json"))
    assert {"metadata.json", "releases.json", "signatures.json", "cases.json", "reads.json",
            "events.json", "publication.json"} <= set(taken.namelist())
    for entry in manifest["files"]:
        assert hashlib.sha256(taken.read(entry["name"])).hexdigest() == entry["sha256"]
    assert taken.read(f"data/{mine.resource}.csv") == mine.live.csv()
    assert json.loads(taken.read("metadata.json"))["id"] == mine.dataset
    second = json.loads(archive(app, place["auditor"], mine.dataset).read("events.json"))
    assert "oversight.evidence_taken" in {event["kind"] for event in second}
    # From a delivered file back to the version of the source that it was made of.
    delivered = json.loads(archive(app, place["auditor"], mine.dataset).read("reads.json"))
    releases = {r["id"]: r for r in json.loads(taken.read("releases.json"))}
    assert delivered
    assert all(releases[read["release_id"]]["raw_digest"] for read in delivered)


def test_the_archive_holds_no_data_that_its_reader_may_not_have(app, place):
    """Conditional data leave only under a grant: their digest stands there with the reason."""
    mine = place["conditional"]
    taken = archive(app, place["auditor"], mine.name)
    left_out = [f for f in json.loads(taken.read("manifest.json"))["files"] if "left_out" in f]
    assert [f["sha256"] for f in left_out] == [mine.digest]
    everything = b"".join(taken.read(name) for name in taken.namelist()).decode()
    assert not [c for table in (mine.live, *mine.hidden) for c in table.canaries if c in everything]


def test_evidence_is_for_those_who_supervise_and_the_head(app, town):
    """Another department's head and a publisher get the form again and no archive."""
    for name in ("elsewhere", "publisher"):
        answer = app.post(
            "/oversight/evidence", headers=town.who[name], data={"dataset": town.dataset}
        )
        assert answer.data[:2] != b"PK"


def test_no_personal_value_of_an_applicant_is_in_the_evidence(city):
    """A case stands there by number, days and decision; who applied does not."""
    case = city.submit(applicant_name="欧阳某某")
    found = call(city.auditor, "govshare_evidence_export", id=city.dataset)
    text = json.dumps(found, ensure_ascii=False, default=str)
    assert case["number"] in text
    assert "欧阳某某" not in text
    assert "13800000000" not in text


def test_the_year_is_what_the_form_says(app, people):
    for bad in ("²", "abc", "99999"):
        assert app.get(f"/oversight/statistics?year={bad}", headers=people["auditor"],
                       status=None).status_code in (200, 404)
    assert TODAY[:4] in app.get("/oversight/statistics", headers=people["auditor"]).body
