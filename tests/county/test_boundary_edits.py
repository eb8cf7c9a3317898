"""Edits of boundaries on a draft, through the door and in the file: units, and who follows the land."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_app.county import boundary_edits, unit_edits
from gis_app.county.boundary_edits import BoundaryEdit, Following, boundary_edit
from gis_app.county.boundary_rows import BoundaryReport
from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.county.numbering import used_codes
from gis_app.county.plan_edits import create_draft, publish
from gis_app.grid.coverage import areas, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.vertices import Vertex
from gis_app.grid.plans import Plan
from gis_app.grid.units import Level, UnitKind
from gis_app.progress import finish
from tests.county import villages
from tests.county.samples import same_state
from tests.county.villages import DRAFT, at

MIDDLE = np.array([at(50, 0), at(50, 100)])
"""A line that parts cell 21 into a western and an eastern half."""


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = villages.drafted(tmp_path / "county.gpkg")
    start = made.working
    yield made
    after = made.working
    made.close_draft()
    same_state(finish(made.opening_draft(DRAFT)), after)
    while made.undo():
        pass
    same_state(made.working, start)
    made.close()


def done(county: County, edit: BoundaryEdit, following: Following | None = None) -> Changes:
    before = county.working
    changes = county.perform(boundary_edit(edit, following or Following()))
    assert isinstance(changes, Changes), changes
    assert sum(areas(before.coverage).values()) == pytest.approx(sum(areas(county.working.coverage).values()), rel=1e-12)
    assert_whole(county)
    return changes


def assert_whole(county: County) -> None:
    """Assert that everybody is in a cell that there is, or has a reason."""
    state = county.working
    cells = state.coverage.cells.keys()
    assert {unit.id for unit in state.units.at_level(Level.CELL)} == cells
    homes = state.households
    assert all((cell in cells) == (reason == 0) for cell, reason in zip(homes.cell.tolist(), homes.reason.tolist(), strict=True))
    assert all(worker.cell == 0 or worker.cell in cells for worker in state.workers.values())
    live = state.cases.cell[state.cases.state <= 3]
    assert set(live.tolist()) <= cells | {0}


def report_of(changes: Changes) -> BoundaryReport:
    assert isinstance(changes.report, BoundaryReport)
    return changes.report


def refused(county: County, edit: BoundaryEdit, following: Following | None = None) -> Refusal:
    before = county.working
    answer = county.perform(boundary_edit(edit, following or Following()))
    assert isinstance(answer, Refusal), answer
    assert county.working is before and str(answer.reason)
    return answer


def cells_of(county: County, *households: int) -> list[int]:
    homes = county.working.households
    return [int(homes.cell[np.searchsorted(homes.id, household)]) for household in households]


def cases_of(county: County, *cases: int) -> list[int]:
    known = county.working.cases
    return [int(known.cell[np.searchsorted(known.id, case)]) for case in cases]


def test_a_cell_is_split_by_a_line(county: County) -> None:
    changes = done(county, boundary_edits.split_cell(21, [MIDDLE]))
    state = county.working
    assert (changes.plan, changes.coverage) == (DRAFT, True)
    assert {21, 25} <= set(changes.ids["units"].tolist())
    assert state.units[25].code == "230225101201005" and state.units[25].name == "永安村第五网格"
    assert (state.units[25].parent, state.units[25].kind) == (3, UnitKind.RURAL_CELL)
    assert cells_of(county, 1, 2, 3, 4, 13, 14) == [21, 21, 25, 21, 21, 21], "4 lies on the line: the lower code"
    assert cells_of(county, 11) == [22], "on the border of the new cell and 22, which has the lower code"
    assert cells_of(county, 5, 6, 8) == [25, 21, 21], "pinned: one goes with the land that it lies in, the others stay"
    assert state.households.pinned[4]
    assert cases_of(county, 10, 20, 30, 40, 60) == [25, 25, 21, 21, 21], "by place, by household; a closed one keeps its cell"
    assert state.workers[1].cell == 25, "he lives in the eastern part"
    report = report_of(changes)
    assert (report.added, report.removed, report.households, report.pinned, report.whistles) == ((25,), (), 3, 1, 2)
    assert report.workers == {1: 25} and report.vacant == (21,) and report.doubled == ()
    assert str(changes.title) == "Split 230225 101 201 003 by line, 8 + 2 resident households"
    counts = {one.cell: (one.before and one.before.households, one.after and one.after.households) for one in report.consequences}
    assert counts == {21: (11, 8), 25: (None, 2)}
    assert county.state.units.keys() == villages.UNITS.keys() | villages.VILLAGES.keys(), "the published plan is as it was"
    assert county.state.households.cell[2] == 21


def test_all_may_go_to_one_side(county: County) -> None:
    changes = done(county, boundary_edits.split_cell(21, [MIDDLE]), Following(households=25, cases=25, workers=21))
    assert cells_of(county, 5, 6, 8) == [25, 25, 25] and cells_of(county, 1, 3) == [21, 25], "only pinned ones obey"
    assert cases_of(county, 10, 20, 30, 60) == [25, 25, 25, 25] and cases_of(county, 40, 50) == [21, 22]
    assert county.working.workers[1].cell == 21
    assert report_of(changes).vacant == (25,) and report_of(changes).whistles == 4
    assert refused(county, boundary_edits.split_cell(22, [np.add(MIDDLE, (100, 0))]), Following(workers=21)).code == "following"


def test_a_whistle_that_was_sent_to_a_cell_goes_with_its_land(county: County) -> None:
    done(county, boundary_edits.split_cell(21, [MIDDLE]), Following(cases=25))
    across = np.array([at(50, 50), at(100, 50)])
    changes = done(county, boundary_edits.split_cell(25, [across]))
    new = report_of(changes).added[0]
    south = new if cells_of(county, 3) != [new] and cases_of(county, 10) == [new] else 25
    assert cases_of(county, 10, 20, 30, 60) == [south, 25, 25, 25], "by place; those without one in it stay"
    counts = {one.cell: one.after.whistles for one in report_of(changes).consequences if one.after}
    assert counts == {25: 4 - (south == new), new: int(south == new)}
    done(county, boundary_edits.merge_cells([25, 22], 22))
    assert set(cases_of(county, 20, 30, 60)) == {22}


def test_merged_cells_give_their_people_to_one(county: County) -> None:
    changes = done(county, boundary_edits.merge_cells([21, 22], 22))
    report = report_of(changes)
    assert report.removed == (21,) and 21 not in county.working.units
    assert cells_of(county, 1, 5, 6, 7, 8) == [22] * 5
    assert county.working.households.pinned[[4, 5, 7]].all()
    assert cases_of(county, 10, 20, 30, 60, 50) == [22] * 5 and cases_of(county, 40) == [21], "a closed one keeps the cell that it lay in"
    assert county.working.workers[1].cell == county.working.workers[2].cell == 22
    assert report.doubled == (22,) and report.workers == {1: 22}
    assert str(changes.title) == "Merge into 230225 101 201 004, 1 + 11 resident households"


def test_a_worker_goes_to_the_village_of_his_new_cell(county: County) -> None:
    changes = done(county, boundary_edits.merge_cells([13, 17], 17))
    assert (county.working.workers[3].cell, county.working.workers[3].village) == (17, 3)
    said = [str(text) for text in report_of(changes).sentences]
    assert "The land of 北岸村第一网格 (230225 101 202 001) comes to another village: 永安村." in said
    assert any(text.startswith("Workers who come to another village: ") for text in said)


def test_land_that_comes_to_another_village_or_township_is_told_before_and_after(county: County) -> None:
    for west, south, into, moves in (
        (60, 10, 22, ()),
        (160, 10, 23, ("Land comes to another township: 东风镇 → 西山乡.",)),
        (160, 110, 18, ("Land comes to another township: 西山乡 → 东风镇.",)),
        (60, 160, 14, ("Land comes to another village: 永安村 → 北岸村.",)),
    ):
        edit = boundary_edits.transfer_area(
            np.array([at(west + x, south + y) for x, y in ((0, 0), (60, 0), (60, 50), (0, 50), (0, 0))]), into
        )
        tried = edit.attempt(county.working)
        assert isinstance(tried, Edited)
        told, said = tried.warnings, report_of(done(county, edit)).sentences
        for texts in (told, said):  # while it is drawn, and when it is done
            assert tuple(str(text) for text in texts if str(text).startswith("Land comes")) == moves


def test_land_is_transferred(county: County) -> None:
    lasso = np.array([at(60, 10), at(160, 10), at(160, 60), at(60, 60), at(60, 10)])
    changes = done(county, boundary_edits.transfer_area(lasso, 22))
    assert cells_of(county, 3, 5, 1) == [22, 22, 21], "a pinned one goes with the land that it lies in"
    assert cases_of(county, 10, 60) == [22, 21]
    assert county.working.workers[1].cell == 21, "a worker keeps his cell as long as there is one"
    assert report_of(changes).households == 3
    assert str(changes.title) == "Transfer 2,000 m² to 230225 101 201 004, from 230225 101 201 003"
    assert {one.cell for one in report_of(changes).consequences} == {21, 22}


def test_a_deleted_cell_has_an_heir(county: County) -> None:
    changes = done(county, boundary_edits.delete_cell(19, 18))
    assert cells_of(county, 12, 6) == [18, 21] and county.working.workers[4].cell == 18
    assert county.working.workers[4].village == 3, "his cell's new village"
    assert str(changes.title) == "Delete 230225 201 001 001, its land goes to 230225 101 201 002"


def test_a_village_keeps_a_cell(county: County) -> None:
    done(county, boundary_edits.merge_cells([19, 20], 19))
    answer = refused(county, boundary_edits.merge_cells([18, 19], 18))
    assert answer.code == "last_cell" and answer.at is not None and "河东社区" in str(answer.reason)


def test_a_drawn_cell_that_covers_the_last_one_takes_its_place(county: County) -> None:
    done(county, boundary_edits.merge_cells([19, 20], 19))
    done(county, boundary_edits.draw_cell(np.array([at(200, 100), at(400, 100), at(400, 200), at(200, 200)])))
    new = county.working.units.children(6)
    assert [(cell.code, cell.kind, cell.name) for cell in new] == [("230225201001003", UnitKind.COMMUNITY_CELL, "河东社区第二网格")]


def test_codes_of_the_published_plan_are_not_given_again(county: County) -> None:
    done(county, boundary_edits.merge_cells([21, 22], 21))
    done(county, boundary_edits.split_cell(21, [np.add(MIDDLE, (50, 0))]))
    (new,) = (unit for unit in county.working.units.children(3) if unit.id not in villages.VILLAGES)
    assert new.code == "230225101201005", "004 is still that of 22 in the published plan"
    answer = county.perform(unit_edits.recode_unit(new.id, "230225101201004"))
    assert isinstance(answer, Refusal) and answer.code == "used"


def test_locked_cells_keep_their_land(county: County) -> None:
    assert isinstance(county.perform(unit_edits.lock_unit(22, True)), Changes)
    answer = refused(county, boundary_edits.merge_cells([21, 22], 21))
    assert answer.code == "locked" and "永安村第四网格" in str(answer.reason) and answer.at is not None
    across = np.array([at(0, 50), at(100, 50)])
    done(county, boundary_edits.split_cell(21, [across]))  # 22 only gets a vertex where the new border ends
    assert isinstance(county.perform(unit_edits.lock_unit(22, False)), Changes)
    assert isinstance(county.perform(unit_edits.lock_unit(1, True)), Changes)
    assert refused(county, boundary_edits.split_cell(17, [np.add(across, (0, 100))])).code == "locked", "its township is locked"


def test_only_drafts_are_edited(county: County) -> None:
    split = boundary_edits.split_cell(21, [MIDDLE])
    assert isinstance(split.attempt(county.state), Edited), "a tool may show what would be"
    answer = finish(boundary_edit(split).plan(county.state))
    assert isinstance(answer, Refusal) and answer.code == "published"


def test_a_full_village_has_no_code_for_another_cell(county: County) -> None:
    units = [replace(unit, code="230225101201999") if unit.id == 22 else unit for unit in county.working.units.values()]
    more = [replace(units[-1], id=1000 + number, code=f"230225101201{number:03}") for number in range(1, 999)]
    full = replace(county.working, units=type(county.working.units)([*units, *more]))
    answer = finish(boundary_edit(boundary_edits.split_cell(21, [MIDDLE])).plan(full))
    assert isinstance(answer, Refusal) and answer.code == "code"


def test_a_cell_drawn_apart_from_the_county_is_refused_while_it_is_drawn(county: County) -> None:
    away = shapely.box(*at(5000, 5000), *at(5200, 5200))
    tried = boundary_edits.draw_cell(away, outside=True).attempt(county.working)
    assert isinstance(tried, Refusal) and tried.code == "code" and "belongs to no village" in str(tried.reason)
    assert tried.at is not None and away.contains(shapely.Point(tried.at))


def test_rounding_to_the_grid_is_not_told_as_land_that_moves(county: County) -> None:
    coverage, units = county.working.coverage, county.working.units
    number, arc = next(
        (number, arc)
        for number, arc in coverage.arcs.items()
        if arc.left in units and arc.right in units and units[arc.left].parent != units[arc.right].parent
    )
    (x, y), (u, v) = arc.points[:2].tolist()
    beside = (round((x + u) / 2, 3) + 0.002 * (x == u), round((y + v) / 2, 3) + 0.002 * (x != u))
    tried = boundary_edits.insert_vertex(number, 0, beside).attempt(county.working)
    assert isinstance(tried, Edited) and not tried.warnings and sum(piece.shape.area for piece in tried.pieces) > 0


def test_points_move_and_the_edit_is_refused_where_borders_would_cross(county: County) -> None:
    state = county.working
    corner = next(node for node, place in state.coverage.nodes.items() if place == at(100, 100))
    changes = done(county, boundary_edits.move_node(corner, at(90, 95)))
    assert {one.cell for one in report_of(changes).consequences} == {17, 18, 21, 22}
    assert refused(county, boundary_edits.move_node(corner, at(320, 95))).reason
    arc = next(number for number, arc in county.working.coverage.arcs.items() if {arc.left, arc.right} == {21, 22})
    done(county, boundary_edits.insert_vertex(arc, 0, at(95, 50)))
    points = county.working.coverage.arcs[arc].points
    inner = next(index for index in range(1, len(points) - 1))
    done(county, boundary_edits.move_vertices([Vertex(arc, inner)], (-5.0, 5.0)))
    done(county, boundary_edits.smooth_border([arc]))
    done(county, boundary_edits.simplify_border([arc], 50.0))


def test_what_is_pinned_to_land_that_leaves_the_county_is_free_again(county: County) -> None:
    before = county.working
    cut = boundary_edits.cut_county(np.array([at(-1, -1), at(100, -1), at(100, 100), at(-1, 100)]))
    changes = county.perform(boundary_edit(cut))
    assert isinstance(changes, Changes)
    assert_whole(county)
    state = county.working
    assert 21 not in state.units and cells_of(county, 1, 5, 6, 8) == [0, 0, 19, 0]
    assert state.households.reason[[0, 4, 5, 7]].tolist() == [2, 2, 0, 1] and not state.households.pinned[[4, 5, 7]].any()
    assert state.workers[1].cell == 0 and report_of(changes).workers == {1: 0}
    assert any("no cell any more: 王强" in str(text) for text in report_of(changes).sentences)
    county.undo()
    same_state(county.working, before)


def test_land_beyond_the_county_brings_households_in(county: County) -> None:
    changes = county.perform(
        boundary_edit(boundary_edits.extend_county(np.array([at(400, 0), at(500, 0), at(500, 100), at(400, 100)]), 24))
    )
    assert isinstance(changes, Changes) and cells_of(county, 10) == [24]
    assert_whole(county)
    assert report_of(changes).households == 1
    assert shapely.area(polygons(county.working.coverage)[24]) == pytest.approx(20_000)


def test_equal_parts_have_equal_households(county: County) -> None:
    changes = done(county, boundary_edits.split_equally(21, 2))
    assert str(changes.title).startswith("Split 230225 101 201 003 equally, ")
    found = [one.after.households for one in report_of(changes).consequences if one.after]
    assert sum(found) == 11


def test_brush_and_polygon(county: County) -> None:
    done(county, boundary_edits.paint_cells(shapely.Point(at(100, 50)).buffer(20), 22))
    done(county, boundary_edits.split_by_polygon(17, np.array([at(20, 120), at(60, 120), at(60, 160), at(20, 160)])))
    assert len(county.working.units.children(3)) == 5


def test_codes_that_a_plan_had_are_not_given_again_after_it_was_archived(county: County) -> None:
    before = county.working
    assert isinstance(county.perform(unit_edits.recode_unit(22, "230225101201009")), Changes)
    assert isinstance(county.perform(publish(DRAFT, date(2020, 6, 1))), Changes)
    made = county.perform(create_draft("下一稿", 0))
    assert isinstance(made, Changes) and isinstance(made.report, Plan)
    finish(county.opening_draft(made.report.id))
    old = "230225101201004"
    for state in (county.working, county.store.load()):
        assert old in used_codes(state), "22 lives on with another code, but this one was its own"
    answer = county.perform(unit_edits.recode_unit(22, old))
    assert isinstance(answer, Refusal) and answer.code == "used"
    county.close_draft()
    county.undo()
    county.undo()
    assert old not in {*used_codes(county.state, [22])}
    finish(county.opening_draft(DRAFT))
    county.undo()
    same_state(county.working, before)
