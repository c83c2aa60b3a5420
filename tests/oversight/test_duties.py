"""What is due, who is told, and that each is told once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.oversight import duties, news
from ckanext.govshare.rules.clocks import day_of
from tests.cases.city import appoint, call, make_organization, make_user
from tests.oversight.test_records import TODAY, create

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def due(city, what, now, org=None):
    return [d for d in duties.standing(now, {org or city.org}) if d.what == what]


def months_later(months):
    """The first moment of the day after the duty of today, so many months on."""
    end = duties.retention_end(day_of(NOW), months)
    return datetime.combine(end + DAY, datetime.min.time(), duties.SHANGHAI)


def told(user, kind):
    return model.Session.execute(
        sa.text("select values from govshare_message where to_user = :u and kind = :k"),
        {"u": user, "k": kind},
    ).scalars().all()


def aged(city, year):
    """Let the department have come to the portal in another year."""
    group = model.Group.get(city.org)
    group.created = datetime(year, 3, 1)
    model.Session.commit()


@pytest.mark.requirement("NY-56", "NY-57a", "ZS-33b", "TZ-17a")
@pytest.mark.parametrize(("kind", "given"), [
    ("risk_assessment", {"level": "low", "findings": "可控"}),
    ("drill", {"subject": "断电", "findings": "有效"}),
    ("training", {"subject": "保密", "people": 3}),
])
def test_a_duty_that_recurs_is_due_again(city, kind, given):
    """Registered today, it is listed again a month before its day and overdue after it."""
    create(city.head, kind, city.org, held=TODAY, **given)
    assert due(city, kind, NOW) == []
    near = due(city, kind, months_later(12) - 10 * DAY)
    assert [d.overdue(day_of(months_later(12) - 10 * DAY)) for d in near] == [False]
    late = due(city, kind, months_later(12))
    assert [d.overdue(day_of(months_later(12))) for d in late] == [True]


def test_a_duty_never_done_is_overdue_too(city):
    """It is counted from the day when the department came; without staff nothing is owed."""
    aged(city, 2020)
    assert due(city, "drill", NOW)[0].day == date(2021, 3, 1)
    empty = make_organization("空局")
    assert duties.standing(NOW, {empty}) == []


@pytest.mark.requirement("NY-57a")
def test_those_concerned_are_told_once(city):
    """The head, of what is overdue the authority too; a second tick adds none."""
    aged(city, 2020)
    for _ in range(2):
        news.run(NOW)
    head = [v["en"] for v in told(city.head, "duty_overdue")]
    assert head.count("Emergency drill") == 1
    department = model.Group.get(city.org).display_name
    supervised = [v for v in told(city.authority, "duty_overdue") if v["department"] == department]
    assert "Emergency drill" in {v["en"] for v in supervised}
    assert told(city.publisher, "duty_overdue") == told(city.applicant, "duty_overdue") == []


def test_a_notice_not_put_right_is_overdue(city):
    """An open rectification past its limit is listed with its number; a closed one is not."""
    yesterday = (day_of(NOW) - DAY).isoformat()
    record = create(
        city.authority, "rectification", city.org, type="opening", notice="整改", limit=yesterday
    )
    found = due(city, "rectification", NOW)
    assert [(d.number, d.overdue(day_of(NOW))) for d in found] == [(record["number"], True)]
    call(city.authority, "govshare_supervision_add", id=record["id"], values={"outcome": "done"})
    call(city.authority, "govshare_supervision_close", id=record["id"])
    assert due(city, "rectification", NOW) == []


@pytest.mark.requirement("NY-60a", "NY-60b", "YN-40a", "YN-40b")
@pytest.mark.parametrize(("code", "department", "authority"), [
    ("nanyang", (1, 31), (2, 29)), ("yunnan", (1, 15), (2, 29)), ("zhongshan", None, (3, 31)),
])
def test_yearly_reports_are_due_on_their_day(city, under, code, department, authority):
    """The last day of February in a leap year too; where the regulation is silent, none is due."""
    under(code)
    aged(city, 2020)
    now = datetime(2028, 1, 10, tzinfo=UTC)
    mine = due(city, "yearly_report", now)
    assert [(d.day, d.year) for d in mine] == (
        [(date(2028, *department), 2027)] if department else []
    )
    later = datetime(2028, 3, 10, tzinfo=UTC)
    whole = [d for d in duties.standing(later) if d.what == "yearly_report" and d.org_id is None]
    assert [(d.day, d.year) for d in whole] == [(date(2028, *authority), 2027)]


@pytest.mark.requirement("NY-60a", "ZS-35")
def test_a_report_carries_its_figures_and_settles_the_duty(city):
    """Submitted, it is due no more; publication is an event of its own."""
    aged(city, 2020)
    year = day_of(NOW).year
    january = datetime(year + 1, 1, 20, tzinfo=UTC)
    assert len(due(city, "yearly_report", january)) == 1
    record = create(city.head, "yearly_report", city.org, year=year, summary="完成归集")
    assert record["values"]["figures"]["entries"] == 1
    assert len(due(city, "yearly_report", january)) == 1
    with pytest.raises(tk.ValidationError):
        call(city.head, "govshare_supervision_close", id=record["id"])
    add = {"id": record["id"]}
    call(city.head, "govshare_supervision_add", **add, values={"submitted": TODAY})
    assert due(city, "yearly_report", january) == []
    with pytest.raises(tk.NotAuthorized):
        call(city.head, "govshare_supervision_add", **add, values={"published": TODAY})
    model.Session.rollback()
    call(city.authority, "govshare_supervision_add", **add, values={"published": TODAY})
    assert record["number"] in {p["number"] for p in call(None, "govshare_supervision_public")}
    fields = model.Session.scalars(
        sa.text("select data -> 'fields' from govshare_event where subject_id = :id order by seq"),
        {"id": record["id"]},
    ).all()
    assert fields[1:] == [["submitted"], ["published"]]


@pytest.mark.requirement("NY-62h")
def test_overdue_cases_stand_in_the_list_of_their_department(city):
    """An unanswered application past its day, by number; a department sees its own only."""
    case = city.submit()
    model.Session.execute(
        sa.text("update govshare_case set due_moment = now() - interval '3 days', "
                "due_day = current_date - 4 where id = :id"), {"id": case["id"]},
    )
    model.Session.commit()
    for user in (city.authority, city.auditor, city.head):
        found = [d for d in call(user, "govshare_duty_list") if d["number"] == case["number"]]
        assert [d["overdue"] for d in found] == [True]
    other = make_user("head")
    appoint(other, "head", make_organization("教育局"))
    assert call(other, "govshare_duty_list") == []
    with pytest.raises(tk.NotAuthorized):
        call(city.applicant, "govshare_duty_list")


def test_the_workbench_shows_a_head_what_is_due(city):
    """The own duties with their day; the authority one line for all departments."""
    aged(city, 2020)
    mine = {e["title"]: e["due"] for e in call(city.head, "govshare_oversight_inbox")}
    assert "2021-03-01" in mine.values()
    whole = call(city.authority, "govshare_oversight_inbox")
    assert [e["url"] for e in whole if e["due"] is None and "duties" in e["url"]]
    assert call(city.auditor, "govshare_oversight_inbox") == []


def test_only_the_scheduler_ticks(city):
    with pytest.raises(tk.NotAuthorized):
        call(city.authority, "govshare_oversight_tick")
    done = tk.get_action("govshare_oversight_tick")({"ignore_auth": True}, {})
    assert set(done) == {"told", "erased"}
