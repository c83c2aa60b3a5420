"""Wrong data reported by another department: the five ways of the five regulations."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import FileStorage

from ckanext.govshare.cases import model as cases
from ckanext.govshare.notify.model import table as messages
from ckanext.govshare.release.model import Release
from tests.cases.city import USCC, appoint, call, make_organization, make_user

FRIDAY = datetime(2026, 9, 18, 2, tzinfo=UTC)
MONDAY = datetime(2026, 9, 21, 2, tzinfo=UTC)


@pytest.fixture
def report(city, at):
    """Reports as the applicant, who works in another department; a technical service exists."""
    appoint(city.applicant, "publisher", make_organization("教育局"))
    city.people["operator"] = make_user("operator")
    appoint(city.operator, "operator")
    at(FRIDAY)

    def send(**changes):
        return call(city.applicant, "govshare_correction_submit", **{
            "dataset_id": city.dataset, "layer": "share", "applicant_kind": "department",
            "applicant_name": "教育局", "uscc": USCC, "contact_name": "李四",
            "phone": "0377-63000000", "reason": "和平街道八月的受理量与登记不符",
            "evidence": "登记簿第12页", **changes,
        })

    return send


def told(case, kind: str) -> set[str]:
    rows = model.Session.execute(
        sa.select(messages.c.to_user).where(
            messages.c.subject_id == case["id"], messages.c.kind == kind))
    return set(rows.scalars())


def release_anew(city) -> str:
    """A corrected release takes the place of the live one."""
    old = model.Session.query(Release).filter_by(dataset_id=city.dataset, state="released").one()
    old.state = "replaced"
    model.Session.flush()
    fresh = Release(
        id=str(uuid.uuid4()), dataset_id=city.dataset, resource_id=old.resource_id, number=2,
        state="released", source="upload", filename="b.csv", raw_digest="x2", digest="y2",
        columns=old.columns, plan_digest="z", open_class="conditional",
        released_at=datetime.now(UTC), format="csv", plan={}, engine="1", evidence={},
    )
    model.Session.add(fresh)
    model.Session.commit()
    return fresh.id


@pytest.mark.requirement("NY-64")
def test_nanyang_report_goes_to_the_authority_with_its_evidence(city, report):
    """Received by the authority, with description, evidence and a file; no clock runs yet."""
    with pytest.raises(tk.ValidationError) as missing:
        report(evidence="")
    assert set(missing.value.error_dict) == {"evidence"}
    case = report()
    call(city.applicant, "govshare_attachment_add", id=case["id"],
         upload=FileStorage(io.BytesIO(b"%PDF-1.4\n"), filename="登记簿.pdf"))
    assert {city.authority, city.operator} <= told(case, "case_new")
    assert city.publisher not in told(case, "case_new")
    assert (case["due_day"], case["layer"]) == (None, "share")
    seen = call(city.authority, "govshare_case_show", id=case["id"])
    assert seen["form"]["evidence"] == "登记簿第12页"
    assert seen["attachments"][0]["name"] == "登记簿.pdf"


@pytest.mark.requirement("NY-65a")
def test_nanyang_technical_service_dispatches_to_the_producer(city, report):
    """Only the dispatcher passes it on; then the producer, and nobody before, may check it."""
    case = report()
    with pytest.raises(tk.ValidationError) as early:
        city.act(city.reviewer, case, "take")
    assert "dispatch_first" in early.value.error_dict
    for user in (city.reviewer, city.authority):
        with pytest.raises(tk.ValidationError) as wrong:
            city.act(user, case, "dispatch")
        assert "not_yours" in wrong.value.error_dict
    inbox = call(city.operator, "govshare_case_inbox")
    assert case["id"] in [line["id"] for line in inbox]
    seen = call(city.operator, "govshare_case_show", id=case["id"])
    assert (seen["acts"][0], seen["person"]) == ("dispatch", None)
    assert city.act(city.operator, case, "dispatch")["state"] == "dispatched"
    assert {city.reviewer, city.head} <= told(case, "case_new")


@pytest.mark.requirement("NY-65b", "NY-65c")
def test_nanyang_five_days_to_verify_and_ten_from_the_decision(city, report, at):
    """Five working days from the dispatch, the authority learns the decision, ten to correct."""
    case = report()
    at(MONDAY)
    case = city.act(city.operator, case, "dispatch")
    assert (case["clock"]["name"], case["due_day"]) == ("correction_verify", "2026-09-29")
    city.act(city.reviewer, case, "take")
    case = city.act(city.reviewer, case, "confirm")
    assert city.authority in told(case, "case_verified")
    # From Monday 21 September: 25-27 September and 1-7 October are rest days, 10 October is worked.
    assert (case["clock"]["name"], case["clock"]["limit"]) == ("correction_fix", 10)
    assert case["due_day"] == "2026-10-12"
    city.act(city.publisher, case, "begin")
    case = city.act(city.publisher, case, "correct", corrected_release=release_anew(city))
    assert city.act(city.authority, case, "close")["state"] == "closed"


@pytest.mark.requirement("NY-67d")
def test_nanyang_unanswered_report_stands_among_what_is_overdue(city, report, at):
    """Who refuses to verify is seen: overdue on the authority's list, and nothing lapses."""
    case = city.act(city.operator, report(), "dispatch")
    at(datetime(2026, 12, 1, tzinfo=UTC))
    line = next(one for one in call(city.authority, "govshare_case_watch")
                if one["id"] == case["id"])
    assert (line["overdue"], line["state"]) == (True, "dispatched")


@pytest.mark.requirement("ZS-23a")
def test_zhongshan_authority_verifies_within_five_days_of_receipt(city, report, under):
    """Filed with the authority, which checks it with the department; five days from receipt."""
    under("zhongshan")
    case = report()
    assert case["due_day"] == "2026-09-24"
    assert city.authority in told(case, "case_new")
    with pytest.raises(tk.ValidationError) as wrong:
        city.act(city.publisher, case, "confirm")
    assert wrong.value.error_dict.keys() & {"not_now", "not_yours"}
    assert city.act(city.authority, case, "take")["state"] == "verifying"


@pytest.mark.requirement("ZS-23c", "LY-16c")
@pytest.mark.parametrize("code", ["zhongshan", "linyi"])
def test_found_wrong_the_provider_corrects_without_a_number_of_days(city, report, under, code):
    """The provider corrects; where the text says promptly, nothing counts as overdue."""
    under(code)
    case = report()
    city.act(city.authority, case, "take")
    case = city.act(city.authority, case, "confirm")
    assert (case["due_day"], case["clock"]["advisory"]) == (None, True)
    with pytest.raises(tk.ValidationError) as wrong:
        city.act(city.authority, case, "begin")
    assert "not_yours" in wrong.value.error_dict
    city.act(city.publisher, case, "begin")
    case = city.act(city.publisher, case, "correct", corrected_release=release_anew(city))
    assert city.act(city.authority, case, "close")["state"] == "closed"


@pytest.mark.requirement("LY-16a", "LY-16b")
def test_linyi_manager_verifies_and_no_day_is_invented(city, report, under):
    under("linyi")
    case = report()
    assert (case["due_day"], case["clock"]["advisory"]) == (None, True)
    assert city.act(city.authority, case, "take")["state"] == "verifying"


@pytest.mark.requirement("YN-27a", "TZ-15a")
@pytest.mark.parametrize("code", ["yunnan", "tengzhou"])
def test_report_goes_straight_to_the_provider(city, report, under, code):
    under(code)
    case = report()
    assert {city.reviewer, city.head} <= told(case, "case_new")
    assert city.authority not in told(case, "case_new")
    assert case["clock"]["advisory"] is True
    assert city.act(city.reviewer, case, "take")["state"] == "verifying"


@pytest.mark.requirement("YN-27b")
def test_yunnan_result_is_filed_with_the_office(city, report, under):
    """The authority gets the result of every report, and reads the case."""
    under("yunnan")
    case = city.act(city.reviewer, report(), "take")
    city.act(city.reviewer, case, "reject", reason="与登记一致")
    city.act(city.publisher, case, "close_rejected")
    assert city.authority in told(case, "case_closed")
    assert call(city.authority, "govshare_case_show", id=case["id"])["state"] == "closed"


def test_only_another_department_reports_by_the_rules_on_sharing(city, at):
    at(FRIDAY)
    with pytest.raises(tk.ValidationError) as wrong:
        call(city.stranger, "govshare_correction_submit", dataset_id=city.dataset, layer="share",
             applicant_kind="department", applicant_name="x", uscc=USCC, contact_name="x",
             phone="13800000000", reason="x", evidence="x")
    assert set(wrong.value.error_dict) == {"layer"}


def test_operator_sees_no_other_cases(city, report):
    """The dispatcher's way in is for reports between departments, nothing else."""
    case = city.submit(city.stranger)
    with pytest.raises(tk.NotAuthorized):
        call(city.operator, "govshare_case_show", id=case["id"])
    assert cases.get(case["id"]).state == "accepted"
