"""The form of a dataset, and the files attached to a case."""

from __future__ import annotations

import io
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import FileStorage

from ckanext.govshare.cases import attachments, blank
from ckanext.govshare.ledger.model import event
from tests.cases.city import call

FORM = {
    "questions": [
        {"label": "课题编号", "required": True},
        {"label": "用途类别", "kind": "choice", "choices": ["科研", "教学"]},
    ],
    "slots": [{"label": "伦理审查意见", "required": True, "types": ["pdf"], "max_mb": 1}],
    "terms": "仅限研究使用。",
    "undertaking": ["不向第三方提供。"],
}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def upload(name: str = "张三的意见.pdf", content: bytes = PDF) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


@pytest.fixture
def asking(city):
    """The city whose dataset asks more than the rules."""
    call(city.reviewer, "govshare_blank_update", dataset_id=city.dataset, **FORM)
    return city


class Browser:
    """One person's requests, apart from the test's own request context."""

    def __init__(self, app, user: str) -> None:
        made = tk.get_action("api_token_create")(
            {"ignore_auth": True}, {"user": model.User.get(user).name, "name": "test"})
        self.app, self.headers = app, {"Authorization": made["token"]}

    def __call__(self, url: str, data=None):
        ask = self.app.get if data is None else self.app.post
        more = {} if data is None else {"data": data}
        with ThreadPoolExecutor(1) as apart:
            return apart.submit(ask, url, headers=self.headers, **more).result()


def draft(city, **changes):
    return call(city.applicant, "govshare_case_draft", **city.application(
        answers={"课题编号": "K-1"}, **changes))


def attach(city, case, file=None, user=None, slot="伦理审查意见"):
    return call(user or city.applicant, "govshare_attachment_add", id=case["id"], slot=slot,
                upload=file or upload())


def refused(work) -> dict:
    with pytest.raises(tk.ValidationError) as error:
        work()
    return error.value.error_dict


def test_form_asks_its_questions_and_files(asking):
    """What the department asks is missing by name; given, the application is received."""
    case = call(asking.applicant, "govshare_case_draft", **asking.application())
    send = lambda: asking.submit(id=case["id"])  # noqa: E731
    assert set(refused(send)) == {"课题编号", "attachment"}
    attach(asking, case)
    sent = asking.submit(id=case["id"], answers={"课题编号": "K-1", "别的": "x"})
    assert sent["state"] == "accepted"
    assert sent["form"]["answers"] == {"课题编号": "K-1", "用途类别": ""}
    assert sent["form"]["blank"] == 1
    assert [one["slot"] for one in sent["attachments"]] == ["伦理审查意见"]


def test_answer_outside_the_choices_is_refused(asking):
    case = draft(asking)
    attach(asking, case)
    found = refused(lambda: asking.submit(
        id=case["id"], answers={"课题编号": "K-1", "用途类别": "销售"}))
    assert set(found) == {"用途类别"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", PDF), ("a.pdf", b"MZ\x90\x00 not a document"), ("a.png", PDF),
        ("a.pdf", PDF + b"x" * 1_000_001),
    ],
)
def test_wrong_or_large_file_is_refused(asking, name, content):
    """By its ending, by what is in it, and by its size; the draft stays as it was."""
    case = draft(asking)
    assert set(refused(lambda: attach(asking, case, upload(name, content)))) == {"attachment"}
    assert attachments.of(case["id"]) == []


@pytest.mark.parametrize(("code", "taken"), [(0, True), (1, False), (2, False)])
def test_scanner_decides_and_a_broken_one_takes_nothing(asking, monkeypatch, code, taken):
    monkeypatch.setitem(tk.config, "govshare.cases.attachment_scan", f"sh -c 'exit {code}'")
    case = draft(asking)
    if taken:
        attach(asking, case)
    else:
        assert set(refused(lambda: attach(asking, case))) == {"attachment"}
    assert bool(attachments.of(case["id"])) is taken


def test_scanner_gets_the_bytes(asking, monkeypatch, tmp_path):
    monkeypatch.setitem(
        tk.config, "govshare.cases.attachment_scan", f"cp /dev/stdin {tmp_path / 'seen'}")
    attach(asking, draft(asking))
    assert (tmp_path / "seen").read_bytes() == PDF


def test_file_and_its_name_are_sealed_and_seen_by_handlers_only(asking, make_city, app):
    """Nothing readable in the database; strangers and the auditor get no file; a look is kept."""
    case = draft(asking)
    made = attach(asking, case)
    case = asking.submit(id=case["id"], answers={"课题编号": "K-1"})
    row = model.Session.execute(
        sa.select(attachments.table).where(attachments.table.c.id == made["id"])).one()
    assert b"PDF" not in bytes(row.content)
    assert "张三".encode() not in bytes(row.name)
    url = f"/case/{case['id']}/attachment/{made['id']}"
    seen = {}
    for name in ("applicant", "publisher", "authority", "auditor", "stranger"):
        answer = Browser(app, asking.people[name])(url)
        seen[name] = (answer.status_code, answer.data == PDF)
    assert seen["applicant"] == seen["publisher"] == seen["authority"] == (200, True)
    assert seen["auditor"] == seen["stranger"] == (404, False)
    readers = model.Session.execute(
        sa.select(event.c.actor).where(
            event.c.subject_id == case["id"], event.c.kind == "case.attachment_read")
    ).scalars().all()
    assert sorted(readers) == sorted([asking.publisher, asking.authority])
    shown = call(asking.auditor, "govshare_case_show", id=case["id"])
    assert shown["attachments"] == []


def test_only_the_applicant_attaches_and_only_while_it_is_open(asking):
    case = draft(asking)
    with pytest.raises(tk.NotAuthorized):
        attach(asking, case, user=asking.stranger)
    attach(asking, case)
    case = asking.submit(id=case["id"], answers={"课题编号": "K-1"})
    assert set(refused(lambda: attach(asking, case))) == {"attachment"}


def test_supplement_shows_new_answers_and_files(asking):
    """What comes back is compared, the department's own questions and the files included."""
    case = draft(asking)
    first = attach(asking, case)
    case = asking.submit(id=case["id"], answers={"课题编号": "K-1"})
    asking.act(asking.publisher, case, "take")
    asking.act(asking.publisher, case, "return_for_supplement", reason="意见已过期")
    call(asking.applicant, "govshare_attachment_remove", id=case["id"], attachment=first["id"])
    attach(asking, case, upload(content=PDF + b"%new"))
    back = asking.act(asking.applicant, case, "resubmit", answers={"课题编号": "K-2"})
    changed = {one["field"]: (one["before"], one["after"])
               for one in back["supplement"]["changes"]}
    assert changed["课题编号"] == ("K-1", "K-2")
    assert changed["attached"][0] != changed["attached"][1]
    assert set(changed) == {"课题编号", "attached"}


@pytest.mark.requirement("LY-10c")
def test_case_keeps_the_form_of_its_day(asking):
    """A new version asks new applicants; who has applied supplements by the old one."""
    case = draft(asking)
    attach(asking, case)
    case = asking.submit(id=case["id"], answers={"课题编号": "K-1"})
    more = {**FORM, "questions": [*FORM["questions"], {"label": "导师", "required": True}]}
    made = call(asking.head, "govshare_blank_update", dataset_id=asking.dataset, **more)
    assert made["version"] == 2
    asking.act(asking.publisher, case, "take")
    asking.act(asking.publisher, case, "return_for_supplement", reason="请说明用途")
    assert asking.act(asking.applicant, case, "resubmit", purpose="新的")["state"] == "in_review"
    assert blank.of(asking.dataset).version == 2


def test_form_is_the_departments(city, make_city):
    """Neither the publisher, the applicant, another department nor the authority writes it."""
    other = make_city()
    for user in (city.publisher, city.applicant, other.head, city.authority):
        with pytest.raises(tk.NotAuthorized):
            call(user, "govshare_blank_update", dataset_id=city.dataset, **FORM)
    assert call(None, "govshare_blank_show", dataset_id=city.dataset)["version"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"questions": [{"label": ""}]},
        {"questions": [{"label": "甲", "kind": "choice", "choices": ["一"]}]},
        {"questions": [{"label": "甲"}, {"label": "甲"}]},
        {"slots": [{"label": "甲", "types": ["exe"]}]},
        {"slots": [{"label": "甲", "max_mb": 500}]},
    ],
)
def test_impossible_form_is_refused(city, wrong):
    assert refused(lambda: call(
        city.head, "govshare_blank_update", dataset_id=city.dataset, **wrong))
    assert blank.of(city.dataset).version == 0


def test_pages_of_the_form_and_of_its_files(asking, app):
    """The editor keeps what it shows; the steps carry answers and files to the receipt."""
    head, applicant = Browser(app, asking.head), Browser(app, asking.applicant)
    url = f"/apply/{model.Package.get(asking.dataset).name}"
    page = head(f"{url}/form").body
    assert "课题编号" in page
    assert "仅限研究使用。" in page
    assert applicant(f"{url}/form").status_code == 403
    assert 'name="answer_课题编号"' in applicant(url).body
    head(f"{url}/form", data={
        "q_0_label": "课题编号", "q_0_kind": "line", "q_0_required": "on", "q_1_label": "",
        "s_0_label": "伦理审查意见", "s_0_types": ["pdf"], "s_0_mb": "1", "s_0_required": "on",
        "terms": "仅限研究使用。", "undertaking": "不向第三方提供。\n不试图识别个人。",
    })
    made = blank.of(asking.dataset)
    assert (made.version, len(made.undertaking), made.slots[0].types) == (2, 2, ("pdf",))
    case = draft(asking)
    applicant(url, data={
        "step": "2", "button": "next", "id": case["id"], "applicant_kind": "citizen",
        "file_伦理审查意见": (io.BytesIO(PDF), "张三的意见.pdf"),
    })
    step = applicant(f"{url}?draft={case['id']}&step=3").body
    assert "张三的意见.pdf" in step
    assert "不试图识别个人。" in step
    kept = attachments.of(case["id"])
    applicant(f"/case/{case['id']}/attach", data={"remove": kept[0]["id"]})
    assert attachments.of(case["id"]) == []


def test_zip_bomb_is_not_unpacked(asking):
    """Only the first bytes are looked at; nothing is unpacked."""
    case = draft(asking)
    bomb = b"PK\x03\x04" + zlib.compress(b"0" * 10_000_000)
    assert set(refused(lambda: attach(asking, case, upload("a.docx", bomb)))) == {"attachment"}
