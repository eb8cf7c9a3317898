"""Networks of other offices from clean and dirty files: loaded as they are, or refused in one sentence."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.county.former import former_units, went_to
from gis_app.files.errors import FileError
from gis_app.files.former import FormerOptions, former_edit, write_former_crosswalk
from gis_app.files.mapping import Target, guess
from gis_app.files.report import ImportReport
from gis_app.grid.former_overlay import Network, overlaying
from gis_app.grid.issues import IssueKind
from gis_app.progress import finish
from tests.county.villages import at
from tests.county.villages import county as made_county
from tests.files.conftest import MakeCounty
from tests.files.test_traps import READABLE, REFUSED

WEST, EAST = shapely.box(*at(0, 0), *at(130, 300)), shapely.box(*at(130, 0), *at(400, 300))


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = made_county(tmp_path / "county.gpkg")
    yield made
    made.close()


def write(path: Path, shapes: list[shapely.Geometry | None], crs: str = "EPSG:4550", **columns: list[object]) -> Path:
    """Write a map file of polygons."""
    values = [np.array(column, object) for column in columns.values()]
    wkb = shapely.to_wkb(np.array(shapes, object))
    options = {"encoding": "GB18030"} if path.suffix == ".shp" else {}
    pyogrio.raw.write(path, wkb, values, list(columns), geometry_type="Polygon", crs=crs, **options)
    return path


def police(path: Path, **more: list[object]) -> Path:
    columns: dict[str, list[object]] = {
        "警务区编号": ["0101", "0102"],
        "警务区名称": ["东风一区", "东风二区"],
        "社区民警": ["李强", "王敏"],
        "联系电话": ["0452-110", ""],
        **more,
    }
    return write(path, [WEST, EAST], **columns)  # type: ignore[arg-type]  # no column is called crs


def load(county: County, *paths: Path, **options: object) -> ImportReport:
    result = county.perform(former_edit(paths, FormerOptions(**options)))  # type: ignore[arg-type]
    assert isinstance(result, Changes) and isinstance(result.report, ImportReport)
    return result.report


def refused(county: County, path: Path, **options: object) -> str:
    before = county.state.former_grids
    with pytest.raises(FileError) as error:
        county.perform(former_edit([path], FormerOptions(**options)))  # type: ignore[arg-type]
    assert county.state.former_grids is before
    return str(error.value)


@pytest.mark.parametrize("name", ["公安.gpkg", "公安.geojson", "公安.shp"])
def test_a_network_comes_in_with_codes_contacts_and_its_own_name(county: County, tmp_path: Path, name: str) -> None:
    report = load(county, police(tmp_path / name), office="公安局")
    assert (report.read, report.imported, report.rejected, report.issues) == (2, 2, (), ())
    (grid,) = county.state.former_grids.values()
    assert (grid.name, grid.office, grid.source) == ("公安", "公安局", name)
    unit = former_units(county.store).unit(0)
    assert (unit.code, unit.name, unit.contact, unit.phone) == ("0101", "东风一区", "李强", "0452-110")
    assert former_units(county.store).shapes[0].area == pytest.approx(39_000, rel=1e-4)


def test_several_networks_come_at_once_or_none(county: County, tmp_path: Path) -> None:
    one, two = police(tmp_path / "公安.gpkg"), police(tmp_path / "民政.gpkg")
    assert load(county, one, two).imported == 4
    assert [grid.name for grid in county.state.former_grids.values()] == ["公安", "民政"]
    units = former_units(county.store)
    assert len(set(units.id.tolist())) == 4 and sorted(units.grid.tolist()) == [1, 1, 2, 2]
    again = county.perform(former_edit([police(tmp_path / "党建.gpkg"), one]))
    assert isinstance(again, Refusal) and again.code == "name_taken" and len(county.state.former_grids) == 2


def test_errors_are_listed_and_nothing_is_mended(county: County, tmp_path: Path) -> None:
    bow = shapely.Polygon([at(0, 0), at(100, 100), at(100, 0), at(0, 80)])
    wide = shapely.box(*at(90, 0), *at(400, 300))
    path = write(tmp_path / "乱.gpkg", [bow, wide, EAST, None], 编号=["1", "2", "2", "4"], 名称=list("甲乙丙丁"))
    report = load(county, path)
    assert {IssueKind.INVALID_RING, IssueKind.OVERLAP, IssueKind.CODE_REPEATED} <= {issue.kind for issue in report.issues}
    assert [(rejection.row, str(rejection.problem)) for rejection in report.rejected] == [(4, "the row has no geometry")]
    shapes = former_units(county.store).shapes
    assert len(shapes) == 3 and not shapes[0].is_valid and shapes[1].area == pytest.approx(wide.area)


def test_columns_can_be_named_and_codes_keep_their_zeros(county: County, tmp_path: Path) -> None:
    load(county, police(tmp_path / "p.gpkg", 简称=["甲", "乙"]), name="警务", mapping={"name": "简称"})
    assert former_units(county.store).name.tolist() == ["甲", "乙"] and former_units(county.store).code.tolist() == ["0101", "0102"]
    assert "no column 全称" in refused(county, police(tmp_path / "q.gpkg"), mapping={"name": "全称"})
    assert "no field head" in refused(county, police(tmp_path / "r.gpkg"), mapping={"head": "警务区名称"})


def test_dirty_files_end_in_one_sentence(county: County, tmp_path: Path) -> None:
    table = tmp_path / "表.csv"
    table.write_text("编号,名称\n1,甲\n", encoding="utf-8")
    assert "table without areas" in refused(county, table)
    line = write(tmp_path / "points.geojson", [None, None], 名称=["a", "b"])
    assert "holds no areas; row 1" in refused(county, line)
    empty = tmp_path / "空.geojson"
    empty.write_text("")
    assert "is empty" in refused(county, empty)
    assert "no such file" in refused(county, tmp_path / "none.gpkg").lower() or "does not exist" in refused(county, tmp_path / "none.gpkg")


@pytest.mark.parametrize("name", sorted(READABLE))
def test_every_trap_with_areas_is_loaded_and_laid_over_itself(shared_data: Path, make_county: MakeCounty, name: str) -> None:
    county = make_county(crs="EPSG:4549", code_scheme="free")
    path, expected = shared_data / "traps" / name, READABLE[name][1]
    if path.suffix in (".csv", ".xlsx"):
        assert "table without areas" in refused(county, path)
        return
    report = load(county, path)
    assert report.imported in (expected, expected + 1), "a unit that is drawn twice comes in twice"
    grid = next(iter(county.state.former_grids))
    assert set(former_units(county.store).name.tolist()) != {""}
    network = Network.measured(former_units(county.store, grid).id, former_units(county.store, grid).shapes)
    none = np.zeros(0, np.int64)
    assert finish(overlaying(network, network, (none, none))).agreement.area == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_every_other_trap_ends_in_the_sentence_of_every_import(shared_data: Path, make_county: MakeCounty, name: str) -> None:
    assert REFUSED[name] in refused(make_county(crs="EPSG:4549", code_scheme="free"), shared_data / "traps" / name)


def test_a_grid_elsewhere_is_loaded_with_a_doubt(county: County, tmp_path: Path) -> None:
    path = write(tmp_path / "far.gpkg", [shapely.box(400_000, 5_200_000, 400_100, 5_200_100)], 名称=["甲"])
    assert any("beyond this county" in str(note) for note in load(county, path).notes)


def test_the_crosswalk_is_written_as_a_workbook_without_contacts(county: County, tmp_path: Path) -> None:
    load(county, police(tmp_path / "公安.gpkg"))
    units = former_units(county.store)
    went = went_to(county.store, units.id.tolist())
    grids = {grid.id: grid.name for grid in county.state.former_grids.values()}
    target = tmp_path / "对照.xlsx"
    assert finish(write_former_crosswalk(county.state, grids, units, went, target)) == len(went) > 10
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:6] == ("grid", "old_code", "old_name", "new_code", "new_name", "village") and len(rows) == len(went) + 1
    first = next(row for row in rows if row[2] == "东风一区" and row[6] == 3000)
    assert first[0] == "公安" and first[1] == "0101" and len(str(first[3])) == 15
    assert "李强" not in str(rows)
    with pytest.raises(FileError, match=r"\.xlsx, \.csv"):
        finish(write_former_crosswalk(county.state, grids, units, went, tmp_path / "x.pdf"))


def test_headers_of_offices_are_known() -> None:
    columns = ["党小组编号", "党小组名称", "党小组长", "手机号", "备注"]
    assert guess(columns, Target.FORMER) == dict(zip(("code", "name", "contact", "phone", "remark"), columns, strict=True))
