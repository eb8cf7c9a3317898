"""A planner has the program divide a village, looks at the ways, takes one, adjusts it by hand, assigns the workers and publishes."""

from datetime import date

import numpy as np

from gis_app.county.changes import Changes
from gis_app.county.plan_edits import publish
from gis_app.county.proposals import staffing
from gis_app.grid.coverage import areas
from gis_app.grid.edits.vertices import vertices_in
from gis_app.gui.assign_panel import AssignPanel
from gis_app.gui.propose_panel import ProposePanel
from tests.journeys.planner import Planner, assert_sound


def test_a_village_is_divided_adjusted_staffed_and_published(planner: Planner) -> None:
    village = planner.unit("富强村")
    before = planner.state
    whole = sum(areas(before.coverage).values())
    planner.session.select("units", village.id)
    planner.look_at(*(cell.id for cell in before.units.cells(village.id)))
    planner.window.actions_by_id["propose"].trigger()
    panel = planner.page.right.currentWidget()
    assert isinstance(panel, ProposePanel)
    planner.press("Propose", panel)
    planner.settle()
    assert len(panel.alternatives) == 3 and all(one.below == 0 for one in panel.alternatives)
    assert [head.accessibleName() for head in panel.heads] == ["Compact", "Equal", "Near to the present cells"]
    chosen = panel.alternatives[0]
    planner.press("Take it over", panel)
    planner.settle()
    assert planner.session.drafting and "as proposed" in planner.history()[0]
    assert planner.session.scene.unnamed == frozenset(), "the new cells bear their names"
    cells = planner.state.units.cells(village.id)
    assert len(cells) == len(chosen.loads)
    assert_sound(planner.state.coverage, whole)
    assert np.isclose(sum(areas(planner.state.coverage).values()), whole)
    planner.page.show_right(None)

    cell = max(cells, key=lambda unit: planner.area(unit.id))
    planner.look_at(cell.id)
    planner.take("nodes")
    shape = planner.shapes[cell.id]
    coverage = planner.state.coverage
    inner = [
        vertex
        for vertex in vertices_in(coverage, shape.buffer(1.0))
        if 0 < vertex.index < len(coverage.arcs[vertex.arc].points) - 1
        and 0 not in (coverage.arcs[vertex.arc].left, coverage.arcs[vertex.arc].right)
    ]
    x, y = coverage.arcs[inner[0].arc].points[inner[0].index].tolist()
    planner.drag((x, y), (x + 12.0, y + 9.0))
    planner.settle()
    assert_sound(planner.state.coverage, whole)
    assert "Move border points" in planner.history()[0]
    planner.key("Esc")

    county, wanting = planner.session.county, sum(staffing(planner.state, [village.id]))
    assert wanting > 0, "workers follow their homes, so that some cells have none and some several"
    planner.session.select("units", village.id)
    planner.window.actions_by_id["worker_assign"].trigger()
    planner.settle()
    planner.press("Accept all")
    planner.settle()
    assert sum(staffing(planner.state, [village.id])) < wanting
    assert "as proposed" in planner.history()[0]
    draft = county.working
    assert isinstance(county.perform(publish(draft.plan, date(2022, 5, 1))), Changes)
    planner.settle()
    assert {unit.id for unit in county.state.units.cells(village.id)} == {unit.id for unit in draft.units.cells(village.id)}
    assert county.state.workers == draft.workers


def test_a_village_that_was_stripped_of_its_cells_is_divided_again(planner: Planner) -> None:
    village = planner.unit("富强村")
    whole = sum(areas(planner.state.coverage).values())
    planner.session.select("units", village.id)
    planner.look_at(*(cell.id for cell in planner.state.units.cells(village.id)))
    planner.window.actions_by_id["propose"].trigger()
    panel = planner.page.right.currentWidget()
    assert isinstance(panel, ProposePanel)
    assert panel.floor.lineEdit().placeholderText() == "50 (from the settings)"
    planner.write(panel.cells, "1")
    planner.press("Propose", panel)
    planner.settle()
    planner.press("Take it over", panel)
    planner.settle()
    (only,) = planner.state.units.cells(village.id)
    people = [worker for worker in planner.state.workers.values() if only.id in worker.cells]
    assert len(people) > 1 and staffing(planner.state, [village.id]) == (0, 1)
    assert planner.window.banner.isVisible() and "1 cell has several grid workers." in planner.window.banner.text

    panel.cells.clear()
    planner.press("Propose", panel)
    planner.settle()
    compact, equal, _ = panel.alternatives
    assert equal.below == 0 and equal.spread <= compact.spread
    planner.press("Equal", panel)
    planner.settle()
    assert f"{equal.spread:.0%}" in planner.words(panel)
    planner.press("Take it over", panel)
    planner.settle()
    cells = planner.state.units.cells(village.id)
    assert len(cells) == len(equal.loads) and all(len(cell.code) == 15 for cell in cells)
    assert len({cell.code for cell in cells}) == len(cells)
    assert_sound(planner.state.coverage, whole)
    homes = planner.state.households
    assert all(int((homes.resident & (homes.cell == cell.id)).sum()) >= 50 for cell in cells)

    vacant, several = staffing(planner.state, [village.id])
    assert vacant, "workers go with their homes, and there are more cells than before"
    assert f"{vacant} cells have no grid worker." in planner.words(panel)
    planner.press("Assign workers by the program", planner.window.banner)
    planner.settle()
    assert isinstance(planner.page.right.currentWidget(), AssignPanel)
    planner.press("Accept all")
    planner.settle()
    after = staffing(planner.state, [village.id])
    assert after[0] == 0 and sum(after) < vacant + several
    assert {worker.village for worker in planner.state.workers.values() if set(worker.cells) & {cell.id for cell in cells}} == {village.id}
    assert [line.split()[0] for line in planner.history()[:3]] == ["Assign", "Divide", "Divide"]

    for _ in range(3):
        planner.key("Ctrl+Z")
    planner.settle()
    published = planner.session.county.state
    assert {cell.id for cell in planner.state.units.cells(village.id)} == {cell.id for cell in published.units.cells(village.id)}
    assert planner.state.workers == published.workers
