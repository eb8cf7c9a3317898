"""Relieving an overloaded worker: who could take or share a cell, and handing one over in one step."""

import pytest

from gis_app.county.changes import Refusal
from gis_app.county.county import County
from gis_app.county.relief import distances, reliefs
from gis_app.county.worker_edits import burdens_of, change_worker, give_cells, hand_over_cells
from gis_app.grid.units import Level
from gis_app.grid.workers import teams
from tests.county.samples import done, same_state


def overloaded(county: County) -> tuple[int, int]:
    """Give one worker the cell of a colleague, too, and return both."""
    village = county.state.units.at_level(Level.VILLAGE)[0].id
    one, other = _two(county, village)
    done(county, hand_over_cells(other, one, county.state.workers[other].cells))
    return one, other


def _two(county: County, village: int) -> tuple[int, int]:
    found = sorted(worker.id for worker in county.state.workers.values() if worker.village == village and len(worker.cells) == 1)
    return found[0], found[1]


def test_a_cell_is_handed_over_in_one_step(county: County) -> None:
    before = county.state
    village = county.state.units.at_level(Level.VILLAGE)[0].id
    one, other = _two(county, village)
    mine, theirs = county.state.workers[one].cells, county.state.workers[other].cells
    done(county, hand_over_cells(other, one, theirs))
    assert county.state.workers[one].cells == (*mine, *theirs) and county.state.workers[other].cells == ()
    assert county.state.workers[other].village == village, "he stays in his branch"
    county.undo()
    same_state(county.state, before)


def test_what_somebody_does_not_have_is_not_handed_over(county: County) -> None:
    village, elsewhere = (unit.id for unit in county.state.units.at_level(Level.VILLAGE)[:2])
    one, other = _two(county, village)
    stranger, _ = _two(county, elsewhere)
    for edit, code in (
        (hand_over_cells(other, one, county.state.workers[one].cells), "not_his"),
        (hand_over_cells(other, other, county.state.workers[other].cells), "not_his"),
        (hand_over_cells(other, stranger, county.state.workers[other].cells), "branch"),
        (hand_over_cells(999_999, one, (1,)), "no_worker"),
    ):
        refused = county.perform(edit)
        assert isinstance(refused, Refusal) and refused.code == code


def test_the_best_relief_is_a_colleague_without_a_cell(county: County) -> None:
    one, other = overloaded(county)
    burdens = burdens_of(county.state)
    assert burdens[one].over
    found = reliefs(county.state, one)
    assert found[0].colleague == other and not found[0].shares
    assert [(way.overloads, round(way.highest)) for way in found] == sorted((way.overloads, round(way.highest)) for way in found)
    assert all(way.highest < burdens[one].load for way in found), "nobody gets more than the overloaded one has now"
    done(county, hand_over_cells(one, found[0].colleague, (found[0].cell,)))
    after = burdens_of(county.state)
    assert after[one].load == pytest.approx(found[0].load_after) and after[other].load == pytest.approx(found[0].colleague_after)
    assert not after[one].over


def test_the_one_cell_of_a_worker_can_only_be_shared(county: County) -> None:
    village = county.state.units.at_level(Level.VILLAGE)[0].id
    one, other = _two(county, village)
    done(county, give_cells(other, ()))
    found = reliefs(county.state, one)
    assert found and all(way.shares for way in found) and found[0].colleague == other
    done(county, give_cells(other, (found[0].cell,)))
    assert teams(county.state.workers)[found[0].cell] == (one, other)
    after = burdens_of(county.state)
    assert after[one].load == pytest.approx(found[0].load_after) == pytest.approx(after[other].load)


def test_distances_are_from_home_to_the_cell(county: County) -> None:
    village = county.state.units.at_level(Level.VILLAGE)[0]
    cell = county.state.units.cells(village.id)[0].id
    ways = distances(county.state, cell)
    known = [worker.id for worker in county.state.workers.values() if worker.home is not None]
    assert sorted(ways) == sorted(known) and all(way >= 0 for way in ways.values())
    assert distances(county.state, 999_999) == {}


def test_whom_a_relief_would_overload_is_told_and_goes_last(county: County) -> None:
    one, other = overloaded(county)
    before = reliefs(county.state, one)
    assert before[0].colleague == other and not before[0].overloads
    done(county, change_worker(other, capacity=int(before[0].colleague_after) - 1))
    found = reliefs(county.state, one)
    assert {way.overloads for way in found if way.colleague == other and not way.shares} == {True}
    assert [way.overloads for way in found] == sorted(way.overloads for way in found)
    for way in found:
        gave = (
            hand_over_cells(one, way.colleague, (way.cell,))
            if not way.shares
            else give_cells(way.colleague, (*county.state.workers[way.colleague].cells, way.cell))
        )
        done(county, gave)
        assert burdens_of(county.state)[way.colleague].over == way.overloads
        county.undo()
