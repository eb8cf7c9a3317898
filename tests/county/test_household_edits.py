"""Edits of the register of households, on the small county: who is in it, where they live, in which cell they are kept."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gis_app.county.boundary_edits import boundary_edit, split_cell
from gis_app.county.changes import Changes, Edit
from gis_app.county.county import County
from gis_app.county.edits import assign_households as assigning
from gis_app.county.household_edits import (
    HouseholdReport,
    add_household,
    change_households,
    flag_words,
    in_building,
    in_street,
    merge_groups,
    merge_households,
    move_household,
    of_codes,
    pin_households,
    restore_household,
    retire_households,
    unpin_households,
)
from gis_app.county.plan_edits import create_draft
from gis_app.county.registered import kept_instead, retired_called, retired_households
from gis_app.county.responsible import locator_of
from gis_app.county.unit_edits import lock_unit
from gis_app.grid.households import Unassigned, assign_households
from gis_app.progress import finish
from tests.county.samples import CELLS, EAST, NORTH, make, refused, same_state


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = make(tmp_path / "county.gpkg")
    assert isinstance(made.perform(assigning()), Changes)
    yield made
    same_state(made.state, made.store.load())
    made.close()


def done(county: County, what: Edit) -> HouseholdReport:
    changes = county.perform(what)
    assert isinstance(changes, Changes), changes
    assert isinstance(changes.report, HouseholdReport)
    return changes.report


def cell_of(county: County, household: int) -> int:
    homes = county.working.households
    return int(homes.cell[np.searchsorted(homes.id, household)])


def test_a_household_is_added_where_it_lives(county: County) -> None:
    report = done(county, add_household(county.store, (EAST + 150, NORTH + 20), head="钱多", flags="低保、独居老人", building="1号楼"))
    (new,) = report.households
    assert new == 10 and cell_of(county, new) == 5
    row = county.store.rows("households", np.array([new]))
    assert (row["head"][0], row["flags"][0], row["pinyin"][0], row["members"][0]) == ("钱多", "低保,独居老人", "qd", 1)
    assert bool(row["resident"][0])
    county.undo()
    assert 10 not in county.state.households.id
    placeless = done(county, add_household(county.store, None, head="孙")).households[0]
    assert county.state.households.reason[-1] == Unassigned.NO_COORDINATES and cell_of(county, placeless) == 0


def test_what_cannot_be_added_is_refused(county: County) -> None:
    assert refused(county, add_household(county.store, None)) == "nothing"
    assert refused(county, add_household(county.store, (EAST, NORTH), code="H001")) == "code_used"
    assert refused(county, add_household(county.store, (EAST, NORTH), members=-1)) == "members"
    with pytest.raises(ValueError, match="cell"):
        add_household(county.store, (EAST, NORTH), cell=4)


def test_fields_change_and_come_back(county: County) -> None:
    done(county, change_households(county.store, {1: {"phone": "13999999999", "resident": False}, 2: {"notes": "每月走访"}}))
    rows = county.store.rows("households", np.array([1, 2]))
    assert rows["phone"].tolist() == ["13999999999", ""] and rows["notes"].tolist() == ["", "每月走访"]
    assert county.state.households.resident[:2].tolist() == [False, True]
    assert "张" not in str(county.history(1)[0].title)
    assert done(county, change_households(county.store, {1: {"resident": False}})).households == ()
    county.undo()
    assert county.state.households.resident[:2].tolist() == [True, True]
    assert refused(county, change_households(county.store, {77: {"head": "x"}})) == "no_household"
    assert refused(county, change_households(county.store, {1: {"code": "H002"}})) == "code_used"
    assert refused(county, change_households(county.store, {1: {"code": "N"}, 2: {"code": "N"}})) == "code_used"
    done(county, change_households(county.store, {1: {"code": "H002"}, 2: {"code": "H001"}}))


def test_a_household_moves_and_its_cell_follows_unless_it_is_pinned(county: County) -> None:
    done(county, move_household(1, (EAST + 150, NORTH + 150)))
    assert cell_of(county, 1) == 7
    done(county, pin_households([1], 6))
    done(county, move_household(1, (EAST + 10, NORTH + 10)))
    assert cell_of(county, 1) == 6
    done(county, unpin_households([1]))
    assert cell_of(county, 1) == 4
    done(county, move_household(1, (EAST + 900, NORTH)))
    assert cell_of(county, 1) == 0 and county.state.households.reason[0] == Unassigned.OUTSIDE_COUNTY
    assert refused(county, move_household(1, (np.nan, 1.0))) == "no_place"
    assert refused(county, move_household(77, (EAST, NORTH))) == "no_household"


def test_duplicates_become_one_and_whistles_name_the_kept_one(county: County) -> None:
    case = int(county.state.cases.id[county.state.cases.household != 0][0])
    at = int(np.searchsorted(county.state.cases.id, case))
    duplicate = int(county.state.cases.household[at])
    kept = 3 if duplicate != 3 else 2
    report = done(county, merge_households(county.store, kept, [duplicate], phone="13811111111"))
    assert report.whistles >= 1 and county.state.cases.household[at] == kept
    assert duplicate not in county.state.households.id and duplicate in county.state.retired
    row = county.store.rows("retired_households", np.array([duplicate]))
    assert row["merged_into"][0] == kept
    county.undo()
    assert county.state.cases.household[at] == duplicate and duplicate in county.state.households.id
    assert not county.state.retired
    assert refused(county, merge_households(county.store, 1, [1])) == "one"
    assert refused(county, merge_households(county.store, 1, [77])) == "no_household"


def test_groups_of_duplicates_keep_what_any_of_them_knows(county: County) -> None:
    done(
        county,
        change_households(county.store, {1: {"phone": "", "notes": "甲"}, 2: {"phone": "13700000000", "flags": "残疾", "notes": "乙"}}),
    )
    assert done(county, merge_groups(county.store, [[1, 2], [3]])).households == (1,)
    row = county.store.rows("households", np.array([1]))
    assert (row["phone"][0], row["flags"][0], row["notes"][0]) == ("13700000000", "低保,独居,残疾", "甲\n乙")
    assert row["head"][0] == "张伟"
    assert refused(county, merge_groups(county.store, [[3]])) == "one"


def test_who_moved_away_is_kept_and_comes_back(county: County) -> None:
    done(county, pin_households([2], 7))
    done(county, retire_households(county.store, [1, 2], "举家迁走", date(2020, 5, 20)))
    assert county.state.retired == {1, 2}
    rows = county.store.rows("retired_households")
    assert rows["why"].tolist() == ["举家迁走"] * 2 and rows["retired"].tolist() == [date(2020, 5, 20)] * 2
    assert done(county, add_household(county.store, (EAST, NORTH))).households == (10,), "no id is given again"
    done(county, restore_household(county.store, 2))
    done(county, restore_household(county.store, 1))
    assert (cell_of(county, 1), cell_of(county, 2)) == (4, 7)
    assert refused(county, restore_household(county.store, 1)) == "not_retired"
    assert refused(county, retire_households(county.store, [1], " ")) == "why"
    assert refused(county, retire_households(county.store, [], "x")) == "none"


def test_a_code_that_was_given_again_keeps_a_retired_household_out(county: County) -> None:
    done(county, retire_households(county.store, [1], "迁走"))
    done(county, change_households(county.store, {2: {"code": "H001"}}))
    assert refused(county, restore_household(county.store, 1)) == "code_used"


def test_many_are_pinned_at_once(county: County) -> None:
    assert done(county, pin_households([1, 2, 4], 6)).households == (1, 2, 4)
    assert [cell_of(county, one) for one in (1, 2, 4)] == [6, 6, 6]
    assert "3" in str(county.history(1)[0].title)
    assert done(county, pin_households([1, 2], 6)).households == ()
    assert done(county, unpin_households([1, 3, 4])).households == (1, 4)
    assert [cell_of(county, one) for one in (1, 2, 4)] == [4, 6, 0]
    assert refused(county, pin_households([1], 2)) == "no_cell"
    assert refused(county, pin_households([], 4)) == "none"


def test_nobody_is_pinned_into_or_out_of_a_locked_cell(county: County) -> None:
    assert isinstance(county.perform(lock_unit(6, True)), Changes)
    assert refused(county, pin_households([1], 6)) == "locked"
    assert isinstance(county.perform(lock_unit(6, False)), Changes)
    assert isinstance(county.perform(lock_unit(4, True)), Changes)
    assert refused(county, pin_households([1], 6)) == "locked"
    done(county, pin_households([1], 4))


def test_rules_find_a_building_a_street_and_a_list(county: County) -> None:
    done(county, change_households(county.store, {1: {"building": "3号楼"}, 3: {"building": "3号楼"}}))
    assert in_building(county.store, " 3号楼 ").tolist() == [1, 3]
    assert in_building(county.store, "").tolist() == []
    assert in_street(county.store, "永安村").tolist() == [1, 2]
    assert in_street(county.store, " ").tolist() == []
    found, unknown = of_codes(county.store, ["H002", "0003", "nobody", "H002", ""])
    assert (found.tolist(), unknown) == ([2, 3], ("nobody",))


def test_pins_of_a_draft_leave_the_published_plan_alone_and_the_register_is_the_countys(county: County) -> None:
    changes = county.perform(create_draft("新方案", 0))
    assert isinstance(changes, Changes)
    draft = next(plan.id for plan in county.state.plans.values() if plan.name == "新方案")
    finish(county.opening_draft(draft))
    done(county, pin_households([1], 6))
    assert cell_of(county, 1) == 6 and county.state.households.cell[0] == 4
    new = done(county, add_household(county.store, (EAST + 150, NORTH + 50), head="新")).households[0]
    assert cell_of(county, new) == 5 and new in county.state.households.id
    done(county, retire_households(county.store, [2], "迁走"))
    assert 2 not in county.working.households.id and 2 not in county.state.households.id


def test_flags_are_words_however_they_are_separated() -> None:
    assert flag_words(" 低保、残疾；低保/独居老人 ") == ("低保", "残疾", "独居老人")
    assert flag_words("") == ()


ids = st.integers(0, 30)
places = st.tuples(st.floats(-50, 350), st.floats(-50, 250))


class Register(RuleBasedStateMachine):
    """Any sequence of edits of a register, of cells and of plans: each household is in one cell, or has a reason why it is in none."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.county = make(Path(self.folder.name) / "county.gpkg")
        self.county.perform(assigning())
        self.begun = len(self.county.history(1000))

    def teardown(self) -> None:
        same_state(self.county.state, self.county.store.load())
        self.county.close()
        self.folder.cleanup()

    def one(self, number: int) -> int:
        homes = self.county.state.households.id
        return int(homes[number % len(homes)]) if len(homes) else 1

    @rule(at=places, lost=st.booleans())
    def add(self, at: tuple[float, float], lost: bool) -> None:
        self.county.perform(add_household(self.county.store, None if lost else (EAST + at[0], NORTH + at[1]), head="新"))

    @rule(number=ids, at=places)
    def move(self, number: int, at: tuple[float, float]) -> None:
        self.county.perform(move_household(self.one(number), (EAST + at[0], NORTH + at[1])))

    @rule(number=ids, other=ids)
    def merge(self, number: int, other: int) -> None:
        self.county.perform(merge_households(self.county.store, self.one(number), [self.one(other)]))

    @rule(number=ids)
    def retire(self, number: int) -> None:
        self.county.perform(retire_households(self.county.store, [self.one(number)], "迁走"))

    @rule(number=ids)
    def restore(self, number: int) -> None:
        retired = sorted(self.county.state.retired)
        if retired:
            self.county.perform(restore_household(self.county.store, retired[number % len(retired)]))

    @rule(numbers=st.lists(ids, min_size=1, max_size=3), cell=st.sampled_from([*CELLS, None]))
    def pin(self, numbers: list[int], cell: int | None) -> None:
        self.county.perform(pin_households([self.one(number) for number in numbers], cell))

    @rule(cell=st.sampled_from(CELLS), x=st.integers(20, 180))
    def split(self, cell: int, x: int) -> None:
        line = np.array([[EAST + x, NORTH - 10], [EAST + x, NORTH + 210]], np.float64)
        self.county.perform(boundary_edit(split_cell(cell, [line])))

    @rule()
    def draft(self) -> None:
        if self.county.draft is None:
            self.county.perform(create_draft(f"方案{len(self.county.state.plans)}", 0))
            finish(self.county.opening_draft(max(self.county.state.plans)))
        else:
            self.county.close_draft()

    @rule(back=st.booleans())
    def turn(self, back: bool) -> None:
        first = sum(not entry.undone for entry in self.county.history(1000)) <= self.begun and self.county.draft is None
        if not (back and first):  # before it, nobody had been assigned
            _ = self.county.undo() if back else self.county.redo()

    @invariant()
    def each_is_in_one_cell_or_among_the_unassigned(self) -> None:
        for state in (self.county.state, self.county.working):
            homes = state.households
            assert len(np.unique(homes.id)) == len(homes) and not state.retired & set(homes.id.tolist())
            assert np.isin(homes.cell, [0, *state.coverage.cells]).all()
            assert ((homes.cell == 0) == (homes.reason != Unassigned.NONE)).all()
            assert not (homes.pinned & (homes.cell == 0)).any()
            again = assign_households(homes, locator_of(state.coverage, state.units))
            assert not len(again.changed(homes)), "and it is the one that its place or its pin says"


TestRegister = Register.TestCase
TestRegister.settings = settings(
    max_examples=10, stateful_step_count=15, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)


def test_who_left_is_known_by_the_old_number_and_leads_to_the_kept_one(county: County) -> None:
    store = county.store
    done(county, change_households(store, {1: {"code": "H0001"}, 2: {"code": "H0002", "head": "欧阳天成"}, 3: {"code": "H0003"}}))
    assert retired_called(store, county.state, "H0002") == []
    done(county, merge_households(store, 3, [2]))
    done(county, merge_households(store, 1, [3]))
    done(county, retire_households(store, [4], "举家迁走", date(2020, 5, 20)))
    (found,) = retired_called(store, county.state, " ｈ0002 ")
    assert (found.id, found.merged_into, found.kept, found.kept_code) == (2, 3, 1, "H0001")
    assert [one.id for one in retired_called(store, county.state, "H000")] == [2, 3]
    assert [one.id for one in retired_called(store, county.state, "H00")] == []
    assert 2 in {one.id for one in retired_called(store, county.state, "欧阳天成")}
    assert [kept_instead(store, county.state, one) for one in (1, 2, 3, 4)] == [1, 1, 1, 0]
    listed = retired_households(store, county.state)
    assert {one.id for one in listed} == {2, 3, 4} and listed[-1].id == 4 and listed[-1].why == "举家迁走"
    done(county, retire_households(store, [1], "举家迁走"))
    assert [one.kept for one in retired_called(store, county.state, "H0002")] == [0]
