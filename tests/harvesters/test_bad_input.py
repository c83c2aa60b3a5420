"""What departments send by mistake: said with file and row; the rest goes on, nothing is lost."""

from __future__ import annotations

import io
import os
import zipfile

import pytest
from ckan.plugins import toolkit as tk

from harvesters import retry, runner
from harvesters.file import folder
from harvesters.notes import SourceError

from .conftest import context, read, releases
from .test_file_mode import CSV, workbook


def bomb() -> bytes:
    """An XLSX of a few kilobytes whose sheet unpacks to gigabytes."""
    book = workbook([["编号"], [1]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(
        out, "w", zipfile.ZIP_DEFLATED, compresslevel=9
    ) as new:
        for item in old.infolist():
            if item.filename != "xl/worksheets/sheet1.xml":
                new.writestr(item, old.read(item))
        with new.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(600):
                sheet.write(b" " * (1 << 20))
    return out.getvalue()


BAD = {
    "空.csv": (lambda: b"", "空.csv"),
    "改名.xlsx": (lambda: CSV.encode(), "改名.xlsx"),
    "图片.csv": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(64), "PNG"),
    "乱码.csv": (lambda: CSV.encode() + b"3,\xff\xff\xff,5\n", "4"),
    "空表.xlsx": (lambda: workbook([]), "空表.xlsx"),
    "同名列.csv": (lambda: "编号,金额,金额\n1,2,3\n".encode(), "金额"),
    "错行.csv": (lambda: "编号,金额\n1,2\n3\n".encode(), "3"),
    "炸弹.xlsx": (bomb, "炸弹.xlsx"),
    "说明.pdf": (lambda: b"%PDF-1.7\n", "PDF"),
}


def test_each_bad_file_is_named_and_the_rest_goes_on(department):
    for name, (content, _) in BAD.items():
        department.put(name, content())
    department.put("救助.csv", CSV)
    report = department.harvest()
    assert report.counts == {"added": 1, "errored": len(BAD)}, report.records
    for name, (_, words) in BAD.items():
        assert name in report.said(name)
        assert words in report.said(name)
        assert report.records[name]["dataset"] is None
        assert (department.folder / name).exists()
    assert "卧龙区" not in str(report.records)  # never a value of the data
    department.put("空.csv", CSV)
    again = department.harvest()
    assert (again.outcome("空.csv"), again.outcome("救助.csv")) == ("added", "unchanged")
    assert again.counts["errored"] == len(BAD) - 1


def test_a_bad_file_does_not_hold_back_the_others_of_its_record(department):
    department.put("救助/一月.csv", CSV)
    department.put("救助/二月.csv", b"")
    report = department.harvest()
    assert report.outcome("救助") == "errored"
    assert "救助/二月.csv" in report.said("救助")
    assert [r.filename for r in releases(report.records["救助"]["dataset"])] == ["一月.csv"]
    department.put("救助/二月.csv", CSV)
    again = department.harvest()
    assert (again.outcome("救助"), again.records["救助"]["dataset"]) == (
        "updated", report.records["救助"]["dataset"])
    assert len(releases(again.records["救助"]["dataset"])) == 2


def test_a_formula_is_taken_as_text_and_waits_for_the_stage(department):
    department.put("公式.csv", '编号,链接\n1,"=HYPERLINK(""http://x.invalid"",""点"")"\n')
    report = department.harvest()
    assert report.counts == {"added": 1}, report.records
    assert releases(report.records["公式.csv"]["dataset"])[0].state == "quarantined"


def test_a_link_out_of_the_folder_is_refused(department, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(CSV)
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.csv").write_text(CSV)
    (department.folder / "链接.csv").symlink_to(secret)
    (department.folder / "链接夹").symlink_to(other)
    department.put("救助/一月.csv", CSV)
    (department.folder / "救助" / "二月.csv").symlink_to(secret)
    (department.folder / "救助" / "三月").symlink_to(other)
    report = department.harvest()
    assert report.counts == {"errored": 3}, report.records
    assert "链接.csv" in report.said("链接.csv")
    assert "链接夹" in report.said("链接夹")
    assert "救助/二月.csv" in report.said("救助")
    assert "救助/三月" in report.said("救助")
    assert [r.filename for r in releases(report.records["救助"]["dataset"])] == ["一月.csv"]


@pytest.mark.parametrize("key", ["..", "../x.csv", "a/../../x.csv", "/etc/passwd", ".", ""])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path, key):
    with pytest.raises(SourceError) as caught:
        folder.load(tmp_path, key)
    assert caught.value.note.code == "path_outside"


def test_a_pipe_does_not_hang_the_run(department):
    os.mkfifo(department.folder / "管道.csv")
    department.put("救助/一月.csv", CSV)
    os.mkfifo(department.folder / "救助" / "管道.csv")
    report = department.harvest()
    assert "管道.csv" in report.said("管道.csv")
    assert "救助/管道.csv" in report.said("救助")


def test_a_broken_description_names_its_row(department):
    department.put("救助/dataset.toml", 'title = "x"\nnotes = \n')
    department.put("救助/一月.csv", CSV)
    report = department.harvest()
    assert report.outcome("救助") == "errored"
    assert "救助/dataset.toml" in report.said("救助")
    assert "2" in report.said("救助")


def test_metadata_that_the_catalogue_refuses_are_reported(department):
    department.put("救助.csv", CSV)
    department.put("救助.csv.json", '{"open_class": "perhaps"}')
    department.put("低保.csv", CSV)
    report = department.harvest()
    assert (report.outcome("救助.csv"), report.outcome("低保.csv")) == ("errored", "added")
    assert "救助.csv" in report.said("救助.csv")


def test_a_file_above_the_limit_is_not_read(department, monkeypatch):
    monkeypatch.setitem(tk.config, "ckan.max_resource_size", 1)
    department.put("大.csv", b"a,b\n" + b"1,2\n" * 300_000)
    assert "大.csv" in department.harvest().said("大.csv")


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_run(department, monkeypatch):
    path = department.put("救助.csv", CSV)
    record = folder.load(department.folder, "救助.csv")
    path.write_text(CSV.replace("80", "90"))
    monkeypatch.setattr(folder, "load", lambda _root, _key: record)
    report = department.harvest()
    assert report.outcome("救助.csv") == "errored"
    assert report.records["救助.csv"]["dataset"] is None


def test_a_folder_that_is_away_is_said_and_nothing_counts_as_gone(department):
    department.put("救助.csv", CSV)
    department.harvest()
    department.folder.rename(department.folder.with_name("away"))
    report = department.harvest()
    assert report.records == {}
    assert report.notes and department.name in report.notes[0]


def test_an_error_of_the_portal_is_one_records_own(department, monkeypatch):
    department.put("救助.csv", CSV)
    department.put("低保.csv", CSV)
    whole = folder.load

    def load(root, key):
        if key == "低保.csv":
            raise RuntimeError("身份证 410101198001011233")
        return whole(root, key)

    monkeypatch.setattr(folder, "load", load)
    report = department.harvest()
    assert (report.outcome("低保.csv"), report.outcome("救助.csv")) == ("errored", "added")
    assert "RuntimeError" in report.said("低保.csv")
    assert "410101198001011233" not in str(report)


def test_a_record_that_kills_the_worker_again_and_again_is_left_out(department, monkeypatch):
    department.put("低保.csv", CSV)
    department.put("救助.csv", CSV)
    whole = folder.load

    class Killed(BaseException):
        pass

    def load(root, key):
        if key == "低保.csv":
            raise Killed
        return whole(root, key)

    monkeypatch.setattr(folder, "load", load)
    job = department.job()
    for _ in range(retry.TRIES):
        with pytest.raises(Killed):
            runner.run(job)
    assert runner.run(job)
    report = read(job)
    assert (report.outcome("低保.csv"), report.outcome("救助.csv")) == ("errored", "added")


def test_no_record_at_all_is_no_error(department):
    report = department.harvest()
    assert (report.records, report.notes) == ({}, [])
    shown = tk.get_action("harvest_job_show")(context(), {"id": report.job})
    assert shown["status"] == "Finished"
