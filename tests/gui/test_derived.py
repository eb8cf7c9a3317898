"""What follows from a state is the same whether it was taken over or worked out anew."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.grid.units import Hierarchy, Level
from gis_app.grid.workers import Worker
from gis_app.gui.derived import Derived
from tests.map.synthetic import synthetic_state
from tests.map.walk import walk

STATE = synthetic_state(cells=60, villages=9, townships=3, households=900, cases=200, bends=8)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_a_derived_state_follows_edits(seed: int) -> None:
    derived = Derived(STATE)
    for _ in derived.prepare():
        pass
    rng = np.random.default_rng(seed)
    west, south, east, north = derived.boxes[:, 1:3].min(axis=0).tolist() + derived.boxes[:, 3:].max(axis=0).tolist()
    xy = rng.uniform((west, south), (east, north), (300, 2))
    for state in walk(STATE, seed, 10):
        derived, anew = Derived(state, derived), Derived(state)
        assert "figures" in derived.__dict__ and "locator" in derived.__dict__, "it was not made again"
        assert derived.figures.keys() == anew.figures.keys()
        for unit, figures in anew.figures.items():
            found = derived.figures[unit]
            for name in ("cells", "households", "people", "floor", "open_cases", "cases", "workers"):
                assert getattr(found, name) == getattr(figures, name), (unit, name)
            for name in ("area", "load", "compactness"):
                assert getattr(found, name) == pytest.approx(getattr(figures, name)), (unit, name)
        order = np.argsort(derived.boxes[:, 0])
        assert derived.boxes[order] == pytest.approx(anew.boxes[np.argsort(anew.boxes[:, 0])])
        assert derived.locator.cells_at(xy).tolist() == anew.locator.cells_at(xy).tolist()


def test_other_codes_change_who_gets_a_point_on_a_border() -> None:
    derived = Derived(STATE)
    arc = next(arc for arc in STATE.coverage.arcs.values() if arc.left and arc.right)
    x, y = arc.points[3].tolist()
    assert derived.locator.cell_at(x, y) in (arc.left, arc.right)
    for low, high in ((arc.left, arc.right), (arc.right, arc.left)):
        codes = {low: "0", high: "1"}
        units = Hierarchy([replace(unit, code=codes.get(unit.id, unit.code)) for unit in STATE.units.values()])
        derived = Derived(replace(STATE, units=units), derived)
        assert derived.locator.cell_at(x, y) == low


def test_the_next_day_others_answer_for_a_cell() -> None:
    """A worker is away until today: a window that is left open over night must not name the substitute tomorrow."""
    day, cells = STATE.settings.today(), STATE.units.at_level(Level.CELL)
    substitute = Worker(2, "B", "乙")
    absent = Worker(1, "A", "甲", cell=cells[0].id, substitute=2, absent_from=day - timedelta(3), absent_until=day)
    derived = Derived(replace(STATE, workers={1: absent, 2: substitute}))
    assert derived.answering[cells[0].id] == 2
    router = derived.router
    late, tomorrow = derived.at(derived.now + timedelta(seconds=1)), derived.at(derived.now + timedelta(days=1))
    assert late.router is router and late.answering[cells[0].id] == 2
    assert not {"router", "answering"} & tomorrow.__dict__.keys(), "worked out anew, for that day"
