"""Objections to the catalogue and reports of wrong data, from the form to the end."""

from __future__ import annotations

import pytest
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.release.model import Release
from tests.cases.city import COLUMNS, ID_NUMBER, call, make_dataset

BASIS = [{"title": "某条例", "article": "第三条", "level": "law"}]


def _file(city, kind, user=None, **changes):
    data = {
        "dataset_id": city.dataset, "applicant_kind": "citizen", "applicant_name": "张三",
        "id_number": ID_NUMBER, "phone": "13800000000", "reason": "信息项缺少单位",
        "evidence": "第三行", **changes,
    }
    return call(user or city.applicant, f"govshare_{kind}_submit", **data)


@pytest.mark.requirement("NY-45b", "NY-45c")
def test_objection_to_a_closed_entry_has_its_receipt_and_ten_days(city):
    """A listed non-open entry can be objected to; the answer is due in ten working days."""
    closed = make_dataset(city.org, "non-open")
    case = _file(city, "objection", dataset_id=closed, evidence="")
    assert case["number"].startswith("YY")
    assert (case["state"], case["clock"]["rule"]) == ("received", "nanyang 45")
    assert sum(d["counted"] for d in case["clock"]["due"]["days"]) == 10


@pytest.mark.requirement("NY-45e")
def test_objection_is_not_refused_without_reason_and_basis(city):
    """The department that disagrees says why and on what basis."""
    case = _file(city, "objection")
    for given in ({}, {"reason": "目录无误"}):
        with pytest.raises(tk.ValidationError):
            city.act(city.publisher, case, "prepare", decision="refuse", **given)
    city.act(city.publisher, case, "prepare", decision="refuse", reason="目录无误", basis=BASIS)
    case = city.act(city.reviewer, case, "refuse")
    assert (case["state"], case["decision"]["basis"][0]["title"]) == ("refused", "某条例")


@pytest.mark.requirement("NY-45d")
def test_agreed_objection_goes_to_the_authority_for_the_change(city):
    """Agreed, proposed by the department, changed by the authority with the new version named."""
    case = _file(city, "objection")
    city.act(city.publisher, case, "prepare", decision="agree")
    city.act(city.head, case, "agree")
    city.act(city.publisher, case, "propose_change")
    with pytest.raises(tk.ValidationError):
        city.act(city.authority, case, "change_catalogue")
    with pytest.raises(tk.ValidationError):
        city.act(city.head, case, "change_catalogue", catalogue_version="2026-2")
    case = city.act(city.authority, case, "change_catalogue", catalogue_version="2026-2")
    assert (case["state"], case["decision"]["version"]) == ("catalogue_changed", "2026-2")


@pytest.mark.requirement("NY-45f")
def test_objection_is_extended_by_the_head_only(city):
    """With the head's consent by at most ten days from the first due day."""
    case = _file(city, "objection")
    city.act(city.publisher, case, "ask_extension", days=10, reason="需要会商")
    with pytest.raises(tk.ValidationError):
        city.act(city.reviewer, case, "consent")
    extended = city.act(city.head, case, "consent")
    assert sum(d["counted"] for d in extended["clock"]["extension"]["days"]) == 10
    assert extended["due_day"] > case["due_day"]


@pytest.mark.parametrize("field", ["reason", "evidence", "applicant_name", "id_number", "phone"])
def test_report_says_what_shows_it_and_who_says_it(city, field):
    """A report without its parts is refused by field."""
    with pytest.raises(tk.ValidationError) as caught:
        _file(city, "correction", **{field: ""})
    assert field in caught.value.error_dict


def test_correction_closes_only_with_a_new_release(city):
    """Confirmed, corrected, closed: the release that was live at the report is no correction."""
    case = _file(city, "correction", items=COLUMNS[:1])
    city.act(city.reviewer, case, "take")
    city.act(city.reviewer, case, "confirm")
    city.act(city.publisher, case, "begin")
    old = model.Session.query(Release).filter_by(dataset_id=city.dataset, state="released").one()
    with pytest.raises(tk.ValidationError):
        city.act(city.publisher, case, "correct", corrected_release="no-such-release")
    city.act(city.publisher, case, "correct", corrected_release=old.id)
    with pytest.raises(tk.ValidationError) as caught:
        city.act(city.publisher, case, "close")
    assert "correction_missing" in caught.value.error_dict


def test_report_without_error_is_answered_with_the_reason(city):
    """No error found: the person learns why."""
    case = _file(city, "correction")
    city.act(city.reviewer, case, "take")
    with pytest.raises(tk.ValidationError):
        city.act(city.reviewer, case, "reject")
    city.act(city.reviewer, case, "reject", reason="口径如此")
    assert city.act(city.publisher, case, "close_rejected")["state"] == "closed"
    seen = call(city.applicant, "govshare_case_show", id=case["id"])
    assert seen["decision"]["reason"] == "口径如此"


def test_nobody_checks_the_own_report(city):
    """An official who reports an error does not verify it."""
    case = _file(city, "correction", user=city.reviewer)
    with pytest.raises(tk.ValidationError):
        city.act(city.reviewer, case, "take")
