"""A planner's afternoon on the small demo county: split, renumber, merge, move a border, and everybody is where he belongs."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_app import bootstrap
from gis_app.cases.case import OPEN_STATES
from gis_app.county import boundary_edits, unit_edits
from gis_app.county.boundary_edits import BoundaryEdit, boundary_edit
from gis_app.county.boundary_rows import BoundaryReport
from gis_app.county.changes import Changes
from gis_app.county.county import County
from gis_app.county.plan_edits import create_draft
from gis_app.county.responsible import locator_of
from gis_app.county.state import CountyState
from gis_app.grid.coverage import OUTSIDE, neighbours, polygons
from gis_app.grid.plans import Plan
from gis_app.progress import finish


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    path: Path = tmp_path_factory.mktemp("demo") / "county.gpkg"
    finish(bootstrap.building_demo(path, "small"))
    opened = bootstrap.open_county(path)
    made = opened.perform(create_draft("调整"))
    assert isinstance(made, Changes) and isinstance(made.report, Plan)
    finish(opened.opening_draft(made.report.id))
    yield opened
    opened.close()


def done(county: County, edit: BoundaryEdit) -> BoundaryReport:
    changes = county.perform(boundary_edit(edit))
    assert isinstance(changes, Changes), changes
    assert isinstance(changes.report, BoundaryReport)
    assert_in_place(county.working)
    return changes.report


def assert_in_place(state: CountyState) -> None:
    """Assert that everybody is where the whole county would be searched for him."""
    homes, cases = state.households, state.cases
    locator = locator_of(state.coverage, state.units)
    free = ~homes.pinned
    assert (homes.cell[free] == locator.cells_at(np.stack([homes.x, homes.y], axis=1)[free])).all()
    live = np.isin(cases.state, [int(known) for known in OPEN_STATES]) & np.isfinite(cases.x)
    assert (cases.cell[live] == locator.cells_at(np.stack([cases.x, cases.y], axis=1)[live])).all()
    assert all(worker.cell in state.coverage.cells for worker in state.workers.values() if worker.cell)
    assert all(state.units[worker.cell].parent == worker.village for worker in state.workers.values() if worker.cell)
    assert shapely.coverage_is_valid(list(polygons(state.coverage).values()), gap_width=0.5)


def largest(state: CountyState) -> int:
    """Return the cell with most households."""
    cells, counts = np.unique(state.households.cell[state.households.cell > 0], return_counts=True)
    return int(cells[counts.argmax()])


def test_a_cell_is_split_and_its_village_numbered_anew(county: County) -> None:
    before = county.working
    cell = largest(before)
    middle = np.array(polygons(before.coverage, [cell])[cell].point_on_surface().coords[0])
    across = np.array([middle - (5000.0, 900.0), middle, np.add(middle, (5000.0, 700.0))])
    report = done(county, boundary_edits.split_cell(cell, [across]))
    found = {one.cell: one for one in report.consequences}
    kept, new = found[cell], found[report.added[0]]
    assert kept.before and kept.after and new.after
    assert kept.after.households + new.after.households == kept.before.households
    assert kept.after.households >= new.after.households, "the part with most households keeps the number"
    village = before.units[cell].parent
    assert isinstance(county.perform(unit_edits.renumber(village)), Changes)
    codes = [unit.code for unit in county.working.units.children(village)]
    assert [int(code[-3:]) for code in codes] == list(range(1, len(codes) + 1))
    assert all(unit.name.endswith("网格") for unit in county.working.units.children(village))
    assert_in_place(county.working)
    assert county.state.units[cell] == before.units[cell], "the published plan is as it was"


def test_equal_parts_and_back(county: County) -> None:
    cell = largest(county.working)
    homes = county.working.households
    count = int((homes.resident & (homes.cell == cell)).sum())
    report = done(county, boundary_edits.split_equally(cell, 3))
    parts = [one.after.households for one in report.consequences if one.after and one.cell in (cell, *report.added)]
    assert sum(parts) == count and max(parts) - min(parts) <= 2
    back = done(county, boundary_edits.merge_cells([cell, *report.added], cell))
    assert back.removed == report.added and int((homes.resident & (county.working.households.cell == cell)).sum()) == count


def test_the_border_between_two_villages_moves(county: County) -> None:
    state = county.working
    beside = neighbours(state.coverage)
    one, other = next(
        (cell, near) for cell in sorted(beside) for near in sorted(beside[cell]) if state.units[cell].parent != state.units[near].parent
    )
    arc = next(arc for arc in state.coverage.arcs.values() if {arc.left, arc.right} == {one, other})
    x, y = arc.points[len(arc.points) // 2]
    lasso = np.array(shapely.Point(x, y).buffer(150.0).exterior.coords)
    report = done(county, boundary_edits.transfer_area(lasso, one))
    gained = {figure.cell: figure.after.area - figure.before.area for figure in report.consequences if figure.after and figure.before}
    assert gained[one] > 0 > gained[other] and sum(gained.values()) == pytest.approx(0.0, abs=1e-3)
    assert state.units[one] == county.working.units[one]


def test_a_cell_ends_and_its_worker_finds_another(county: County) -> None:
    state = county.working
    outer = {arc.left or arc.right for arc in state.coverage.arcs.values() if OUTSIDE in (arc.left, arc.right)}
    cell = next(worker.cell for worker in state.workers.values() if worker.cell and worker.cell not in outer)
    report = done(county, boundary_edits.delete_cell(cell))
    assert report.removed == (cell,) and all(to in county.working.coverage.cells for to in report.workers.values())
    assert report.doubled and len(report.workers) == 1


def test_everything_is_undone(county: County) -> None:
    while county.undo():
        pass
    assert dict(county.working.units) == dict(county.state.units)
    assert (county.working.households.cell == county.state.households.cell).all()
    assert dict(county.working.workers) == dict(county.state.workers)
