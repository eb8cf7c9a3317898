"""Exact work without a steady hand: lengths, angles and coordinates are typed; points are taken back; the map moves beneath the line."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from gis_app.grid.coverage import areas
from gis_app.gui.vertex_table import VertexTable
from tests.journeys.planner import ALT, LEFT, RIGHT, Planner, assert_sound, draft_in, same_borders, stored


def test_a_cell_is_split_by_a_line_of_typed_lengths_and_angles(planner: Planner) -> None:
    whole = sum(areas(planner.state.coverage).values())
    unit = planner.unit("富强村第八网格")
    planner.look_at(unit.id)
    middle = planner.shapes[unit.id].representative_point()
    west, _, east, _ = planner.shapes[unit.id].bounds
    planner.key("S")
    planner.hold(ALT)
    planner.click(west - 80.0, middle.y)
    planner.release()
    planner.point(middle.x, middle.y + 150.0)
    (start,) = planner.sketch.points

    planner.type("800<90")
    assert planner.sketch.text == "800<90▏ → 800.0 m · 90.0°"
    planner.key("Return")
    assert planner.sketch.points[-1] == pytest.approx((start[0] + 800.0, start[1]), abs=0.0011)
    planner.type("300《@-30")  # the signs of a Chinese keyboard
    assert planner.sketch.text.endswith("300.0 m · 60.0°"), "turned left from the last stretch"
    planner.key("Backspace")
    assert "300<@-3▏" in planner.sketch.text
    planner.type("0")
    planner.key("Return")
    turned = (start[0] + 800.0 + 300.0 * np.sin(np.radians(60.0)), start[1] + 300.0 * np.cos(np.radians(60.0)))
    assert planner.sketch.points[-1] == pytest.approx(turned, abs=0.0011)

    planner.click(middle.x, middle.y, RIGHT)
    assert len(planner.sketch.points) == 2, "the right button takes the last point back"
    planner.click(middle.x, middle.y)
    planner.key("Ctrl+Z")
    assert len(planner.sketch.points) == 2 and planner.session.done_count == 0, "and so does Ctrl+Z"
    drawn = planner.sketch.points
    planner.wheel(-2, middle.x, middle.y)
    planner.wheel(3, middle.x, middle.y)
    planner.pan(-120, 60)
    planner.key("Right")
    planner.key("Left")
    assert planner.sketch.points == drawn and planner.session.done_count == 0, "the line belongs to the land, not to the screen"
    planner.type("12")
    planner.key("Esc")
    assert planner.sketch.points == drawn and "▏" not in planner.sketch.text, "Esc drops what is typed first"

    planner.type(f"{east + 120.0:.3f},{start[1]:.3f}")
    planner.key("Return")
    assert planner.sketch.points[-1] == pytest.approx((east + 120.0, start[1]), abs=0.0011)
    planner.key("Return")
    planner.settle()
    assert planner.session.done_count == 1 and len(planner.session.selection.ids["units"]) == 2
    assert_sound(planner.state.coverage, whole)
    (part,) = set(planner.state.coverage.cells) - set(planner.session.county.state.coverage.cells)
    shapes = planner.shapes
    border = shapes[part].intersection(shapes[unit.id])
    assert border.bounds[1] == pytest.approx(border.bounds[3], abs=0.0011) == pytest.approx(start[1], abs=0.0011), "as straight as typed"


def test_a_point_is_put_where_the_survey_says_in_the_table_of_vertices(planner: Planner, county_file: Path) -> None:
    whole = sum(areas(planner.state.coverage).values())
    planner.make_draft("实测")
    before = planner.state.coverage
    unit = planner.unit("富强村第八网格")
    planner.look_at(unit.id)
    middle = planner.shapes[unit.id].representative_point()
    planner.click(middle.x, middle.y)
    planner.press("Vertices", planner.page.inspector)
    panel = planner.window.findChild(VertexTable)
    assert panel is not None and panel.isVisible() and unit.name in planner.words(panel)
    rows = panel.model.rows
    row = int(np.flatnonzero(~rows.node & ~rows.outer)[4])
    x, y = rows.places[row].tolist()
    assert panel.model.index(row, 1).data() == f"{x:.3f}", "to the millimetre"

    for column, wrong, value in ((1, "east", f"{x + 1.25:.3f}"), (2, "", f"{y - 0.75:,.3f}")):
        cell = panel.model.index(row, column)
        panel.table.scrollTo(cell)
        at = panel.table.visualRect(cell).center()
        planner.qtbot.mouseClick(panel.table.viewport(), LEFT, pos=at)
        assert planner.page.view.place_mark.place == pytest.approx((x, y) if column == 1 else (x + 1.25, y)), "shown on the map"
        planner.qtbot.mouseDClick(panel.table.viewport(), LEFT, pos=at)
        box = panel.table.findChild(QLineEdit)
        assert box is not None and box.isVisible()
        box.selectAll()
        if wrong:
            planner.qtbot.keyClicks(box, wrong)
            assert box.property("problem") == "true", "what is no number is shown as wrong"
            box.selectAll()
        planner.qtbot.keyClicks(box, value)
        planner.qtbot.keyClick(box, Qt.Key.Key_Return)
        planner.qtbot.waitUntil(lambda done=column: planner.session.done_count == done)
        planner.settle()
        assert planner.session.done_count == column
    after = planner.state.coverage
    places = {tuple(point) for arc in after.arcs.values() for point in np.round(arc.points, 3).tolist()}
    assert (round(x + 1.25, 3), round(y - 0.75, 3)) in places and (round(x, 3), round(y, 3)) not in places
    assert_sound(after, whole)
    assert planner.session.done_count == 2 and panel.model.index(row, 1).data() == f"{x + 1.25:.3f}"

    planner.close()
    county = stored(county_file)
    try:
        assert same_borders(draft_in(county, "实测").coverage, after) and same_borders(county.state.coverage, before)
    finally:
        county.close()
