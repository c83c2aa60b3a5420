"""Who needs no application, and who may make one."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from ckan.plugins import toolkit as tk

from ckanext.govshare.cases import model as store
from ckanext.govshare.rules import profiles
from tests.cases.city import USCC, appoint, make_dataset, make_organization


def cases_on(dataset: str) -> int:
    from ckan import model

    count = sa.select(sa.func.count()).where(store.table.c.dataset_id == dataset)
    return model.Session.scalar(count)


@pytest.mark.requirement("LY-12c", "TZ-12a")
@pytest.mark.parametrize("code", ["linyi", "tengzhou"])
def test_unconditional_data_create_no_application_between_departments(city, under, code):
    under(code)
    appoint(city.applicant, "publisher", make_organization("教育局"))
    dataset = make_dataset(city.org, "unconditional")
    with pytest.raises(tk.ValidationError) as refused:
        city.submit(
            layer="share", applicant_kind="department", applicant_name="教育局", uscc=USCC,
            contact_name="李四", id_number="", business="助学审核", need="核对低保",
            dataset_id=dataset,
        )
    assert "no_application_needed" in refused.value.error_dict
    assert cases_on(dataset) == 0


@pytest.mark.requirement("NY-42a")
@pytest.mark.parametrize("kind", ["citizen", "legal_person", "other_organisation"])
def test_the_public_applies_as_citizen_legal_person_or_other_organisation(city, kind):
    assert set(profiles.get("nanyang").open.applicants.value) == {
        "citizen", "legal_person", "other_organisation",
    }
    organization = {"uscc": USCC, "contact_name": "李四", "id_number": ""}
    case = city.submit(applicant_kind=kind, **(organization if kind != "citizen" else {}))
    assert case["state"] == "accepted"
