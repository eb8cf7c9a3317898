"""What leaves the county: masked, complete, and readable by other programs."""

import csv
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pyogrio.raw
import pytest
import shapely

from gis_app.county.county import County
from gis_app.errors import UserError
from gis_app.files.boundaries import BoundaryOptions, boundary_edit
from gis_app.files.export import export_data
from gis_app.files.points import PointOptions, point_edit
from gis_app.grid.coverage import polygons
from gis_app.grid.units import Level
from gis_app.progress import finish
from tests.files.conftest import MakeCounty, perform, squares, write_map

CODES = [f"2302252012{village:02}{cell:03}" for village in (1, 2) for cell in (1, 2, 3)]
FORMATS = ["gpkg", "geojson", "shp", "csv", "xlsx"]


@pytest.fixture
def county(tmp_path: Path, make_county: MakeCounty) -> County:
    """Return a county of six cells with two households, a worker and two cases."""
    county = make_county(crs="EPSG:4550")
    folder = tmp_path / "in"
    folder.mkdir()
    cells = write_map(folder / "cells.gpkg", squares(3, 2), {"code": CODES, "name": [f"网格{n}" for n in range(6)]}, crs="EPSG:4550")
    perform(county, boundary_edit(cells, BoundaryOptions(Level.CELL, code="code", name="name")))
    (folder / "h.csv").write_text(
        "户编号,户主,家庭住址,联系电话,x坐标,y坐标,标签\n007,张三,永安村1号,13812341234,500500,5299500,低保\n008,欧阳四,=1+1,,,,\n",
        encoding="utf-8",
    )
    (folder / "w.csv").write_text(f"姓名,电话,网格编码\n王小五,13912345678,{CODES[1]}\n", encoding="utf-8")
    (folder / "c.csv").write_text(
        "编号,诉求类型,问题类别,内容,吹哨时间,办结时间,x坐标,y坐标,吹哨人\n"
        "A-1,举报,违法建设,违建车库,2020-05-01 12:20,2020-05-03 17:37,502500,5298500,网格员\n"
        f"A-2,求助,供水,{'漏水' * 300},2020-05-02 8:00,,,,居民\n",
        encoding="utf-8",
    )
    for name, target in (("h", "households"), ("w", "workers"), ("c", "cases")):
        assert not perform(county, point_edit(folder / f"{name}.csv", target, PointOptions(datum="EPSG:4550"), county.store)).rejected
    return county


def _read(path: Path) -> list[dict[str, str]]:
    """Read a written file with another program's eyes, as rows of text."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        header, *rows = sheet.iter_rows(values_only=True)
        return [{str(k): "" if v is None else str(v) for k, v in zip(header, row, strict=True)} for row in rows]
    meta, _, _, fields = pyogrio.raw.read(path, datetime_as_string=True)
    return [{k: "" if v is None else str(v) for k, v in zip(meta["fields"], row, strict=True)} for row in zip(*fields, strict=True)]


@pytest.mark.parametrize("suffix", FORMATS)
def test_households_carry_their_id_and_the_code_of_their_cell(suffix: str, county: County, tmp_path: Path) -> None:
    path = tmp_path / f"住户.{suffix}"
    assert finish(export_data(county, path, "households")) == 2
    rows = _read(path)
    assert [(row["id"], row["cell"]) for row in rows] == [("007", CODES[0]), ("008", "")]
    assert [row["head"] for row in rows] == ["张*", "欧阳*"] or rows[0]["head"] == "张*"
    assert rows[0]["phone"] == "138****1234"
    assert rows[0]["flags"] == ""
    assert rows[1]["address"] == "=1+1"
    assert "张三" not in str(rows)
    finish(export_data(county, path, "households", show_private=True))
    assert _read(path)[0]["head"] == "张三"
    assert _read(path)[0]["flags"] == "低保"


@pytest.mark.parametrize("suffix", FORMATS)
def test_cases_carry_their_id_and_the_code_of_their_cell(suffix: str, county: County, tmp_path: Path) -> None:
    path = tmp_path / f"cases.{suffix}"
    assert finish(export_data(county, path, "cases")) == 2
    rows = _read(path)
    assert [(row["id"], row["cell"], row["kind"], row["category"], row["state"]) for row in rows] == [
        ("A-1", CODES[5], "report", "违法建设", "done"),
        ("A-2", "", "help", "供水", "waiting"),
    ]
    assert rows[0]["blown"].replace(".000", "") == "2020-05-01T12:20:00+08:00"
    assert rows[0]["whistler"] == ""  # who reported a wrongdoing stays hidden
    assert rows[1]["whistler"] == "resident"
    assert rows[1]["text"].startswith("漏水漏水")
    assert len(rows[1]["text"]) == (84 if suffix == "shp" else 600)


@pytest.mark.parametrize("suffix", FORMATS)
def test_units_and_workers_are_written_whole(suffix: str, county: County, tmp_path: Path) -> None:
    path = tmp_path / f"units.{suffix}"
    assert finish(export_data(county, path, "units")) == 9
    rows = _read(path)
    assert [row["code"] for row in rows] == [u.code for level in Level for u in county.state.units.at_level(level)]
    assert {row["level"] for row in rows} == {"township", "village", "cell"}
    assert rows[-1]["vill_code" if suffix == "shp" else "village_code"] == CODES[5][:12]
    assert float(rows[-1]["area"]) == 1e6
    finish(export_data(county, tmp_path / f"workers.{suffix}", "workers"))
    worker = _read(tmp_path / f"workers.{suffix}")[0]
    assert (worker["name"], worker["phone"], worker["cell"]) == ("王**", "139****5678", CODES[1]) or worker["name"].startswith("王*")


@pytest.mark.parametrize(("suffix", "crs"), [("gpkg", "EPSG:4550"), ("shp", "EPSG:4550"), ("geojson", "EPSG:4326")])
def test_shapes_lie_where_they_are(suffix: str, crs: str, county: County, tmp_path: Path) -> None:
    path = tmp_path / f"units.{suffix}"
    finish(export_data(county, path, "units"))
    assert pyogrio.read_info(path)["crs"] == crs
    if suffix == "shp":
        assert path.with_suffix(".cpg").read_text().strip() == "UTF-8"
        assert all(len(name) <= 10 for name in pyogrio.read_info(path)["fields"])
    other = tmp_path / "cells.gpkg"
    rows = pyogrio.raw.read(path, where="level = 'cell'")
    write_map(other, list(shapely.from_wkb(rows[2])), {"code": list(rows[3][0])}, crs=crs)
    county.undo()
    before = polygons(county.state.coverage)
    perform(county, boundary_edit(other, BoundaryOptions(Level.CELL, code="code")))
    after = polygons(county.state.coverage)
    assert all(shapely.hausdorff_distance(before[cell], after[cell]) <= 0.002 for cell in before)


def test_points_have_degrees_beside_them(county: County, tmp_path: Path) -> None:
    finish(export_data(county, tmp_path / "h.csv", "households"))
    row = _read(tmp_path / "h.csv")[0]
    assert (float(row["x"]), float(row["y"])) == (500500, 5299500)
    assert float(row["lon"]) == pytest.approx(123.0067, abs=1e-3)
    assert float(row["lat"]) == pytest.approx(47.83, abs=0.02)
    assert (tmp_path / "h.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_codes_in_workbooks_are_text(county: County, tmp_path: Path) -> None:
    finish(export_data(county, tmp_path / "h.xlsx", "households"))
    sheet = openpyxl.load_workbook(tmp_path / "h.xlsx").active
    assert sheet is not None
    assert sheet["A2"].value == "007"
    assert sheet["B2"].data_type == "s"
    assert sheet["D3"].data_type == "s"  # =1+1 is an address here, no formula


def test_nothing_is_written_in_part(county: County, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "h.csv"
    path.write_text("before")
    steps = export_data(county, path, "households")
    next(steps)
    next(steps)
    steps.close()
    assert path.read_text() == "before"
    assert [p.name for p in folder.iterdir()] == ["h.csv"]
    finish(export_data(county, path, "households"))
    assert [p.name for p in folder.iterdir()] == ["h.csv"]


@pytest.mark.parametrize(
    ("name", "what", "sentence"),
    [
        ("a.pdf", "units", "a.pdf: the name must end in one of .gpkg"),
        ("a.csv", "secrets", "There is no table secrets"),
        ("missing/a.csv", "units", "missing does not exist"),
    ],
)
def test_what_cannot_be_written_is_told(name: str, what: str, sentence: str, county: County, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=sentence):
        finish(export_data(county, tmp_path / name, what))


def test_an_export_comes_back_as_an_import(county: County, tmp_path: Path, make_county: MakeCounty) -> None:
    finish(export_data(county, tmp_path / "h.csv", "households", show_private=True))
    other = make_county(crs="EPSG:4550")
    options = PointOptions(x="lon", y="lat", datum="wgs84", mapping={"code": "id", "head": "head"})
    perform(other, point_edit(tmp_path / "h.csv", "households", options, other.store))
    assert other.state.households.x[0] == pytest.approx(500500, abs=0.02)
    assert other.store.rows("households", columns=["head"])["head"].tolist() == ["张三", "欧阳四"]
    assert np.isnan(other.state.households.x[1])
