"""The whole way of a file: scan, plan, transform, sign, review, release, replace, withdraw."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.govshare.ledger.model import event
from ckanext.govshare.offices import model as office_model
from ckanext.govshare.release import model as store
from ckanext.govshare.release.vault import Vault

IDS = ("410101198001011233", "110101199003070038")


def decide_all(plan: dict, do: dict | None = None) -> dict:
    """The plan with a person's decision for every column that waits for one."""
    for table in plan["tables"]:
        for column in table["plan"]["columns"]:
            if column["do"]["action"] == "ask":
                column["do"], column["by"] = do or {"action": "drop"}, "person"
    return plan


@pytest.fixture
def transformed(town, receive, work):
    """A release that waits for the publisher's signature."""

    def make(content: bytes | None = None, filename: str = "救助.csv"):
        release = receive(content, filename) if content else receive()
        work()
        shown = town.call("publisher", "govshare_release_show", id=release.id)
        assert shown["state"] == "scanned", shown["problems"]
        town.call("publisher", "govshare_release_plan_update", id=release.id,
                  plan=decide_all(shown["plan"]))
        town.call("publisher", "govshare_release_transform", id=release.id)
        work()
        shown = town.call("publisher", "govshare_release_show", id=release.id)
        assert shown["state"] == "transformed", shown["problems"]
        return shown

    return make


@pytest.fixture
def released(town, transformed, work):
    """A release that went the whole way."""

    def make(content: bytes | None = None, filename: str = "救助.csv"):
        shown = transformed(content, filename)
        sign_all(town, shown)
        work()
        return town.call("publisher", "govshare_release_show", id=shown["id"])

    return make


def sign_all(town, shown) -> dict:
    seen = {"id": shown["id"], "digest": shown["digest"]}
    town.call("publisher", "govshare_release_sign", **seen)
    for office in shown["needed"][1:]:
        shown = town.call(office, "govshare_release_review", decision="sign", **seen)
    return shown


def kinds(release_id: str) -> list[str]:
    query = sa.select(event.c.kind).where(event.c.subject_id == release_id).order_by(event.c.seq)
    return list(model.Session.scalars(query))


def test_scan_finds_and_proposes(town, receive, work):
    release = receive()
    work()
    shown = town.call("publisher", "govshare_release_show", id=release.id)
    assert shown["state"] == "scanned"
    classes = {c["name"]: c["class_"] for c in shown["findings"][0]["columns"]}
    assert classes["身份证号"] == classes["手机号码"] == classes["姓名"] == "direct"
    assert not any(value in str(shown) for value in (*IDS, "王建国", "13803770001"))


@pytest.mark.requirement("NY-44b", "ZS-27c")
def test_journey_from_raw_to_served(town, transformed, work):
    """Scan, plan, transform, three signatures by three persons: then, and only then, the vault."""
    shown = transformed()
    assert shown["needed"] == ["publisher", "confidentiality_reviewer", "authority"]
    seen = {"id": shown["id"], "digest": shown["digest"]}
    assert store.released(town.resource) is None
    assert town.call("publisher", "govshare_release_sign", **seen)["state"] == "in_review"
    shown = town.call("confidentiality_reviewer", "govshare_release_review", decision="sign",
                      declassified=False, **seen)
    assert (shown["state"], shown["turn"]) == ("in_review", "authority")
    shown = town.call("authority", "govshare_release_review", decision="sign", **seen)
    assert shown["state"] == "released"
    work()

    row = store.released(town.resource)
    assert row.open_class == "unconditional"
    assert set(row.renditions) == {"csv", "xlsx", "json"}
    with Vault().open(row.digest) as stream:
        text = stream.read().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 6
    assert not any(value in text for value in IDS)
    assert "王建国" not in text
    assert {c["name"] for c in row.columns} == set(rows[0])
    for digest in row.renditions.values():
        Vault().open(digest).close()
        assert model.Session.get(store.Content, digest).place == "vault"
    assert not Vault().has(row.raw_digest)
    resource = model.Session.get(model.Resource, town.resource)
    assert (resource.url, resource.format, resource.hash) == (
        "data.csv", "CSV", f"sha256:{row.digest}"
    )
    assert store.publication_state(town.dataset) == "published"
    assert kinds(row.id) == [
        "release.received", "release.scanned", "release.transform_asked", "release.transformed",
        "release.signed", "release.reviewed", "release.reviewed", "release.released",
    ]


def test_evidence_holds_no_raw_value(released, csv_text):
    shown = released()
    told = str(shown)
    values = {cell for row in csv.reader(io.StringIO(csv_text)) for cell in row if len(cell) > 2}
    personal = {v for v in values if v.isdigit() and len(v) > 9} | {"王建国", "李秀英"}
    assert shown["evidence"]["tables"][0]["verdict"]["ok"]
    assert not {value for value in personal if value in told}


def test_replaced_keeps_the_old_until_the_new_is_signed(town, released, transformed, csv_text):
    old = released()
    changed = csv_text.replace("1200", "1300").encode()
    new = transformed(changed)
    assert new["number"] == 2
    assert store.released(town.resource).id == old["id"]
    sign_all(town, new)
    assert store.released(town.resource).id == new["id"]
    assert store.release(old["id"]).state == "replaced"
    count = sa.select(sa.func.count()).where(
        store.Release.resource_id == town.resource, store.Release.state == "released"
    )
    assert model.Session.scalar(count) == 1


def test_same_raw_content_opens_no_new_release(released, receive):
    old = released()
    assert receive().id == old["id"]


def test_source_that_goes_back_supersedes_what_was_on_its_way(released, receive, csv_text):
    """A new version, then the released content again: nothing older can be released over it."""
    old = released()
    on_its_way = receive(csv_text.replace("1200", "1").encode())
    assert receive().id == old["id"]
    model.Session.refresh(on_its_way)
    assert on_its_way.state == "withdrawn"


def test_plan_is_kept_for_new_content_of_the_same_shape(town, released, receive, work, csv_text):
    old = released()
    new = receive(csv_text.replace("1200", "1300").encode())
    work()
    shown = town.call("publisher", "govshare_release_show", id=new.id)
    assert shown["plan_digest"] == old["plan_digest"]
    assert shown["state"] == "scanned"  # the standing signature is off by default


@pytest.mark.requirement("ZS-27c")
def test_withdrawal_is_at_once_with_a_reason(town, released):
    shown = released()
    with pytest.raises(tk.ValidationError):
        town.call("authority", "govshare_release_withdraw", id=shown["id"], reason="")
    ended = town.call("authority", "govshare_release_withdraw", id=shown["id"], reason="发现错误")
    assert (ended["state"], ended["ended_reason"]) == ("withdrawn", "发现错误")
    assert store.released(town.resource) is None
    assert model.Session.get(model.Resource, town.resource).hash == ""


def test_changed_plan_voids_what_was_signed(town, transformed):
    shown = transformed()
    seen = {"id": shown["id"], "digest": shown["digest"]}
    town.call("publisher", "govshare_release_sign", **seen)
    plan = shown["plan"]
    plan["tables"][0]["plan"]["columns"][-1]["do"] = {"action": "drop"}
    changed = town.call("publisher", "govshare_release_plan_update", id=shown["id"], plan=plan)
    assert changed["state"] == "scanned"
    assert changed["digest"] is None
    assert [s["counts"] for s in changed["signatures"]] == [False]
    with pytest.raises(tk.ValidationError):
        town.call("confidentiality_reviewer", "govshare_release_review", decision="sign", **seen)


def test_output_of_another_digest_is_not_signed(town, transformed):
    shown = transformed()
    with pytest.raises(tk.ValidationError, match=r"changed since you looked|查看后该版本已变化"):
        town.call("publisher", "govshare_release_sign", id=shown["id"], digest="0" * 64)


def test_output_changed_on_disk_is_not_released(town, transformed):
    """Bytes that no longer are what was signed never reach the vault."""
    shown = transformed()
    Vault("quarantine").path(shown["digest"]).write_bytes(b"other bytes")
    with pytest.raises(tk.ValidationError, match=r"no longer is what was signed|与签发时不一致"):
        sign_all(town, shown)
    model.Session.rollback()
    assert store.released(town.resource) is None
    assert not Vault().has(shown["digest"])


def test_returned_release_is_signed_anew(town, transformed):
    shown = transformed()
    seen = {"id": shown["id"], "digest": shown["digest"]}
    town.call("publisher", "govshare_release_sign", **seen)
    town.call("confidentiality_reviewer", "govshare_release_review", decision="sign", **seen)
    back = town.call("authority", "govshare_release_return", id=shown["id"], reason="请补充说明")
    assert back["state"] == "returned"
    assert not any(s["counts"] for s in back["signatures"])
    again = town.call("publisher", "govshare_release_sign", **seen)
    assert (again["state"], again["turn"]) == ("in_review", "confidentiality_reviewer")


@pytest.mark.requirement("YN-34a", "ZS-17a", "NY-54b")
def test_nothing_is_published_before_the_confidentiality_review(town, transformed):
    """Neither the authority nor the publisher can go past the department's named reviewer."""
    shown = transformed()
    seen = {"id": shown["id"], "digest": shown["digest"]}
    for who in ("authority", "confidentiality_reviewer"):
        with pytest.raises((tk.ValidationError, tk.NotAuthorized)):
            town.call(who, "govshare_release_review", decision="sign", **seen)
        model.Session.rollback()
    town.call("publisher", "govshare_release_sign", **seen)
    for who in ("authority", "publisher", "head", "elsewhere"):
        with pytest.raises((tk.ValidationError, tk.NotAuthorized)):
            town.call(who, "govshare_release_review", decision="sign", **seen)
        model.Session.rollback()
    assert store.released(town.resource) is None
    town.call("confidentiality_reviewer", "govshare_release_review", decision="sign", **seen)
    town.call("authority", "govshare_release_review", decision="sign", **seen)
    assert store.released(town.resource).id == shown["id"]
    signed = town.call("publisher", "govshare_release_show", id=shown["id"])["signatures"]
    assert [s["user_title"] for s in signed if s["office"] == "confidentiality_reviewer"] == [
        "confidentiality_reviewer"
    ]


@pytest.mark.requirement("YN-31a")
def test_a_department_without_a_confidentiality_reviewer_publishes_nothing(town, transformed):
    """The office has to be filled before anything goes out; nobody stands in for it."""
    shown = transformed()
    seen = {"id": shown["id"], "digest": shown["digest"]}
    model.Session.execute(
        sa.delete(office_model.table).where(
            office_model.table.c.user_id == town.people["confidentiality_reviewer"]
        )
    )
    model.Session.commit()
    town.call("publisher", "govshare_release_sign", **seen)
    for who in town.people:
        with pytest.raises((tk.ValidationError, tk.NotAuthorized)):
            town.call(who, "govshare_release_review", decision="sign", **seen)
        model.Session.rollback()
    assert store.released(town.resource) is None


def test_a_marked_false_finding_is_a_rule_of_its_column(town, receive, work, csv_text):
    """What a person decides against the scan is kept for new content, and is in the evidence."""
    first = receive()
    work()
    shown = town.call("publisher", "govshare_release_show", id=first.id)
    plan = decide_all(shown["plan"])
    column = next(c for c in plan["tables"][0]["plan"]["columns"] if c["name"] == "所在街道")
    column |= {"class": "sensitive", "do": {"action": "drop"}, "by": "person",
               "reason": "街道可推知受助人"}  # fmt: skip
    plan["tables"][0]["plan"]["quasi"] = plan["tables"][0]["plan"]["sensitive"] = []
    town.call("publisher", "govshare_release_plan_update", id=first.id, plan=plan)
    town.call("publisher", "govshare_release_transform", id=first.id)
    work()
    done = town.call("publisher", "govshare_release_show", id=first.id)
    told = {c["name"]: c for c in done["evidence"]["tables"][0]["columns"]}["所在街道"]
    assert (told["by"], told["reason"], told["dropped"]) == ("person", "街道可推知受助人", True)
    sign_all(town, done)
    second = receive(csv_text.replace("1200", "1300").encode())
    work()
    kept = town.call("publisher", "govshare_release_show", id=second.id)["plan"]
    again = next(c for c in kept["tables"][0]["plan"]["columns"] if c["name"] == "所在街道")
    assert (again["do"], again["by"]) == ({"action": "drop"}, "person")


@pytest.mark.requirement("YN-34b", "TZ-17c")
def test_secret_is_erased_and_ends(town, transformed, csv_text):
    """NY 2, ZS 17: what the confidentiality reviewer finds secret leaves the portal."""
    shown = transformed(csv_text.replace("七一路", town.org[:8]).encode())
    seen = {"id": shown["id"], "digest": shown["digest"]}
    town.call("publisher", "govshare_release_sign", **seen)
    ended = town.call("confidentiality_reviewer", "govshare_release_review", decision="refuse",
                      reason="涉及国家秘密", **seen)
    assert ended["state"] == "withdrawn"
    for digest in {shown["raw_digest"], *shown["renditions"].values()}:
        assert not Vault("quarantine").has(digest)


def test_non_open_data_are_never_released(town, transformed):
    shown = transformed()
    dataset = model.Session.get(model.Package, town.dataset)
    dataset.extras["open_class"] = "non-open"
    model.Session.commit()
    seen = {"id": shown["id"], "digest": shown["digest"]}
    with pytest.raises(tk.ValidationError, match=r"not open|不予开放"):
        town.call("publisher", "govshare_release_sign", **seen)


def test_class_changed_while_in_review_stops_the_release(town, transformed):
    shown = transformed()
    seen = {"id": shown["id"], "digest": shown["digest"]}
    town.call("publisher", "govshare_release_sign", **seen)
    town.call("confidentiality_reviewer", "govshare_release_review", decision="sign", **seen)
    dataset = model.Session.get(model.Package, town.dataset)
    dataset.extras["open_class"] = "conditional"
    model.Session.commit()
    with pytest.raises(tk.ValidationError, match=r"changed since the department signed|部门签发后"):
        town.call("authority", "govshare_release_review", decision="sign", **seen)
    model.Session.rollback()
    assert store.released(town.resource) is None
