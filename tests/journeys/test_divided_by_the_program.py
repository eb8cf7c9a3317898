"""A planner has the program divide a village, looks at the ways, takes one, adjusts it by hand, assigns the workers and publishes."""

from datetime import date

import numpy as np

from gis_app.county.changes import Changes
from gis_app.county.plan_edits import publish
from gis_app.county.worker_edits import accept_assignment, propose_assignment
from gis_app.grid.coverage import areas
from gis_app.grid.edits.vertices import vertices_in
from gis_app.gui.propose_panel import ProposePanel
from gis_app.progress import finish
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

    county = planner.session.county
    matched = finish(propose_assignment(county.working, [village.id]))
    assert not hasattr(matched, "reason") and matched.vacant_after <= matched.vacant_before  # type: ignore[union-attr]
    if matched.rows:  # type: ignore[union-attr]
        assert isinstance(county.perform(accept_assignment(matched)), Changes)  # type: ignore[arg-type]
    planner.settle()
    draft = county.working
    assert isinstance(county.perform(publish(draft.plan, date(2022, 5, 1))), Changes)
    planner.settle()
    assert {unit.id for unit in county.state.units.cells(village.id)} == {unit.id for unit in draft.units.cells(village.id)}
    assert county.state.workers == draft.workers
