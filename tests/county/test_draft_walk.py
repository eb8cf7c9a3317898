"""A random walk on a draft: at every step the state in memory is the one that the file gives, whatever way led there."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.bootstrap import open_county
from gis_app.county import boundary_edits
from gis_app.county.boundary_edits import boundary_edit
from gis_app.county.changes import Changes, Edit, RowChange
from gis_app.county.content import objects
from gis_app.county.county import County
from gis_app.county.edits import assign_households, assign_workers
from gis_app.county.household_edits import pin_households
from gis_app.county.plan_edits import create_draft, discard_draft, publish
from gis_app.county.state import CountyState
from gis_app.county.unit_edits import renumber
from gis_app.grid.coverage import polygons
from gis_app.grid.units import Level
from gis_app.progress import finish
from tests.county.samples import EAST, NORTH, edit, make, same_state
from tests.county.test_plans import DAY

ACTS = [
    *("split", "merge", "move", "delete", "recode", "renumber", "pin", "worker", "case", "house", "blow"),
    *("undo", "undo", "redo", "reopen", "go"),
]


@st.composite
def acts(draw: st.DrawFn) -> tuple[str, int, int, float, float]:
    """Return what to do next, and numbers to choose by; many places lie on borders and corners."""
    place = st.one_of(st.sampled_from([0.0, 50.0, 100.0, 150.0, 200.0]), st.floats(-20.0, 220.0).map(lambda at: round(at, 1)))
    return draw(st.sampled_from(ACTS)), draw(st.integers(0, 50)), draw(st.integers(0, 50)), draw(place), draw(place)


def division(*rows: RowChange) -> Edit:
    return replace(edit(*rows), division=True)


def edit_of(county: County, act: tuple[str, int, int, float, float]) -> Edit | None:
    """Return the edit of an act; None where there is nothing to do it with."""
    kind, one, other, x, y = act
    state = county.working
    cells = sorted(state.coverage.cells)
    cell, second = cells[one % len(cells)], cells[other % len(cells)]
    at = (EAST + x, NORTH + y)
    match kind:
        case "split":
            west, south, east, north = polygons(state.coverage, [second])[second].bounds
            middle = (round((west + east) / 2), round((south + north) / 2))
            upright, level = [[middle[0], south - 20], [middle[0], north + 20]], [[west - 20, middle[1]], [east + 20, middle[1]]]
            return boundary_edit(boundary_edits.split_cell(second, [np.array(upright if one % 2 else level, np.float64)]))
        case "merge":
            return boundary_edit(boundary_edits.merge_cells([cell, second], cell)) if cell != second else None
        case "move":
            nodes = sorted(state.coverage.nodes)
            return boundary_edit(boundary_edits.move_node(nodes[one % len(nodes)], at))
        case "delete":
            return boundary_edit(boundary_edits.delete_cell(cell))
        case "recode":
            used = {unit.code for unit in state.units.values()}
            code = next(code for number in range(one, 999) if (code := f"230225101201{number:03}") not in used)
            return division(RowChange("units", update={"id": np.array([cell]), "code": objects([code])}))
        case "renumber":
            return renumber(state.units.at_level(Level.VILLAGE)[0].id)
        case "pin":
            homes = state.households.id
            return replace(pin_households([int(homes[one % len(homes)])], cell if other % 3 else None), division=True)
        case "worker":
            worker = sorted(state.workers)[one % 2]
            return division(RowChange("workers", update={"id": np.array([worker]), "cell": np.array([second if one % 5 else 0])}))
        case "case":
            return division(RowChange("cases", update={"id": np.array([10 + 10 * (one % 2)]), "cell": np.array([cell])}))
        case "house":
            return edit(_house(county.state, one, at))
        case _:
            return edit(RowChange("cases", update={"id": np.array([10]), "geom": np.array([at]), "state": np.array([one % 4])}))


def _house(state: CountyState, number: int, at: tuple[float, float]) -> RowChange:
    """Return the rows of a household that is new, comes to another place or goes."""
    ids = np.array([30 + number % 4])
    if not np.isin(ids, state.households.id).all():
        return RowChange("households", insert={"id": ids, "geom": np.array([at]), "members": np.array([2])})
    return RowChange("households", delete=ids) if number % 3 == 0 else RowChange("households", update={"id": ids, "geom": np.array([at])})


def take(county: County, act: tuple[str, int, int, float, float]) -> County:
    """Do one thing; returns the county, which may have been opened again."""
    kind, one, *_ = act
    assert county.draft is not None
    if kind == "undo":
        county.undo()
    elif kind == "redo":
        county.redo()
    elif kind == "go":
        steps = [0, *(entry.id for entry in county.history(1000))]
        finish(county.going_to(steps[one % len(steps)]))
    elif kind == "reopen":
        plan = county.draft.plan
        if one % 2:
            county.close()
            county = open_county(county.store.name)
        county.close_draft()
        finish(county.opening_draft(plan))
    else:
        wanted = edit_of(county, act)
        if wanted is not None:
            county.perform(wanted)  # what the county does not allow is no step
    return county


def agree(county: County) -> None:
    """Assert that the states in memory are those of the file."""
    assert county.draft is not None
    again = County(county.store)
    same_state(county.state, again.state)
    same_state(county.draft, finish(again.reading_plan(county.draft.plan)))


@settings(max_examples=15, deadline=None)
@given(st.lists(acts(), min_size=4, max_size=14))
def test_a_draft_in_memory_is_the_one_in_the_file_whatever_led_there(walk: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        county = make(Path(folder) / "county.gpkg")
        try:
            for each in (assign_households(), assign_workers(), create_draft("d")):
                assert isinstance(county.perform(each), Changes)
            start = finish(county.opening_draft(2))
            divided = county.store.plan_rows("plan_units", 2)
            for act in walk:
                county = take(county, act)
                agree(county)
            end = county.draft
            finish(county.going_to(0))
            agree(county)
            assert county.draft is not None and dict(county.draft.units) == dict(start.units)
            assert county.draft.overrides == start.overrides
            for name, column in county.store.plan_rows("plan_units", 2).items():
                assert column.tolist() == divided[name].tolist(), name
            assert end is not None
            _discarded_and_published(county)
        finally:
            county.close()


def _discarded_and_published(county: County) -> None:
    """Throw the draft away and take that back; publish it and take that back: all is as before, in memory and in the file."""
    finish(county.going_to(max((entry.id for entry in county.history(1000)), default=0)))
    before, draft = county.state, county.draft
    assert draft is not None
    for each in (discard_draft(2), publish(2, DAY)):
        result = county.perform(each)
        if isinstance(result, Changes):
            assert county.draft is None
            same_state(county.state, county.store.load())
            assert county.undo() is not None
            same_state(county.state, replace(before, plans=county.state.plans))
            finish(county.opening_draft(2))
            same_state(county.working, draft)
