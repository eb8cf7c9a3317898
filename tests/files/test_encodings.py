"""Text files in the encodings, delimiters and layouts that offices send."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.files.encodings import field_encoding, known_name, text_encoding
from gis_app.files.preview import preview
from gis_app.files.rows import read_rows
from gis_app.files.spreadsheets import delimiter_of, header_row
from gis_app.progress import finish

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=40)


@given(CHINESE, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
def test_chinese_text_is_read_in_the_encoding_that_it_was_written_in(text: str, encoding: str) -> None:
    line = f"户主,永安村,网格,{text}"
    data = line.encode(encoding)
    assert data.decode(text_encoding(data)).lstrip("\ufeff") == line


@given(CHINESE)
def test_a_sample_may_end_within_a_character(text: str) -> None:
    data = f"户主名单永安村网格{text}".encode()
    assert {text_encoding(data[:-cut]) for cut in (1, 2)} == {"utf-8"}


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b""])
def test_utf_16_with_and_without_a_mark(mark: bytes) -> None:
    big = mark == codecs.BOM_UTF16_BE
    data = mark + "a,b,户主\n1,2,张三\n".encode("utf-16-be" if big else "utf-16-le")
    assert data.decode(text_encoding(data)).lstrip("\ufeff").startswith("a,b,户主")


@pytest.mark.parametrize(
    ("fields", "declared", "expected"),
    [
        (["永安村".encode("gb18030")], "", "gb18030"),
        (["永安村".encode("gb18030")], "UTF-8", "gb18030"),
        (["永安村".encode("gb18030")], "ISO-8859-1", "gb18030"),
        (["永安村".encode()], "", "utf-8"),
        (["永安村".encode()[:-1]], "", "utf-8"),
        (["永安村".encode()], "936", "utf-8"),
        (["一".encode("gb18030")], "", "gb18030"),
        (["新港鄉".encode("big5")], "950", "big5"),
        (["Café".encode()], "", "utf-8"),
        ([b"plain"], "", "ascii"),
    ],
)
def test_what_a_table_declares_counts_only_where_it_fits(fields: list[bytes], declared: str, expected: str) -> None:
    assert field_encoding(fields, declared) == expected


def test_names_of_encodings_as_files_write_them() -> None:
    assert {known_name(name) for name in ("936", "CP936", "GBK", "gb2312", "ANSI 936", "LDID/77")} == {"gb18030"}
    assert known_name("65001") == known_name("UTF8") == "utf-8"
    assert known_name("nonsense") == ""


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
def test_delimiters(delimiter: str) -> None:
    assert delimiter_of(f"a{delimiter}b{delimiter}c\n1{delimiter}2{delimiter}3\n") == delimiter
    assert delimiter_of(f'a{delimiter}b\n"1{delimiter}x"{delimiter}2\n') == delimiter


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["户主", "电话"], ["张三", "138"]], 0),
        ([["甘南县住户名册", ""], ["", ""], ["户主", "电话"], ["张三", "138"]], 2),
        ([["制表：", "2020年"], ["户主", "电话", "地址", "网格"], ["张三", "138", "一号", "甲"]], 1),
        ([["1", "张三"], ["2", "李四"]], -1),
        ([["户主"], ["张三"]], 0),
        ([], -1),
    ],
)
def test_where_the_header_is(rows: list[list[str]], expected: int) -> None:
    assert header_row(rows) == expected


def test_a_table_with_titles_gaps_and_twice_the_same_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("甘南县\n\n姓名,电话,电话,\n张三,1,2,\n\n李四,3,4,备注\n", encoding="gb18030")
    rows = finish(read_rows(path))
    assert list(rows.columns) == ["姓名", "电话", "电话 2", "column 4"]
    assert rows.numbers.tolist() == [4, 6]
    assert rows.texts("电话 2").tolist() == ["2", "4"]
    found = preview(path)
    assert (found.header, found.delimiter, found.encoding, found.count) == (3, ",", "gb18030", 2)
    assert found.rows[1] == ("李四", "3", "4", "备注")


def test_a_large_preview_counts_without_reading_everything(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 1000)
    assert preview(path).count == 1000
    assert len(preview(path).rows) == 50
