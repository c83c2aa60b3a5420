"""What grants let people do, what was done with them, and who is shut out."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare import access, gate
from ckanext.govshare.access import use
from ckanext.govshare.gate import reads
from ckanext.govshare.ledger import chain
from ckanext.govshare.release.model import Release
from tests.cases.city import at, call, city, make_city, portal, under

__all__ = ["at", "city", "make_city", "portal", "under"]


@pytest.fixture
def granted(city):
    """An approved case for two of three columns; gives the resource and the grant."""
    case = city.prepared("approve_in_part", granted=["街道", "月份"], refused={"受理量": "非必要"},
                         reasons=[], basis=[{"title": "某条例", "article": "三", "level": "law"}])
    city.act(city.reviewer, case, "approve_in_part")
    (grant,) = access.live_grants(city.applicant, city.dataset, datetime.now(UTC))
    return city, grant, model.Session.query(Release).filter_by(dataset_id=city.dataset).one()


def _read(city, release, purpose="download"):
    actor = gate.Actor(city.applicant, None)
    decision = gate.decide(actor, release.resource_id, purpose)
    if decision.allowed:
        reads.record(actor, release.resource_id, decision, purpose, 42, decision.columns)
    return decision


@pytest.mark.requirement("NY-12c", "ZS-19b", "ZS-0a", "TZ-12c")
def test_only_the_items_mode_and_purpose_granted_are_opened(granted):
    """The least that is enough: two columns of three, as a file, and nothing else."""
    city, grant, release = granted
    decision = _read(city, release)
    assert decision.allowed
    assert sorted(decision.columns) == ["月份", "街道"]
    assert not gate.decide(gate.Actor(city.applicant, None), release.resource_id, "rows").allowed
    assert grant.purpose == "研究社会救助的分布"


@pytest.mark.requirement("ZS-32b", "TZ-14a")
def test_each_use_has_way_user_approver_content_time_mode_and_medium(granted):
    city, grant, release = granted
    _read(city, release)
    found = call(city.authority, "govshare_grant_use", id=grant.id)
    (one,) = found["uses"]
    name = lambda who: model.User.get(city.people[who]).name  # noqa: E731
    assert (one["user"], one["approver"]) == (name("applicant"), name("reviewer"))
    assert (one["way"], one["mode"], one["medium"]) == ("download", "file", "file")
    assert sorted(one["columns"]) == ["月份", "街道"]
    assert datetime.fromisoformat(one["at"]) <= datetime.now(UTC)
    assert (found["reads"], found["bytes"]) == (1, 42)


def test_use_is_for_the_holder_the_department_and_those_who_supervise(granted, make_city):
    city, grant, _release = granted
    for who in ("applicant", "publisher", "authority", "auditor"):
        assert call(city.people[who], "govshare_grant_use", id=grant.id)["reads"] == 0
    for user in (city.stranger, make_city().head, None):
        with pytest.raises(tk.NotAuthorized):
            call(user, "govshare_grant_use", id=grant.id)


def test_entitlements_as_csv(granted):
    """A spreadsheet reads it; a text that looks like a formula is none."""
    city, grant, _release = granted
    listed = call(city.applicant, "govshare_grant_list")
    rows = list(csv.DictReader(io.StringIO(
        use.as_csv(use.ENTITLED_COLUMNS, listed).decode("utf-8-sig"))))
    assert (rows[0]["id"], rows[0]["columns"], rows[0]["standing"]) == (
        grant.id, "街道、月份", "live")
    assert use.as_csv(["a"], [{"a": "=1+1"}]).decode("utf-8-sig").splitlines()[1] == "'=1+1"


def test_who_is_shut_out_neither_reads_nor_applies(granted):
    """From the moment of the block, without any job; let in again the grant works as before."""
    city, _grant, release = granted
    blocked = call(city.authority, "govshare_block_add", user=city.applicant, reason="转卖数据")
    assert not _read(city, release).allowed
    with pytest.raises(tk.ValidationError) as refused:
        city.submit()
    assert set(refused.value.error_dict) == {"blocked"}
    mine = next(one for one in blocked if one["user_id"] == city.applicant)
    call(city.authority, "govshare_block_end", id=mine["id"])
    assert _read(city, release).allowed
    assert chain.verify().broken_seq is None


def test_block_with_an_end_runs_out_by_itself(granted):
    city, _grant, _release = granted
    call(city.authority, "govshare_block_add", user=city.applicant, reason="x",
         until="2030-01-02")
    before = datetime(2030, 1, 1, 15, 59, tzinfo=UTC)  # 23:59 in China
    assert access.blocked(city.applicant, before)
    assert not access.blocked(city.applicant, before + timedelta(minutes=1))


@pytest.mark.parametrize("who", ["head", "auditor", "applicant", "stranger"])
def test_nobody_but_the_authority_shuts_out(city, who):
    with pytest.raises(tk.NotAuthorized):
        call(city.people[who], "govshare_block_add", user=city.stranger, reason="x")


def test_authority_cannot_shut_out_itself(city):
    with pytest.raises(tk.ValidationError):
        call(city.authority, "govshare_block_add", user=city.authority, reason="x")


@pytest.mark.requirement("NY-62e", "YN-42e", "TZ-21e", "YN-32a")
@pytest.mark.parametrize("ground", ["improper_use", "over_scope", "unlawful_use"])
def test_use_for_other_ends_stops_the_grant_at_once(granted, ground):
    """Data used beyond one's duties or the purpose: suspended with its ground, then ended."""
    city, grant, release = granted
    said = {"ground": ground, "reason": "用于有偿服务", "evidence": "网页快照"}
    call(city.authority, "govshare_grant_suspend", id=grant.id, **said)
    assert not _read(city, release).allowed
    call(city.authority, "govshare_grant_end", id=grant.id, **said)
    assert not _read(city, release).allowed
    stops = call(city.authority, "govshare_grant_show", id=grant.id)["stops"]
    assert [(one["act"], one["ground"]) for one in stops] == [("suspend", ground), ("end", ground)]


@pytest.mark.requirement("LY-19a", "YN-28b")
def test_use_and_review_are_published_by_department(granted):
    """Anybody reads how much is used and how fast is answered; no reader is named."""
    city, _grant, release = granted
    _read(city, release)
    found = call(None, "govshare_case_register")
    title = model.Group.get(city.org).display_name
    use = next(line for line in found["use"] if line["bytes"] == 42
               and line["department"] == title)
    assert (use["datasets"], use["downloads"], use["calls"]) == (1, 1, 0)
    times = [line for line in found["answer_times"] if line["department"] == title]
    assert any(line["answered"] == 1 and line["in_time"] == 1 for line in times)
    assert model.User.get(city.applicant).name not in str(found)


@pytest.mark.requirement("YN-33b")
def test_yunnan_provider_consents_before_anything_is_published(granted, under):
    """Asked by the holder, decided once by the provider with a reason, recorded with its rule."""
    city, grant, _release = granted
    under("yunnan")
    with pytest.raises(tk.NotAuthorized):
        call(city.stranger, "govshare_disclosure_ask", id=grant.id, text="x")
    (asked,) = call(city.applicant, "govshare_disclosure_ask", id=grant.id, text="论文附表")
    assert asked["consent"] is None
    for user in (city.applicant, city.authority, city.publisher):
        with pytest.raises(tk.NotAuthorized):
            call(user, "govshare_disclosure_decide", id=grant.id, request=asked["id"],
                 decision="consent", reason="x")
    (decided,) = call(city.head, "govshare_disclosure_decide", id=grant.id, request=asked["id"],
                      decision="consent", reason="仅限汇总表")
    assert (decided["consent"], decided["reason"]) == (True, "仅限汇总表")
    with pytest.raises(tk.ValidationError):
        call(city.reviewer, "govshare_disclosure_decide", id=grant.id, request=asked["id"],
             decision="refuse", reason="x")
    events = call(city.authority, "govshare_event_list", subject_type="grant",
                  subject_id=grant.id)["results"]
    assert (events[0]["kind"], events[0]["rule"]) == ("disclosure.consented", "yunnan 33")


@pytest.mark.parametrize("code", ["linyi", "nanyang", "zhongshan", "tengzhou"])
def test_elsewhere_nobody_can_consent(granted, under, code):
    city, grant, _release = granted
    under(code)
    with pytest.raises(tk.ValidationError) as refused:
        call(city.applicant, "govshare_disclosure_ask", id=grant.id, text="x")
    assert set(refused.value.error_dict) == {"forbidden"}
