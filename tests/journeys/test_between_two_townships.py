"""The border between two townships is moved: drawn anew across several cells, or pulled at one point. What one gains, the other loses."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from gis_app.county.state import CountyState
from gis_app.grid.coverage import areas, polygons
from gis_app.grid.units import Level
from gis_app.map.snapping import SnapKind
from tests.journeys.planner import ALT, Place, Planner, assert_sound, draft_in, same_borders, stored

Floats = NDArray[np.float64]
WEST, EAST = "宝泉乡", "城关镇"


def township_of(state: CountyState) -> dict[int, str]:
    """Return the name of the township of every cell."""
    return {cell.id: state.units.path(cell.id)[0].name for cell in state.units.at_level(Level.CELL)}


def frontier(state: CountyState) -> Floats:
    """Return the longest stretch of the border between the townships (n, 2): along the river, without the enclaves."""
    side = township_of(state)
    arcs = [arc.points for arc in state.coverage.arcs.values() if {side.get(arc.left), side.get(arc.right)} == {WEST, EAST}]
    return shapely.get_coordinates(max(shapely.get_parts(shapely.line_merge(shapely.MultiLineString(arcs))), key=shapely.length))


def sides(planner: Planner) -> dict[str, tuple[float, int]]:
    """Read off the table of townships: area in km² and households of each."""
    rows = planner.tab("Townships")
    return {row["Name"]: (float(row["Area km²"]), int(row["Households"].replace(",", ""))) for row in rows}


def bulge(state: CountyState, border: Floats) -> tuple[Place, Place, Place]:
    """Return two vertices of the border, with a node between them, and a place beside it: between them live most households of a side."""
    nodes = set(state.coverage.nodes.values())
    homes = shapely.points(state.households.x, state.households.y)
    found = []
    for at in range(14, len(border) - 14, 3):
        (start, end), along = border[[at - 12, at + 12]], border[at + 12] - border[at - 12]
        if any(tuple(point) in nodes for point in border[at - 9 : at + 10].tolist()):
            for turn in (-0.7, 0.7):
                peak = (start + end) / 2 + turn * np.array([-along[1], along[0]])
                count = int(shapely.contains(shapely.Polygon([start, peak, end]), homes).sum())
                found.append((count, tuple(tuple(place.tolist()) for place in (start, peak, end))))
    count, places = max(found)
    assert count > 5
    return places


def test_the_border_between_two_townships_is_moved(planner: Planner, county_file: Path) -> None:
    whole = sum(areas(planner.state.coverage).values())
    planner.make_draft("镇界调整")
    before, seen = planner.state, sides(planner)
    start, peak, end = bulge(before, frontier(before))
    planner.look_around(start, peak, end)

    planner.take("reshape")
    planner.click(*start)
    assert planner.snapped in (SnapKind.VERTEX, SnapKind.NODE)
    planner.click(*peak)
    planner.point(*end)
    planner.qtbot.waitUntil(lambda: "→" in planner.live)
    assert "resident" in planner.live and "Land comes to another township" in planner.live and planner.session.done_count == 0
    planner.hold(ALT)
    assert planner.snapped == "", "Alt switches snapping off"
    planner.release()
    assert planner.snapped in (SnapKind.VERTEX, SnapKind.NODE)
    planner.key("Esc")
    assert not planner.sketch.points and not planner.live and planner.window.tool == "reshape", "the first Esc drops the line"

    planner.click(*start)
    planner.click(*peak)
    planner.double_click(*end)
    planner.settle()
    after, now = planner.state, sides(planner)
    assert_sound(after.coverage, whole)
    assert planner.window.tool == "reshape", "the tool stays in the hand"
    (west, east), (west_before, east_before) = ([planner_sides[name] for name in (WEST, EAST)] for planner_sides in (now, seen))
    moved = west[1] - west_before[1]
    assert moved and moved == east_before[1] - east[1], "whom one township gains, the other one loses"
    assert west[0] - west_before[0] == pytest.approx(east_before[0] - east[0], abs=0.011) != 0
    gains = [sum(areas_of(after, name)) - sum(areas_of(before, name)) for name in (WEST, EAST)]
    assert gains[0] == pytest.approx(-gains[1], abs=1e-6) and abs(gains[0]) > 1e4
    old, new = township_of(before), township_of(after)
    changed = [
        new[b] for a, b in zip(before.households.cell.tolist(), after.households.cell.tolist(), strict=True) if a and old[a] != new[b]
    ]
    assert len(changed) == abs(moved) and set(changed) == {WEST if moved > 0 else EAST}
    assert f"Households that came to another cell with the land: {len(changed_cells(before, after))}" in planner.window.banner.text
    assert f"another township: {EAST if moved > 0 else WEST} → {WEST if moved > 0 else EAST}" in planner.window.banner.text
    assert planner.history()[0].startswith("Reshape the border of 230225")


def test_a_point_of_the_border_is_pulled_and_both_townships_follow(planner: Planner, county_file: Path) -> None:
    whole = sum(areas(planner.state.coverage).values())
    planner.make_draft("镇界调整")
    before = planner.state
    border = frontier(before)
    at = next(at for at in range(20, len(border)) if tuple(border[at].tolist()) not in set(before.coverage.nodes.values()))
    x, y = border[at].tolist()
    planner.look_around((x, y), margin=500.0)
    planner.take("nodes")
    planner.point(x + 40.0, y)
    assert len(planner.sketch.handles) > 3, "the points of the cell at the pointer can be taken hold of"
    planner.take_hold(x, y)
    planner.drag_on((x + 20.0, y + 5.0), (x + 45.0, y + 8.0))
    planner.qtbot.waitUntil(lambda: planner.live.startswith("Preview of the border"))
    assert " m · " in planner.sketch.text and "→" in planner.live
    planner.key("Esc")
    planner.let_go(x + 45.0, y + 8.0)
    planner.settle()
    assert planner.state is before and planner.window.tool == "edit_nodes", "Esc puts the point back"

    planner.drag((x, y), (x + 20.0, y + 5.0), (x + 45.0, y + 8.0))
    planner.settle()
    after = planner.state
    assert_sound(after.coverage, whole)
    gains = [sum(areas_of(after, name)) - sum(areas_of(before, name)) for name in (WEST, EAST)]
    assert gains[0] == pytest.approx(-gains[1], abs=1e-6) and gains[0] > 100.0, "the western bank gains what the eastern one loses"
    planner.key("Esc")
    assert planner.window.tool == "select"

    planner.close()
    county = stored(county_file)
    try:
        assert same_borders(draft_in(county, "镇界调整").coverage, after.coverage)
        assert same_borders(county.state.coverage, before.coverage), "the published plan stays as it is"
    finally:
        county.close()


def areas_of(state: CountyState, township: str) -> list[float]:
    """Return the areas of the cells of a township, in m²."""
    unit = next(unit for unit in state.units.at_level(Level.TOWNSHIP) if unit.name == township)
    shapes = polygons(state.coverage)
    return [shapes[cell.id].area for cell in state.units.cells(unit.id)]


def changed_cells(before: CountyState, after: CountyState) -> Floats:
    """Return which households have another cell."""
    return np.flatnonzero(before.households.cell != after.households.cell)
