"""A random walk of edits, undos and redos: the state in memory is always the one in the file, and undo goes all the way back."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.bootstrap import open_county
from gis_app.county.changes import Changes, RowChange
from gis_app.county.content import empty_column, objects
from gis_app.county.county import County
from gis_app.county.tables import TABLES, ColumnType
from tests.county.samples import edit, make, same_state, square
from tests.county.test_county import dump

PLAIN = {
    ColumnType.INTEGER: st.integers(0, 3),
    ColumnType.REAL: st.floats(allow_nan=False, width=32),
    ColumnType.BOOLEAN: st.booleans(),
    ColumnType.TEXT: st.text(st.characters(categories=("L", "N", "Z")), max_size=4),
    ColumnType.DATETIME: st.integers(0, 2**31).map(lambda second: np.datetime64(second, "s")),
}
TABLES_WALKED = ("households", "cases")


@st.composite
def steps(draw: st.DrawFn) -> Any:
    """Return what to do next: a kind of step and numbers to choose rows and values by."""
    kind = draw(st.sampled_from(["insert", "update", "delete", "redraw", "undo", "undo", "redo", "reopen"]))
    table = draw(st.sampled_from(TABLES_WALKED))
    plain = [name for name, kind in TABLES[table].items() if kind in PLAIN]
    columns = draw(st.lists(st.sampled_from(plain), min_size=1, max_size=4, unique=True))
    rows = draw(st.lists(st.integers(0, 1000), min_size=1, max_size=4, unique=True))
    values = {name: [draw(PLAIN[TABLES[table][name]]) for _ in rows] for name in columns}
    return kind, table, rows, values


def columns_of(table: str, values: dict[str, list[Any]], count: int) -> dict[str, Any]:
    made = {}
    for name, given_values in values.items():
        array = empty_column(TABLES[table][name], count)
        array[:] = given_values[:count]
        made[name] = array
    return made


def take(county: County, step: Any) -> None:
    """Take one step through the door."""
    kind, table, rows, values = step
    ids = getattr(county.state, table).id
    if kind == "undo":
        if sum(not entry.undone for entry in county.store.history()) > 1:  # the samples stay
            county.undo()
    elif kind == "redo":
        county.redo()
    elif kind == "redraw":
        shape = square(2 + rows[0] % 3, rows[0] % 2)
        assert isinstance(county.perform(edit(RowChange("units", update={"id": np.array([7]), "geom": objects([shape])}))), Changes)
    elif kind == "insert":
        new = np.setdiff1d(np.array(rows) + 1, ids)
        assert isinstance(county.perform(edit(RowChange(table, insert={"id": new, **columns_of(table, values, len(new))}))), Changes)
    elif len(ids):
        chosen = np.unique(ids[np.array(rows) % len(ids)])
        if kind == "update":
            change = RowChange(table, update={"id": chosen, **columns_of(table, values, len(chosen))})
        else:
            blown = np.isin(chosen, county.state.cases.household) if table == "households" else np.zeros(len(chosen), np.bool_)
            change = RowChange(table, delete=chosen[~blown])
        assert isinstance(county.perform(edit(change)), Changes)


@settings(max_examples=20, deadline=None)
@given(st.lists(steps(), min_size=3, max_size=12))
def test_memory_and_file_agree_at_every_step_and_undo_goes_back_to_the_start(walk: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        county = make(Path(folder) / "county.gpkg")
        try:
            for step in walk:
                if step[0] == "reopen":
                    county.close()
                    county = open_county(county.store.name)
                else:
                    take(county, step)
                same_state(county.state, county.store.load())
            end = dump(county)
            done = sum(not entry.undone for entry in county.store.history())
            while county.undo():
                pass
            rows = dump(county)
            assert rows.pop("settings") and rows.pop("plans")
            assert all("id=[]" in columns for columns in rows.values()), "back to the county as it was made"
            for _ in range(done):
                county.redo()
            assert dump(county) == end
            same_state(county.state, county.store.load())
        finally:
            county.close()
