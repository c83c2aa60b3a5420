"""Who applied is forgotten when the time for keeping it is over, and not before."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from dateutil.relativedelta import relativedelta
from werkzeug.datastructures import FileStorage

from ckanext.govshare.access.model import table as grants
from ckanext.govshare.cases import attachments, erasure
from ckanext.govshare.cases import model as cases
from ckanext.govshare.ledger import retention
from ckanext.govshare.ledger.model import event
from tests.cases.city import COLUMNS, call


def run(case, now) -> bool:
    """Whether the person of this case is gone after a visit at `now`.

    The other tests' cases are left alone: there are many.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(erasure, "find", lambda *conditions, **more: cases.find(
            cases.table.c.id == case["id"], *conditions, **more))
        erasure.run(now)
    return cases.get(case["id"]).sealed is None


def test_particulars_and_files_go_after_the_period(city, monkeypatch):
    """Six months after the answer: person, file and file name; number, decision, events stay."""
    monkeypatch.setattr(retention, "months", lambda: 6)
    draft = call(city.applicant, "govshare_case_draft", **city.application())
    call(city.applicant, "govshare_attachment_add", id=draft["id"],
         upload=FileStorage(io.BytesIO(b"%PDF-1.4\n"), filename="张三.pdf"))
    case = city.act(city.publisher, city.submit(id=draft["id"]), "take")
    city.act(city.publisher, case, "prepare", decision="refuse", reason="与用途无关",
             basis=[{"title": "某条例", "article": "第三条", "level": "law"}])
    city.act(city.reviewer, case, "refuse")
    now = datetime.now(UTC)
    assert not run(case, now + relativedelta(months=6) - timedelta(days=1))
    assert run(case, now + relativedelta(months=6) + timedelta(days=2))
    row = model.Session.execute(
        sa.select(attachments.table).where(attachments.table.c.case_id == case["id"])).one()
    assert (row.name, row.content, len(row.digest)) == (None, None, 64)
    shown = call(city.publisher, "govshare_case_show", id=case["id"])
    assert (shown["person"], shown["attachments"], shown["number"]) == ({}, [], case["number"])
    assert "研究" not in str(shown["form"]), "free words may name somebody"
    assert shown["form"]["items"] == COLUMNS
    kinds = model.Session.execute(
        sa.select(event.c.kind).where(event.c.subject_id == case["id"])).scalars().all()
    assert kinds.count("case.erased") == 1


def test_a_grant_that_can_be_used_keeps_its_holder_known(city, monkeypatch):
    """The period begins when the last grant of the case is over."""
    monkeypatch.setattr(retention, "months", lambda: 6)
    case = city.prepared()
    city.act(city.reviewer, case, "approve")
    now = datetime.now(UTC)
    assert not run(case, now + relativedelta(months=11))
    purpose = sa.select(grants.c.purpose).where(grants.c.case_id == case["id"])
    assert model.Session.scalar(purpose) == "研究社会救助的分布"
    assert run(case, now + relativedelta(months=12) + timedelta(days=3))
    assert model.Session.scalar(purpose) == ""


def test_open_cases_are_kept_however_old(city, monkeypatch):
    """Unanswered ones, and answered ones about which a dispute goes on."""
    monkeypatch.setattr(retention, "months", lambda: 6)
    case = city.submit()
    assert not run(case, datetime.now(UTC) + relativedelta(years=5))
    cases.change(case["id"], state="coordinating", answered_at=datetime.now(UTC))
    assert not run(case, datetime.now(UTC) + relativedelta(years=5))
    cases.change(case["id"], state="settled")
    assert run(case, datetime.now(UTC) + relativedelta(years=5))


def test_forgotten_drafts_go_too(city, monkeypatch):
    monkeypatch.setattr(retention, "months", lambda: 6)
    case = call(city.applicant, "govshare_case_draft", **city.application())
    assert run(case, datetime.now(UTC) + relativedelta(months=7))
