"""Drafts: made, worked on, undone, discarded, published; the published plan stays as it is until then."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis_app.bootstrap import open_county
from gis_app.cases.case import State
from gis_app.cases.statistics import units_of
from gis_app.county.changes import Changes, Edit, Refusal, RowChange
from gis_app.county.comparison import Fate, comparing
from gis_app.county.content import next_id, objects
from gis_app.county.county import County, CountyBusy, PlanError
from gis_app.county.edits import assign_households, assign_workers, check_county, rename_unit
from gis_app.county.household_edits import pin_households, retire_households
from gis_app.county.integrity import InvalidChange
from gis_app.county.plan_edits import create_draft, discard_draft, plan_called, publish, rename_plan, used_codes
from gis_app.county.problem_edits import repair_of
from gis_app.county.problems import ProblemKind, quickly
from gis_app.county.retired_codes import retired_codes
from gis_app.county.state import CountyState, with_past_cells
from gis_app.county.unit_edits import renumber
from gis_app.grid.plans import PlanStatus
from gis_app.grid.units import Level
from gis_app.gui.publish_figures import publish_figures
from gis_app.output.contents import path_text
from gis_app.progress import finish
from tests.county.samples import EAST, NORTH, edit, make, same_state

DAY = date(2020, 7, 1)


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = make(tmp_path / "county.gpkg")
    done(made.perform(assign_households()))
    done(made.perform(assign_workers()))
    yield made
    made.close()


def done(result: Changes | Refusal | None) -> Changes:
    assert isinstance(result, Changes), result
    return result


def division(*rows: RowChange) -> Edit:
    return replace(edit(*rows), division=True)


def drafted(county: County, name: str = "草案", base: int = 0) -> CountyState:
    plan = int(done(county.perform(create_draft(name, base))).ids["plans"].max())
    return finish(county.opening_draft(plan))


def box(west: float, south: float, east: float, north: float) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)])


def cut(new: int = 8, code: str = "230225101201003") -> Edit:
    """Split cell 4 at x = 50: household 1 and whistle 10 stay in the west; the new cell is in village 2."""
    columns = {"id": np.array([new]), "level": np.array([3]), "kind": objects(["rural_cell"]), "parent": np.array([2])}
    texts = {"code": objects([code]), "name": objects(["新网格"])}
    rows = RowChange(
        "units",
        insert={**columns, **texts, "geom": objects([box(0, 0, 50, 100)])},
        update={"id": np.array([4, 6]), "geom": objects([box(50, 0, 100, 100), _north()])},
    )
    return division(rows)


def _north() -> shapely.MultiPolygon:
    """Return cell 6 with the vertex where the border between 4 and the new cell ends."""
    corners = [(0, 100), (50, 100), (100, 100), (100, 200), (0, 200)]
    return shapely.MultiPolygon([shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])])


def merge() -> Edit:
    """Give the land of cell 5 to cell 4; cell 5 goes."""
    corners = [(0, 0), (200, 0), (200, 100), (100, 100), (0, 100)]
    land = shapely.MultiPolygon([shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])])
    return division(RowChange("units", update={"id": np.array([4]), "geom": objects([land])}, delete=np.array([5])))


def move_village() -> Edit:
    """Do away with village 3: its cells come to village 2."""
    columns = {"parent": np.array([2, 2]), "code": objects(["230225101201004", "230225101201005"])}
    return division(RowChange("units", update={"id": np.array([6, 7]), **columns}, delete=np.array([3])))


def fresh(county: County) -> CountyState:
    """Return the open draft as the file has it."""
    assert county.draft is not None
    return finish(_closed(county).reading_plan(county.draft.plan))


def _closed(county: County) -> County:
    """Return a county on the same store, just loaded, with no draft open."""
    return County(county.store)


def test_a_new_draft_divides_the_county_as_the_published_plan_does(county: County) -> None:
    draft = drafted(county)
    assert draft.plan == 2 and county.state.plans[2].base == 1 and county.state.plans[2].status == PlanStatus.DRAFT
    assert county.working is draft and county.draft is draft
    same_state(replace(draft, plan=1), county.state)
    assert draft.households is county.state.households or draft.households.cell.tolist() == county.state.households.cell.tolist()
    county.close_draft()
    assert county.working is county.state


def test_an_edit_of_the_division_changes_the_draft_alone_and_everybody_follows(county: County) -> None:
    draft, published = drafted(county), county.state
    changes = done(county.perform(cut(next_id(draft, "units"))))
    assert changes.plan == 2 and changes.coverage and county.draft is not None
    assert {table: ids.tolist() for table, ids in changes.ids.items()} == {"units": [4, 6, 8], "households": [1], "cases": [10]}
    assert county.draft.households.cell.tolist() == [8, 4, 7, 0, 0]  # household 2 lies on the border of 4 and 5: the lower code
    assert county.draft.cases.cell.tolist() == [8, 0, 5], "an open whistle follows its place, one that is over does not"
    same_state(county.state, published)
    same_state(county.draft, fresh(county))
    assert next_id(county.state, "units") == 9, "no id of a draft is given again"


def test_undo_and_redo_go_by_the_history_of_the_draft(county: County) -> None:
    states = [drafted(county)]
    for each in (cut(), division(RowChange("units", update={"id": np.array([4]), "name": objects(["甲"])})), merge()):
        done(county.perform(each))
        states.append(county.working)
    assert [str(entry.title) for entry in county.history()] == ["Do it"] * 3
    for _ in range(2):
        for state in states[-2::-1]:
            done(county.undo())
            same_state(county.working, state)
            same_state(county.working, fresh(county))
        assert county.undo() is None
        for state in states[1:]:
            done(county.redo())
            same_state(county.working, state)
            same_state(county.working, fresh(county))
        assert county.redo() is None


def test_the_history_of_a_draft_lasts_beyond_the_last_opening(county: County) -> None:
    before = drafted(county)
    done(county.perform(cut()))
    after = county.working
    county.close()
    again = open_county(county.store.name)
    finish(again.opening_draft(2))
    same_state(again.working, after)
    done(again.undo())
    same_state(again.working, before)
    assert again.undo() is None
    done(again.redo())
    same_state(again.working, after)
    again.close()


def test_going_to_a_step_tells_once_what_has_changed(county: County) -> None:
    states = {0: drafted(county)}
    for each in (cut(), merge(), division(RowChange("units", update={"id": np.array([6]), "name": objects(["乙"])}))):
        done(county.perform(each))
        states[county.history()[0].id] = county.working
    heard: list[Changes] = []
    county.subscribe(heard.append)
    for step in (0, *reversed(states), *states):
        finish(county.going_to(step))
        same_state(county.working, states[step])
        same_state(county.working, fresh(county))
    assert len(heard) < 12 and set(heard[0].ids["units"].tolist()) == {4, 5, 6, 8}
    with pytest.raises(PlanError, match="no step"):
        finish(county.going_to(99))


def test_stopping_on_the_way_tells_of_the_steps_that_were_made(county: County) -> None:
    drafted(county)
    for name in ("甲", "乙", "丙"):
        done(county.perform(division(RowChange("units", update={"id": np.array([6]), "name": objects([name])}))))
    heard: list[Changes] = []
    county.subscribe(heard.append)
    steps = county.going_to(0)
    next(steps)
    next(steps)
    steps.close()
    assert county.working.units[6].name == "乙" and len(heard) == 1


def test_what_the_window_showed_comes_back_with_undo(county: County) -> None:
    drafted(county)
    done(county.perform(replace(cut(), view={"scale": 2.5, "selected": [4]})))
    changes = done(county.undo())
    assert changes.view == {"scale": 2.5, "selected": [4]} and changes.plan == 2


def test_pins_and_workers_of_a_draft_are_its_own(county: County) -> None:
    drafted(county)
    published = county.state
    done(county.perform(replace(pin_households([1], 7), division=True)))
    done(county.perform(division(RowChange("workers", update={"id": np.array([1]), "cell": np.array([5])}))))
    working = county.working
    assert working.households.cell[0] == 7 and working.households.pinned[0] and working.workers[1].cell == 5
    assert working.workers[1].village == 2
    same_state(working, fresh(county))
    same_state(county.state, published)
    done(county.perform(replace(pin_households([1], None), division=True)))
    assert county.working.households.cell[0] == 4 and not county.working.households.pinned[0]
    same_state(county.working, fresh(county))
    for _ in range(3):
        done(county.undo())
    same_state(replace(county.working, plan=1), published)


def test_an_edit_of_the_county_reaches_the_open_draft(county: County) -> None:
    drafted(county)
    done(county.perform(cut()))
    at = np.array([[EAST + 20, NORTH + 30], [EAST + 80, NORTH + 30]])
    done(county.perform(edit(RowChange("households", insert={"id": np.array([20, 21]), "geom": at}, delete=np.array([9])))))
    done(county.perform(edit(RowChange("cases", update={"id": np.array([20]), "geom": at[:1], "cell": np.array([4])}))))
    done(county.perform(edit(RowChange("households", update={"id": np.array([2]), "geom": at[:1]}))))
    homes = dict(zip(county.working.households.id.tolist(), county.working.households.cell.tolist(), strict=True))
    assert homes == {1: 8, 2: 8, 3: 7, 4: 0, 20: 8, 21: 4} and county.working.cases.cell.tolist() == [8, 8, 5]
    same_state(county.working, fresh(county))
    assert [str(entry.title) for entry in county.history()] == ["Do it"], "the draft's own edits alone"


def test_an_edit_of_the_division_may_say_nothing_else(county: County) -> None:
    drafted(county)
    for rows in (
        RowChange("households", update={"id": np.array([1]), "members": np.array([7])}),
        RowChange("workers", delete=np.array([1])),
        RowChange("settings", update={"id": np.array([5]), "value": objects([3])}),
        RowChange("units", delete=np.array([2])),
    ):
        before = county.working
        with pytest.raises(InvalidChange):
            county.perform(division(rows))
        assert county.working is before


def test_plans_have_names_of_their_own(county: County) -> None:
    drafted(county)
    assert refused(county.perform(create_draft(" "))) == "no_name"
    assert refused(county.perform(create_draft("草案"))) == "name_taken"
    assert refused(county.perform(create_draft("另一个", 77))) == "no_plan"
    assert refused(county.perform(rename_plan(77, "x"))) == "no_plan"
    assert refused(county.perform(rename_plan(1, "草案"))) == "name_taken"
    assert refused(county.perform(discard_draft(1))) == "not_a_draft"
    assert refused(county.perform(publish(1, DAY))) == "not_a_draft"
    assert refused(county.perform(publish(77, DAY))) == "no_plan"
    done(county.perform(rename_plan(2, "夏季方案")))
    done(county.perform(rename_plan(1, "春季方案")))
    assert county.state.settings.plan_name == "春季方案" and county.working.plans[2].name == "夏季方案"
    assert plan_called(county.state, "夏季方案") == plan_called(county.state, "2") == county.state.plans[2]
    assert plan_called(county.state, "冬季方案") is None
    with pytest.raises(PlanError, match="not a draft"):
        finish(county.opening_draft(1))


def refused(result: Changes | Refusal) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def test_a_copy_of_a_draft_has_all_that_was_decided_in_it(county: County) -> None:
    drafted(county)
    done(county.perform(cut()))
    done(county.perform(replace(pin_households([1], 7), division=True)))
    done(county.perform(division(RowChange("cases", update={"id": np.array([10]), "cell": np.array([7])}))))
    first = county.working
    copy = drafted(county, "副本", 2)
    assert copy.plan == 3 and copy.households.cell[0] == 7 and copy.cases.cell[0] == 7
    same_state(replace(copy, plan=2), first_with(first, county))
    done(county.perform(rename_division(5, "只在副本")))
    assert finish(county.reading_plan(2)).units[5].name != "只在副本"


def test_a_copy_of_a_discarded_draft_counts_as_a_copy_of_what_that_was_made_of(county: County) -> None:
    drafted(county)
    drafted(county, "副本", 2)
    done(county.perform(discard_draft(2)))
    assert county.state.plans[3].base == 1 and county.draft is not None
    report: Any = done(county.perform(publish(3, DAY))).report
    assert not report.outdated
    for _ in range(2):
        done(county.undo())
    assert county.state.plans[3].base == 2 and 2 in county.state.plans


def test_a_plan_that_the_file_holds_damaged_is_not_opened(county: County) -> None:
    drafted(county)
    county.close()
    with closing(sqlite3.connect(county.store.name)) as connection, connection:
        far = shapely.to_wkb(shapely.MultiPolygon([shapely.box(1e300, 0, 2e300, 5)]))
        connection.execute("UPDATE plan_units SET geom = ? WHERE code = '230225101201001'", (b"GP\x00\x01\xc6\x11\x00\x00" + far,))
    again = open_county(county.store.name)
    with pytest.raises(PlanError, match="damaged"):
        finish(again.opening_draft(2))
    assert again.draft is None and isinstance(again.perform(rename_unit(4, "甲")), Changes)
    again.close()


def first_with(state: CountyState, county: County) -> CountyState:
    return replace(state, plans=county.state.plans)


def rename_division(unit: int, name: str) -> Edit:
    return division(RowChange("units", update={"id": np.array([unit]), "name": objects([name])}))


def test_a_discarded_draft_comes_back_with_its_history(county: County) -> None:
    drafted(county)
    done(county.perform(cut()))
    draft = county.working
    done(county.perform(discard_draft(2)))
    assert county.draft is None and 2 not in county.state.plans
    assert len(county.store.plan_rows("plan_units", 2)["id"]) == 0
    done(county.undo())
    finish(county.opening_draft(2))
    same_state(county.working, draft)
    done(county.undo())
    assert 8 not in county.working.units


def test_undoing_that_a_draft_was_made_takes_all_of_it_and_redo_brings_all_back(county: County) -> None:
    drafted(county)
    done(county.perform(cut()))
    done(county.perform(replace(pin_households([1], 7), division=True)))
    draft = county.working
    county.close_draft()
    done(county.undo())
    assert not any(len(county.store.plan_rows(table, 2)["id"]) for table in ("plan_units", "plan_pins", "plan_workers", "plan_cases"))
    done(county.redo())
    finish(county.opening_draft(2))
    same_state(county.working, draft)


def test_publishing_makes_the_draft_the_county(county: County) -> None:
    before = county.state
    drafted(county)
    done(county.perform(cut()))
    done(county.perform(replace(pin_households([3], 6), division=True)))
    draft = county.working
    changes = done(county.perform(publish(2, DAY)))
    report: Any = changes.report
    assert (report.cells_changed, report.cells_new, report.cells_closed) == ((4,), (8,), ())
    assert (report.households_moved, report.cases_moved, report.households_unassigned) == (2, 1, 0)
    assert report.residents_with_other_worker == 5 and not report.outdated and not report.bodies_moved
    state = county.state
    assert county.draft is None and state.plan == 2 and changes.plan == 2
    assert state.plans[1].status == PlanStatus.ARCHIVED and state.plans[1].valid_to == DAY
    assert state.plans[2].status == PlanStatus.PUBLISHED and state.plans[2].valid_from == DAY
    assert (state.settings.plan_name, state.settings.plan_published) == ("草案", "2020-07-01")
    assert state.units[8].valid_from == DAY and state.households.cell.tolist() == draft.households.cell.tolist()
    same_state(state, county.store.load())
    assert len(county.store.plan_rows("plan_units", 2)["id"]) == 0 == len(county.store.plan_rows("plan_pins", 2)["id"])
    archived = finish(county.reading_plan(1))
    assert archived.households.cell.tolist() == before.households.cell.tolist() and dict(archived.workers) == dict(before.workers)
    assert dict(archived.units) == dict(before.units) and not archived.households.pinned.any()
    done(county.undo())
    same_state(county.state, before_with(before, county))
    finish(county.opening_draft(2))
    same_state(county.working, draft)
    done(county.undo())
    assert county.draft is not None
    county.close_draft()
    assert county.redo() is None, "the draft is another one now: what was published cannot be published again as it was"


def before_with(state: CountyState, county: County) -> CountyState:
    return replace(state, plans=county.state.plans)


def test_what_a_plan_does_away_with_is_closed_and_its_code_never_used_again(county: County) -> None:
    done(county.perform(edit(RowChange("cases", update={"id": np.array([30]), "cell": np.array([5])}))))
    drafted(county)
    done(county.perform(merge()))
    done(county.perform(move_village()))
    assert county.working.bodies[1].unit == 2 and county.working.workers[2].village == 2
    same_state(county.working, fresh(county))
    changes = done(county.perform(publish(2, DAY)))
    report: Any = changes.report
    state = county.state
    assert report.cells_closed == (5,) and report.cells_changed == (4,) and report.cells_renamed == (6, 7)
    assert set(state.closed) == {3, 5} and state.closed[5].valid_to == DAY and 5 not in state.units
    assert "230225101201002" in used_codes(state)
    assert next_id(state, "units") == 8
    assert state.cases.state[2] == State.DONE and state.cases.cell[2] == 5, "a whistle that is over keeps the cell that it lay in"
    assert state.units.path(5) == []
    same_state(state, county.store.load())


def test_a_draft_that_is_broken_is_not_published(county: County) -> None:
    drafted(county)
    hole = division(RowChange("units", update={"id": np.array([7]), "geom": objects([box(100.5, 100, 200, 200)])}))
    done(county.perform(hole))
    before = county.state
    result = county.perform(publish(2, DAY))
    assert isinstance(result, Refusal) and result.code == "missing_vertex" and result.at is not None
    assert EAST + 100 <= result.at[0] <= EAST + 100.5
    assert county.state is before and county.draft is not None
    done(county.undo())
    done(county.perform(publish(2, DAY)))
    drafted(county, "更早")
    assert refused(county.perform(publish(3, date(2020, 6, 30)))) == "date"


def test_a_draft_on_an_earlier_plan_says_so_and_units_may_come_back(county: County) -> None:
    drafted(county)
    done(county.perform(merge()))
    done(county.perform(publish(2, DAY)))
    drafted(county, "回到春季", 1)
    report: Any = done(county.perform(publish(3, DAY))).report
    assert report.outdated and report.cells_new == (5,) and 5 in county.state.units and not county.state.closed
    same_state(county.state, county.store.load())
    done(county.undo())
    assert 5 in county.state.closed
    same_state(county.state, county.store.load())


def test_opening_waits_for_no_edit(county: County) -> None:
    drafted(county)
    county.close_draft()
    steps = county.performing(rename_unit(4, "甲"))
    next(steps)
    with pytest.raises(CountyBusy):
        finish(county.opening_draft(2))
    steps.close()
    finish(county.opening_draft(2))


def test_a_county_of_the_first_version_has_its_published_plan(tmp_path: Path) -> None:
    import shutil

    path = Path(shutil.copy(Path(__file__).parents[1] / "storage" / "data" / "county-0001.gpkg", tmp_path / "old.gpkg"))
    county = open_county(path)
    assert county.state.plan == 1 and county.state.plans[1].status == PlanStatus.PUBLISHED
    drafted(county)
    done(county.perform(cut()))
    same_state(county.working, fresh(county))
    county.close()


def test_a_whistle_that_is_over_counts_for_the_village_of_its_closed_cell(county: County) -> None:
    drafted(county)
    done(county.perform(merge()))
    done(county.perform(publish(2, DAY)))
    state = county.state
    assert state.cases.cell[2] == 5 and 5 not in state.units
    assert units_of(state.cases, with_past_cells(state), Level.VILLAGE).tolist() == [2, 0, 2]
    assert path_text(state, 5) == "东风镇 › 永安村 › 永安村二组" and path_text(state, 99) == ""
    assert with_past_cells(county.state).path(4) == state.units.path(4)


def test_what_publishing_will_change_is_counted_as_its_report_and_a_comparison_count(county: County) -> None:
    """A cell that is redrawn and renumbered is one redrawn cell; who keeps one of two workers has no other one."""
    second = {"id": np.array([2]), "village": np.array([2]), "cell": np.array([5])}
    done(county.perform(edit(RowChange("workers", update=second))))
    drafted(county)
    done(county.perform(merge()))
    done(county.perform(division(RowChange("units", update={"id": np.array([4]), "code": objects(["230225101201009"])}))))
    done(county.perform(division(RowChange("workers", update={"id": np.array([2]), "cell": np.array([4])}))))
    before, draft = county.state, county.working
    assert sum(worker.cell == 4 for worker in draft.workers.values()) == 2, "both look after the merged cell"
    told = publish_figures(before, draft, 0, 0)
    compared = finish(comparing(before, draft))
    report: Any = done(county.perform(publish(2, DAY))).report
    counted = Counter(cell.fate for cell in compared.cells)
    found = [len(cells) for cells in (report.cells_new, report.cells_closed, report.cells_changed, report.cells_renamed)]
    assert [told.new, told.gone, told.redrawn, told.renamed] == found
    assert [counted[fate] for fate in (Fate.NEW, Fate.CLOSED, Fate.CHANGED, Fate.MOVED)] == found
    residents = int(draft.households.members[np.isin(draft.households.id, compared.other_worker)].sum())
    assert told.residents == report.residents_with_other_worker == residents


def test_a_draft_of_an_earlier_plan_pins_nobody_whom_that_plan_did_not(county: County) -> None:
    """What was pinned since is free again: the households are where the earlier plan had them."""
    done(county.perform(pin_households([2], 6)))
    first = county.state.households
    drafted(county)
    done(county.perform(cut()))
    done(county.perform(replace(pin_households([1], 7), division=True)))
    done(county.perform(replace(pin_households([2], 5), division=True)))
    done(county.perform(publish(2, DAY)))
    assert county.state.households.pinned[0] and county.state.households.cell[1] == 5
    again = drafted(county, "回到从前", 1)
    assert again.households.cell.tolist() == first.cell.tolist() and again.households.pinned.tolist() == first.pinned.tolist()
    compared = finish(comparing(finish(county.reading_plan(1)), again))
    assert not compared.differing and not len(compared.moved) and not len(compared.other_worker)
    done(county.perform(publish(3, date(2020, 8, 1))))
    assert county.state.households.cell.tolist() == first.cell.tolist() and county.state.households.pinned.tolist() == first.pinned.tolist()
    same_state(county.state, county.store.load())


def test_two_drafts_cannot_both_bring_a_code_into_force(county: County) -> None:
    for name, new in (("甲案", 8), ("乙案", 9)):
        drafted(county, name)
        done(county.perform(cut(new, "230225101201077")))
        county.close_draft()
    done(county.perform(publish(2, DAY)))
    result = county.perform(publish(3, DAY))
    assert isinstance(result, Refusal) and result.code == "code_repeated" and "230225 101 201 077" in str(result.reason)
    finish(county.opening_draft(3))
    assert [issue.units for issue in finish(check_county(county.working)) if issue.kind == "code_repeated"] == [(9,)]
    problem = next(one for one in quickly(county.working).all() if one.kind == ProblemKind.CODE_REPEATED)
    repaired = repair_of(problem, county.working)
    assert isinstance(repaired, Edit)
    done(county.perform(repaired))
    done(county.perform(publish(3, DAY)))
    assert county.state.closed[8].code == "230225101201077" != county.state.units[9].code


def test_a_code_that_was_dealt_to_another_cell_stays_retired_when_its_cell_goes(county: County) -> None:
    drafted(county)
    codes = [county.working.units[cell].code for cell in (4, 5)]
    swapped = RowChange("units", update={"id": np.array([4, 5]), "code": objects(codes[::-1])})
    done(county.perform(division(swapped)))
    assert not retired_codes(county.working), "both are there: their codes are dealt anew"
    done(county.perform(merge()))
    assert [issue.units for issue in retired_codes(county.working)] == [(4,)]
    assert isinstance(county.perform(publish(2, DAY)), Refusal)
    done(county.perform(renumber(2)))
    done(county.perform(publish(2, DAY)))
    assert codes[1] not in county.state.units.codes


def test_what_is_done_to_the_county_is_undone_beside_the_open_draft(county: County) -> None:
    draft = drafted(county)
    done(county.perform(pin_households([1], 5)))
    done(county.perform(retire_households(county.store, [1], "举家外迁")))
    assert county.draft is not None and 1 not in county.draft.households.id
    done(county.undo(beside_draft=True))
    same_state(county.draft, fresh(county))
    assert county.draft.households.cell[0] == 5 and county.draft.households.pinned[0] and not county.state.households.pinned[0]
    done(county.redo(beside_draft=True))
    same_state(county.draft, fresh(county))
    assert 1 not in county.draft.households.id
    done(county.undo(beside_draft=True))
    done(county.undo())
    assert not county.draft.households.pinned[0] and county.undo() is None
    done(county.undo(beside_draft=True))
    assert county.draft is None and draft.plan not in county.state.plans, "a draft that is none any more is closed"


def test_another_draft_is_made_and_unmade_beside_the_open_one(county: County) -> None:
    drafted(county)
    done(county.perform(cut()))
    other = int(done(county.perform(create_draft("另一稿", 0))).ids["plans"].max())
    done(county.undo(beside_draft=True))
    assert county.draft is not None and other not in county.state.plans and 8 in county.draft.units
    same_state(county.draft, fresh(county))
    done(county.undo())
    same_state(county.draft, fresh(county))
    assert 8 not in county.draft.units
