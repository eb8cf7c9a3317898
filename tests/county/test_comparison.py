import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from gis_app.county.comparison import Fate, comparing
from gis_app.county.responsible import locator_of
from gis_app.county.state import CountyState
from gis_app.files.crosswalk import write_crosswalk
from gis_app.files.errors import FileError
from gis_app.files.residents import write_residents
from gis_app.grid.edits.edited import Edited
from gis_app.grid.households import assign_households
from gis_app.grid.overlay import overlay, rework
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from gis_app.grid.workers import Worker
from gis_app.progress import finish
from tests.county import samples
from tests.county.samples import EAST, NORTH


@pytest.fixture
def state(tmp_path: Path) -> CountyState:
    county = samples.make(tmp_path / "county.gpkg")
    state = in_its_cells(county.state)
    county.close()
    return state


def in_its_cells(state: CountyState) -> CountyState:
    cells = assign_households(state.households, locator_of(state.coverage, state.units)).cell
    return replace(state, households=replace(state.households, cell=cells))


def after(state: CountyState, edited: Edited) -> CountyState:
    """The state in another division: new cells lie in the first village, all that is not pinned follows."""
    units = {key: unit for key, unit in state.units.items() if key not in edited.removed}
    for cell in edited.coverage.cells:
        units.setdefault(cell, Unit(cell, Level.CELL, UnitKind.RURAL_CELL, f"230225101201{cell:03}", f"{cell}", 2))
    return in_its_cells(replace(state, units=Hierarchy(units.values()), coverage=edited.coverage))


def split(state: CountyState, cell: int, x: float) -> Edited:
    found = overlay(state.coverage, [cell], [np.array([(EAST + x, NORTH - 10), (EAST + x, NORTH + 110)])])
    assert len(found.faces) == 2
    west = [face.shape.centroid.x < EAST + x for face in found.faces]
    return rework(found, [cell if here else 50 for here in west])


def test_a_division_is_the_same_as_itself(state: CountyState) -> None:
    found = finish(comparing(state, state))
    assert not found.differing and not found.exchanges and not len(found.moved) and not len(found.other_worker)
    assert {(row.before, row.after) for row in found.crosswalk} >= {(4, 4), (5, 5), (6, 6), (7, 7)}


def test_a_split_gives_land_and_households_to_the_new_cell(state: CountyState) -> None:
    other = after(state, split(state, 4, 5.0))  # household 1 lives 10 m from the western border
    found = finish(comparing(state, other))
    assert [(cell.id, cell.fate) for cell in found.differing] == [(4, Fate.CHANGED), (50, Fate.NEW)]
    assert [(e.before, e.after) for e in found.exchanges] == [(4, 50)] and found.exchanges[0].area == pytest.approx(95 * 100)
    assert found.moved.tolist() == [1, 2]  # household 2 lives on the border, which goes to the lower code
    rows = {(row.before, row.after): (round(row.area), row.households) for row in found.crosswalk}
    assert rows[4, 4] == (500, 0) and rows[4, 50] == (9500, 1)
    cell = found.differing[0]
    assert cell.before and cell.after and cell.lost == pytest.approx(9500) and cell.after.area == pytest.approx(500)
    assert cell.after.compactness < cell.before.compactness


def test_who_has_another_worker_is_found_by_the_workers_not_by_the_cell(state: CountyState) -> None:
    workers = {1: Worker(1, "W1", "王强", "", 2, 4), 2: Worker(2, "W2", "赵敏", "", 2, 50)}
    state = replace(state, workers={1: workers[1]})
    other = replace(after(state, split(state, 4, 5.0)), workers=workers)
    assert finish(comparing(state, other)).other_worker.tolist() == finish(comparing(state, other)).moved.tolist()
    swapped = replace(other, workers={1: replace(workers[1], cell=50), 2: replace(workers[2], cell=4)})
    assert 1 not in finish(comparing(state, swapped)).other_worker  # the same worker looks after household 1 in the new cell


def test_merged_cells_are_closed_and_land_beyond_the_county_is_told(state: CountyState) -> None:
    found = overlay(state.coverage, [4, 5], [])
    merged = finish(comparing(state, after(state, rework(found, [4, 4]))))
    assert [(cell.id, cell.fate) for cell in merged.differing] == [(4, Fate.CHANGED), (5, Fate.CLOSED)]
    cut = finish(comparing(state, after(state, rework(found, [0 if face.origin == 5 else 4 for face in found.faces]))))
    assert [(e.before, e.after, round(e.area)) for e in cut.exchanges] == [(5, 0, 10_000)]


def test_another_village_or_name_is_no_other_land(state: CountyState) -> None:
    units = {**state.units, 4: replace(state.units[4], name="西格")}
    found = finish(comparing(state, replace(state, units=Hierarchy(units.values()))))
    assert [(cell.id, cell.fate) for cell in found.differing] == [(4, Fate.MOVED)] and not found.exchanges


def test_the_crosswalk_is_written_with_the_land(state: CountyState, tmp_path: Path) -> None:
    other = after(state, split(state, 4, 5.0))
    found = finish(comparing(state, other))
    target = tmp_path / "crosswalk.gpkg"
    assert finish(write_crosswalk(state, other, found, target)) == len(found.crosswalk)
    read = pyogrio.read_dataframe(target)
    pair = read[(read.old_code == "230225101201001") & (read.new_code == "230225101201050")].iloc[0]
    assert pair.area_share == pytest.approx(0.95) and pair.geometry.area == pytest.approx(9500)
    assert finish(write_crosswalk(state, other, found, tmp_path / "crosswalk.xlsx")) == len(found.crosswalk)
    with pytest.raises(FileError, match="must end in"):
        finish(write_crosswalk(state, other, found, tmp_path / "crosswalk.doc"))


def test_who_gets_another_worker_is_written_household_by_household(tmp_path: Path) -> None:
    county = samples.make(tmp_path / "county.gpkg")
    workers = {1: Worker(1, "W1", "王强", "", 2, 4), 2: Worker(2, "W2", "赵敏", "", 2, 50)}
    state = replace(in_its_cells(county.state), workers={1: workers[1]})
    other = replace(after(state, split(state, 4, 5.0)), workers=workers)
    found = finish(comparing(state, other))
    assert finish(write_residents(county.store, state, other, found, tmp_path / "residents.csv")) == len(found.other_worker) == 2
    with (tmp_path / "residents.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(iter(csv.DictReader(file)))
    assert (first["old_cell"], first["new_cell"]) == ("230225101201001", "230225101201050")
    assert (first["old_worker"], first["new_worker"], first["head"][1:]) == ("王*", "赵*", "*")
    finish(write_residents(county.store, state, other, found, tmp_path / "residents.gpkg", show_private=True))
    read = pyogrio.read_dataframe(tmp_path / "residents.gpkg")
    assert read.new_worker.tolist() == ["赵敏", ""] and read.geometry.iloc[0].x == pytest.approx(state.households.x[0])
    with pytest.raises(FileError, match="must end in"):
        finish(write_residents(county.store, state, other, found, tmp_path / "residents.doc"))
    county.close()
