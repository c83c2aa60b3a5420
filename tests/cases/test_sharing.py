"""Applications between departments by the rules of each regulation; the course of a dispute."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import access
from ckanext.govshare.ledger.model import event
from ckanext.govshare.rules import profiles
from tests.cases.city import USCC, appoint, call, make_organization, make_user

FRIDAY = datetime(2026, 9, 18, 2, tzinfo=UTC)
REPLY_LIMITS = {"linyi": 10, "yunnan": 10, "zhongshan": 5, "tengzhou": 10}


@pytest.fixture
def ask(city, at):
    """Applications of another department, received on Friday 18 September 2026."""
    appoint(city.applicant, "publisher", make_organization("教育局"))
    at(FRIDAY)

    def send(**changes):
        return city.submit(**{
            "layer": "share", "applicant_kind": "department", "applicant_name": "教育局",
            "uscc": USCC, "contact_name": "李四", "id_number": "", "business": "助学审核",
            "need": "核对低保", **changes,
        })

    return send


def refused_by(work) -> set[str]:
    with pytest.raises(tk.ValidationError) as error:
        work()
    return set(error.value.error_dict)


def kinds(case) -> list[str]:
    rows = model.Session.execute(
        sa.select(event.c.kind).where(event.c.subject_id == case["id"]).order_by(event.c.seq))
    return list(rows.scalars())


@pytest.mark.requirement("LY-12d", "ZS-22a", "YN-25a")
@pytest.mark.parametrize("code", REPLY_LIMITS)
def test_conditional_data_need_an_application_to_the_provider(city, ask, under, code):
    """Nothing without an application; it goes to the provider, whose clock runs from receipt."""
    under(code)
    assert access.live_grants(city.applicant, city.dataset, FRIDAY) == []
    case = ask()
    assert (case["state"], case["clock"]["limit"]) == ("accepted", REPLY_LIMITS[code])
    assert refused_by(lambda: city.act(city.authority, case, "take")) == {"not_yours"}
    assert city.act(city.publisher, case, "take")["state"] == "in_review"


@pytest.mark.requirement("TZ-5b", "YN-5b", "ZS-21a")
@pytest.mark.parametrize(
    ("code", "field"),
    [("yunnan", "purpose"), ("yunnan", "items"), ("tengzhou", "need"), ("tengzhou", "purpose"),
     ("zhongshan", "business"), ("linyi", "scenario")],
)
def test_need_purpose_and_business_are_stated_as_the_rules_ask(city, ask, under, code, field):
    under(code)
    empty = [] if field == "items" else ""
    assert field in refused_by(lambda: ask(**{field: empty}))


@pytest.mark.requirement("NY-12b")
def test_nanyang_authority_reviews_decides_and_fixes_the_mode(city, ask):
    """Between departments the authority decides, in two hands, and says in which mode."""
    second = make_user("authority-2")
    appoint(second, "authority")
    case = ask(mode="file")
    assert refused_by(lambda: city.act(city.reviewer, case, "take")) == {"not_yours"}
    city.act(city.authority, case, "take")
    city.act(city.authority, case, "prepare", decision="approve", mode="verify")
    assert refused_by(lambda: city.act(city.reviewer, case, "approve")) == {"not_yours"}
    assert city.act(second, case, "approve")["state"] == "delivered"
    (grant,) = access.live_grants(city.applicant, city.dataset, FRIDAY)
    assert grant.mode == "verify"


@pytest.mark.requirement("NY-14a")
@pytest.mark.parametrize("mode", ["api", "verify", "file"])
def test_interface_verification_and_batch_are_applied_for(city, ask, mode):
    case = ask(mode=mode)
    assert case["form"]["mode"] == mode
    assert refused_by(lambda: ask(mode="front-end")) == {"mode"}


@pytest.mark.requirement("LY-13c")
@pytest.mark.parametrize("code", REPLY_LIMITS)
def test_refusal_says_its_reasons(city, ask, under, code):
    """Without a reason nobody can refuse; the applicant reads it."""
    under(code)
    case = city.act(city.publisher, ask(), "take")
    assert refused_by(lambda: city.act(
        city.publisher, case, "prepare", decision="refuse")) == {"reason_needed"}
    city.act(city.publisher, case, "prepare", decision="refuse", reason="与助学审核无关")
    city.act(city.reviewer, case, "refuse")
    seen = call(city.applicant, "govshare_case_show", id=case["id"])
    assert seen["decision"]["reason"] == "与助学审核无关"


@pytest.mark.requirement("TZ-12f")
def test_tengzhou_provider_states_scope_and_kind_of_use(city, ask, under):
    """Without one of the kinds of the regulation nothing is shared; the user reads it."""
    under("tengzhou")
    case = city.act(city.publisher, ask(), "take")
    for wrong in ({}, {"use_type": "resale"}):
        assert refused_by(lambda wrong=wrong: city.act(
            city.publisher, case, "prepare", decision="approve", **wrong)) == {"use_type"}
    city.act(city.publisher, case, "prepare", decision="approve", use_type="data_checking")
    city.act(city.reviewer, case, "approve")
    seen = call(city.applicant, "govshare_case_show", id=case["id"])["decision"]
    assert (seen["use_type"], seen["granted"]) == ("data_checking", case["form"]["items"])


@pytest.mark.requirement("NY-62d")
def test_data_that_one_s_function_does_not_need_are_refused_for_that_reason(city, ask, under):
    """The catalogue of reasons has it, and the items are weighed one by one."""
    under("zhongshan")
    case = city.act(city.publisher, ask(), "take")
    city.act(city.publisher, case, "prepare", decision="approve_in_part", granted=["街道"],
             refused={"月份": "与业务无关", "受理量": "与业务无关"})
    seen = city.act(city.reviewer, case, "approve_in_part")
    assert seen["decision"]["refused"] == {"月份": "与业务无关", "受理量": "与业务无关"}
    (grant,) = access.live_grants(city.applicant, city.dataset, FRIDAY)
    assert grant.columns == ["街道"]


@pytest.mark.requirement("LY-14a", "NY-14b", "NY-38c", "YN-33a", "TZ-14b", "ZS-21b")
@pytest.mark.parametrize("code", profiles.CODES)
def test_purpose_and_no_third_parties_are_undertaken_and_written_down(city, ask, under, code):
    """No application without the undertaking; the grant holds the purpose that it is for."""
    under(code)
    assert refused_by(lambda: ask(undertaking=False)) == {"undertaking"}
    case = ask()
    assert case["form"]["undertaking"] is True
    foreseen = access.model.table
    if code == "linyi":  # written at receipt, for the day on which silence would be consent
        row = model.Session.execute(
            sa.select(foreseen).where(foreseen.c.case_id == case["id"])).one()
        assert row.purpose == case["form"]["purpose"]


@pytest.mark.requirement("ZS-38c", "NY-62h")
def test_a_department_that_delays_stands_on_the_authority_s_list(city, at):
    """Overdue is seen by those who supervise, by department, whatever the tick does."""
    case = city.submit()
    at(datetime.fromisoformat(case["due_moment"]))
    line = next(one for one in call(city.authority, "govshare_case_watch")
                if one["id"] == case["id"])
    assert line["overdue"] is True
    counts = next(one for one in call(city.auditor, "govshare_case_standings")
                  if one["organization_id"] == city.org)
    assert (counts["overdue"], counts["in_time"], counts["due_soon"]) == (1, 0, 0)
    with pytest.raises(tk.NotAuthorized):
        call(city.head, "govshare_case_standings")


@pytest.mark.requirement("LY-11a", "ZS-12b")
def test_the_whole_course_leaves_its_trace(city, ask, under):
    """Every step by somebody in an office, in order, with the rule; the applicant reads them."""
    under("zhongshan")
    case = city.act(city.publisher, ask(), "take")
    city.act(city.publisher, case, "return_for_supplement", reason="请说明业务")
    city.act(city.applicant, case, "resubmit", business="义务教育助学审核")
    city.act(city.publisher, case, "prepare", decision="approve")
    city.act(city.reviewer, case, "approve")
    assert kinds(case) == [
        "case.submitted", "case.received", "case.take", "case.return_for_supplement",
        "case.resubmit", "case.prepare", "case.approve", "case.deliver"]
    rows = model.Session.execute(
        sa.select(event).where(event.c.subject_id == case["id"]).order_by(event.c.seq)).all()
    assert [row.office for row in rows] == [
        "applicant", None, "publisher", "publisher", "applicant", "publisher", "reviewer", None]
    assert rows[6].rule == "zhongshan 22"
    shown = call(city.applicant, "govshare_event_list", subject_type="case",
                 subject_id=case["id"])
    assert shown["count"] == len(rows)


@pytest.mark.requirement("TZ-19")
def test_auditor_reads_cases_grants_and_ledger_and_changes_nothing(city, ask):
    case = ask()
    assert call(city.auditor, "govshare_case_show", id=case["id"])["acts"] == []
    assert call(city.auditor, "govshare_event_list", subject_type="case",
                subject_id=case["id"])["count"] == 2
    assert call(city.auditor, "govshare_ledger_verify")["broken_seq"] is None
    assert isinstance(call(city.auditor, "govshare_grant_list", all=True), list)
    for act in ("take", "comment", "approve"):
        assert refused_by(lambda act=act: city.act(
            city.auditor, case, act, text="x")) & {"not_yours", "not_now"}


def _refused(city, ask):
    case = city.act(city.publisher, ask(), "take")
    city.act(city.publisher, case, "prepare", decision="refuse", reason="涉及隐私")
    city.act(city.reviewer, case, "refuse")
    return city.act(city.applicant, case, "object", reason="履职确需")


@pytest.mark.requirement("ZS-37")
def test_zhongshan_negotiates_then_the_authority_then_the_government(city, ask, under):
    """No level is skipped, each is recorded, and the last one ends it."""
    under("zhongshan")
    case = _refused(city, ask)
    assert case["state"] == "disputed"
    assert refused_by(lambda: city.act(city.authority, case, "refer", reason="x")) == {"not_now"}
    case = city.act(city.publisher, case, "negotiation_failed", reason="双方意见不一致")
    assert case["state"] == "coordinating"
    assert refused_by(lambda: city.act(
        city.publisher, case, "settle", reason="x")) == {"not_yours"}
    case = city.act(city.authority, case, "refer", reason="协调不成")
    assert case["state"] == "referred"
    case = city.act(city.authority, case, "settle", reason="市政府决定予以共享")
    assert case["state"] == "settled"
    seen = call(city.applicant, "govshare_case_show", id=case["id"])
    assert seen["decision"]["dispute"][-1]["reason"] == "市政府决定予以共享"
    assert kinds(case)[-3:] == ["case.negotiation_failed", "case.refer", "case.settle"]


@pytest.mark.requirement("TZ-12e")
def test_tengzhou_negotiates_then_the_centre_coordinates(city, ask, under):
    """The government is no level there; settled by negotiation it ends without the centre."""
    under("tengzhou")
    case = _refused(city, ask)
    failed = city.act(city.reviewer, case, "negotiation_failed", reason="意见不一致")
    assert refused_by(lambda: city.act(
        city.authority, failed, "refer", reason="x")) == {"no_such_level"}
    assert city.act(city.authority, failed, "settle", reason="予以共享")["state"] == "settled"
    settled = city.act(city.reviewer, _refused(city, ask), "settle", reason="协商一致")
    assert settled["state"] == "settled"


@pytest.mark.requirement("LY-18", "LY-20c", "NY-40b")
@pytest.mark.parametrize("code", ["linyi", "nanyang"])
def test_authority_settles_at_once_where_no_negotiation_is_asked(city, ask, under, code):
    under(code)
    if code == "nanyang":
        second = make_user("authority-2")
        appoint(second, "authority")
        case = city.act(city.authority, ask(), "take")
        city.act(city.authority, case, "prepare", decision="refuse", reason="涉及隐私",
                 basis=[{"title": "某条例", "article": "三", "level": "law"}])
        city.act(second, case, "refuse")
        case = city.act(city.applicant, case, "object", reason="履职确需")
    else:
        case = _refused(city, ask)
    assert refused_by(lambda: city.act(
        city.publisher, case, "settle", reason="x")) == {"not_yours"}
    assert refused_by(lambda: city.act(
        city.publisher, case, "negotiation_failed", reason="x")) == {"no_such_level"}
    assert city.act(city.authority, case, "settle", reason="维持")["state"] == "settled"
