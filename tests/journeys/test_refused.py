"""What cannot be is said in words at the pointer, shown on the map, and easily put right; a locked village stays as it is."""

from gis_app.grid.coverage import areas
from gis_app.map.palette import LIGHT
from tests.journeys.planner import Planner, assert_sound


def test_a_line_that_ends_inside_the_cell_is_refused_in_words_and_drawn_on(planner: Planner) -> None:
    whole = sum(areas(planner.state.coverage).values())
    planner.make_draft("拆分")
    unit = planner.unit("富强村第八网格")
    planner.look_at(unit.id)
    middle = planner.shapes[unit.id].representative_point()
    west, _, east, _ = planner.shapes[unit.id].bounds
    assert LIGHT.danger not in planner.colours()

    planner.key("S")
    assert planner.window.tool == "split"
    planner.click(west - 60.0, middle.y)
    planner.click(middle.x, middle.y)
    planner.key("Return")
    assert "ends here, inside the cell" in planner.bubble and "draw it on" in planner.bubble
    assert LIGHT.danger in planner.colours(), "the place is ringed"
    refused = planner.canvas.editing.refused_at
    assert refused is not None and abs(refused[0] - middle.x) < 5.0 and abs(refused[1] - middle.y) < 5.0
    assert planner.session.done_count == 0 and len(planner.sketch.points) == 2, "the line is kept to be corrected"

    planner.click(east + 60.0, middle.y)
    assert not planner.bubble
    planner.key("Return")
    planner.settle()
    assert planner.session.done_count == 1
    assert_sound(planner.state.coverage, whole)
    assert len(planner.session.selection.ids["units"]) == 2 and not planner.sketch.points


def test_a_locked_village_refuses_every_tool_until_it_is_unlocked(planner: Planner) -> None:
    planner.make_draft("加锁")
    unit = planner.unit("富强村第八网格")
    village = planner.state.units[unit.parent]
    planner.look_at(unit.id)
    middle = planner.shapes[unit.id].representative_point()
    west, _, east, _ = planner.shapes[unit.id].bounds
    planner.click(middle.x, middle.y)
    planner.press(f"{village.name} ›", planner.page.inspector)
    planner.press("Lock", planner.page.inspector)
    planner.settle()
    assert f"Cells in it: {len(planner.state.units.children(village.id))}" in planner.inspector
    assert "Locked against editing." in planner.inspector and planner.history()[0].startswith(f"Lock {village.name}")
    locked = planner.state.coverage

    planner.key("S")
    planner.click(west - 60.0, middle.y)
    planner.point(east + 60.0, middle.y)
    planner.qtbot.waitUntil(lambda: "locked" in planner.bubble)
    assert planner.bubble.startswith(village.name) and "unlock it" in planner.bubble and not planner.live
    planner.click(east + 60.0, middle.y)
    planner.key("Return")
    assert village.name in planner.bubble and LIGHT.danger in planner.colours()
    planner.key("Esc")
    planner.key("Esc")

    planner.key("B")
    planner.click(middle.x, middle.y)
    planner.drag((middle.x, middle.y), (middle.x + 200.0, middle.y), (east + 100.0, middle.y))
    assert village.name in planner.bubble and "locked" in planner.bubble
    planner.key("Esc")
    planner.key("Esc")

    planner.key("N")
    arc = next(arc for arc in locked.arcs.values() if arc.left == unit.id and arc.right and len(arc.points) > 8)
    x, y = arc.points[len(arc.points) // 2].tolist()
    planner.drag((x, y), (x + 30.0, y + 10.0), (x + 60.0, y + 20.0))
    assert "locked" in planner.bubble
    planner.key("Esc")
    planner.settle()
    assert planner.state.coverage is locked and planner.session.done_count == 1
    assert "locked" in planner.window.actions_by_id["renumber"].toolTip()

    planner.key("L")
    planner.settle()
    assert planner.history()[0].startswith(f"Unlock {village.name}")
    planner.key("N")
    planner.drag((x, y), (x + 20.0, y + 10.0), (x + 40.0, y + 20.0))
    planner.settle()
    assert planner.session.done_count == 3 and planner.state.coverage is not locked
