"""A planner splits a village's cell along a river and numbers the village anew; takes it back, does it again, and finds it in the file."""

from pathlib import Path

import numpy as np
import shapely
from PySide6.QtWidgets import QMenu

from gis_app.grid.coverage import areas
from gis_app.map.palette import LIGHT
from tests.journeys.planner import LEFT, Place, Planner, assert_sound, draft_in, same_borders, stored


def add_maps(planner: Planner, path: Path) -> None:
    """Add a file of maps as reference layers, through the list at the left."""
    planner.qtbot.mouseClick(planner.button("Add a reference layer"), LEFT)
    menu = next(menu for menu in planner.window.findChildren(QMenu) if menu.isVisible())
    planner.choose(menu, "Map file")
    planner.choose_file(path)
    planner.settle()
    planner.qtbot.waitUntil(lambda: planner.canvas.snapper is not None and planner.canvas.snapper.references is not None)


def cell_across_a_river(planner: Planner) -> tuple[int, Place, tuple[int, int], tuple[int, int]]:
    """Return a cell that a river parts, a place of the river in it, resident households and all households of each side."""
    state = planner.state
    rivers = next(reference for reference in state.references.values() if reference.name == "rivers")
    layer = planner.session.shelf.found(rivers)
    found = []
    for line in layer.shapes:  # type: ignore[union-attr]
        for cell, shape in planner.shapes.items():
            parts = shapely.get_parts(shapely.intersection(line, shape))
            sides = shapely.get_parts(shapely.ops.split(shape, line)) if len(parts) == 1 and line.crosses(shape) else []
            if len(sides) == 2:
                mine = state.households.cell == cell
                points = shapely.points(state.households.x[mine], state.households.y[mine])
                resident = state.households.resident[mine]
                middle = parts[0].interpolate(0.5, normalized=True)
                inside = [shapely.contains(side, points) for side in sides]
                (few, few_all), (many, many_all) = sorted((int((here & resident).sum()), int(here.sum())) for here in inside)
                found.append((few, cell, (middle.x, middle.y), (many, few), (many_all, few_all)))
    _, cell, place, counts, every = max(found)
    return cell, place, counts, every


def test_a_cell_is_split_along_a_river_and_its_village_is_numbered_anew(planner: Planner, county_file: Path) -> None:
    whole = sum(areas(planner.state.coverage).values())
    planner.make_draft("沿河调整")
    before = planner.state.coverage
    add_maps(planner, county_file.parent / "maps.gpkg")
    assert "reference layer" in planner.window.banner.text and "rivers" in planner.words()
    cell, river, (large, small), every = cell_across_a_river(planner)
    unit, village = planner.state.units[cell], planner.state.units[planner.state.units[cell].parent]
    planner.look_at(cell)
    home = planner.shapes[cell].representative_point()
    planner.click(home.x, home.y)
    assert f"{sum(every)} households" in planner.inspector and unit.name in planner.inspector

    planner.choose_more("Split a cell along")
    planner.point(*river)
    planner.qtbot.waitUntil(lambda: bool(planner.live))
    floor = planner.state.settings.rural_floor
    for count in (large, small):  # both sides, each with what it is short of
        line = next(line for line in planner.live.splitlines() if f"{count} resident" in line)
        assert (f"below {floor}" in line) == (count < floor) and "km²" in line and "compactness" in line
    assert planner.session.done_count == 0 and LIGHT.hotspot in planner.colours(), "the river is lit, and nothing is done yet"

    planner.click(*river)
    planner.settle()
    split = planner.state.coverage
    assert len(split.cells) == len(before.cells) + 1
    assert_sound(split, whole)
    assert "2 units together" in planner.inspector and f"{every[1]} households" in planner.inspector
    assert f"{large} + {small} resident households" in planner.window.banner.text
    (part,) = set(split.cells) - set(before.cells)
    code = planner.state.units[part].code
    assert len(code) == 15 and code.startswith(village.code) and code not in before_codes(planner)
    rows = [row for row in planner.tab("Cells") if row["Code"].replace(" ", "") in (code, unit.code)]
    assert sorted(row["Households"] for row in rows) == sorted(map(str, every))
    assert [row["Grid worker"] for row in rows].count("(vacant)") == 1 and "without a worker" in planner.window.banner.text

    planner.choose_more("Renumber")
    planner.settle()
    assert f"Renumber {village.name}" in planner.window.banner.text
    cells = sorted(planner.state.units.children(village.id), key=lambda unit: unit.code)
    assert [unit.code[-3:] for unit in cells] == [f"{number:03}" for number in range(1, len(cells) + 1)]
    middles = [planner.shapes[unit.id].centroid.x for unit in cells]
    assert middles[0] < np.mean(middles) < middles[-1], "from the west to the east"
    assert all(unit.code[:12] == village.code for unit in cells)
    titles = planner.history()
    assert titles[0].startswith(f"Renumber {village.name}") and titles[1].startswith("Split") and titles[2].startswith("The draft as")
    numbered = {unit.id: (unit.code, unit.name) for unit in planner.state.units.values()}

    planner.key("Ctrl+Z")
    planner.key("Ctrl+Z")
    planner.settle()
    assert same_borders(planner.state.coverage, before) and planner.session.selection.ids == {"units": (cell,)}
    assert f"{sum(every)} households" in planner.inspector
    assert all(title.startswith("✗ ") for title in planner.history()[:2])
    planner.key("Ctrl+Y")
    planner.key("Ctrl+Y")
    planner.settle()
    assert planner.history() == titles
    assert same_borders(planner.state.coverage, split)
    assert {unit.id: (unit.code, unit.name) for unit in planner.state.units.values()} == numbered

    planner.close()
    county = stored(county_file)
    try:
        draft = draft_in(county, "沿河调整")
        assert same_borders(draft.coverage, split) and same_borders(county.state.coverage, before)
        assert {unit.id: (unit.code, unit.name) for unit in draft.units.values()} == numbered
        assert {int((draft.households.cell == one).sum()) for one in (cell, part)} == set(every)
    finally:
        county.close()


def before_codes(planner: Planner) -> set[str]:
    """Return the codes of the published plan."""
    return {unit.code for unit in planner.session.county.state.units.values()}
