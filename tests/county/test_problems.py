from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.county import County
from gis_app.county.problem_edits import EXPLANATIONS, KINDS, REPAIRS, heed_problem, ignore_problem, merger, neighbour, repair_of
from gis_app.county.problems import SEVERITIES, Problem, ProblemKind, Problems, Repair, checking, quickly, rechecked, touched
from gis_app.county.state import CountyState
from gis_app.grid.coverage import build_coverage, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.households import Unassigned
from gis_app.grid.issues import IssueKind
from gis_app.grid.shape_checks import Buildings
from gis_app.grid.units import Hierarchy
from gis_app.grid.workers import Worker
from gis_app.progress import finish
from tests.county import samples
from tests.county.samples import EAST, NORTH


@pytest.fixture
def county(tmp_path: Path) -> County:
    return samples.make(tmp_path / "county.gpkg")


def kinds(problems: Problems) -> dict[ProblemKind, int]:
    found: dict[ProblemKind, int] = {}
    for problem in problems.all():
        found[problem.kind] = found.get(problem.kind, 0) + 1
    return found


def with_homes(state: CountyState, cells: list[int]) -> CountyState:
    homes = state.households
    fits = np.array([*cells, *[0] * (len(homes) - len(cells))])
    reason = np.where(fits > 0, int(Unassigned.NONE), int(Unassigned.NO_COORDINATES))
    return replace(state, households=replace(homes, cell=fits, reason=reason))


def test_every_kind_has_its_words_and_its_severity() -> None:
    assert set(SEVERITIES) == set(KINDS) == set(EXPLANATIONS) == set(ProblemKind)
    assert {str(kind) for kind in IssueKind} <= {str(kind) for kind in ProblemKind}
    assert set(REPAIRS) == set(Repair) - {Repair.NONE}


def test_floors_workers_and_lost_households_are_told_at_a_glance(county: County) -> None:
    state = with_homes(replace(county.state, settings=replace(county.state.settings, rural_floor=2, rural_maximum=2)), [4, 4, 4, 5])
    found = quickly(state)
    assert not found.complete
    assert kinds(found) == {
        ProblemKind.ABOVE_MAXIMUM: 1,  # cell 4
        ProblemKind.BELOW_FLOOR: 1,  # cell 5
        ProblemKind.EMPTY_CELL: 2,
        ProblemKind.CELL_WITHOUT_WORKER: 4,
        ProblemKind.WORKER_WITHOUT_CELL: 2,
        ProblemKind.HOUSEHOLD_WITHOUT_PLACE: 1,
    }
    assert "3 resident households, above the maximum of 2" in str(next(p for p in found.all() if p.kind == ProblemKind.ABOVE_MAXIMUM).text)


def test_an_edit_is_looked_at_at_once_and_agrees_with_the_whole_check(county: County) -> None:
    state = with_homes(county.state, [4, 4, 5, 6, 7])
    known = finish(checking(state))
    assert known.complete
    shapes = polygons(state.coverage)
    shapes[4] = shapely.MultiPolygon([*shapes[4].geoms, shapely.box(EAST + 500, NORTH, EAST + 510, NORTH + 10)])
    other = replace(with_homes(state, [4, 5, 5, 6, 7]), coverage=build_coverage(list(shapes), list(shapes.values())))
    at_once = rechecked(known, other, [4, 5])
    assert kinds(at_once)[ProblemKind.NOT_CONTIGUOUS] == 1
    assert {p.key for p in at_once.all()} == {p.key for p in finish(checking(other)).all()}
    part = next(p for p in at_once.all() if p.kind == ProblemKind.NOT_CONTIGUOUS)
    assert part.at == (EAST + 505, NORTH + 5)
    gone = replace(state, units=Hierarchy(u for u in state.units.values() if u.id != 5), coverage=build_coverage([4], [shapes[4]]))
    assert not any(5 in p.ids and p.table == "units" for p in rechecked(at_once, gone, [5]).all())


def test_shapes_far_households_and_buildings(county: County) -> None:
    state = county.state
    dumbbell = shapely.union_all([shapely.box(*b) for b in ((0, 0, 4000, 100), (1000, 100, 1004, 200), (0, 200, 4000, 300))])
    shape = shapely.transform(dumbbell, lambda xy: xy + np.array([EAST, NORTH]))
    homes = state.households
    x, y = homes.x.copy(), homes.y.copy()
    x[:4], y[:4] = EAST + np.array([10.0, 20.0, 30.0, 3500.0]), NORTH + 10
    state = replace(
        with_homes(state, [4, 4, 4, 4]),
        coverage=build_coverage([4], [shape]),
        households=replace(with_homes(state, [4, 4, 4, 4]).households, x=x, y=y),
    )
    houses = Buildings(np.array([shapely.box(EAST - 5, NORTH + 40, EAST + 5, NORTH + 50)], object))
    found = {p.kind: p for p in rechecked(Problems(), state, [4], houses).all()}
    assert {ProblemKind.NARROW_NECK, ProblemKind.NOT_COMPACT, ProblemKind.FAR_HOUSEHOLD, ProblemKind.CUTS_BUILDING} <= set(found)
    neck, far = found[ProblemKind.NARROW_NECK].at, found[ProblemKind.FAR_HOUSEHOLD]
    assert neck is not None and abs(neck[0] - EAST - 1002) < 10
    assert far.at == (EAST + 3500, NORTH + 10) and far.ids == (4,)


def test_a_worker_is_given_by_one_click(county: County) -> None:
    problem = next(p for p in quickly(county.state).all() if p.kind == ProblemKind.CELL_WITHOUT_WORKER and p.repair)
    edit = repair_of(problem, county.state)
    assert isinstance(edit, Edit)
    assert isinstance(county.perform(edit), Changes)
    assert any(worker.cell == problem.ids[0] for worker in county.state.workers.values())
    assert problem.key not in {p.key for p in quickly(county.state).all()}
    worker = next(p for p in quickly(county.state).all() if p.kind == ProblemKind.WORKER_WITHOUT_CELL)
    assert isinstance(repair_of(worker, county.state), Edit)


def test_what_cannot_be_done_is_not_offered(county: County) -> None:
    state = replace(county.state, workers={1: Worker(1, "W1", "王强", "", 2, 4)})
    vacant = next(p for p in quickly(state).all() if p.kind == ProblemKind.CELL_WITHOUT_WORKER and p.ids == (5,))
    assert vacant.repair == Repair.NONE and repair_of(vacant, state) is None


def test_the_smaller_part_goes_to_the_cell_around_it_and_an_empty_cell_to_its_neighbour(county: County) -> None:
    state = county.state
    shapes = polygons(state.coverage)
    enclave = shapely.box(EAST + 120, NORTH + 20, EAST + 140, NORTH + 40)
    shapes[4] = shapely.MultiPolygon([*shapes[4].geoms, enclave])
    shapes[5] = shapely.MultiPolygon([shapes[5].geoms[0].difference(enclave)])
    draft = replace(state, coverage=build_coverage(list(shapes), list(shapes.values())), plan=99)
    problem = Problem(ProblemKind.NOT_CONTIGUOUS, "units", (4,), None, KINDS[ProblemKind.NOT_CONTIGUOUS], "x", Repair.GIVE_PART)
    edit = repair_of(problem, draft)
    assert isinstance(edit, BoundaryEdit) and edit.verb == "transfer_area"
    done = edit.attempt(draft)
    assert isinstance(done, Edited), done
    assert polygons(done.coverage, [5])[5].area == pytest.approx(100 * 100)
    assert neighbour(state, 4) == 5  # the other cell of its village, though 6 has as long a border
    merge = repair_of(replace(problem, repair=Repair.MERGE), state)
    assert isinstance(merge, BoundaryEdit) and merge.verb == "merge_cells"


def test_what_an_edit_touched_is_told_by_comparing_states(county: County) -> None:
    state = with_homes(county.state, [4, 4, 5, 6, 7])
    assert touched(state, state) == frozenset()
    named = replace(state, units=Hierarchy(replace(u, name="新名") if u.id == 5 else u for u in state.units.values()))
    assert touched(state, named) == {5}
    assert touched(state, with_homes(state, [4, 5, 5, 6, 7])) == {4, 5}
    assert touched(state, replace(state, settings=replace(state.settings, rural_floor=3))) is None
    worker = next(iter(state.workers.values()))
    held = replace(state, workers={**state.workers, worker.id: replace(worker, cell=4)})
    for one, other in ((state, held), (held, state)):
        found = touched(one, other)
        assert found is not None and 4 in found
        known = rechecked(finish(checking(one)), other, found)
        assert {p.key: p.repair for p in known.all()} == {p.key: p.repair for p in finish(checking(other)).all()}
    shapes = polygons(state.coverage)
    shapes[4] = shapely.MultiPolygon([*shapes[4].geoms, shapely.box(EAST + 500, NORTH, EAST + 510, NORTH + 10)])
    assert touched(state, replace(state, coverage=build_coverage(list(shapes), list(shapes.values())))) is not None


def test_a_small_cell_is_merged_with_the_neighbour_that_has_the_fewest_households_and_no_lock(county: County) -> None:
    state = county.state
    shapes = {cell: shapely.segmentize(shape, 50.0) for cell, shape in polygons(state.coverage).items()}  # a vertex on every half
    west, south, east, north = shapes[5].bounds
    shapes[5], shapes[9] = (
        shapely.segmentize(shapely.MultiPolygon([shapely.box(west, south, east, (south + north) / 2)]), 50.0),
        shapely.segmentize(shapely.MultiPolygon([shapely.box(west, (south + north) / 2, east, north)]), 50.0),
    )
    units = Hierarchy([*state.units.values(), replace(state.units[5], id=9, code=state.units[5].code[:-3] + "009")])
    state = with_homes(replace(state, units=units, coverage=build_coverage(list(shapes), list(shapes.values()))), [4, 9, 9, 5])
    assert neighbour(state, 4) == 5, "one household; 9 has two"
    done = merger(state, 9, 5).attempt(replace(state, plan=99))
    assert isinstance(done, Edited) and done.removed == {5}, "the one with more households keeps its number"
    locked = replace(state, units=Hierarchy(replace(u, locked=True) if u.id == 5 else u for u in units.values()))
    assert neighbour(locked, 4) == 9


def test_a_problem_is_ignored_with_a_note_and_listed_again(county: County) -> None:
    problem = quickly(county.state).all()[0]
    assert isinstance(county.perform(ignore_problem(problem, " ")), Refusal)
    assert isinstance(county.perform(ignore_problem(problem, "真飞地")), Changes)
    rows = county.store.rows("ignored_problems")
    assert (rows["key"].tolist(), rows["note"].tolist()) == ([problem.key], ["真飞地"])
    assert isinstance(county.perform(heed_problem(int(rows["id"][0]))), Changes)
    assert len(county.store.rows("ignored_problems")["id"]) == 0
    county.undo()
    assert len(county.store.rows("ignored_problems")["id"]) == 1
