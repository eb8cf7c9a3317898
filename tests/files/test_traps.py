"""Every broken or odd file ends in a right import or in one clear sentence."""

import zipfile
from pathlib import Path

import pytest
import shapely

from gis_app.errors import UserError
from gis_app.files.boundaries import BoundaryOptions, boundary_edit
from gis_app.files.points import point_edit
from gis_app.files.preview import preview
from gis_app.grid.coverage import extent
from gis_app.grid.units import Level
from tests.files.conftest import MakeCounty, perform, squares, write_map

TOWNS = BoundaryOptions(Level.TOWNSHIP, code="TOWNCODE", name="TOWNNAME")
VILLAGES = BoundaryOptions(Level.VILLAGE, code="村代码", name="村名")
LISTED = BoundaryOptions(Level.VILLAGE, code="code", name="name", township_code="streetCode")
CHIAYI = (512_076, 2_568_443, 597_827, 2_615_046)  # EPSG:4549
READABLE = {
    "bom.geojson": (TOWNS, 18, "太保市"),
    "gbk.geojson": (TOWNS, 18, "太保市"),
    "huge_coordinate.geojson": (TOWNS, 18, "太保市"),
    "latitude_first.geojson": (TOWNS, 18, "太保市"),
    "nan_coordinate.geojson": (TOWNS, 18, "太保市"),
    "null_empty_point.geojson": (TOWNS, 15, "水上鄉"),
    "gap_overlap_duplicate.gpkg": (BoundaryOptions(Level.VILLAGE, code="VILLCODE", name="VILLNAME"), 357, "月眉村"),
    **{
        f"{name}.zip": (VILLAGES, 357, "月眉村")
        for name in (
            "gbk_cpg_says_utf8", "gbk_ldid_00", "gbk_ldid_4d", "gbk_ldid_57", "gbk_without_cpg", "utf8_without_cpg", "without_prj",
            "zone_in_easting_without_prj",
        )
    },
    "gb18030.csv": (LISTED, 124, "红旗社区居委会"),
    "codes_as_numbers.xlsx": (LISTED, 124, "红旗社区居委会"),
}  # fmt: skip
REFUSED = {
    "empty_file.geojson": "empty_file.geojson is empty",
    "no_features.geojson": "no_features.geojson holds no rows",
    "truncated.geojson": "truncated.geojson is damaged",
    "truncated_dbf.zip": "truncated_dbf.dbf is cut off",
    "truncated_shp.zip": "truncated_shp.shp is cut off",
    "truncated_shx.zip": "truncated_shx.shx is cut off",
}


def test_every_trap_has_its_test(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "traps").iterdir()} <= READABLE.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", sorted(READABLE))
def test_odd_files_come_in_right(name: str, shared_data: Path, make_county: MakeCounty) -> None:
    options, count, first = READABLE[name]
    county = make_county()
    report = perform(county, boundary_edit(shared_data / "traps" / name, options))
    level = Level(options.level)
    assert report.imported == count == len(county.state.units.at_level(level))
    assert first in {unit.name for unit in county.state.units.at_level(level)}
    assert report.read == report.imported + len(report.rejected)
    assert all(unit.code.isdigit() for unit in county.state.units.at_level(level))
    if name.endswith((".csv", ".xlsx")):
        assert not county.state.coverage.cells
        assert county.state.units.by_code("230225100001", Level.VILLAGE) is not None
        return
    assert extent(county.state.coverage) == pytest.approx(CHIAYI, abs=60)
    assert len(county.state.units.at_level(Level.CELL)) == count


@pytest.mark.parametrize("name", sorted(REFUSED))
@pytest.mark.parametrize("language_name", ["en", "zh_CN"])
def test_broken_files_are_refused_in_one_sentence(name: str, language_name: str, shared_data: Path, make_county: MakeCounty) -> None:
    from gis_app import language

    county = make_county()
    path = shared_data / "traps" / name
    language.use(language_name)
    with pytest.raises(UserError) as raised:
        perform(county, boundary_edit(path, TOWNS))
    text = str(raised.value)
    assert name in text
    assert "\n" not in text
    if language_name == "en":
        assert REFUSED[name] in text
    else:
        assert any("\u4e00" <= char <= "\u9fff" for char in text)
    assert not county.state.units
    with pytest.raises(UserError):
        preview(path)


def test_rows_without_an_area_are_rejected_with_reasons(shared_data: Path, make_county: MakeCounty) -> None:
    report = perform(make_county(), boundary_edit(shared_data / "traps" / "null_empty_point.geojson", TOWNS))
    assert [(r.row, str(r.problem)) for r in report.rejected] == [
        (1, "the row has no geometry"),
        (2, "the geometry is empty"),
        (3, "the geometry is a point, not an area"),
    ]


def test_a_duplicate_is_rejected_and_a_gap_listed_and_mended_on_request(shared_data: Path, make_county: MakeCounty) -> None:
    path = shared_data / "traps" / "gap_overlap_duplicate.gpkg"
    plain = BoundaryOptions(Level.VILLAGE, code="VILLCODE", name="VILLNAME")
    first = perform(make_county(), boundary_edit(path, plain))
    assert [r.row for r in first.rejected] == [358]
    assert "the same unit as row 101" in str(first.rejected[0].problem)
    gaps = [issue for issue in first.issues if issue.kind == "gap" and issue.repairable]
    assert [round(gap.area, -1) for gap in gaps] == [10350]
    mended = perform(make_county(), boundary_edit(path, BoundaryOptions(Level.VILLAGE, code="VILLCODE", name="VILLNAME", repair=True)))
    assert sum(repair.area for repair in mended.repaired) == pytest.approx(10347, abs=2)
    assert not [issue for issue in mended.issues if issue.repairable]


@pytest.mark.parametrize("bad", ["NaN", "1e308"])
def test_impossible_coordinates_reject_their_row(bad: str, tmp_path: Path, make_county: MakeCounty) -> None:
    def feature(name: str, ring: str) -> str:
        return (
            f'{{"type": "Feature", "properties": {{"code": "{name}", "name": "{name}"}}, '
            f'"geometry": {{"type": "Polygon", "coordinates": [{ring}]}}}}'
        )

    good = "[[120.1, 23.1], [120.2, 23.1], [120.2, 23.2], [120.1, 23.1]]"
    wrong = f"[[120.2, 23.1], [{bad}, 23.1], [120.3, 23.2], [120.2, 23.1]]"
    path = tmp_path / "bad.geojson"
    path.write_text(f'{{"type": "FeatureCollection", "features": [{feature("A", good)}, {feature("B", wrong)}]}}')
    report = perform(make_county(code_scheme="free"), boundary_edit(path, BoundaryOptions(Level.CELL, code="code")))
    assert report.imported == 1
    assert [(r.row, str(r.problem)) for r in report.rejected] == [(2, "1 coordinates are impossible (no number, or out of range)")]


def test_a_file_with_nothing_to_import_says_why(tmp_path: Path, make_county: MakeCounty) -> None:
    path = write_map(tmp_path / "points.gpkg", [shapely.Point(500_000, 5_300_000)], {"code": ["1"]})
    county = make_county()
    with pytest.raises(UserError, match=r"Nothing in points.gpkg can be imported; row 1, for example: the geometry is a point"):
        perform(county, boundary_edit(path, BoundaryOptions(Level.CELL, code="code")))


def test_a_part_of_a_shapefile_that_is_missing_is_named(tmp_path: Path) -> None:
    path = write_map(tmp_path / "cells.shp", squares(2, 1), {"code": ["1", "2"]})
    path.with_suffix(".dbf").unlink()
    with pytest.raises(UserError, match=r"the part cells.dbf is missing"):
        preview(path)


class _WindowsEntry(zipfile.ZipInfo):
    """An entry whose name is in GBK, as Chinese Windows packs it, without a word about it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gb18030"), self.flag_bits


def test_archives_with_chinese_names_and_several_layers(tmp_path: Path, make_county: MakeCounty) -> None:
    write_map(tmp_path / "a.shp", squares(2, 1), {"code": ["1", "2"]}, encoding="UTF-8")
    archive = tmp_path / "全部.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for suffix in (".shp", ".shx", ".dbf", ".prj"):
            for name in ("网格", "村界"):
                packed.writestr(_WindowsEntry(f"数据/{name}{suffix}"), (tmp_path / "a").with_suffix(suffix).read_bytes())
    found = preview(archive)
    assert set(found.layers) == {"网格", "村界"}
    county = make_county(code_scheme="free")
    assert perform(county, boundary_edit(archive, BoundaryOptions(Level.CELL, code="code", layer="网格"))).imported == 2
    with pytest.raises(UserError, match=r"全部.zip has no layer 别的"):
        perform(county, boundary_edit(archive, BoundaryOptions(Level.CELL, code="code", layer="别的")))


def test_a_table_without_areas_is_no_file_of_cells(shared_data: Path, make_county: MakeCounty) -> None:
    county = make_county()
    with pytest.raises(UserError, match=r"gb18030.csv has no geometry; cells need areas"):
        perform(county, boundary_edit(shared_data / "traps" / "gb18030.csv", BoundaryOptions(Level.CELL, code="code")))


def test_a_column_that_is_not_there_is_named_with_those_that_are(shared_data: Path, make_county: MakeCounty) -> None:
    county = make_county()
    with pytest.raises(UserError, match=r"bom.geojson has no column TOWN_ID; it has: TOWNCODE, TOWNNAME"):
        perform(county, boundary_edit(shared_data / "traps" / "bom.geojson", BoundaryOptions(Level.TOWNSHIP, code="TOWN_ID")))


def test_lists_of_codes_come_in_as_departments_or_households_too(shared_data: Path, make_county: MakeCounty) -> None:
    county = make_county()
    report = perform(county, point_edit(shared_data / "traps" / "gb18030.csv", "households", None, county.store))
    assert report.imported == 124
    assert county.store.rows("households", columns=["code", "head"])["head"][0] == "红旗社区居委会"
