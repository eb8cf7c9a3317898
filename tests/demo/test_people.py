"""Households and workers lie where the county's own assignment finds them, and not everything is as it should be."""

import re

import numpy as np

from gis_app.county.county import County
from gis_app.demo.places import SIZES
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
