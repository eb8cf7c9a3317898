"""The roster: added, changed, absent; cells by hand and by the program; one step each, and undone."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from gis_app import bootstrap
from gis_app.county.county import County
from gis_app.county.plan_edits import create_draft, publish
from gis_app.county.worker_edits import (
    AssignmentProposal,
    accept_assignment,
    add_worker,
    burdens_of,
    change_worker,
    fairness,
    give_cells,
    propose_assignment,
    set_absence,
    swap_workers,
)
from gis_app.grid.units import Level
from gis_app.grid.workers import Worker, answering, teams
from gis_app.progress import finish
from tests.county.samples import done, refused, same_state


def proposal(county: County, **options: object) -> AssignmentProposal:
    found = finish(propose_assignment(county.working, **options))  # type: ignore[arg-type]
    assert isinstance(found, AssignmentProposal)
    return found


def test_a_worker_comes_changes_and_is_kept_in_the_file(county: County) -> None:
    village = county.state.units.at_level(Level.VILLAGE)[0].id
    new = Worker(
        0, "W9", "新来", "13900000000", village, home=(500_000.0, 5_300_000.0), skills="朝鲜语,电工", capacity=60, since=date(2022, 1, 1)
    )
    id = done(county, add_worker(new)).report
    assert isinstance(id, int) and county.state.workers[id].skills == "朝鲜语,电工" and not county.state.workers[id].cells
    done(county, change_worker(id, name="新来人", until=date(2023, 1, 1), home=None))
    changed = county.state.workers[id]
    assert (changed.name, changed.until, changed.home, changed.capacity) == ("新来人", date(2023, 1, 1), None, 60)
    path = Path(county.store.name)
    county.close()
    again = bootstrap.open_county(path)
    assert again.state.workers[id] == changed
    again.undo()
    again.undo()
    assert id not in again.state.workers
    again.close()


def test_what_cannot_be_is_refused_in_one_sentence(county: County) -> None:
    first, second = sorted(county.state.workers)[:2]
    assert refused(county, add_worker(Worker(0, "", " "))) == "no_name"
    assert refused(county, add_worker(Worker(0, county.state.workers[first].code, "甲"))) == "code_taken"
    assert refused(county, change_worker(999_999, name="x")) == "no_worker"
    assert refused(county, change_worker(first, village=county.state.units.at_level(Level.CELL)[0].id)) == "no_village"
    assert refused(county, change_worker(first, since=date(2022, 2, 1), until=date(2022, 1, 1))) == "dates"
    assert refused(county, change_worker(first, substitute=first)) == "substitute"
    assert refused(county, change_worker(first, capacity=-1)) == "negative"
    cells = [next(cell.id for cell in county.state.units.cells(village.id)) for village in county.state.units.at_level(Level.VILLAGE)[:2]]
    assert refused(county, give_cells(second, cells)) == "branch"
    assert refused(county, give_cells(second, [county.state.units.at_level(Level.VILLAGE)[0].id])) == "no_cell"
    with pytest.raises(ValueError, match="cell"):
        change_worker(first, cell=3)


def test_an_absent_worker_is_stood_in_for(county: County) -> None:
    state = county.state
    worker = next(one for one in state.workers.values() if one.cell and len(teams(state.workers)[one.cell]) == 1)
    other = next(one for one in state.workers.values() if one.village == worker.village and one.id != worker.id and one.cell)
    day = state.settings.today()
    done(county, set_absence(worker.id, day, day + timedelta(days=3), other.id))
    assert answering(county.state.workers, day)[worker.cell] == other.id
    assert answering(county.state.workers, day + timedelta(days=4))[worker.cell] == worker.id
    done(county, set_absence(worker.id, None))
    assert answering(county.state.workers, day)[worker.cell] == worker.id


def test_cells_are_given_and_workers_swapped_in_a_draft_alone(county: County) -> None:
    made = done(county, create_draft("试划"))
    plan = int(made.ids["plans"].max())
    finish(county.opening_draft(plan))
    village = max(county.working.units.at_level(Level.VILLAGE), key=lambda unit: len(county.working.units.cells(unit.id)))
    cells = [cell.id for cell in county.working.units.cells(village.id)]
    mine = teams(county.working.workers)
    one, other = mine[cells[0]][0], mine[cells[1]][0]
    done(county, give_cells(one, cells[:2]))
    assert county.working.workers[one].cells == tuple(cells[:2]) and teams(county.working.workers)[cells[1]] == tuple(sorted((one, other)))
    assert county.state.workers[one].cells != tuple(cells[:2]), "the published plan is as it was"
    done(county, swap_workers(one, other))
    assert county.working.workers[other].cells == tuple(cells[:2])
    before = county.working
    finish(county.opening_draft(plan))
    same_state(county.working, before)
    done(county, publish(plan, date(2022, 5, 1)))
    assert county.state.workers[other].more_cells == (cells[1],)


def test_every_cell_gets_a_worker_where_there_are_enough(county: County) -> None:
    before = county.state
    vacant = next(worker for worker in before.workers.values() if worker.cell)
    done(county, give_cells(vacant.id, []))
    found = proposal(county)
    assert found.vacant_before > found.vacant_after == 0 and found.rows
    assert all(str(row.why) for row in found.rows)
    kept = {worker.id: worker.cells for worker in county.state.workers.values()} | {row.worker: row.after for row in found.rows}
    done(county, accept_assignment(found))
    assert {worker.id: worker.cells for worker in county.state.workers.values()} == kept
    assert set(teams(county.state.workers)) == {cell.id for cell in county.state.units.at_level(Level.CELL)}
    assert not proposal(county).rows, "nothing is left to do"
    county.undo()
    assert county.state.workers[vacant.id].cells == ()


def test_the_weight_of_those_who_are_there_decides_between_short_ways_and_little_change(county: County) -> None:
    loyal, eager = proposal(county, keep=1e9), proposal(county, keep=0.0)
    assert len(loyal.rows) <= len(eager.rows)
    assert eager.metres_after <= eager.metres_before + 1e-6 or eager.vacant_before
    assert eager.metres_after <= loyal.metres_after + 1e-6


def test_rows_are_accepted_one_by_one(county: County) -> None:
    village = max(county.state.units.at_level(Level.VILLAGE), key=lambda unit: len(county.state.units.cells(unit.id)))
    cells = [cell.id for cell in county.state.units.cells(village.id)]
    workers = teams(county.state.workers)
    for cell in cells[:3]:
        done(county, give_cells(workers[cell][0], []))
    found = proposal(county, villages=[village.id], keep=1e9)
    assert len(found.rows) == 3 and all(row.village == village.id for row in found.rows)
    row = found.rows[0]
    done(county, accept_assignment(found, [row.worker]))
    assert county.state.workers[row.worker].cells == row.after
    assert refused(county, accept_assignment(found)) == "changed"
    assert refused(county, accept_assignment(found, [])) == "nothing_to_do"


def test_few_workers_look_after_several_cells(county: County) -> None:
    village = max(county.state.units.at_level(Level.VILLAGE), key=lambda unit: len(county.state.units.cells(unit.id)))
    cells = [cell.id for cell in county.state.units.cells(village.id)]
    gone = teams(county.state.workers)[cells[0]][0]
    done(county, change_worker(gone, until=county.state.settings.today() - timedelta(days=1)))
    found = proposal(county, villages=[village.id])
    if found.vacant_after == 0 and len(cells) > sum(w.village == village.id for w in county.state.workers.values()) - 1:
        assert any(len(row.after) > 1 for row in found.rows)
    assert gone not in {row.worker for row in found.rows}, "who has left gets nothing"


def test_fairness_of_villages_and_townships(county: County) -> None:
    found = fairness(county.state)
    assert [one.unit for one in found] == [unit.id for unit in county.state.units.at_level(Level.VILLAGE)]
    assert all(0 <= one.gini < 1 and one.most >= one.mean >= 0 for one in found)
    burdened = burdens_of(county.state)
    assert sum(one.overloaded for one in found) == sum(one.over for one in burdened.values())
    assert np.isclose(sum(one.workers for one in fairness(county.state, Level.TOWNSHIP)), sum(one.workers for one in found))
