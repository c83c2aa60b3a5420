"""The only way in: quarantine, one release a content, nothing released touched."""

from __future__ import annotations

import io

import pytest
from ckan import model
from ckan.lib import jobs as ckan_jobs
from ckan.plugins import toolkit as tk

from ckanext.govshare.release import intake
from ckanext.govshare.release import model as store
from ckanext.govshare.release.vault import Vault


def test_file_lands_in_quarantine(receive, data_dir, csv_text):
    release = receive()
    assert (release.state, release.number, release.filename) == ("quarantined", 1, "救助.csv")
    with Vault("quarantine").open(release.raw_digest) as stored:
        assert stored.read() == csv_text.encode()
    assert not (data_dir / "vault").exists()
    assert model.Session.get(store.Content, release.raw_digest).place == "quarantine"


def test_same_content_opens_one_release(receive):
    first = receive()
    assert receive().id == first.id


def test_newer_content_supersedes_what_is_on_its_way(receive, csv_text):
    first, second = receive(), receive(csv_text.replace("王建国", "王建军").encode())
    assert (second.number, second.state) == (2, "quarantined")
    model.Session.refresh(first)
    assert (first.state, first.ended_reason) == ("withdrawn", "superseded")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\表.csv", "表.csv"),
        ("a\u202e\x00b.csv", "ab.csv"),
        ("", "file"),
        ("..", "file"),
        ("长" * 300 + ".xlsx", "长" * 195 + ".xlsx"),
    ],
)
def test_name_is_never_a_path(given, kept):
    assert intake.clean_name(given) == kept


def test_rolled_back_upload_leaves_no_release_and_no_job(town):
    """Half of a failed request is nothing."""
    ckan_jobs.get_queue().empty()
    release = intake.receive(town.resource, io.BytesIO(b"a,b\n1,2\n"), "x.csv", "form", None)
    release_id = release.id
    model.Session.rollback()
    assert store.release(release_id) is None
    assert ckan_jobs.get_queue().get_job_ids() == []


def test_job_is_queued_with_the_commit_and_not_with_a_savepoint(town):
    queue = ckan_jobs.get_queue()
    queue.empty()
    nested = model.Session.begin_nested()
    intake.receive(town.resource, io.BytesIO(b"a,b\n1,2\n"), "x.csv", "form", None)
    nested.commit()
    assert queue.get_job_ids() == []
    model.Session.commit()
    assert len(queue.get_job_ids()) == 1
    model.Session.commit()
    assert len(queue.get_job_ids()) == 1


def test_unknown_resource_takes_no_file(data_dir):
    with pytest.raises(tk.ObjectNotFound):
        intake.receive("no-such-resource", io.BytesIO(b"x"), "x.csv", "api", None)
    assert not list(data_dir.rglob("*"))
