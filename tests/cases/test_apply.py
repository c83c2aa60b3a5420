"""Applying: what is demanded, what comes back, who is turned away at the door."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.cases.model import get, table
from ckanext.govshare.ledger.model import event
from ckanext.govshare.notify.model import table as messages
from tests.cases.city import ID_NUMBER, USCC, call, make_dataset


def _errors(city, **changes):
    with pytest.raises(tk.ValidationError) as caught:
        city.submit(**changes)
    return caught.value.error_dict


@pytest.mark.requirement("NY-46b")
def test_receipt_has_number_due_day_and_its_count(city):
    """The applicant gets a receipt number, and a due day with every day that was counted."""
    case = city.submit()
    assert case["number"].startswith("SQ")
    assert case["state"] == "accepted"
    assert case["due_day"] == case["clock"]["due"]["due"]
    assert [d["number"] for d in case["clock"]["due"]["days"] if d["counted"]] == list(range(1, 11))
    assert case["clock"]["due"]["calendar_version"]
    assert case["clock"]["rule"] == "nanyang 46"


def test_numbers_follow_one_another(city):
    """Receipt numbers of a day have no gap."""
    first, second = (int(city.submit()["number"].rsplit("-", 1)[1]) for _ in range(2))
    assert second == first + 1


@pytest.mark.requirement("LY-10c")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": " "}, "purpose"),
        ({"items": []}, "items"),
        ({"items": ["身份证号"]}, "items"),
        ({"months": 0}, "months"),
        ({"months": 61}, "months"),
        ({"months": "many"}, "months"),
        ({"mode": "usb"}, "mode"),
        ({"undertaking": False}, "undertaking"),
        ({"applicant_kind": "department"}, "applicant_kind"),
        ({"applicant_name": ""}, "applicant_name"),
        ({"id_number": ID_NUMBER[:-1] + "7"}, "id_number"),
        ({"phone": "12345"}, "phone"),
        ({"applicant_kind": "legal_person", "uscc": USCC[:-1] + "J"}, "uscc"),
        ({"applicant_kind": "legal_person", "uscc": USCC}, "contact_name"),
        ({"purpose": "x" * 4001}, "purpose"),
    ],
)
def test_each_gap_is_named(city, changes, field):
    """An incomplete form is refused by field; no case and no number come of it."""
    assert field in _errors(city, **changes)
    assert call(city.applicant, "govshare_case_list") == []


def test_errors_do_not_repeat_personal_values(city):
    """A wrong ID number is not echoed into the message."""
    wrong = ID_NUMBER[:-1] + "7"
    assert wrong not in str(_errors(city, id_number=wrong))


def test_organization_applies_with_its_credit_code(city):
    """A legal person is known by its unified social credit code, in capitals."""
    case = city.submit(
        applicant_kind="legal_person", uscc=USCC.lower(), contact_name="李四", id_number=""
    )
    assert case["person"]["uscc"] == USCC


def test_non_open_data_are_refused_at_the_door(city):
    """No case arises; the reason, the basis and the way of objection are told."""
    closed = make_dataset(city.org, "non-open")
    errors = _errors(city, dataset_id=closed)
    assert set(errors) == {"not_provided", "reason", "basis", "objection"}
    assert errors["reason"] == ["含敏感信息"]
    assert "某条例" in errors["basis"][0]


def test_unconditional_data_need_no_application(city):
    """Whoever applies for open data is told to download them."""
    errors = _errors(city, dataset_id=make_dataset(city.org, "unconditional"))
    assert "no_application_needed" in errors


@pytest.mark.requirement("NY-46a")
def test_application_names_a_published_entry(city):
    """What is not in the published catalogue cannot be applied for."""
    dataset = make_dataset(city.org)
    model.Session.execute(
        sa.text("update govshare_publication set state = 'suspended' where dataset_id = :d"),
        {"d": dataset},
    )
    model.Session.commit()
    with pytest.raises(tk.ObjectNotFound):
        city.submit(dataset_id=dataset)
    with pytest.raises(tk.ObjectNotFound):
        city.submit(dataset_id="something-i-would-like")


def test_visitor_must_sign_in(city):
    """An application has an applicant."""
    with pytest.raises(tk.NotAuthorized):
        call(None, "govshare_case_submit", **city.application())


def test_repeated_submission_is_one_case(city):
    """The same request sent twice gives the same receipt."""
    first = city.submit(request_key="abc")
    again = city.submit(request_key="abc")
    assert again["number"] == first["number"]
    assert len(call(city.applicant, "govshare_case_list")) == 1
    other = city.submit(user=city.stranger, request_key="abc")
    assert other["number"] != first["number"]


def test_draft_is_kept_and_submitted(city):
    """A half-filled form is kept, is nobody else's, and becomes the case."""
    draft = call(city.applicant, "govshare_case_draft", dataset_id=city.dataset, purpose="研究")
    assert (draft["state"], draft["number"], draft["due_day"]) == ("draft", None, None)
    for other in (city.stranger, city.publisher, city.authority):
        with pytest.raises(tk.NotAuthorized):
            call(other, "govshare_case_show", id=draft["id"])
    case = city.submit(id=draft["id"])
    assert case["id"] == draft["id"]
    assert case["form"]["purpose"] == "研究社会救助的分布"
    with pytest.raises(tk.ValidationError):
        city.submit(id=draft["id"])
    with pytest.raises(tk.ObjectNotFound):
        city.submit(user=city.stranger, id=draft["id"])


def test_person_is_sealed_at_rest_and_seen_by_handlers_only(city):
    """Name and number lie encrypted; the applicant and the handlers read them, nobody else."""
    case = city.submit()
    raw = str(model.Session.execute(sa.select(table).where(table.c.id == case["id"])).one())
    assert ID_NUMBER not in raw
    assert "张三" not in raw
    for reader in (city.applicant, city.publisher, city.reviewer, city.head, city.authority):
        shown = call(reader, "govshare_case_show", id=case["id"])
        assert shown["person"]["id_number"] == ID_NUMBER
    assert call(city.auditor, "govshare_case_show", id=case["id"])["person"] is None
    with pytest.raises(tk.NotAuthorized):
        call(city.stranger, "govshare_case_show", id=case["id"])


def test_ledger_and_messages_hold_nothing_personal(city):
    """Neither an event nor a message names the person."""
    case = city.submit()
    told = model.Session.execute(sa.select(messages)).all()
    written = model.Session.execute(
        sa.select(event).where(event.c.subject_id == case["id"])
    ).all()
    assert [row.kind for row in written] == ["case.submitted", "case.received"]
    for secret in ("张三", ID_NUMBER, "13800000000", "研究社会救助的分布"):
        assert secret not in str(written)
        assert secret not in str(told)


def test_receipt_and_new_case_are_told(city):
    """The applicant gets the receipt, the department's people the new case."""
    case = city.submit()
    rows = model.Session.execute(
        sa.select(messages.c.kind, messages.c.to_user).where(messages.c.subject_id == case["id"])
    ).all()
    assert set(rows) == {
        ("case_received", city.applicant),
        *(("case_new", user) for user in (city.publisher, city.reviewer, city.head)),
    }


def test_rules_of_the_day_of_receipt_are_kept(city):
    """The case carries the profile's version and can be judged by it later."""
    case = get(city.submit()["id"])
    kept = model.Session.execute(
        sa.text("select content from govshare_case_profile where version = :v"),
        {"v": case.profile_version},
    ).scalar_one()
    assert kept["code"] == "nanyang"
