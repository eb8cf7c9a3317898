"""Households and workers lie where the county's own assignment finds them, and not everything is as it should be."""

import re

import numpy as np

from gis_app.county.county import County
from gis_app.demo.places import SIZES
from gis_app.grid.figures import floors, resident_counts
from gis_app.grid.households import Unassigned, assign_households
from gis_app.grid.locate import Locator
from gis_app.grid.units import Level, UnitKind


def test_there_are_as_many_as_asked_for(county: County, size: str) -> None:
    assert len(county.state.households) == SIZES[size].households
    assert len(county.state.workers) == SIZES[size].cells


def test_assigning_them_changes_nothing(county: County) -> None:
    households = county.state.households
    assigned = assign_households(households, Locator(county.state.coverage))
    assert (assigned.cell == households.cell).all()
    assert (assigned.reason == households.reason).all()
    assert np.allclose(assigned.distance, households.distance, atol=0.01)


def test_every_cell_has_households_and_some_too_few(county: County, size: str) -> None:
    state = county.state
    cells = state.units.at_level(Level.CELL)
    counts = np.bincount(state.households.cell, minlength=max(cell.id for cell in cells) + 1)
    urban = [int(counts[cell.id]) for cell in cells if cell.kind == UnitKind.COMMUNITY_CELL]
    rural = [int(counts[cell.id]) for cell in cells if cell.kind == UnitKind.RURAL_CELL]
    for numbers, floor in ((urban, state.settings.community_floor), (rural, state.settings.rural_floor)):
        assert min(numbers) >= 20
        below = sum(number < floor for number in numbers) / len(numbers)
        assert below < 0.2 or size == "small"
        assert below or (size == "small" and floor == state.settings.community_floor)


def test_some_have_no_place_lie_outside_or_are_pinned(county: County) -> None:
    households = county.state.households
    missing = households.reason == Unassigned.NO_COORDINATES
    outside = households.reason == Unassigned.OUTSIDE_COUNTY
    assert missing.any()
    assert outside.any()
    assert households.pinned.any()
    assert np.isnan(households.x[missing]).all()
    assert (households.distance[outside] > 0).all()
    assert ((households.cell == 0) == (missing | outside)).all()


def test_two_or_three_cells_have_no_worker(county: County) -> None:
    state = county.state
    cells = {unit.id for unit in state.units.at_level(Level.CELL)}
    assert len(cells - {worker.cell for worker in state.workers.values()}) == 3
    for worker in state.workers.values():
        assert worker.cell == 0 or state.units[worker.cell].parent == worker.village


def test_registers_read_like_registers(county: County) -> None:
    rows = county.store.rows("households")
    assert len(set(rows["code"].tolist())) == len(rows["code"])
    assert all(re.fullmatch(r"16[13489]\d{8}", phone) for phone in rows["phone"].tolist())
    assert all(2 <= len(head) <= 3 and len(head) == len(initials) for head, initials in zip(rows["head"], rows["pinyin"], strict=True))
    names = {unit.name for unit in county.state.units.at_level(Level.VILLAGE)}
    address = str(rows["address"][0])
    assert any(address.startswith(name) for name in names)
    assert len(set(rows["address"].tolist())) > 0.99 * len(rows["address"])


def test_floors_count_residents_and_about_one_cell_in_eight_is_below(county: County, size: str) -> None:
    state = county.state
    assert 0.95 < state.households.resident.mean() < 1
    cells = [cell.id for cell in state.units.at_level(Level.CELL)]
    floor = floors(cells, state.units, state.settings.rural_floor, state.settings.community_floor)
    assert (resident_counts(cells, state.households) < floor).mean() < 0.2 or size == "small"


def test_households_of_one_house_share_a_building_and_a_place(county: County) -> None:
    rows = county.store.rows("households", columns=["building", "geom", "flags", "notes"])
    places: dict[str, set[tuple[float, float]]] = {}
    for building, place in zip(rows["building"].tolist(), rows["geom"].tolist(), strict=True):
        if building:
            places.setdefault(building, set()).add((place[0], place[1]))
    assert len(places) > 20
    assert all(len(found) == 1 for found in places.values())
    assert {flag for text in rows["flags"].tolist() for flag in text.split(",")} == {"", *county.state.settings.flags}
    assert any(rows["notes"].tolist())


def test_some_are_in_the_register_no_more(county: County) -> None:
    rows = county.store.rows("retired_households")
    assert len(rows["id"]) == 20
    assert not set(rows["id"].tolist()) & set(county.state.households.id.tolist())
    merged = rows["merged_into"][rows["merged_into"] != 0]
    assert len(merged) and np.isin(merged, county.state.households.id).all()
    assert county.state.retired == set(rows["id"].tolist())
