"""Offices divided the county in their own ways: their grids are loaded, laid over one another, used in a draft, and found afterwards."""

from pathlib import Path

import openpyxl
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from gis_app.county.former import former_called, went_to
from gis_app.grid.coverage import areas, polygons, unions
from gis_app.grid.issues import IssueKind
from gis_app.gui.former_compare import FormerComparePanel
from gis_app.gui.former_panel import FormerPanel
from gis_app.gui.former_unit_panel import FormerUnitPanel
from gis_app.gui.publish_panel import PublishPanel
from tests.files.test_former import write
from tests.journeys.command_line import report
from tests.journeys.planner import Planner, assert_sound, stored

VILLAGE = "富强村"


def outline(planner: Planner) -> shapely.Geometry:
    """Return the land of a village."""
    cells = [cell.id for cell in planner.state.units.cells(planner.unit(VILLAGE).id)]
    return unions(planner.state.coverage, {1: cells})[1]


def old_grids(planner: Planner, folder: Path) -> tuple[Path, Path]:
    """Write the grids of two offices for one village: halves from west to east, and from north to south, the latter with an overlap."""
    land = outline(planner)
    west, south, east, north = land.bounds
    middle = land.representative_point()
    across = [shapely.box(west, south, middle.x, north), shapely.box(middle.x, south, east, north)]
    down = [shapely.box(west, middle.y - 30, east, north), shapely.box(west, south, east, middle.y)]
    one = write(
        folder / "民政网格.gpkg",
        [_largest(land.intersection(part)) for part in across],
        网格编号=["MZ-01", "MZ-02"],
        网格名称=["富强西片", "富强东片"],
        网格长=["赵大海", "钱小梅"],
        电话=["16100000001", "16100000002"],
    )
    two = write(
        folder / "城管网格.gpkg",
        [_largest(land.intersection(part)) for part in down],
        网格编号=["CG-1", "CG-2"],
        网格名称=["北责任区", "南责任区"],
    )
    return one, two


def _largest(shape: shapely.Geometry) -> shapely.Geometry:
    return max(shapely.get_parts(shape).tolist(), key=lambda part: part.area)


def test_old_grids_are_loaded_compared_used_published_and_found(planner: Planner, county_file: Path, tmp_path: Path) -> None:
    old = old_grids(planner, tmp_path)
    panel = planner.window.findChild(FormerPanel)
    assert panel is not None

    # load them: what is wrong with them is told, and stays
    planner.press("Load a grid of another office", panel)
    planner.choose_file(old[0])
    planner.press("Load a grid of another office", panel)
    planner.choose_file(old[1])
    planner.settle()
    grids = {grid.name: grid for grid in planner.session.county.state.former_grids.values()}
    assert {"民政网格", "城管网格"} <= grids.keys()
    former = planner.session.former
    planner.qtbot.waitUntil(lambda: grids["城管网格"].id in former.ask() and former.ask()[grids["城管网格"].id].issues is not None)
    issues = former.ask()[grids["城管网格"].id].issues or ()
    assert IssueKind.OVERLAP in {issue.kind for issue in issues}
    told = f"2 units, {len(issues)} errors"
    planner.qtbot.waitUntil(lambda: told in [button.text() for button in panel.findChildren(QPushButton)])

    # lay them over one another
    planner.press("Lay over one another", panel)
    compared = planner.window.findChild(FormerComparePanel)
    assert compared is not None
    compared._set_one(grids["民政网格"].id)
    compared._set_other(grids["城管网格"].id)
    planner.settle()
    planner.qtbot.waitUntil(lambda: compared.sides is not None)
    assert compared.sides is not None
    assert 0 < compared.sides.overlaid.agreement.area < 0.9 and compared.sides.overlaid.differences
    assert "% agrees" in planner.words(compared)
    compared.close_panel()

    # an old number in the search box leads to the unit, and its border into a draft
    before, whole = set(planner.state.coverage.cells), sum(areas(planner.state.coverage).values())
    search(planner, "MZ-01")
    unit = planner.window.findChild(FormerUnitPanel)
    assert unit is not None and "民政网格" in planner.words(unit)
    assert "赵" in planner.words(unit) and "赵大海" not in planner.words(unit), "names are masked until they are asked for"
    planner.press("Use these borders here", unit)
    planner.settle()
    planner.qtbot.waitUntil(lambda: planner.session.drafting)
    made = set(planner.state.coverage.cells) - before
    assert made and "Take over the borders of 富强西片" in planner.history()[0]
    assert_sound(planner.state.coverage, whole)
    border = former.ask()[grids["民政网格"].id].layer.shapes[0]
    for cell in made:
        shape = planner.shapes[cell]
        inside = shapely.intersection(shape, border).area / shape.area
        assert inside < 0.05 or inside > 0.95, "no new cell lies across the old border"

    # publish: the crosswalk follows in the same step, and is undone with it
    store = planner.session.county.store
    old_unit = former_called(store, "MZ-01")[0].id
    went_before = {row.cell for row in went_to(store, [old_unit])}
    planner.press("Publish")
    publishing = planner.window.findChild(PublishPanel)
    assert publishing is not None
    planner.press("Publish", publishing)
    planner.settle()
    went = went_to(store, [old_unit])
    assert {row.cell for row in went} != went_before and {row.cell for row in went} & made
    assert sum(row.area_share for row in went) == pytest.approx(1, abs=1e-6)

    # the table for the offices, without anybody's name
    planner.press("Where the units went", panel)
    planner.choose_file(tmp_path / "对照.xlsx")
    planner.settle()
    sheet = openpyxl.load_workbook(tmp_path / "对照.xlsx").active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert {"民政网格", "城管网格", "党建网格"} <= {line[0] for line in lines} and "赵大海" not in str(lines)

    # another day, and on the command line: the old number is still known
    planner.close()
    (known,) = report("former", county_file, "find", "MZ-01")["units"]
    county = stored(county_file)
    try:
        codes = {county.state.units[row.cell].code for row in went if row.cell}
        assert polygons(county.state.coverage).keys() >= made
    finally:
        county.close()
    assert known["grid"] == "民政网格" and {cell["code"] for cell in known["cells"] if cell["code"]} == codes


def search(planner: Planner, words: str) -> None:
    """Write words into the search box and take the first that is found."""
    box = planner.window.search
    planner.key("Ctrl+K")
    planner.qtbot.keyClicks(box, words)
    planner.qtbot.keyClick(box, Qt.Key.Key_Return)
    planner.qtbot.waitUntil(lambda: planner.window.findChild(FormerUnitPanel) is not None)
