"""Names, codes, parents, numbers and locks of units."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import shapely

from gis_app.county import unit_edits
from gis_app.county.changes import Edit, Outcome, Refusal
from gis_app.county.content import apply, completed
from gis_app.county.state import CountyState
from gis_app.county.unit_edits import UnitReport, reading_order
from gis_app.grid.coverage import build_coverage
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from gis_app.progress import finish
from tests.county import villages


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountyState]:
    county = villages.county(tmp_path_factory.mktemp("county") / "county.gpkg")
    yield county.state
    county.close()


@pytest.fixture
def draft(published: CountyState) -> CountyState:
    return villages.as_draft(published)


def done(state: CountyState, edit: Edit) -> tuple[CountyState, Outcome]:
    outcome = finish(edit.plan(state))
    assert isinstance(outcome, Outcome), outcome
    return apply(state, [completed(change) for change in outcome.rows]), outcome


def refused(state: CountyState, edit: Edit) -> str:
    answer = finish(edit.plan(state))
    assert isinstance(answer, Refusal), answer
    assert str(answer.reason)
    return answer.code


def locked(state: CountyState, *units: int) -> CountyState:
    return replace(state, units=Hierarchy(replace(unit, locked=unit.id in units) for unit in state.units.values()))


def test_a_cell_moves_to_another_village(draft: CountyState) -> None:
    after, outcome = done(draft, unit_edits.move_unit(18, 6))
    cell = after.units[18]
    assert (cell.parent, cell.code, cell.kind, cell.name) == (6, "230225201001003", UnitKind.COMMUNITY_CELL, "永安村第二网格")
    assert isinstance(outcome.report, UnitReport)
    assert outcome.report.codes == {18: ("230225101201002", "230225201001003")} and not outcome.report.names
    said = [str(sentence) for sentence in outcome.report.sentences]
    assert any("230225 201 001 003" in text for text in said) and any("100 households" in text for text in said)
    assert not any("enclave" in text for text in said), "18 lies beside 19"
    assert str(outcome.title) == "Move 永安村第二网格 (230225 101 201 002) to 河东社区"
    assert {unit.id for unit in after.units.children(3)} == {17, 21, 22}


def test_a_moved_cell_that_does_not_border_on_its_village_is_an_enclave(draft: CountyState) -> None:
    _, outcome = done(draft, unit_edits.move_unit(21, 6))
    assert isinstance(outcome.report, UnitReport) and any("enclave" in str(text) for text in outcome.report.sentences)


def test_the_worker_goes_with_his_cell(draft: CountyState) -> None:
    after, outcome = done(draft, unit_edits.move_unit(21, 4))
    assert (after.workers[1].village, after.workers[1].cell) == (4, 21)
    assert isinstance(outcome.report, UnitReport) and outcome.report.workers == (1,)
    assert after.workers[2] == draft.workers[2]


def test_a_village_moves_with_all_below(draft: CountyState) -> None:
    after, _ = done(draft, unit_edits.move_unit(4, 2))
    assert (after.units[4].code, after.units[4].parent, after.units[4].name) == ("230225201202", 2, "北岸村")
    assert [after.units[cell].code for cell in (13, 14)] == ["230225201202001", "230225201202002"]
    assert after.units[13].parent == 4 and after.units[17] == draft.units[17]


def test_what_cannot_be_moved(draft: CountyState, published: CountyState) -> None:
    assert refused(published, unit_edits.move_unit(18, 6)) == "published"
    assert refused(draft, unit_edits.move_unit(99, 6)) == "no_unit"
    assert refused(draft, unit_edits.move_unit(18, 1)) == refused(draft, unit_edits.move_unit(18, 19)) == "no_parent"
    assert refused(draft, unit_edits.move_unit(3, 6)) == refused(draft, unit_edits.move_unit(1, 2)) == "no_parent"
    assert not done(draft, unit_edits.move_unit(18, 3))[1].rows, "it lies there already"
    for lock in (18, 3, 1, 6, 2):
        assert refused(locked(draft, lock), unit_edits.move_unit(18, 6)) == "locked"
    assert refused(locked(draft, 13), unit_edits.move_unit(4, 2)) == "locked", "a locked cell keeps its code"
    one, _ = done(draft, unit_edits.move_unit(19, 5))
    assert refused(one, unit_edits.move_unit(20, 5)) == "last_cell"
    one, _ = done(draft, unit_edits.move_unit(3, 2))
    assert refused(one, unit_edits.move_unit(4, 2)) == "last_village"


def test_codes_are_never_given_again(draft: CountyState) -> None:
    gone = Unit(40, Level.CELL, UnitKind.RURAL_CELL, "230225101202003", "北岸村第三网格", 4)
    after, _ = done(replace(draft, closed={40: gone}), unit_edits.move_unit(18, 4))
    assert after.units[18].code == "230225101202004", "003 was closed"
    assert refused(replace(draft, closed={40: gone}), unit_edits.recode_unit(13, gone.code)) == "used"


def test_a_unit_gets_another_code(draft: CountyState, published: CountyState) -> None:
    after, outcome = done(draft, unit_edits.recode_unit(3, "2302251012 09"))
    assert after.units[3].code == "230225101209"
    assert [after.units[cell].code[-3:] for cell in (17, 18, 21, 22)] == ["001", "002", "003", "004"]
    assert all(after.units[cell].code.startswith("230225101209") for cell in (17, 18, 21, 22))
    assert isinstance(outcome.report, UnitReport) and len(outcome.report.codes) == 5
    assert refused(draft, unit_edits.recode_unit(3, "230225201209")) == "code"
    assert refused(draft, unit_edits.recode_unit(3, "23022510120")) == "code"
    assert refused(draft, unit_edits.recode_unit(3, "230225101202")) == "used"
    assert refused(draft, unit_edits.recode_unit(99, "230225101202")) == "no_unit"
    assert refused(published, unit_edits.recode_unit(3, "230225101209")) == "published"
    assert refused(locked(draft, 17), unit_edits.recode_unit(3, "230225101209")) == "locked"
    assert not done(draft, unit_edits.recode_unit(3, "230225101201"))[1].rows


def test_cells_are_numbered_from_west_to_east_and_north_to_south(draft: CountyState) -> None:
    mixed, _ = done(draft, unit_edits.recode_unit(17, "230225101201009"))
    after, outcome = done(mixed, unit_edits.renumber(3))
    assert {cell.id: cell.code[-3:] for cell in after.units.children(3)} == {17: "001", 18: "002", 21: "003", 22: "004"}
    assert after.units[17].name == "永安村第一网格"
    assert isinstance(outcome.report, UnitReport) and set(outcome.report.codes) == {17}
    assert str(outcome.title) == "Renumber 永安村 (230225 101 201), 1 new codes"
    whole, _ = done(mixed, unit_edits.renumber(0))
    assert dict(whole.units) == dict(after.units), "the other villages are numbered already"
    township, _ = done(mixed, unit_edits.renumber(1))
    assert dict(township.units) == dict(after.units)


def test_names_that_count_follow_their_codes_and_others_stay(draft: CountyState) -> None:
    named, _ = done(draft, unit_edits.rename_unit(18, "老街"))
    swapped, _ = done(named, unit_edits.recode_unit(22, "230225101201008"))
    retired = Unit(40, Level.CELL, UnitKind.RURAL_CELL, "230225101201003", "", 3)
    after, _ = done(replace(swapped, closed={40: retired}), unit_edits.renumber(3))
    found = {cell.id: (cell.code[-3:], cell.name) for cell in after.units.children(3)}
    assert found[18] == ("002", "老街")
    assert found[21] == ("004", "永安村第四网格") and found[22] == ("005", "永安村第五网格"), "003 is retired"


def test_what_cannot_be_renumbered(draft: CountyState, published: CountyState) -> None:
    assert refused(published, unit_edits.renumber(3)) == "published"
    assert refused(draft, unit_edits.renumber(99)) == "no_unit"
    assert refused(draft, unit_edits.renumber(17)) == "not_village"
    assert refused(locked(draft, 17), unit_edits.renumber(3)) == refused(locked(draft, 1), unit_edits.renumber(0)) == "locked"
    bad = Hierarchy(replace(unit, code="x") if unit.id == 3 else unit for unit in draft.units.values())
    assert refused(replace(draft, units=bad), unit_edits.renumber(3)) == "code"


def test_free_codes_are_numbered_after_their_village(draft: CountyState) -> None:
    free = replace(draft, settings=replace(draft.settings, code_scheme="free"))
    after, _ = done(free, unit_edits.renumber(4))
    assert [cell.code for cell in after.units.children(4)] == ["230225101202-1", "230225101202-2"]


def test_staggered_cells_stand_in_one_row() -> None:
    boxes = {1: (10, 10, 20, 20), 2: (0, 8, 10, 18), 3: (20, 6, 30, 19), 4: (0, -2, 15, 8), 5: (15, -4, 30, 6)}
    coverage = build_coverage(list(boxes), [shapely.MultiPolygon([shapely.box(*box)]) for box in boxes.values()])
    cells = [Unit(cell, Level.CELL, UnitKind.RURAL_CELL, "", "", 0) for cell in (*boxes, 9)]
    assert [cell.id for cell in reading_order(coverage, cells)] == [2, 1, 3, 4, 5, 9], "a cell without land comes last"


def test_units_are_locked_and_unlocked(draft: CountyState, published: CountyState) -> None:
    after, outcome = done(draft, unit_edits.lock_unit(3, True))
    assert after.units[3].locked and str(outcome.title) == "Lock 永安村 (230225 101 201)"
    assert refused(after, unit_edits.lock_unit(17, False)) == "lock_above"
    assert refused(after, unit_edits.rename_unit(17, "x")) == "locked"
    again, _ = done(after, unit_edits.lock_unit(3, False))
    assert dict(again.units) == dict(draft.units)
    assert not done(draft, unit_edits.lock_unit(3, False))[1].rows
    assert refused(draft, unit_edits.lock_unit(99)) == "no_unit"
    assert done(published, unit_edits.lock_unit(3))[0].units[3].locked, "a lock holds in every plan made from it"


def test_every_unit_edit_is_one_of_the_division() -> None:
    edits = (unit_edits.rename_unit(3, "x"), unit_edits.lock_unit(3), unit_edits.recode_unit(3, "x"), unit_edits.move_unit(3, 1))
    assert all(edit.division for edit in (*edits, unit_edits.renumber(3)))
