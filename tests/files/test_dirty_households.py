"""Registers of households as offices keep them: odd numbers, phones, buildings and notes."""

import csv
from pathlib import Path
from typing import Any

from gis_app.files.export import export_data
from gis_app.files.points import PointOptions, point_edit
from gis_app.progress import finish
from tests.files.conftest import MakeCounty, perform

HEADER = ["户编号", "户主", "家庭住址", "楼栋", "联系电话", "人口数", "X坐标", "Y坐标", "备注"]


def table(path: Path, rows: list[list[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def test_dirty_rows_are_told_in_sentences_and_buildings_and_notes_come_along(tmp_path: Path, make_county: MakeCounty) -> None:
    county = make_county(crs="EPSG:4550")
    rows = [
        ["1", "张三", "利丰小区1号楼101室", "1号楼", "13812341234", "三口", "500100", "5299000", "每月走访"],
        ["2", "李四", "利丰小区1号楼102室", "1号楼", "无", "-2", "500100", "5299000", ""],
        ["3", "王五", "利丰小区", "", "138 1111 2222", "2.5", "500200", "5299000", ""],
        ["4", "赵六", "", "", "", "120", "", "", ""],
        ["5", "孙七", "", "", "", "4", "500300", "5299000", ""],
        ["", "", "", "", "13812341234", "2", "", "", ""],
    ]
    path = table(tmp_path / "住户.csv", rows)
    report = perform(county, point_edit(path, "households", PointOptions(datum="EPSG:4550"), county.store))
    assert report.imported == 5
    assert [str(one.problem) for one in report.rejected] == ["the row has neither code, head, address nor coordinates"]
    assert [(one.row, "三口" in str(one), "no number from 0 to 99" in str(one)) for one in report.repaired] == [
        (2, True, True), (3, False, True), (4, False, True), (5, False, True),
    ]  # fmt: skip
    assert any("1 phone is no phone number" in str(note) for note in report.notes)
    stored = county.store.rows("households", columns=["building", "notes", "members", "phone"])
    assert stored["building"].tolist() == ["1号楼", "1号楼", "", "", ""]
    assert stored["notes"].tolist()[0] == "每月走访"
    assert stored["members"].tolist() == [0, 0, 0, 0, 4]
    out = tmp_path / "out.csv"
    finish(export_data(county, out, "households", show_private=False))
    text = out.read_text(encoding="utf-8-sig")
    assert "1号楼" in text and "每月走访" not in text, "notes leave the program only on purpose"
    finish(export_data(county, tmp_path / "private.csv", "households", show_private=True))
    assert "每月走访" in (tmp_path / "private.csv").read_text(encoding="utf-8-sig")
