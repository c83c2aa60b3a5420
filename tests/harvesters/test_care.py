"""Careful by default: approval, the circuit breaker, the grace period, one source for a datum."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from harvesters import frame, gathering, reading, schedule

from .conftest import appoint, context, person
from .test_file_mode import CSV
from .test_interface import one, whole


def told(kind: str, user: str) -> int:
    return model.Session.scalar(
        sa.text("select count(*) from govshare_message where kind = :k and to_user = :u"),
        {"k": kind, "u": model.User.get(user).id})


def test_a_source_runs_only_as_the_authority_approved_it(connect, server, department, authority):
    server.answers["/rows"] = whole
    source = connect("govshare_interface", server.url, one(), approved=False)
    schedule.tick()
    assert told("harvest_approval", authority) >= 1
    assert [j for j in frame.running() if j.source_id == source.source] == []
    for who in (context(), context(department.publisher)):
        with pytest.raises(tk.ValidationError):
            tk.get_action("harvest_job_create")(who, {"source_id": source.source, "run": True})
    test = tk.get_action("govshare_harvest_test")(
        context(department.publisher), {"source_id": source.source})
    assert not test["ok"] and server.asked == []  # its private network is not approved either
    for who in (department.publisher, person("citizen")):
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("govshare_harvest_approve")(context(who), {"source_id": source.source})
    tk.get_action("govshare_harvest_approve")(context(authority), {"source_id": source.source})
    assert tk.get_action("govshare_harvest_test")(
        context(department.publisher), {"source_id": source.source})["ok"]
    assert source.harvest().outcome("jiuzhu") == "added"
    changed = {**one(), "allow": ["127.0.0.0/8", "10.0.0.0/8"]}
    tk.get_action("harvest_source_update")(context(department.publisher), {
        "id": source.source, "name": source.source, "title": "x", "url": server.url,
        "source_type": "govshare_interface", "owner_org": source.org, "frequency": "DAILY",
        "config": json.dumps(changed)})
    with pytest.raises(tk.ValidationError):
        source.job()


@pytest.mark.requirement("NY-29d")
def test_what_is_not_in_real_time_is_filed_with_interval_and_reason(connect, server, authority):
    server.answers["/rows"] = whole
    filing = {"interval": "每日", "reason": "业务系统夜间批量处理"}
    source = connect("govshare_interface", server.url, {**one(), "filing": filing}, approved=False)
    shown = tk.get_action("govshare_harvest_approve")(
        context(authority), {"source_id": source.source, "number": "宛数备〔2026〕7号"})
    assert shown["filing"] == {
        **filing, "number": "宛数备〔2026〕7号", "mode": "interface", "frequency": "DAILY"}
    dataset = tk.get_action("package_show")(
        context(), {"id": source.harvest().records["jiuzhu"]["dataset"]})
    assert (dataset["collect_mode"], dataset["collect_interval"], dataset["collect_reason"]) == (
        "interface", "每日", "业务系统夜间批量处理")


def test_secrets_are_sealed_and_only_the_department_sets_them(department, authority):
    secret = {"source_id": department.source, "values": {"key": "geheim"}}
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("govshare_harvest_secret_set")(context(authority), secret)
    tk.get_action("govshare_harvest_secret_set")(context(department.publisher), secret)
    row = model.Session.execute(sa.text(
        "select sealed, secret_names from govshare_harvest_source where source_id = :s"
    ), {"s": department.source}).one()
    assert b"geheim" not in bytes(row.sealed) and row.secret_names == ["key"]
    events = model.Session.scalar(sa.text(
        "select string_agg(data::text, '') from govshare_event where subject_id = :s"
    ), {"s": department.source})
    assert "geheim" not in events


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(gathering, "FEW", 1)


def test_a_run_that_would_miss_too_many_stops_and_asks(department, few):
    for number in range(5):
        department.put(f"表{number}.csv", CSV.replace("80", str(number)))
    assert department.harvest().counts == {"added": 5}
    for number in range(3):
        (department.folder / f"表{number}.csv").unlink()
    department.put("新.csv", CSV)
    for _ in range(2):
        report = department.harvest()
        assert report.records == {} and "3" in report.notes[0] and "5" in report.notes[0]
    with pytest.raises(tk.ValidationError):
        tk.get_action("govshare_harvest_removal_allow")(
            context(department.publisher), {"source_id": department.source})
    tk.get_action("govshare_harvest_removal_allow")(
        context(department.publisher), {"source_id": department.source, "reason": "合并报表"})
    assert department.harvest().counts == {"added": 1, "gone": 3, "unchanged": 2}
    (department.folder / "表3.csv").unlink()
    (department.folder / "表4.csv").unlink()
    assert department.harvest().records == {}  # the next one is asked for again


def test_what_has_gone_is_proposed_for_withdrawal_after_the_grace_period(department):
    appoint(department.publisher, "publisher", department.org)
    department.put("救助.csv", CSV)
    department.put("低保.csv", CSV.replace("80", "81"))
    dataset = department.harvest().records["救助.csv"]["dataset"]
    (department.folder / "救助.csv").unlink()
    department.harvest()

    def proposed() -> list[str]:
        user = model.User.get(department.publisher).id
        return [e["url"] for e in reading.inbox(user) if e["kind"] == "harvest_gone"]

    assert proposed() == []
    model.Session.execute(sa.text(
        "update govshare_harvest_gone set since = now() - interval '31 days' where dataset_id = :d"
    ), {"d": dataset})
    model.Session.commit()
    assert proposed() == [tk.h.url_for("dataset.read", id=dataset)]
    assert model.Package.get(dataset).state == "active"
    department.put("救助.csv", CSV)
    department.harvest()
    assert proposed() == []


@pytest.mark.requirement("LY-4a", "NY-24b", "TZ-5c", "YN-13b", "NY-24a", "ZS-17c")
@pytest.mark.parametrize("decision, outcome", [("separate", "added"), ("other", "errored")])
def test_the_same_from_a_second_department_opens_a_question(
    department, new_department, authority, decision, outcome
):
    department.put("临时救助.csv", CSV)
    first = department.harvest().records["临时救助.csv"]["dataset"]
    other = new_department()
    other.put("临时救助.csv", "编号,区\n7,宛城\n")
    other.put("另名.csv", CSV)  # another name, the same content
    other.put("别的.csv", "编号,区\n8,卧龙\n")
    for _ in range(2):
        report = other.harvest()
        assert report.counts["errored"] == 2 and report.outcome("别的.csv") != "errored"
        assert report.records["临时救助.csv"]["dataset"] is None
    questions = [q for q in tk.get_action("govshare_harvest_question_list")(context(authority), {})
                 if q["other_dataset"] == first]
    assert {q["key"] for q in questions} == {"临时救助.csv", "另名.csv"}
    assert told("harvest_question", authority) == 2
    question = next(q for q in questions if q["key"] == "临时救助.csv")
    decide = {"id": question["id"], "decision": decision, "reason": "口径不同"}
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("govshare_harvest_question_decide")(context(other.publisher), decide)
    with pytest.raises(tk.ValidationError):
        tk.get_action("govshare_harvest_question_decide")(
            context(authority), {**decide, "reason": ""})
    tk.get_action("govshare_harvest_question_decide")(context(authority), decide)
    assert other.harvest().outcome("临时救助.csv") == outcome


def test_publishers_are_told_of_a_run_with_errors_and_not_of_a_good_one(department):
    appoint(department.publisher, "publisher", department.org)
    department.put("救助.csv", CSV)
    department.harvest()
    assert told("harvest_errors", department.publisher) == 0
    department.put("空.csv", b"")
    department.harvest()
    assert told("harvest_errors", department.publisher) == 1


def test_the_pages_of_approval_and_questions_open_for_those_who_decide(
    connect, server, department, new_department, authority, page
):
    server.answers["/rows"] = whole
    source = connect("govshare_interface", server.url,
                     {**one(), "auth": {"type": "key"}}, approved=False)
    url = f"/harvest/source/{source.source}"
    assert page(person("citizen"), url).status_code == 403
    shown = page(authority, url)
    assert shown.status_code == 200 and f"{url}/approve" in shown.text
    assert "127.0.0.0/8" in shown.text and f"{url}/secret" not in shown.text
    shown = page(department.publisher, url)
    assert f"{url}/approve" not in shown.text and f"{url}/secret" in shown.text
    assert page(department.publisher, "/harvest/").status_code == 200
    assert page(authority, "/harvest/").status_code == 200
    department.put("救助.csv", CSV)
    department.harvest()
    other = new_department()
    other.put("救助.csv", CSV)
    other.harvest()
    assert "救助" in page(authority, "/harvest/questions").text
    assert page(other.publisher, "/harvest/questions").status_code == 403
