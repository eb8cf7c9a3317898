"""Levels on their way into the county: what comes above, what is replaced, what is rejected."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_app.county.changes import Edit, Outcome, RowChange
from gis_app.county.county import County
from gis_app.errors import UserError
from gis_app.files.boundaries import BoundaryOptions, boundary_edit
from gis_app.grid.coverage import polygons
from gis_app.grid.units import Level, UnitKind
from gis_app.language import msg
from gis_app.progress import Progress
from tests.files.conftest import MakeCounty, perform, squares, write_map

CELL, VILLAGE, TOWNSHIP = Level.CELL, Level.VILLAGE, Level.TOWNSHIP


def _tree(county: County) -> list[tuple[str, ...]]:
    """Return the codes from township to cell of every cell."""
    return [tuple(step.code for step in county.state.units.path(cell.id)) for cell in county.state.units.at_level(CELL)]


def _grid(folder: Path, codes: list[str], **columns: list[str]) -> Path:
    """Write two rows of three cells."""
    return write_map(folder / "cells.gpkg", squares(3, 2), {"code": codes, **columns})


CODES = [f"2302252012{village:02}{cell:03}" for village in (1, 2) for cell in (1, 2, 3)]


def test_codes_of_the_national_standard_bring_their_upper_levels(tmp_path: Path, make_county: MakeCounty) -> None:
    county = make_county()
    report = perform(county, boundary_edit(_grid(tmp_path, CODES), BoundaryOptions(CELL, code="code")))
    assert report.imported == 6
    assert _tree(county) == [("230225201", code[:12], code) for code in CODES]
    assert county.state.settings.code_scheme == "gbt"


def test_kinds_are_known_without_naming_their_column(tmp_path: Path, make_county: MakeCounty) -> None:
    county = make_county()
    codes = [f"230225201201{n:03}" for n in range(1, 7)]
    kinds = ["community_cell", "rural_cell", "社区网格", "农村网格", "", "something"]
    perform(county, boundary_edit(_grid(tmp_path, codes, kind=kinds), BoundaryOptions(CELL)))
    rural, urban = UnitKind.RURAL_CELL, UnitKind.COMMUNITY_CELL
    assert [unit.kind for unit in county.state.units.at_level(CELL)] == [urban, rural, urban, rural, rural, rural]


def test_a_level_that_nobody_names_gets_one_unit(tmp_path: Path, make_county: MakeCounty) -> None:
    county = make_county()
    report = perform(county, boundary_edit(_grid(tmp_path, list("abcdef")), BoundaryOptions(CELL, code="code")))
    assert Counter(u.level for u in county.state.units.values()) == {CELL: 6, VILLAGE: 1, TOWNSHIP: 1}
    assert {u.name for u in county.state.units.values() if u.level != CELL} == {"示例县"}
    assert county.state.settings.code_scheme == "free"
    assert "The codes are not of the national standard, so the county now uses free codes." in [str(note) for note in report.notes]


def test_without_a_code_column_codes_are_given(tmp_path: Path, make_county: MakeCounty) -> None:
    path = write_map(tmp_path / "cells.gpkg", squares(2, 1), {"label": ["东", "西"]})
    county = make_county()
    perform(county, boundary_edit(path, BoundaryOptions(CELL, name="label")))
    assert _tree(county) == [("230225200", "230225200200", f"23022520020000{n}") for n in (1, 2)]
    assert [cell.name for cell in county.state.units.at_level(CELL)] == ["东", "西"]


def test_a_county_without_a_code_gives_free_codes(tmp_path: Path, make_county: MakeCounty) -> None:
    path = write_map(tmp_path / "cells.gpkg", squares(2, 1), {"label": ["东", "西"]})
    county = make_county(code="", name="某县")
    report = perform(county, boundary_edit(path, BoundaryOptions(CELL, name="label")))
    assert report.imported == 2
    assert county.state.settings.code_scheme == "free"
    assert _tree(county) == [("某县", "某县", "某县-1"), ("某县", "某县", "某县-2")]


def test_upper_levels_come_from_columns(tmp_path: Path, make_county: MakeCounty) -> None:
    names = ["兴隆社区居委会"] * 3 + ["永安村"] * 3
    path = _grid(tmp_path, list("abcdef"), vc=["v1"] * 3 + ["v2"] * 3, vn=names, tc=["t"] * 6, tn=["音河镇"] * 6)
    county = make_county(code_scheme="free")
    options = BoundaryOptions(CELL, code="code", village_code="VC", village_name="vn", township_code="tc", township_name="tn")
    perform(county, boundary_edit(path, options))
    assert _tree(county) == [("t", "v1" if code in "abc" else "v2", code) for code in "abcdef"]
    villages = county.state.units.at_level(VILLAGE)
    assert [(u.name, u.kind) for u in villages] == [("兴隆社区居委会", UnitKind.COMMUNITY), ("永安村", UnitKind.VILLAGE)]
    assert county.state.units.at_level(TOWNSHIP)[0].kind == UnitKind.TOWN
    assert [u.kind for u in county.state.units.at_level(CELL)] == [UnitKind.COMMUNITY_CELL] * 3 + [UnitKind.RURAL_CELL] * 3


def test_townships_alone_give_one_village_and_one_cell_each_until_finer_units_come(tmp_path: Path, make_county: MakeCounty) -> None:
    county = make_county(code_scheme="free")
    towns = write_map(tmp_path / "towns.gpkg", [shapely.box(500_000, 5_298_000, 503_000, 5_300_000)], {"code": ["t"], "name": ["音河镇"]})
    perform(county, boundary_edit(towns, BoundaryOptions(TOWNSHIP, code="code", name="name")))
    assert _tree(county) == [("t", "t-1", "t-1-1")]
    villages = [shapely.box(500_000, 5_299_000, 503_000, 5_300_000), shapely.box(500_000, 5_298_000, 503_000, 5_299_000)]
    path = write_map(tmp_path / "villages.gpkg", villages, {"code": ["v1", "v2"], "name": ["永安村", "新立村"]})
    perform(county, boundary_edit(path, BoundaryOptions(VILLAGE, code="code", name="name")))
    assert _tree(county) == [("t", "v1", "v1-1"), ("t", "v2", "v2-1")]
    report = perform(county, boundary_edit(_grid(tmp_path, list("abcdef")), BoundaryOptions(CELL, code="code")))
    assert _tree(county) == [("t", "v1" if code in "abc" else "v2", code) for code in "abcdef"]
    assert "2 cells were replaced by the new ones that lie over them." in [str(note) for note in report.notes]
    assert not report.issues


def test_villages_and_townships_over_cells_take_them_in(tmp_path: Path, make_county: MakeCounty) -> None:
    county = make_county(code_scheme="free")
    perform(county, boundary_edit(_grid(tmp_path, list("abcdef")), BoundaryOptions(CELL, code="code")))
    before = polygons(county.state.coverage)
    halves = [shapely.box(499_990, 5_299_000, 503_010, 5_300_000), shapely.box(499_990, 5_298_000, 503_010, 5_299_000)]
    villages = write_map(tmp_path / "villages.gpkg", halves, {"code": ["v1", "v2"]})
    perform(county, boundary_edit(villages, BoundaryOptions(VILLAGE, code="code")))
    assert _tree(county) == [("230225", "v1" if code in "abc" else "v2", code) for code in "abcdef"]
    town = [shapely.box(499_990, 5_298_900, 503_010, 5_300_000), shapely.box(510_000, 5_298_000, 511_000, 5_299_000)]
    path = write_map(tmp_path / "towns.gpkg", town, {"code": ["t", "far"]})
    report = perform(county, boundary_edit(path, BoundaryOptions(TOWNSHIP, code="code")))
    assert [str(r.problem) for r in report.rejected] == ["no village lies in it"]
    strays = [issue for issue in report.issues if issue.kind == "village_outside_township"]
    assert [str(issue.message) for issue in strays] == ["90.0 % of v2 lies outside t."]
    after = polygons(county.state.coverage)
    assert before.keys() == after.keys()
    assert all(shapely.equals_identical(before[cell], after[cell]) for cell in before)


def test_townships_over_cells_that_nobody_put_into_villages_divide_them(tmp_path: Path, make_county: MakeCounty) -> None:
    county = make_county(code_scheme="free")
    perform(county, boundary_edit(_grid(tmp_path, list("abcdef")), BoundaryOptions(CELL, code="code")))
    halves = [shapely.box(500_000, 5_299_000, 503_000, 5_300_000), shapely.box(500_000, 5_298_000, 503_000, 5_299_000)]
    path = write_map(tmp_path / "towns.gpkg", halves, {"code": ["t1", "t2"], "name": ["甲镇", "乙镇"]})
    report = perform(county, boundary_edit(path, BoundaryOptions(TOWNSHIP, code="code", name="name")))
    assert report.imported == 2
    assert not report.issues
    assert [branch[0] for branch in _tree(county)] == ["t1"] * 3 + ["t2"] * 3
    assert [(u.name, len(county.state.units.cells(u.id))) for u in county.state.units.at_level(VILLAGE)] == [("甲镇", 3), ("乙镇", 3)]


def test_a_unit_in_several_rows_is_one_unit(tmp_path: Path, make_county: MakeCounty) -> None:
    enclave = shapely.box(510_000, 5_299_000, 511_000, 5_300_000)
    path = write_map(tmp_path / "cells.gpkg", [*squares(2, 1), enclave], {"code": ["a", "b", "a"]})
    county = make_county(code_scheme="free")
    report = perform(county, boundary_edit(path, BoundaryOptions(CELL, code="code")))
    assert (report.read, report.imported) == (3, 2)
    assert [str(repair) for repair in report.repaired] == ["row 1: rows 1, 3 are parts of one unit, a"]
    cell = county.state.units.by_code("a", CELL)
    assert cell is not None
    assert polygons(county.state.coverage)[cell.id].area == 2e6


def test_wrong_and_repeated_codes_reject_their_rows(tmp_path: Path, make_county: MakeCounty) -> None:
    codes = [*CODES[:3], "12", "", CODES[0]]
    path = write_map(tmp_path / "cells.gpkg", squares(3, 2), {"code": codes, "name": ["一", "二", "三", "四", "五", "六"]})
    county = make_county()
    report = perform(county, boundary_edit(path, BoundaryOptions(CELL, code="code", name="name")))
    assert report.imported == 3
    assert [r.row for r in report.rejected] == [4, 5, 6]
    texts = [str(r.problem) for r in report.rejected]
    assert "must have 15 digits" in texts[0]
    assert texts[1:] == ["the row has no code", f"code {CODES[0]} is that of row 1 (一) already"]


def test_a_county_with_units_keeps_its_codes(tmp_path: Path, make_county: MakeCounty) -> None:
    county = make_county()
    perform(county, boundary_edit(_grid(tmp_path, CODES), BoundaryOptions(CELL, code="code")))
    other = write_map(tmp_path / "other.gpkg", squares(2, 1, x=520_000), {"code": ["a", "b"]})
    with pytest.raises(UserError, match=r"other.gpkg: 2 of 2 codes do not fit the county's code scheme"):
        perform(county, boundary_edit(other, BoundaryOptions(CELL, code="code")))
    assert len(county.state.units.at_level(CELL)) == 6


def test_the_same_file_twice_changes_nothing(tmp_path: Path, make_county: MakeCounty) -> None:
    county = make_county()
    edit = boundary_edit(_grid(tmp_path, CODES), BoundaryOptions(CELL, code="code"))
    perform(county, edit)
    units, shapes = dict(county.state.units), polygons(county.state.coverage)
    perform(county, edit)
    assert dict(county.state.units) == units
    assert all(shapely.equals(shape, shapes[cell]) for cell, shape in polygons(county.state.coverage).items())


def test_households_follow_new_boundaries(tmp_path: Path, make_county: MakeCounty) -> None:
    county = make_county(code_scheme="free")
    towns = write_map(tmp_path / "towns.gpkg", [shapely.box(500_000, 5_298_000, 503_000, 5_300_000)], {"code": ["t"]})
    perform(county, boundary_edit(towns, BoundaryOptions(TOWNSHIP, code="code")))
    old = county.state.units.at_level(CELL)[0].id
    geom = np.array([[500_500.0, 5_299_500.0], [502_500.0, 5_298_500.0]])

    def settle(state: object):  # type: ignore[no-untyped-def]
        yield Progress(0.0, msg("Checking {count} rows", count=2))
        household = {"id": np.array([1, 2]), "geom": geom, "cell": np.array([old, old])}
        worker = {"id": np.array([1]), "name": np.array(["王五"], dtype=object), "cell": np.array([old])}
        return Outcome((RowChange("households", insert=household), RowChange("workers", insert=worker)))

    county.perform(Edit(msg("Checking {count} rows", count=2), settle))
    perform(county, boundary_edit(_grid(tmp_path, list("abcdef")), BoundaryOptions(CELL, code="code")))
    assert [county.state.units[cell].code for cell in county.state.households.cell.tolist()] == ["a", "f"]
    assert county.state.workers[1].cell == 0
    county.undo()
    assert county.state.households.cell.tolist() == [old, old]


def test_overlaps_are_listed_and_mended_on_request(tmp_path: Path, make_county: MakeCounty) -> None:
    left, right = squares(2, 1)
    wide = shapely.box(500_999.5, 5_299_000, 502_000, 5_300_000)
    path = write_map(tmp_path / "cells.gpkg", [left, wide], {"code": ["a", "b"]})
    plain = perform(make_county(code_scheme="free"), boundary_edit(path, BoundaryOptions(CELL, code="code")))
    assert "overlap" in {str(issue.kind) for issue in plain.issues}
    county = make_county(code_scheme="free")
    report = perform(county, boundary_edit(path, BoundaryOptions(CELL, code="code", repair=True)))
    assert not report.issues
    assert [round(repair.area) for repair in report.repaired] == [500]
    assert shapely.union_all(list(polygons(county.state.coverage).values())).equals(shapely.union(left, right))


def test_a_bow_tie_comes_in_as_it_is_and_valid_on_request(tmp_path: Path, make_county: MakeCounty) -> None:
    bow = shapely.Polygon([(500_000, 5_299_000), (501_000, 5_300_000), (501_000, 5_299_000), (500_000, 5_300_000), (500_000, 5_299_000)])
    path = write_map(tmp_path / "cells.gpkg", [bow, squares(1, 1, x=501_000)[0]], {"code": ["a", "b"]})
    county = make_county(code_scheme="free")
    report = perform(county, boundary_edit(path, BoundaryOptions(CELL, code="code", repair=True)))
    assert report.imported == 2
    assert "row 1: the boundary crossed itself and was made valid" in [str(repair) for repair in report.repaired]
    assert all(shape.is_valid for shape in polygons(county.state.coverage).values())


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_boundaries_drawn_on_web_maps_are_moved_back(datum: str, tmp_path: Path, make_county: MakeCounty) -> None:
    path = write_map(tmp_path / "cells.geojson", [shapely.box(120.0, 30.0, 120.1, 30.1)], {"code": ["a"]}, crs="EPSG:4326")
    plain, moved = make_county(code_scheme="free"), make_county(code_scheme="free")
    perform(plain, boundary_edit(path, BoundaryOptions(CELL, code="code")))
    perform(moved, boundary_edit(path, BoundaryOptions(CELL, code="code", crs=datum)))
    distance = shapely.hausdorff_distance(polygons(plain.state.coverage)[3], polygons(moved.state.coverage)[3])
    assert 200 < distance < 1500


def test_stopping_half_way_imports_nothing(tmp_path: Path, make_county: MakeCounty) -> None:
    county = make_county()
    steps = county.performing(boundary_edit(_grid(tmp_path, CODES), BoundaryOptions(CELL, code="code")))
    for _ in range(4):
        next(steps)
    steps.close()
    assert not county.state.units
    assert perform(county, boundary_edit(_grid(tmp_path, CODES), BoundaryOptions(CELL, code="code"))).imported == 6


# Real counties


def test_new_york_comes_in_whole_with_its_defects_listed(shared_data: Path, make_county: MakeCounty) -> None:
    county = make_county(name="New York", code="", crs="EPSG:2263")
    options = BoundaryOptions(
        "cell", code="BoroCT2010", name="CTLabel", village_code="NTACode", village_name="NTAName", township_code="BoroCode",
        township_name="BoroName",
    )  # fmt: skip
    report = perform(county, boundary_edit(shared_data / "nyc" / "tracts.zip", options))
    assert (report.read, report.imported, report.rejected) == (2165, 2165, ())
    assert Counter(unit.level for unit in county.state.units.values()) == {TOWNSHIP: 5, VILLAGE: 195, CELL: 2165}
    assert {str(issue.kind) for issue in report.issues} >= {"overlap"}
    report = perform(
        county, boundary_edit(shared_data / "nyc" / "boroughs.zip", BoundaryOptions("township", code="BoroCode", name="BoroName"))
    )
    assert report.imported == 5
    assert Counter(unit.level for unit in county.state.units.values()) == {TOWNSHIP: 5, VILLAGE: 195, CELL: 2165}


def test_chiayi_comes_in_from_either_end(shared_data: Path, make_county: MakeCounty) -> None:
    towns = boundary_edit(shared_data / "chiayi" / "towns.geojson", BoundaryOptions(TOWNSHIP, code="TOWNCODE", name="TOWNNAME"))
    villages = boundary_edit(
        shared_data / "chiayi" / "villages.geojson", BoundaryOptions(VILLAGE, code="VILLCODE", name="VILLNAME", township_code="TOWNCODE")
    )
    down, up = make_county(crs="EPSG:3826"), make_county(crs="EPSG:3826")
    for county, edits in ((down, (towns, villages)), (up, (villages, towns))):
        for edit in edits:
            assert not perform(county, edit).rejected
        assert Counter(unit.level for unit in county.state.units.values()) == {TOWNSHIP: 18, VILLAGE: 357, CELL: 357}
        assert "太保市" in {unit.name for unit in county.state.units.at_level(TOWNSHIP)}
        assert all(county.state.units[u.parent].code == u.code[:8] for u in county.state.units.at_level(VILLAGE))
    assert {u.code for u in down.state.units.at_level(VILLAGE)} == {u.code for u in up.state.units.at_level(VILLAGE)}


def test_code_tables_of_gannan_are_units_without_cells(shared_data: Path, make_county: MakeCounty) -> None:
    county = make_county(crs="EPSG:4550")
    folder = shared_data / "gannan_codes"
    options = BoundaryOptions(VILLAGE, code="code", name="name", township_code="streetCode")
    perform(county, boundary_edit(folder / "villages.csv", options))
    perform(county, boundary_edit(folder / "townships.csv", BoundaryOptions(TOWNSHIP, code="code", name="name")))
    townships = county.state.units.at_level(TOWNSHIP)
    assert (len(townships), len(county.state.units.at_level(VILLAGE))) == (12, 124)
    assert townships[0].name == "甘南镇"
    assert townships[0].kind == UnitKind.TOWN
    assert UnitKind.FARM in {unit.kind for unit in townships}
    assert county.state.settings.code_scheme == "gbt"
