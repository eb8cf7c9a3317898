"""Tables of people and whistles on their way into the county."""

import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely

from gis_app.cases.case import CaseKind, State
from gis_app.county.county import County
from gis_app.errors import UserError
from gis_app.files.boundaries import BoundaryOptions, boundary_edit
from gis_app.files.export import export_data
from gis_app.files.points import PointOptions, point_edit
from gis_app.grid.datum import from_county
from gis_app.grid.households import Unassigned
from gis_app.grid.units import Level
from gis_app.progress import finish
from tests.files.conftest import MakeCounty, perform, squares, write_map

CODES = [f"2302252012{village:02}{cell:03}" for village in (1, 2) for cell in (1, 2, 3)]


@pytest.fixture
def county(tmp_path: Path, make_county: MakeCounty) -> County:
    """Return a county of two villages with three cells each."""
    county = make_county(crs="EPSG:4550")
    path = write_map(tmp_path / "cells.gpkg", squares(3, 2), {"code": CODES}, crs="EPSG:4550")
    perform(county, boundary_edit(path, BoundaryOptions(Level.CELL, code="code")))
    return county


def _table(path: Path, rows: list[list[Any]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def _lonlat(x: float, y: float, datum: str = "wgs84") -> tuple[float, float]:
    lon, lat = from_county(np.array([x]), np.array([y]), "EPSG:4550", datum)
    return round(float(lon[0]), 7), round(float(lat[0]), 7)


def _cell(county: County, key: int) -> str:
    return county.state.units[key].code if key else ""


HEADER = ["户编号", "户主", "家庭住址", "联系电话", "人口数", "经度", "纬度", "是否常住", "标签"]


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("utf-16", "\t")])
@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_households_come_to_their_cells_from_any_text_file(
    encoding: str, delimiter: str, datum: str, tmp_path: Path, county: County
) -> None:
    inside, corner = _lonlat(500_500, 5_299_500, datum), _lonlat(502_995, 5_298_005, datum)
    rows = [
        HEADER,
        ["00012", "张三", "甘南镇永安村1号", "13812341234", "3", *inside, "是", "低保、党员"],
        ["00013", "李四", "甘南镇永安村2号", "", "", *corner, "否", ""],
        ["00014", "王五", "甘南镇永安村3号", "", "2", "", "", "", ""],
        ["00015", "赵六", "外地", "", "2", *_lonlat(520_000, 5_299_000, datum), "", ""],
    ]
    path = _table(tmp_path / "住户.csv", rows, encoding, delimiter)
    report = perform(county, point_edit(path, "households", PointOptions(datum=datum), county.store))
    assert (report.read, report.imported, report.rejected) == (4, 4, ())
    state = county.state.households
    assert [_cell(county, cell) for cell in state.cell.tolist()] == [CODES[0], CODES[5], "", ""]
    assert state.reason.tolist() == [Unassigned.NONE, Unassigned.NONE, Unassigned.NO_COORDINATES, Unassigned.OUTSIDE_COUNTY]
    assert state.distance[3] == pytest.approx(17_000, abs=2)
    stored = county.store.rows("households")
    assert stored["code"].tolist() == ["00012", "00013", "00014", "00015"]
    assert stored["resident"].tolist() == [True, False, True, True]
    assert stored["flags"].tolist()[0] == "低保,党员"
    assert stored["members"].tolist() == [3, 0, 2, 2]
    assert stored["datum"].tolist() == [datum, datum, "", datum]


def test_the_same_households_again_add_nothing(tmp_path: Path, county: County) -> None:
    with_code = _table(tmp_path / "a.csv", [HEADER, ["1", "张三", "", "", "", "", "", "", ""], ["2", "李四", "", "", "", "", "", "", ""]])
    edit = point_edit(with_code, "households", None, county.store)
    assert perform(county, edit).imported == 2
    again = perform(county, edit)
    assert (again.imported, again.known, again.rejected) == (0, 2, ())
    assert "2 rows are in the county already and stay as they are." in [str(note) for note in again.notes]
    without = _table(tmp_path / "b.csv", [["户主", "地址", "经度", "纬度"], ["周七", "一号", "123.5", "47.9"]])
    edit = point_edit(without, "households", None, county.store)
    assert perform(county, edit).imported == 1
    assert perform(county, edit).known == 1
    assert len(county.state.households) == 3


def test_rows_that_repeat_or_say_nothing_are_rejected(tmp_path: Path, county: County) -> None:
    rows = [
        HEADER,
        ["1", "张三", "", "", "", "", "", "", ""],
        ["1", "李四", "", "", "", "", "", "", ""],
        ["", "", "", "139", "", "", "", "", ""],
    ]
    report = perform(county, point_edit(_table(tmp_path / "a.csv", rows), "households", None, county.store))
    assert [(r.row, str(r.problem)) for r in report.rejected] == [
        (3, "the same as row 2"),
        (4, "the row has neither code, head, address nor coordinates"),
    ]


def test_totals_at_the_end_are_no_households(tmp_path: Path, county: County) -> None:
    rows = [["序号", "户主", "人口数"], ["1", "张三", "3"], ["", "小 计", "3"], ["合计：", "", "3"], ["2", "总计算", "1"]]
    report = perform(county, point_edit(_table(tmp_path / "a.csv", rows), "households", None, county.store))
    assert [(r.row, str(r.problem)) for r in report.rejected] == [(3, "the row is a total"), (4, "the row is a total")]
    assert report.imported == 2


def test_a_file_without_coordinates_says_that_nobody_gets_a_place(tmp_path: Path, county: County) -> None:
    for columns in (["备注"], ["经度", "纬度"]):
        path = _table(tmp_path / f"{len(columns)}.csv", [["户主", *columns], [f"张{len(columns)}", *["东经某度"] * len(columns)]])
        report = perform(county, point_edit(path, "households", None, county.store))
        assert report.imported == 1
        assert "No columns hold coordinates" in " ".join(map(str, report.notes))


def test_degrees_minutes_and_seconds(tmp_path: Path, county: County) -> None:
    lon, lat = _lonlat(500_500, 5_299_500)

    def parts(value: float) -> tuple[int, int, float]:
        minutes = value % 1 * 60
        return int(value), int(minutes), round(minutes % 1 * 60, 3)

    written = ["{}°{}′{}″", "{}度{}分{}秒", "{}° {}' {}\""]
    rows = [["户主", "经度", "纬度"], *([f"张{n}", *(form.format(*parts(v)) for v in (lon, lat))] for n, form in enumerate(written))]
    rows.append(["李四", f"E{lon}", f"北纬{lat}°"])
    report = perform(county, point_edit(_table(tmp_path / "a.csv", rows), "households", None, county.store))
    assert report.imported == 4
    assert county.state.households.x.tolist() == pytest.approx([500_500] * 4, abs=0.1)
    assert county.state.households.y.tolist() == pytest.approx([5_299_500] * 4, abs=0.1)


def test_projected_coordinates_with_commas_and_a_zone_number(tmp_path: Path, county: County) -> None:
    rows = [["户主", "X坐标", "Y坐标"], ["张三", "41,500,500.0", "5,299,500"], ["李四", "41,502,995", "5,298,005"]]
    report = perform(county, point_edit(_table(tmp_path / "a.csv", rows), "households", None, county.store))
    assert [_cell(county, cell) for cell in county.state.households.cell.tolist()] == [CODES[0], CODES[5]]
    assert "zone number 41" in str(report.notes[0])


def test_latitude_in_the_column_of_longitude(tmp_path: Path, county: County) -> None:
    lon, lat = _lonlat(500_500, 5_299_500)
    path = _table(tmp_path / "a.csv", [["户主", "a", "b"], ["张三", lat, lon]])
    perform(county, point_edit(path, "households", PointOptions(x="a", y="b", datum="wgs84"), county.store))
    assert _cell(county, int(county.state.households.cell[0])) == CODES[0]


def test_coordinates_that_cannot_be_are_no_place(tmp_path: Path, county: County) -> None:
    rows = [
        ["户主", "经度", "纬度"],
        ["张三", "0", "0"],
        ["李四", "未知", "未知"],
        ["王五", "123.0", "247.9"],
        *(["赵六", *_lonlat(500_500 + 10 * n, 5_299_500)] for n in range(3)),
    ]
    report = perform(county, point_edit(_table(tmp_path / "a.csv", rows), "households", PointOptions(x="经度", y="纬度"), county.store))
    assert np.isfinite(county.state.households.x).tolist() == [False, False, False, True, True, True]
    assert "3 rows have coordinates that cannot be; they come in without a place." in [str(note) for note in report.notes]


@pytest.mark.parametrize("first", ["经度", "纬度"])
def test_single_rows_with_latitude_and_longitude_exchanged_are_read_the_other_way_round(first: str, tmp_path: Path, county: County) -> None:
    places = [_lonlat(500_500 + 10 * n, 5_299_500) for n in range(6)]
    rows = [[f"张{n}", *(place if n < 4 else place[::-1])] for n, place in enumerate(places)]
    header = ["户主", "经度", "纬度"] if first == "经度" else ["户主", "纬度", "经度"]
    written = rows if first == "经度" else [[name, y, x] for name, x, y in rows]
    report = perform(county, point_edit(_table(tmp_path / "a.csv", [header, *written]), "households", PointOptions(), county.store))
    assert county.state.households.x.tolist() == pytest.approx([500_500 + 10 * n for n in range(6)], abs=0.1)
    said = "2 rows have longitude and latitude in each other's column; they were read the other way round."
    assert said in [str(note) for note in report.notes]


def test_a_datum_that_no_coordinate_fits_is_told(tmp_path: Path, county: County) -> None:
    path = _table(tmp_path / "a.csv", [["户主", "x坐标", "y坐标"], ["张三", "500500", "5299500"]])
    with pytest.raises(UserError, match=r"No coordinate in a.csv fits GCJ-02"):
        perform(county, point_edit(path, "households", PointOptions(datum="gcj02"), county.store))


def test_households_from_a_map_file_of_points(tmp_path: Path, county: County) -> None:
    points = [shapely.Point(500_500, 5_299_500), shapely.Point(502_995, 5_298_005)]
    path = write_map(tmp_path / "h.shp", points, {"户主": ["张三", "李四"]}, crs="EPSG:4550", encoding="GB18030")
    perform(county, point_edit(path, "households", None, county.store))
    assert [_cell(county, cell) for cell in county.state.households.cell.tolist()] == [CODES[0], CODES[5]]
    assert county.store.rows("households", columns=["head"])["head"].tolist() == ["张三", "李四"]


def test_a_workbook_with_a_title_above_the_header(tmp_path: Path, county: County) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["甘南县网格员花名册"])
    sheet.append(["姓名", "手机号", "网格编码"])
    sheet.append(["张三", 13812341234, int(CODES[0])])
    sheet.append(["李四", "13912341234", CODES[4]])
    sheet.append(["王五", None, "999"])
    book.save(tmp_path / "花名册.xlsx")
    options = PointOptions(mapping={"cell": "网格编码"})
    report = perform(county, point_edit(tmp_path / "花名册.xlsx", "workers", options, county.store))
    workers = list(county.state.workers.values())
    assert [(w.name, w.phone, _cell(county, w.cell), _cell(county, w.village)) for w in workers] == [
        ("张三", "13812341234", CODES[0], CODES[0][:12]),
        ("李四", "13912341234", CODES[4], CODES[4][:12]),
    ]
    assert [(r.row, str(r.problem)) for r in report.rejected] == [(5, "the county has no unit 999")]
    assert perform(county, point_edit(tmp_path / "花名册.xlsx", "workers", options, county.store)).known == 2


def test_notes_on_the_first_sheet_are_no_table(tmp_path: Path, county: County) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["填表说明"])
    book.active.append(["一户一行。"])
    sheet = book.create_sheet("住户")
    for row in (["户主", "手机号"], ["张三", 13800000000]):
        sheet.append(row)
    book.save(tmp_path / "two.xlsx")
    assert perform(county, point_edit(tmp_path / "two.xlsx", "households", None, county.store)).imported == 1


def test_departments_with_receivers_and_leaders(tmp_path: Path, county: County) -> None:
    rows = [
        ["单位名称", "类别", "接哨员", "接哨员电话", "主管领导"],
        ["住建局", "行政审批", "张三", "138", "李四"],
        ["", "党群", "", "", ""],
    ]
    report = perform(county, point_edit(_table(tmp_path / "d.csv", rows), "departments", None, county.store))
    body = next(iter(county.state.bodies.values()))
    assert (body.name, body.category, body.receiver, body.receiver_phone, body.leader) == ("住建局", "approvals", "张三", "138", "李四")
    assert [str(r.problem) for r in report.rejected] == ["the row has no name"]


def test_bodies_called_like_units_are_those_of_the_units(tmp_path: Path, county: County) -> None:
    names = _table(tmp_path / "v.csv", [["代码", "名称"], [CODES[0][:12], "兴隆社区居委会"], [CODES[3][:12], "永安村"]])
    perform(county, boundary_edit(names, BoundaryOptions(Level.VILLAGE, code="代码", name="名称")))
    rows = [["单位名称", "接哨员"], ["永安村", "张三"], ["县党群服务中心", "李四"], ["水务局", "王五"]]
    perform(county, point_edit(_table(tmp_path / "d.csv", rows), "departments", None, county.store))
    bodies = list(county.state.bodies.values())
    assert [(body.kind, _cell(county, body.unit)) for body in bodies] == [("village", CODES[3][:12]), ("centre", ""), ("department", "")]
    perform(county, point_edit(_cases(tmp_path), "cases", None, county.store))
    by_text = dict(zip(county.store.rows("cases", columns=["text"])["text"], county.state.cases.body.tolist(), strict=True))
    assert by_text["漏水"] == bodies[0].id  # it lies in the village
    assert by_text["无处可寻"] == bodies[1].id  # it lies nowhere: the centre


CASES = ["工单编号", "诉求类型", "问题类别", "承办单位", "诉求内容", "吹哨时间", "接哨时间", "办结时间", "经度", "纬度", "网格编码"]


def _cases(tmp_path: Path) -> Path:
    here = _lonlat(500_500, 5_299_500)
    return _table(
        tmp_path / "cases.csv",
        [
            CASES,
            ["7", "投诉", "违法建设", "住建局", "违建车库", "2020-05-01 12:20", "2020-05-01 12:34", "2020-05-03 17:37", *here, ""],
            ["8", "求助", "违法建设", "", "漏水", "2020年5月2日", "", "", "", "", CODES[4]],
            ["9", "", "", "", "无处可寻", "2020/5/3 8:00", "", "", "", "", ""],
            ["10", "咨询", "政策", "", "没有时间", "待定", "", "", *here, ""],
        ],
        "gb18030",
    )


def test_cases_become_events_in_their_cells(tmp_path: Path, county: County) -> None:
    perform(county, point_edit(_table(tmp_path / "d.csv", [["单位名称"], ["住建局"]]), "departments", None, county.store))
    report = perform(county, point_edit(_cases(tmp_path), "cases", PointOptions(mapping={"body": "承办单位"}), county.store))
    assert (report.read, report.imported) == (4, 3)
    assert [(r.row, str(r.problem)) for r in report.rejected] == [(5, "待定 is no time")]
    cases = county.state.cases
    assert [_cell(county, cell) for cell in cases.cell.tolist()] == [CODES[0], CODES[4], ""]
    assert cases.state.tolist() == [State.DONE, State.WAITING, State.WAITING]
    assert cases.kind.tolist() == [CaseKind.COMPLAIN, CaseKind.HELP, CaseKind.HELP]
    assert str(cases.blown[0]) == "2020-05-01T04:20:00"
    assert str(cases.done[0]) == "2020-05-03T09:37:00"
    assert county.state.bodies[int(cases.body[0])].name == "住建局"
    assert {category.name for category in county.state.categories.values()} == {"违法建设"}
    events = county.store.events(int(cases.id[0]))
    assert events["kind"].tolist() == ["blown", "picked_up", "done"]
    stored = county.store.rows("cases")
    assert stored["number"].tolist() == ["7", "8", "9"]
    assert stored["source"].tolist() == ["cases.csv"] * 3
    assert stored["original"][0]["诉求内容"] == "违建车库"
    assert cases.border[0] == pytest.approx(500, abs=0.1)


def test_the_same_cases_again_add_nothing_and_undo_takes_them_back(tmp_path: Path, county: County) -> None:
    edit = point_edit(_cases(tmp_path), "cases", PointOptions(create_bodies=True), county.store)
    assert perform(county, edit).imported == 3
    again = perform(county, edit)
    assert (again.imported, again.known) == (0, 3)
    county.undo()
    assert not len(county.state.cases)
    assert not county.state.bodies
    assert not county.state.categories
    assert perform(county, edit).imported == 3


def test_an_unknown_body_rejects_its_row_unless_it_may_be_made(tmp_path: Path, county: County) -> None:
    named = PointOptions(mapping={"body": "承办单位"})
    report = perform(county, point_edit(_cases(tmp_path), "cases", named, county.store))
    assert "the county has no receiving body 住建局" in str(report.rejected[0].problem)
    county.undo()
    guessed = perform(county, point_edit(_cases(tmp_path), "cases", None, county.store))
    assert guessed.imported == 3
    assert "1 receiving bodies are not known" in " ".join(map(str, guessed.notes))
    county.undo()
    made = PointOptions(mapping={"body": "承办单位"}, create_bodies=True)
    assert perform(county, point_edit(_cases(tmp_path), "cases", made, county.store)).imported == 3
    assert [body.name for body in county.state.bodies.values()] == ["住建局"]


def test_wrong_options_are_told(tmp_path: Path, county: County) -> None:
    path = _cases(tmp_path)
    for options, sentence in (
        (PointOptions(mapping={"colour": "工单编号"}), "cases have no field colour"),
        (PointOptions(mapping={"text": "内容"}), "cases.csv has no column 内容; it has: 工单编号"),
        (PointOptions(x="经度"), "Name both columns"),
        (PointOptions(x="经度", y="纬度", datum="mars"), "mars is no coordinate system"),
        (PointOptions(timezone="Mars"), "There is no time zone Mars"),
    ):
        with pytest.raises(UserError, match=re.escape(sentence)):
            perform(county, point_edit(path, "cases", options, county.store))
    plain = _table(tmp_path / "plain.csv", [["a", "b"], ["1", "2"]])
    with pytest.raises(UserError, match=r"No column of plain.csv is known as the time of blowing"):
        perform(county, point_edit(plain, "cases", None, county.store))


def test_a_case_blown_by_a_household_without_coordinates_lies_where_it_lives(tmp_path: Path, county: County) -> None:
    households = _table(tmp_path / "h.csv", [HEADER, ["H1", "张三", "", "", "", *_lonlat(500_500, 5_299_500), "", ""]])
    perform(county, point_edit(households, "households", None, county.store))
    rows = [["编号", "吹哨时间", "户编号", "吹哨人"], ["1", "2020-05-01 8:00", "H1", "居民"]]
    perform(county, point_edit(_table(tmp_path / "c.csv", rows), "cases", None, county.store))
    assert _cell(county, int(county.state.cases.cell[0])) == CODES[0]
    assert county.state.cases.household[0] == county.state.households.id[0]


def test_every_request_of_new_york_is_in_the_tract_that_geopandas_finds(shared_data: Path, make_county: MakeCounty) -> None:
    import geopandas
    import pandas as pd

    county = make_county(name="New York", code="", crs="EPSG:2263")
    tracts, requests = shared_data / "nyc" / "tracts.zip", shared_data / "nyc" / "requests.csv"
    perform(county, boundary_edit(tracts, BoundaryOptions("cell", code="BoroCT2010", village_code="NTACode", township_code="BoroCode")))
    edit = point_edit(requests, "cases", PointOptions(create_bodies=True, timezone="America/New_York"), county.store)
    report = perform(county, edit)
    assert (report.read, report.imported, report.rejected) == (6765, 6765, ())
    assert len(county.state.bodies) == 19
    assert int(np.isnat(county.state.cases.done).sum()) == 4324
    assert int(np.isfinite(county.state.cases.x).sum()) == 6650
    again = perform(county, edit)
    assert (again.imported, again.known) == (0, 6765)

    table = pd.read_csv(requests, encoding="utf-8-sig", dtype={"Unique Key": str})
    table = table[table["Longitude"].notna()]
    points = geopandas.GeoDataFrame(
        table[["Unique Key"]], geometry=geopandas.points_from_xy(table["Longitude"], table["Latitude"]), crs=4326
    )
    joined = geopandas.sjoin(points.to_crs(2263), geopandas.read_file(tracts)[["BoroCT2010", "geometry"]], predicate="intersects")
    expected = joined.groupby("Unique Key")["BoroCT2010"].agg(set).to_dict()
    stored = county.store.rows("cases", columns=["number", "cell"])
    found = {number: _cell(county, int(cell)) for number, cell in zip(stored["number"], stored["cell"], strict=True)}
    assert len(expected) == 6650
    assert [number for number, codes in expected.items() if found[number] not in codes] == []

    feet = PointOptions(x="X Coordinate (State Plane)", y="Y Coordinate (State Plane)", datum="EPSG:2263", timezone="America/New_York")
    county.undo()
    perform(county, point_edit(requests, "cases", feet, county.store))
    by_feet = county.store.rows("cases", columns=["number", "cell"])
    same = sum(found[n] == _cell(county, int(c)) for n, c in zip(by_feet["number"], by_feet["cell"], strict=True) if n in expected)
    assert same > 6600  # the two columns of the file differ by up to a foot


def test_originals_are_plain_data(tmp_path: Path, county: County) -> None:
    perform(county, point_edit(_cases(tmp_path), "cases", None, county.store))
    assert json.dumps(county.store.rows("cases", columns=["original"])["original"].tolist(), ensure_ascii=False)


def test_a_roster_brings_all_that_an_office_keeps_and_says_what_is_wrong(county: County, tmp_path: Path) -> None:
    codes = [unit.code for unit in county.state.units.at_level(Level.CELL)]
    rows = [
        ["W1", "王小五", f"{codes[0]}、{codes[1]}", "朝鲜语、电工", "80", "2021年3月1日", "", "李小六", "2022-04-01", "2022/4/10", "骨干"],
        ["W2", "李小六", codes[2], "", "", "", "2022-12-31", "W1", "", "", ""],
        ["W3", "张小七", codes[3], "", "很多", "", "", "", "", "", ""],
        ["W4", "赵小八", "没有的网格、" + codes[3], "", "", "", "", "", "", "", ""],
        ["W5", "孙小九", codes[3], "", "", "2022-05-01", "2022-04-01", "", "", "", ""],
        ["W6", "周小十", codes[3], "", "", "昨天", "", "谁", "", "", ""],
        ["W7", "吴十一", codes[3], "", "", "", "", "谁", "", "", ""],
    ]
    headers = ["网格员编号", "姓名", "网格编码", "技能", "负荷上限", "上岗日期", "离岗日期", "代班人", "请假开始", "请假结束", "备注"]
    with (tmp_path / "w.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([headers, *rows])
    report = perform(county, point_edit(tmp_path / "w.csv", "workers", None, county.store))
    assert report.imported == 3 and {rejection.row for rejection in report.rejected} == {4, 5, 6, 7}
    first, second, third = sorted(county.state.workers.values(), key=lambda worker: worker.code)
    assert [county.state.units[cell].code for cell in first.cells] == codes[:2]
    assert (first.skills, first.capacity, first.since, first.notes) == ("朝鲜语,电工", 80, date(2021, 3, 1), "骨干")
    assert (first.absent_from, first.absent_until, first.substitute) == (date(2022, 4, 1), date(2022, 4, 10), second.id)
    assert (second.until, second.substitute) == (date(2022, 12, 31), first.id)
    assert third.substitute == 0 and any("谁" in str(note) for note in report.notes)
    finish(export_data(county, tmp_path / "again.csv", "workers", show_private=True))
    with (tmp_path / "again.csv").open(encoding="utf-8-sig") as file:
        written = {row["id"]: row for row in csv.DictReader(file)}
    one = written["W1"]
    assert (one["cell"], one["substitute"], one["absent_until"]) == ("、".join(codes[:2]), "W2", "2022-04-10")
