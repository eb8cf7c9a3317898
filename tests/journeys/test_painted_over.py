"""A cell is painted larger with the brush, over its neighbours; the first stroke makes a draft by itself."""

from pathlib import Path

import numpy as np
import pytest

from gis_app.grid.coverage import areas
from gis_app.gui.context_menu import neighbours_of
from gis_app.language import format_code
from tests.journeys.planner import Place, Planner, assert_sound, draft_in, same_borders, stored


def test_a_cell_is_painted_over_its_neighbours(planner: Planner, county_file: Path) -> None:
    before = planner.state
    whole = sum(areas(before.coverage).values())
    unit = planner.unit("富强村第八网格")
    others = [other for other in neighbours_of(before, unit.id) if other.parent == unit.parent][:2]
    planner.look_at(unit.id)
    middle = planner.shapes[unit.id].representative_point()
    beside = [planner.shapes[other.id].representative_point() for other in others]

    planner.take("brush")
    planner.point(middle.x, middle.y)
    small = planner.sketch.radius
    planner.type("[")
    planner.click(middle.x, middle.y)
    assert planner.sketch.cells == (unit.id,) and 0 < planner.sketch.radius < small

    way: list[Place] = [(middle.x, middle.y)]
    for goal in beside:  # out to each neighbour and back
        way += [(middle.x + (goal.x - middle.x) * share, middle.y + (goal.y - middle.y) * share) for share in (0.5, 0.9, 0.5, 0.0)]
    planner.take_hold(*way[0])
    planner.drag_on(*way[1:])
    planner.qtbot.waitUntil(lambda: all(other.name in planner.live for other in others))
    lines = planner.live.splitlines()
    assert lines[0] == "Preview of the painting" and any(line.startswith(unit.name) and "→" in line for line in lines)
    assert planner.sketch.painted is not None and planner.sketch.painted.area > 0
    assert not planner.session.drafting, "nothing is done before the button is let go"

    planner.let_go(*way[-1])
    planner.settle()
    after = planner.state
    assert planner.session.drafting and "You work on the draft" in planner.window.banner.text
    assert same_borders(planner.session.county.state.coverage, before.coverage), "the published plan stays as it is"
    assert_sound(after.coverage, whole)
    old, new = areas(before.coverage), areas(after.coverage)
    gain, losses = new[unit.id] - old[unit.id], [old[cell] - new[cell] for cell in old if cell != unit.id]
    assert gain == pytest.approx(sum(losses), abs=1e-6) and gain > 1e4
    assert all(old[other.id] > new[other.id] for other in others)
    came = np.flatnonzero((after.households.cell == unit.id) & (before.households.cell != unit.id))
    (row,) = [row for row in planner.tab("Cells") if row["Name"] == unit.name]
    assert row["Households"] == str(int((after.households.cell == unit.id).sum()))
    assert not len(came) or f"with the land: {len(came)}" in planner.window.banner.text
    assert planner.history()[0].startswith("Paint ") and f"into {format_code(unit.code)}, from 230225" in planner.history()[0]
    assert planner.history()[1] == "The draft as it was made"

    planner.take_hold(*way[0])
    planner.drag_on(way[2])
    planner.key("Esc")
    planner.let_go(*way[2])
    planner.settle()
    assert planner.session.done_count == 1 and planner.window.tool == "paint", "Esc drops a stroke"
    planner.key("Esc")
    planner.key("Esc")
    assert planner.window.tool == "select"

    name = planner.session.county.state.plans[planner.session.plan_shown].name
    planner.close()
    county = stored(county_file)
    try:
        assert same_borders(draft_in(county, name).coverage, after.coverage)
    finally:
        county.close()
