"""The register of supervision: opened, added to, closed, never changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.access import issue
from ckanext.govshare.oversight.model import table
from ckanext.govshare.release.model import Release
from ckanext.govshare.rules.clocks import day_of
from tests.cases.city import appoint, call, make_dataset, make_organization, make_user

NOW = datetime.now(UTC)
TODAY = day_of(NOW).isoformat()
INCIDENT = {
    "type": "leak", "stage": "provision", "description": "一份表格被误发",
    "found": (NOW - timedelta(hours=3)).isoformat(),
}


def create(user, kind, org=None, **values):
    return call(user, "govshare_supervision_create", kind=kind, organization=org, values=values)


def add(user, record, **values):
    return call(user, "govshare_supervision_add", id=record["id"], values=values)


def close(user, record):
    return call(user, "govshare_supervision_close", id=record["id"])


def events(record):
    rows = model.Session.execute(
        sa.text("select kind, data from govshare_event where subject_id = :id order by seq"),
        {"id": record["id"]},
    )
    return [(row.kind, row.data) for row in rows]


@pytest.mark.requirement("NY-57b", "ZS-33d", "YN-31b", "NY-66")
def test_incident_has_its_times_and_stage(city):
    """Found, started, contained; reported to four bodies; the stage is one of two."""
    record = create(city.publisher, "incident", city.org, **INCIDENT)
    with pytest.raises(tk.ValidationError) as caught:
        close(city.head, record)
    assert set(caught.value.error_dict) == {"started", "contained", "reported_authority", "result"}
    moments = {
        name: (NOW - timedelta(minutes=60 - n)).isoformat()
        for n, name in enumerate((
            "started", "contained", "reported_authority", "reported_cyberspace",
            "reported_telecom", "reported_police",
        ))
    }
    add(city.publisher, record, result="已追回", **moments)
    closed = close(city.head, record)
    values = closed["values"]
    assert closed["state"] == "closed"
    assert values["found"] < values["started"] < values["reported_authority"]
    assert {"reported_cyberspace", "reported_telecom", "reported_police"} <= set(values)
    with pytest.raises(tk.ValidationError):
        create(city.publisher, "incident", city.org, **{**INCIDENT, "stage": "nobody"})
    create(city.publisher, "incident", city.org, **{**INCIDENT, "type": "intrusion"})


@pytest.mark.requirement("NY-57b")
def test_a_dataset_is_taken_down_in_one_action(city):
    """Everything served of the dataset is withdrawn; the record keeps when and how many."""
    record = create(city.authority, "incident", city.org, dataset=city.dataset, **INCIDENT)
    with pytest.raises(tk.NotAuthorized):
        call(city.auditor, "govshare_supervision_take_down", id=record["id"], reason="泄露")
    done = call(city.authority, "govshare_supervision_take_down", id=record["id"], reason="泄露")
    states = model.Session.scalars(
        sa.select(Release.state).where(Release.dataset_id == city.dataset)
    ).all()
    assert (set(states), done["values"]["releases"]) == ({"withdrawn"}, 1)
    kinds = [kind for kind, _ in events(record)]
    assert kinds == ["oversight.created", "oversight.taken_down"]


@pytest.mark.requirement("NY-63e")
def test_other_violations_need_their_law(city):
    """Type `other` without a legal reference is refused; infringement is a type of its own."""
    given = {"description": "转售数据", "found": TODAY}
    with pytest.raises(tk.ValidationError) as caught:
        create(city.head, "violation", city.org, type="other", **given)
    assert set(caught.value.error_dict) == {"legal_reference"}
    law = "《数据安全法》第三十二条"
    made = create(city.head, "violation", city.org, type="other", legal_reference=law, **given)
    assert made["values"]["legal_reference"] == law
    create(city.head, "violation", city.org, type="infringement", **given)


@pytest.mark.requirement("LY-10a")
def test_a_department_pursues_only_grants_on_its_own_data(city):
    """A grant on another department's dataset cannot be named, nor another department."""
    elsewhere = make_organization("教育局")

    def grant(dataset):
        made = issue(
            case_id="c", dataset_id=dataset, holder=city.applicant, columns=None, mode="file",
            purpose="p", valid_from=NOW, valid_to=None, max_reads=None,
        )
        model.Session.commit()
        return made.id

    given = {"type": "disclosure", "description": "提供给他人", "found": TODAY}
    own = create(city.head, "violation", city.org, grant=grant(city.dataset), **given)
    assert own["dataset_id"] == city.dataset
    foreign = grant(make_dataset(elsewhere))
    with pytest.raises(tk.ValidationError) as caught:
        create(city.head, "violation", city.org, grant=foreign, **given)
    assert set(caught.value.error_dict) == {"grant"}
    with pytest.raises(tk.NotAuthorized):
        create(city.head, "violation", elsewhere, grant=foreign, **given)


@pytest.mark.requirement("NY-67a", "YN-42a", "ZS-38a", "TZ-21a")
@pytest.mark.parametrize("outcome", ["done", "escalated", "criticised", "referred"])
def test_rectification_runs_from_notice_to_outcome(city, outcome):
    """Notice with its own limit, the department's reply, one of four outcomes."""
    given = {"type": "opening", "notice": "逾期未答复", "limit": "2031-05-01"}
    with pytest.raises(tk.NotAuthorized):
        create(city.head, "rectification", city.org, **given)
    record = create(city.authority, "rectification", city.org, **given)
    assert record["due"] == "2031-05-01"
    with pytest.raises(tk.NotAuthorized):
        add(city.head, record, outcome=outcome)
    add(city.head, record, reply="已答复", replied=TODAY)
    with pytest.raises(tk.ValidationError):
        close(city.authority, record)
    add(city.authority, record, outcome=outcome, escalated=TODAY)
    assert close(city.authority, record)["values"]["outcome"] == outcome


@pytest.mark.requirement("NY-67g", "YN-42f", "TZ-21f", "NY-67f")
def test_rectification_of_any_other_breach_names_the_article(city):
    given = {"notice": "整改", "limit": "2031-05-01"}
    with pytest.raises(tk.ValidationError) as caught:
        create(city.authority, "rectification", city.org, type="other", **given)
    assert set(caught.value.error_dict) == {"article"}
    create(city.authority, "rectification", city.org, type="other", article="第六十七条", **given)
    create(city.authority, "rectification", city.org, type="security", **given)


@pytest.mark.requirement("NY-51")
def test_service_providers_have_duties_and_a_review_date(city):
    given = {"name": "某公司", "service": "运行维护", "ends": "2031-12-31"}
    with pytest.raises(tk.ValidationError) as caught:
        create(city.authority, "service_provider", city.org, **given)
    assert set(caught.value.error_dict) == {"duties", "review"}
    made = create(
        city.authority, "service_provider", city.org, duties="保密", review="2031-06-30", **given
    )
    assert made["due"] == "2031-06-30"


@pytest.mark.requirement("YN-29b")
def test_each_version_of_an_emergency_plan_is_kept(city):
    """The second version stands beside the first; assessments beside both."""
    for version in ("1.0", "1.1"):
        create(city.head, "emergency_plan", city.org, held=TODAY, version=version, document="文1")
    create(city.head, "risk_assessment", city.org, held=TODAY, level="low", findings="可控")
    found = call(
        city.auditor, "govshare_supervision_list", kind="emergency_plan", organization=city.org
    )
    assert [r["values"]["version"] for r in found["results"]] == ["1.1", "1.0"]
    assert call(
        city.auditor, "govshare_supervision_list", kind="risk_assessment", organization=city.org
    )["count"] == 1


@pytest.mark.requirement("ZS-32c", "YN-30")
def test_the_checklist_asks_for_protection_level_and_rules(city):
    with pytest.raises(tk.ValidationError) as caught:
        create(city.head, "security_checklist", city.org, held=TODAY)
    assert set(caught.value.error_dict) == {
        "system", "protection_level", "critical", "rules_document", "confidentiality",
    }


@pytest.mark.requirement("ZS-36", "TZ-16")
def test_a_random_check_draws_its_sample(city):
    """The sample is drawn from the department alone, and its seed draws it again."""
    from ckanext.govshare.oversight import sample

    mine = {city.dataset, *(make_dataset(city.org) for _ in range(6))}
    make_dataset(make_organization("教育局"))
    record = create(
        city.authority, "inspection", city.org, type="random", sample_of="datasets", sample_size="3"
    )
    drawn = record["values"]["sample"]
    ids = [item["id"] for item in drawn["items"]]
    assert len(set(ids)) == 3
    assert set(ids) < mine
    assert sample.draw("datasets", 3, city.org, drawn["seed"])["items"] == drawn["items"]
    orders = {
        tuple(i["id"] for i in sample.draw("datasets", 7, city.org)["items"]) for _ in range(8)
    }
    assert len(orders) > 1
    with pytest.raises(tk.ValidationError):
        create(city.authority, "inspection", city.org, type="random", sample_of="datasets",
               sample_size=0)
    close(city.authority, add(city.authority, record, findings="三条均合格"))


def test_what_was_said_stays(city):
    """A value cannot be said twice; the database changes, deletes and reopens nothing."""
    record = create(city.publisher, "incident", city.org, **INCIDENT)
    with pytest.raises(tk.ValidationError) as caught:
        add(city.publisher, record, description="没有发生")
    assert set(caught.value.error_dict) == {"description"}
    model.Session.rollback()
    row = table.c.id == record["id"]
    for statement in (
        table.update().where(row).values(data={}),
        table.update().where(row).values(kind="drill"),
        table.update().where(row).values(sealed=b"x"),
        table.delete().where(row),
    ):
        with pytest.raises(sa.exc.DBAPIError):
            model.Session.execute(statement)
        model.Session.rollback()


def test_every_step_is_an_event_without_the_words(city):
    """Kind, number and field names are in the ledger; what was written is not."""
    record = create(city.publisher, "incident", city.org, **INCIDENT)
    add(city.publisher, record, result="已追回")
    found = events(record)
    assert [kind for kind, _ in found] == ["oversight.created", "oversight.added"]
    assert found[1][1]["fields"] == ["result"]
    assert "误发" not in str(found)
    assert "已追回" not in str(found)


@pytest.mark.requirement("YN-41", "ZS-5", "TZ-19")
def test_the_auditor_reads_everything_and_writes_nothing(city):
    record = create(city.publisher, "incident", city.org, **INCIDENT)
    assert call(city.auditor, "govshare_supervision_show", id=record["id"])["id"] == record["id"]
    with pytest.raises(tk.NotAuthorized):
        create(city.auditor, "incident", city.org, **INCIDENT)
    with pytest.raises(tk.NotAuthorized):
        add(city.auditor, record, result="x")
    with pytest.raises(tk.NotAuthorized):
        close(city.auditor, record)


def test_departments_see_their_own_registers_only(city):
    """Another department's head, a citizen and a visitor see nothing; a sysadmin neither."""
    record = create(city.publisher, "incident", city.org, **INCIDENT)
    other = make_user("head")
    appoint(other, "head", make_organization("教育局"))
    admin = make_user("root")
    model.User.get(admin).sysadmin = True
    model.Session.commit()
    for user in (other, city.applicant, admin, None):
        with pytest.raises(tk.NotAuthorized):
            call(user, "govshare_supervision_show", id=record["id"])
    assert call(other, "govshare_supervision_list", kind="incident")["count"] == 0
    assert call(city.reviewer, "govshare_supervision_list", kind="incident")["count"] == 1


@pytest.mark.parametrize(("field", "value"), [
    ("found", "gestern"), ("found", "2199-01-01T00:00:00+08:00"), ("type", "fire"),
    ("dataset", "no-such-dataset"), ("colour", "red"), ("description", "x" * 4001),
])
def test_a_wrong_value_is_told_by_field(city, field, value):
    with pytest.raises(tk.ValidationError) as caught:
        create(city.publisher, "incident", city.org, **{**INCIDENT, field: value})
    assert set(caught.value.error_dict) == {field}


def test_a_day_to_come_is_no_drill_held(city):
    with pytest.raises(tk.ValidationError) as caught:
        create(city.head, "drill", city.org, held="2199-01-01", subject="断电", findings="无")
    assert set(caught.value.error_dict) == {"held"}


@pytest.mark.requirement("NY-58a", "YN-38a", "NY-59a", "TZ-5d")
def test_an_evaluation_is_public_when_it_is_published(city):
    """Result and opinions only, and only from the day of publication."""
    year = NOW.year
    record = create(
        city.authority, "evaluation", city.org, year=year, evaluator="市评价组", result="良好",
        opinions="加快更新",
    )
    areas = {"entries", "share_applications", "open_conditional", "downloads", "incidents"}
    assert areas <= set(record["values"]["figures"])
    assert record["values"]["figures"]["entries"] == 1

    def shown():
        public = call(None, "govshare_supervision_public")
        return [p["values"] for p in public if p["number"] == record["number"]]

    assert shown() == []
    add(city.authority, record, published=TODAY)
    assert shown() == [{"year": year, "result": "良好", "opinions": "加快更新"}]


@pytest.mark.requirement("YN-23")
def test_rules_are_kept_by_version_and_shown(city):
    """The authority's rules by topic; each published version stays readable for everybody."""
    given = {"topic": "interface", "name": "交换接口规范", "document": "文2", "summary": "目标"}
    made = [
        create(city.authority, "rule_document", version=version, published=TODAY, **given)
        for version in ("1", "2")
    ]
    numbers = {r["number"] for r in made}
    shown = [p for p in call(None, "govshare_supervision_public") if p["number"] in numbers]
    assert {p["values"]["version"] for p in shown} == {"1", "2"}


@pytest.mark.requirement("YN-38b", "TZ-20")
def test_the_filing_of_a_department_names_principal_unit_and_staff(city):
    """None of the three can be left out, and nobody is not a staff."""
    with pytest.raises(tk.ValidationError) as caught:
        create(city.head, "officers", city.org, held=TODAY)
    assert set(caught.value.error_dict) == {"unit", "principal", "staff"}
    given = {"held": TODAY, "unit": "数据科", "principal": "局长"}
    with pytest.raises(tk.ValidationError) as caught:
        create(city.head, "officers", city.org, staff="0", **given)
    assert set(caught.value.error_dict) == {"staff"}
    create(city.head, "officers", city.org, staff="2", **given)


@pytest.mark.requirement("NY-35b")
def test_existing_platforms_are_listed_with_how_far_they_are_merged(city):
    record = create(
        city.head, "platform", city.org, name="部门交换平台", status="merge", merge_by="2031-06-30"
    )
    with pytest.raises(tk.ValidationError):
        close(city.head, record)
    add(city.head, record, merged="2031-05-01")
    assert close(city.head, record)["values"]["merged"] == "2031-05-01"


@pytest.mark.requirement("ZS-39")
def test_the_authority_s_own_acts_are_events_and_its_duties_have_days(city):
    """What the authority does carries its name and office; what it owes is listed as overdue."""
    record = create(city.authority, "security_review", held="2020-01-01", findings="合格")
    row = model.Session.execute(
        sa.text("select actor, office from govshare_event where subject_id = :id"),
        {"id": record["id"]},
    ).one()
    assert tuple(row) == (city.authority, "authority")
    listed = {d["what"]: d for d in call(city.auditor, "govshare_duty_list")
              if d["organization_id"] is None}
    assert listed["security_review"]["overdue"]


def test_a_restore_drill_names_both_backups_and_its_time(city):
    """Same city and remote (ZS 32), how long it took and whether everything came back."""
    with pytest.raises(tk.ValidationError) as caught:
        create(city.authority, "backup_drill", held=TODAY)
    assert set(caught.value.error_dict) == {"same_city", "remote", "minutes", "result"}
