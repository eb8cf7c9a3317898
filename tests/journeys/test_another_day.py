"""The window is closed in the middle of a draft and opened another day: work goes on, and all of it can still be undone."""

from pathlib import Path

from gis_app.grid.coverage import areas
from tests.journeys.planner import Planner, assert_sound, draft_in, same_borders, stored


def test_a_draft_is_undone_all_the_way_after_the_window_was_closed(planner: Planner, county_file: Path) -> None:
    whole = sum(areas(planner.state.coverage).values())
    planner.make_draft("未完成")
    before = planner.state
    unit = planner.unit("富强村第八网格")
    planner.look_at(unit.id)
    middle = planner.shapes[unit.id].representative_point()
    west, _, east, _ = planner.shapes[unit.id].bounds
    planner.click(middle.x, middle.y)
    seen = planner.canvas.viewport
    assert planner.session.selection.ids == {"units": (unit.id,)}

    planner.key("S")
    planner.click(west - 60.0, middle.y)
    planner.double_click(east + 60.0, middle.y)
    planner.settle()
    planner.key("Esc")
    planner.key("N")
    arcs = planner.state.coverage.arcs.values()
    arc = max((arc for arc in arcs if unit.id in (arc.left, arc.right) and arc.left and arc.right), key=lambda arc: len(arc.points))
    x, y = arc.points[len(arc.points) // 2].tolist()
    planner.look_around((x, y), margin=400.0)
    planner.drag((x, y), (x + 15.0, y + 5.0), (x + 30.0, y + 12.0))
    planner.settle()
    planner.key("Esc")
    planner.look_at(unit.id)
    place = planner.shapes[unit.id].representative_point()
    planner.click(place.x, place.y)
    planner.key("Ctrl+R")
    planner.answer("界河网格")
    after, titles = planner.state, planner.history()
    assert len(titles) == 4 and titles[0].endswith("界河网格") and planner.session.done_count == 3
    assert_sound(after.coverage, whole)

    planner.canvas.zoom_to_whole()
    planner.come_back()
    assert planner.session.drafting and "未完成" in planner.window.status.saved.text() and "3 changes" in planner.window.status.saved.text()
    assert planner.history() == titles and same_borders(planner.state.coverage, after.coverage)
    planner.key("Ctrl+Z")
    planner.key("Ctrl+Z")
    planner.key("Ctrl+Z")
    planner.settle()
    assert same_borders(planner.state.coverage, before.coverage), "exactly as it was"
    assert [(u.id, u.code, u.name, u.parent) for u in planner.state.units.values()] == [
        (u.id, u.code, u.name, u.parent) for u in before.units.values()
    ]
    assert (planner.state.households.cell == before.households.cell).all()
    assert planner.session.selection.ids == {"units": (unit.id,)} and unit.name in planner.inspector
    viewport = planner.canvas.viewport
    assert (viewport.x, viewport.y, viewport.resolution) == (seen.x, seen.y, seen.resolution), "what was seen is seen again"
    assert not planner.window.actions_by_id["undo"].isEnabled()
    assert [title[:2] for title in planner.history()[:3]] == ["✗ "] * 3

    planner.come_back()
    for _ in range(3):
        planner.key("Ctrl+Y")
    planner.settle()
    assert same_borders(planner.state.coverage, after.coverage) and planner.history() == titles

    planner.close()
    county = stored(county_file)
    try:
        draft = draft_in(county, "未完成")
        assert same_borders(draft.coverage, after.coverage) and "界河网格" in {unit.name for unit in draft.units.values()}
        assert same_borders(county.state.coverage, before.coverage)
    finally:
        county.close()
