"""Every file is read as it is or held with a reason that names file and place; none passes, none crashes."""

# ruff: noqa: E501

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desensitize import read, read_csv, read_excel, table, write
from desensitize import text as texts
from desensitize.messages import MESSAGES
from desensitize.problems import Unreadable


def save(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def held(folder: Path, name: str, data: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read.tables(save(folder, name, data), name)
    assert name in caught.value.message("zh")
    assert name in caught.value.message("en")
    return caught.value


def workbook(rows, **sheets) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "甲"
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_csv_in_every_encoding_and_dialect(tmp_path, encoding, delimiter) -> None:
    """Encoding, byte-order mark and delimiter are found; every value is text, as it was written."""
    text = '姓名,编号,备注\n张三,007,"第一行\n第二行，""引号"""\n欧阳娜,1e5,\n'.replace(
        ",", delimiter
    )
    made = read.tables(save(tmp_path, "a.csv", text.encode(encoding)), "a.csv")[0]
    assert made.columns == ["姓名", "编号", "备注"]
    assert made.frame.to_pylist() == [
        {"姓名": "张三", "编号": "007", "备注": '第一行\n第二行，"引号"'},
        {"姓名": "欧阳娜", "编号": "1e5", "备注": ""},
    ]
    assert made.source["delimiter"] == delimiter


def test_a_rare_character_needs_all_of_gb18030(tmp_path) -> None:
    """Names with four-byte characters survive."""
    made = read.tables(save(tmp_path, "a.csv", "姓名,号\n𠮷野㛃,1\n".encode("gb18030")), "a.csv")[0]
    assert made.frame["姓名"].to_pylist() == ["𠮷野㛃"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("空.csv", b"", "empty_file"),
        ("空白.csv", b"\xef\xbb\xbf \r\n", "empty_file"),
        ("表头.csv", "姓名,电话\n".encode(), "empty_sheet"),
        ("重名.csv", "姓名,姓名\n甲,乙\n".encode(), "duplicate_column"),
        ("无名.csv", "姓名,,电话\n甲,乙,丙\n".encode(), "unnamed_column"),
        ("缺列.csv", b"a,b,c\n1,2,3\n1,2\n1,2,3\n", "ragged_row"),
        ("空字节.csv", b"a,b\n1,\x002\n", "nul_bytes"),
        ("图.csv", b"\x89PNG\r\n\x1a\n" + bytes(20), "not_what_name_says"),
        ("表.csv", b"PK\x03\x04" + bytes(40), "not_what_name_says"),
        ("表.xlsx", "姓名,电话\n".encode(), "not_what_name_says"),
        ("表.xls", b"PK\x03\x04" + bytes(40), "not_what_name_says"),
        ("坏.xlsx", b"PK\x03\x04" + bytes(200), "unreadable_content"),
        ("坏.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "unreadable_content"),
        ("坏.json", b'[{"a": 1}', "unreadable_content"),
        ("数.json", b"3", "not_a_table"),
        ("空.json", b"[]", "empty_sheet"),
        ("重名.json", '[{"姓名": "甲", "姓名": "乙"}]'.encode(), "duplicate_column"),
        ("深.json", b"[" * 200_000, "unreadable_content"),
        ("坏.parquet", b"PAR1" + bytes(50), "unreadable_content"),
        ("文.pdf", b"%PDF-1.7\n", "unsupported_kind"),
        ("文.docx", b"PK\x03\x04" + bytes(40), "unsupported_kind"),
        ("图.jpg", b"\xff\xd8\xff\xe0" + bytes(40), "unsupported_kind"),
        ("包.zip", b"PK\x03\x04" + bytes(40), "unsupported_kind"),
        ("无后缀", b"abc", "unsupported_kind"),
        ("../../etc/passwd", b"root", "unsupported_kind"),
    ],
)
def test_what_cannot_be_read_is_held(tmp_path, name, data, code) -> None:
    """A clear sentence in both languages, naming the file."""
    path = save(tmp_path, "upload", data)
    with pytest.raises(Unreadable) as caught:
        read.tables(path, name)
    assert caught.value.code == code
    assert name in caught.value.message("zh")
    assert name in caught.value.message("en")


def test_broken_encoding_names_the_row(tmp_path) -> None:
    """Neither UTF-8 nor GB18030: the row is named."""
    error = held(tmp_path, "a.csv", "姓名,电话\n张三,1\n".encode() + b"\xff\xff\xff,2\n")
    assert (error.code, error.where["row"]) == ("mixed_encoding", 3)
    error = held(tmp_path, "b.csv", b"a,b\n1,2\n\xff\xfe\xff,2\n")
    assert (error.code, error.where["row"]) == ("broken_encoding", 3)


def test_two_encodings_in_one_file_are_not_guessed(tmp_path) -> None:
    """One row in GB18030 between rows in UTF-8, and the other way round."""
    utf8 = "".join(f"张三丰,兰山区{i}\n" for i in range(30)).encode()
    gbk = "李四光,河东区\n".encode("gb18030")
    error = held(tmp_path, "a.csv", "姓名,地区\n".encode() + utf8 + gbk)
    assert (error.code, error.where["row"]) == ("mixed_encoding", 32)
    error = held(tmp_path, "b.csv", "姓名,地区\n".encode("gb18030") + gbk * 30 + utf8)
    assert error.code == "mixed_encoding"


def test_a_million_columns_and_a_huge_cell_are_held(tmp_path, monkeypatch) -> None:
    """Neither exhausts the machine."""
    assert (
        held(tmp_path, "宽.csv", b",".join(b"c%d" % i for i in range(1_000_000)) + b"\n").code
        == "too_many_columns"
    )
    monkeypatch.setattr(table, "MAX_CELL", 1_000_000)
    error = held(tmp_path, "大.csv", b"a,b\n1,2\n1," + b"x" * 2_000_000 + b"\n")
    assert (error.code, error.where["row"], error.where["column"]) == ("cell_too_large", 2, "b")


def test_a_cell_of_100_megabytes_is_held_with_its_row(tmp_path) -> None:
    """Larger than a block, and larger than anything that is read at all."""
    error = held(tmp_path, "大.csv", b"a,b\n1,2\n1," + b"x" * 100_000_000 + b"\n3,4\n")
    assert (error.code, error.where["row"]) == ("cell_too_large", 3)


def test_columns_without_a_value(tmp_path) -> None:
    """Nulls and blanks only: nothing to find, nothing to crash on."""
    from desensitize import scan

    made = read.from_rows(["空", "白", "有"], [[None, "", "甲"], [None, "", None]], name="t")
    assert [c.type for c in scan.profile(made).columns] == ["empty", "empty", "text"]
    assert [c.class_ for c in scan.profile(made).columns] == ["none"] * 3


def test_zip_bomb(tmp_path, monkeypatch) -> None:
    """What unpacks to far more than a workbook is not unpacked; the message says which way."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(80 << 20))
    dense = held(tmp_path, "b.xlsx", stream.getvalue())
    assert dense.code == "archive_ratio"
    assert dense.problem.params["ratio"] > dense.problem.params["limit"]
    monkeypatch.setattr(read_excel, "MAX_UNPACKED", 40 << 20)
    large = held(tmp_path, "b.xlsx", stream.getvalue())
    assert large.code == "archive_bomb"
    assert large.problem.params["size"] > large.problem.params["limit"]


def test_the_head_of_a_file_is_read_without_its_rest(tmp_path, monkeypatch) -> None:
    """A preview shows the first rows, whatever stands behind them."""
    monkeypatch.setattr(read_csv, "BLOCK", 1 << 12)
    monkeypatch.setattr(texts, "CHUNK", 1 << 12)
    rows = "".join(f"张三{i},{i}\n" for i in range(2000))
    data = f"姓名,号\n{rows}".encode() + b"\xff\xff,a,b,c\n"
    path = save(tmp_path, "a.csv", data)
    with pytest.raises(Unreadable):
        read.tables(path, "a.csv")
    head = read.head(path, "a.csv", 5)[0]
    assert head.frame["号"].to_pylist() == ["0", "1", "2", "3", "4"]


def test_workbook_hidden_sheets_comments_and_lost_digits(tmp_path) -> None:
    """Hidden sheets are read, comments are told, numbers that lost digits are counted."""
    book = openpyxl.load_workbook(
        io.BytesIO(
            workbook(
                [
                    ["姓名", "证件", "日期", "数"],
                    ["张三", 410101199003070000, "2024-01-02", 1.0],
                    ["李四", "41010119900307741X", None, 2.5],
                ],
                乙=[["电话"], [13812345678]],
                丙=[],
            )
        )
    )
    book["甲"]["A2"].comment = openpyxl.comments.Comment("身份证 110101199003074610", "x")
    book["乙"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    tables = read.tables(tmp_path / "a.xlsx", "a.xlsx")
    assert [t.name for t in tables] == ["甲", "乙"]
    codes = {p.code for t in tables for p in t.problems}
    assert codes == {"sheet_skipped", "comments_dropped", "number_lost_digits", "hidden_sheet"}
    assert tables[1].frame["电话"].to_pylist() == ["13812345678"]
    assert tables[0].frame["数"].to_pylist() == ["1", "2.5"]
    assert tables[0].frame["日期"].to_pylist() == ["2024-01-02", None]


def test_excel_values_become_the_text_a_person_sees(tmp_path) -> None:
    """No exponent, no .0, ISO dates, booleans in words."""
    import datetime as dt

    assert [
        read_excel.as_text(v)
        for v in (
            13812345678.0,
            0.1,
            True,
            dt.date(2024, 1, 2),
            dt.datetime(2024, 1, 2, 3, 4),
            "",
            None,
            "x",
        )
    ] == ["13812345678", "0.1", "TRUE", "2024-01-02", "2024-01-02 03:04:00", None, None, "x"]


def test_json_kinds(tmp_path) -> None:
    """Records, JSON Lines, one list under a key, GeoJSON points; digits stay as they were written."""
    rows = b'[{"a": 1.10, "b": "x", "c": {"d": [1]}}, {"a": 12345678901234567890, "b": null}]'
    made = read.tables(save(tmp_path, "a.json", rows), "a.json")[0]
    assert made.frame.to_pylist()[0] == {"a": "1.10", "b": "x", "c": '{"d": ["1"]}'}
    assert made.frame.to_pylist()[1] == {"a": "12345678901234567890", "b": None, "c": None}
    lines = read.tables(save(tmp_path, "a.jsonl", b'{"a": 1}\n\n{"a": 2}\n'), "a.jsonl")[0]
    assert lines.frame["a"].to_pylist() == ["1", "2"]
    geo = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"名": "甲"},
                "geometry": {"type": "Point", "coordinates": [118.35, 35.05]},
            }
        ],
    }
    made = read.tables(save(tmp_path, "a.geojson", json.dumps(geo).encode()), "a.geojson")[0]
    assert made.frame.to_pylist() == [{"名": "甲", "longitude": "118.35", "latitude": "35.05"}]


def test_parquet_with_an_index_nulls_and_types(tmp_path) -> None:
    """Timestamps, numbers and nulls become text; a duplicate index is no column of its own."""
    import pandas as pd

    frame = pd.DataFrame({"t": pd.to_datetime(["2024-01-02", None]), "n": [1, 2]}, index=[7, 7])
    frame.to_parquet(tmp_path / "a.parquet", index=False)
    made = read.tables(tmp_path / "a.parquet", "a.parquet")[0]
    assert made.frame["n"].to_pylist() == ["1", "2"]
    assert made.frame["t"].to_pylist()[1] is None
    pq.write_table(pa.table({"a": pa.array([], pa.string())}), tmp_path / "b.parquet")
    assert held(tmp_path, "b.parquet", (tmp_path / "b.parquet").read_bytes()).code == "empty_sheet"


def test_blocks_are_the_file(tmp_path, monkeypatch) -> None:
    """Reading in blocks gives the rows of reading at once, in their order."""
    monkeypatch.setattr(read, "BLOCKS", 100)
    monkeypatch.setattr(read_csv, "BLOCK", 1 << 12)
    text = "姓名,号\n" + "".join(f"张三{i},{i}\n" for i in range(2000))
    for encoding in ("utf-8-sig", "gb18030"):
        path = save(tmp_path, "a.csv", text.encode(encoding))
        parts = list(read.blocks(path, "a.csv"))
        assert len(parts) > 3
        whole = read.tables(path, "a.csv")[0]
        assert (
            pa.concat_tables([p.frame for p in parts])
            .combine_chunks()
            .equals(whole.frame.combine_chunks())
        )


def test_a_row_that_breaks_in_a_later_block_is_held(tmp_path, monkeypatch) -> None:
    """A large file is not passed because its beginning is good."""
    monkeypatch.setattr(read, "BLOCKS", 100)
    monkeypatch.setattr(read_csv, "BLOCK", 1 << 12)
    good = "姓名,号\n" + "".join(f"张三{i},{i}\n" for i in range(2000))
    for tail, code in (
        (b"\xff\xff,1\n", "mixed_encoding"),
        (b"a,b,c\n", "ragged_row"),
        (b"a,\x00\n", "nul_bytes"),
    ):
        path = save(tmp_path, "a.csv", good.encode() + tail)
        with pytest.raises(Unreadable) as caught:
            list(read.blocks(path, "a.csv"))
        assert caught.value.code == code
        assert caught.value.where.get("row") == 2002


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a.json", "a.parquet", "a.bin"]),
)
def test_no_bytes_crash_the_reader(tmp_path_factory, data, name) -> None:
    """Any bytes under any name: tables or a reason."""
    path = save(tmp_path_factory.mktemp("fuzz"), name, data)
    try:
        read.tables(path, name)
    except Unreadable as error:
        assert error.message("zh")
        assert error.message("en")


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_written_is_read_again(tmp_path, kind) -> None:
    """What is written is what is read: commas, quotes, newlines, empty cells, Chinese."""
    made = read.from_rows(
        ["甲", "乙"], [['a,"b"', "第一\n第二"], ["", "x"], [" 前后 ", "=1"]], name="t"
    )
    stream = io.BytesIO()
    getattr(write, kind)(made, stream)
    again = read.tables(save(tmp_path, f"t.{kind}", stream.getvalue()), f"t.{kind}")[0]
    assert again.frame.to_pylist() == made.frame.to_pylist()


def test_every_message_is_said_in_both_languages() -> None:
    """The same placeholders in Chinese and English."""
    from string import Formatter

    for code, (english, chinese) in MESSAGES.items():
        fields = [
            {f[1].split("!")[0] for f in Formatter().parse(s) if f[1]} for s in (english, chinese)
        ]
        assert fields[0] == fields[1], code
        assert english != chinese
