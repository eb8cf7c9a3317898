"""Proposed grids of a county: numbers that are kept, locked cells left alone, one step that can be undone, and a coverage that is sound."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_app import bootstrap
from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.county.plan_edits import create_draft
from gis_app.county.proposals import Alternatives, Asked, VillageProposal, accept, proposing, proposing_ways, staffing
from gis_app.county.unit_edits import lock_unit
from gis_app.county.worker_edits import give_cells
from gis_app.grid.checks import check_county
from gis_app.grid.coverage import polygons, unions
from gis_app.grid.partition.proposal import Aim
from gis_app.grid.units import Level
from gis_app.progress import finish
from tests.county.samples import same_state


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    """A draft of the small demo county."""
    path = tmp_path / "county.gpkg"
    finish(bootstrap.building_demo(path, "small"))
    opened = bootstrap.open_county(path)
    made = opened.perform(create_draft("试划"))
    assert isinstance(made, Changes)
    finish(opened.opening_draft(int(made.ids["plans"].max())))
    yield opened
    opened.close()


def villages(county: County) -> list[int]:
    return [unit.id for unit in county.working.units.at_level(Level.VILLAGE)]


def proposed(county: County, asked: Asked = Asked(), which: list[int] | None = None) -> tuple[VillageProposal, ...]:  # noqa: B008
    found = finish(proposing(county.store, county.working, which or villages(county), asked))
    assert not isinstance(found, Refusal), found
    return found


def outline(county: County, village: int) -> shapely.Geometry:
    state = county.working
    return unions(state.coverage, {1: [cell.id for cell in state.units.cells(village)]})[1]


def test_every_village_of_the_demo_is_divided_and_undone(county: County) -> None:
    before, outlines = county.working, {village: outline(county, village) for village in villages(county)}
    found = proposed(county)
    done = county.perform(accept(found))
    assert isinstance(done, Changes), done
    state = county.working
    assert not finish(check_county(state.units, state.coverage, None, "gbt", state.settings.code))
    for one in found:
        cells = state.units.cells(one.village)
        assert len(cells) == len(one.proposal.loads)
        assert {cell.id for cell in cells} >= set(one.keeps.values()), "present cells keep their numbers"
        assert outline(county, one.village).symmetric_difference(outlines[one.village]).area < 1.0
        homes = state.households
        loads = sorted(int((homes.resident & ~homes.pinned & (homes.cell == cell.id)).sum()) for cell in cells)
        assert loads == sorted(one.proposal.loads.tolist()), "the households are where the proposal has them"
        floor = one.proposal.wanted.floor
        assert one.proposal.below == 0 or one.proposal.loads.sum() < floor or one.proposal.problem is not None
    assert len({unit.code for unit in state.units.values()}) == len(state.units)
    county.undo()
    same_state(county.working, before)
    assert isinstance(county.redo(), Changes)
    assert county.working.units.keys() == state.units.keys()


def test_buildings_stay_whole(county: County) -> None:
    done = county.perform(accept(proposed(county)))
    assert isinstance(done, Changes)
    homes, names = county.working.households, county.store.rows("households", columns=["building"])["building"]
    for name in set(names.tolist()) - {""}:
        rows = np.flatnonzero((names == name) & ~homes.pinned & (homes.cell > 0))
        assert len(set(homes.cell[rows].tolist())) <= 1, name


def test_locked_cells_are_left_alone(county: County) -> None:
    village = villages(county)[0]
    cell = county.working.units.cells(village)[0].id
    shape = polygons(county.working.coverage, [cell])[cell]
    county.perform(lock_unit(cell, True))
    (found,) = proposed(county, which=[village])
    assert cell not in found.free
    assert isinstance(county.perform(accept([found])), Changes)
    assert polygons(county.working.coverage, [cell])[cell].symmetric_difference(shape).area < 0.1
    county.perform(lock_unit(village, True))
    refused = finish(proposing(county.store, county.working, [village], Asked()))
    assert isinstance(refused, Refusal) and refused.code == "locked"


def test_what_cannot_be_divided_says_why(county: County) -> None:
    township = county.working.units.at_level(Level.TOWNSHIP)[0].id
    refused = finish(proposing(county.store, county.working, [township], Asked()))
    assert isinstance(refused, Refusal) and refused.code == "no_village"
    village = villages(county)[0]
    refused = finish(proposing(county.store, county.working, [village], Asked(most=3)))
    assert isinstance(refused, Refusal) and refused.code == "floor", "the floor of the settings is above it"
    (found,) = proposed(county, Asked(floor=100_000), [village])
    assert found.proposal.problem is not None and county.working.units[village].name in str(found.proposal.problem)
    assert isinstance(county.perform(accept([found])), Changes)
    assert len(county.working.units.cells(village)) == 1
    (stale,) = (found,)
    assert isinstance(again := county.perform(accept([stale])), Refusal) and again.code == "changed"


def test_a_faithful_proposal_changes_fewer_workers(county: County) -> None:
    number = max(villages(county), key=lambda village: len(county.working.units.cells(village)))
    cells = len(county.working.units.cells(number))
    others = [proposed(county, Asked(floor=10, cells=cells, aim=aim), [number])[0].other_worker for aim in (Aim.COMPACT, Aim.FAITHFUL)]
    assert others[1] <= others[0]


def test_ways_are_compared_on_the_whole_and_villages_that_cannot_be_divided_left_out(county: County) -> None:
    every = villages(county)
    county.perform(lock_unit(every[0], True))
    told: list[str] = []
    steps = proposing_ways(county.store, county.working, every, Asked(floor=30), [Aim.COMPACT, Aim.FAITHFUL])
    before = 0.0
    while True:
        try:
            progress = next(steps)
        except StopIteration as stop:
            found = stop.value
            break
        assert before <= progress.fraction <= 1.0, "one progress for all ways"
        before = progress.fraction
        told.append(str(progress.text))
    assert isinstance(found, Alternatives)
    assert any(text.startswith("1 of 2: ") for text in told) and any(text.startswith("2 of 2: ") for text in told)
    assert list(found.left_out) == every[:1] and "locked" in str(found.left_out[every[0]])
    compact, faithful = found.found
    alone = proposed(county, Asked(floor=30), every[1:])
    assert [one.village for one in compact.villages] == [one.village for one in faithful.villages] == every[1:]
    assert sorted(compact.loads.tolist()) == sorted(load for one in alone for load in one.proposal.loads.tolist())
    assert compact.cut == pytest.approx(sum(one.proposal.cut for one in alone))
    assert compact.other_worker == sum(one.other_worker for one in alone)
    assert compact.spread == pytest.approx(np.mean([one.proposal.spread for one in alone]))
    spreads = [(one.proposal.below, one.proposal.problem is not None, one.proposal.spread) for one in compact.worst_first]
    assert spreads == sorted(spreads, reverse=True)
    assert compact.of(every[2]).cut == next(one.proposal.cut for one in alone if one.village == every[2])
    assert all(len(one.proposal.building) == 0 for one in compact.villages), "what is not drawn or compared is not kept"
    county.perform(lock_unit(every[0], False))
    done = county.perform(accept(compact.villages))
    assert isinstance(done, Changes), done
    refused = finish(proposing_ways(county.store, county.working, [0], Asked(), [Aim.COMPACT]))
    assert isinstance(refused, Refusal) and refused.code == "no_village"


def test_cells_without_a_worker_and_with_several_are_counted(county: County) -> None:
    village = max(villages(county), key=lambda one: len(county.working.units.cells(one)))
    cells = [cell.id for cell in county.working.units.cells(village)]
    one, other = (next(worker for worker in county.working.workers.values() if worker.cell == cell) for cell in cells[:2])
    before = staffing(county.working, [village])
    assert isinstance(county.perform(give_cells(other.id, (one.cell,))), Changes)
    assert staffing(county.working, [village]) == (before[0] + 1, before[1] + 1)
    assert staffing(county.working, []) == (0, 0)


def test_only_a_draft_is_divided(county: County) -> None:
    found = proposed(county)
    county.close_draft()
    refused = county.perform(accept(found))
    assert isinstance(refused, Refusal) and refused.code == "published"
