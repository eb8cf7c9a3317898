"""The one door: what is performed is stored, told and undone; what is refused changes nothing."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gis_app.bootstrap import open_county
from gis_app.county.changes import Changes, Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.county import County, CountyBusy
from gis_app.county.integrity import InvalidChange
from gis_app.language import msg
from gis_app.progress import Progress
from tests.county.samples import CELLS, edit, make, same_state, square, whole


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = make(tmp_path / "county.gpkg")
    yield made
    made.close()


def renamed(name: str, unit: int = 4) -> RowChange:
    return RowChange("units", update={"id": np.array([unit]), "name": objects([name])})


def test_what_is_performed_is_there_after_opening_again(county: County) -> None:
    before = county.state
    county.close()
    again = open_county(county.store.name)
    same_state(before, again.state)
    assert again.state.units[4].name == "永安村一组"
    assert set(again.state.coverage.cells) == set(CELLS)
    again.close()


def test_listeners_hear_what_changed_until_they_stop(county: County) -> None:
    heard: list[Changes] = []
    stop = county.subscribe(heard.append)
    county.perform(edit(renamed("新名"), RowChange("households", delete=np.array([9])), report="r"))
    (changes,) = heard
    assert {table: ids.tolist() for table, ids in changes.ids.items()} == {"units": [4], "households": [9]}
    assert changes.touches("units") and not changes.touches("cases") and not changes.coverage and changes.report == "r"
    assert county.state.units[4].name == "新名" and 9 not in county.state.households.id
    stop()
    stop()
    county.undo()
    assert len(heard) == 1


def test_new_names_bring_their_initials(county: County) -> None:
    county.perform(edit(renamed("新华村")))
    assert county.store.rows("units", np.array([4]), ["pinyin"])["pinyin"].tolist() == ["xhc"]


def test_an_event_gets_its_id_from_the_store(county: County) -> None:
    again = RowChange("events", insert={"id": np.zeros(2, np.int64), "case_id": np.array([30, 30]), "kind": objects(["blown", "done"])})
    changes = county.perform(edit(again))
    assert isinstance(changes, Changes)
    assert changes.ids["events"].tolist() == [4, 5]
    assert county.store.events(30)["kind"].tolist() == ["blown", "done"]


def test_a_refusal_changes_nothing(county: County) -> None:
    no = Refusal("no", msg("No"))

    def plan(_: object) -> Any:
        yield Progress(0.5, msg("Thinking"))
        return no

    before = county.state
    assert county.perform(Edit(msg("Try"), plan)) is no
    assert county.state is before and len(county.store.history()) == 1


def test_an_edit_without_changes_is_not_in_the_history(county: County) -> None:
    done = county.perform(edit(report=7))
    assert isinstance(done, Changes) and done.report == 7 and not done.ids
    assert len(county.store.history()) == 1


def test_stopping_an_edit_changes_nothing_and_opens_the_door(county: County) -> None:
    before = county.state
    steps = county.performing(slow(renamed("halb")))
    next(steps)
    next(steps)
    steps.close()
    assert county.state is before
    assert isinstance(county.perform(edit(renamed("ganz"))), Changes)


def slow(*rows: RowChange) -> Edit:
    def plan(_: object) -> Any:
        for step in range(3):
            yield Progress(step / 3, msg("Working"))
        return Outcome(rows)

    return Edit(msg("Slow work"), plan)


def test_a_second_edit_is_refused_while_one_is_being_made(county: County) -> None:
    steps = county.performing(slow(renamed("eins")))
    next(steps)
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(county.perform(edit(renamed("zwei")))))
    thread.start()
    thread.join()
    assert isinstance(answers[0], Refusal) and answers[0].code == "busy"
    assert "Slow work" in str(answers[0].reason)
    with pytest.raises(CountyBusy):
        county.undo()
    with pytest.raises(CountyBusy):
        county.redo()
    for _ in steps:
        pass
    assert county.state.units[4].name == "eins"
    assert county.undo() is not None


def test_progress_goes_from_planning_to_saving(county: County) -> None:
    steps = list(county.performing(slow(renamed("eins"))))
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    assert str(steps[-1].text) == "Saving"


def test_an_error_of_a_plan_leaves_the_county_as_it_was(county: County) -> None:
    def plan(_: object) -> Any:
        yield Progress(0.0, msg("Working"))
        raise ValueError("a bug")

    before = county.state
    with pytest.raises(ValueError, match="a bug"):
        county.perform(Edit(msg("Break"), plan))
    assert county.state is before
    assert isinstance(county.perform(edit(renamed("gut"))), Changes)


@pytest.mark.parametrize(
    "rows",
    [
        RowChange("units", update={"id": np.array([99]), "name": objects(["x"])}),
        RowChange("units", delete=np.array([99])),
        RowChange("units", delete=np.array([2])),  # its cells would have no village
        RowChange("units", delete=np.array([4])),  # whistle 10 lies there
        RowChange("units", insert={"id": np.array([4]), "level": np.array([3]), "kind": objects(["rural_cell"])}),
        RowChange("units", insert={"id": np.array([8]), "level": np.array([3]), "kind": objects(["rural_cell"]), "parent": np.array([1])}),
        RowChange("households", update={"id": np.array([1]), "cell": np.array([2])}),  # a village is no cell
        RowChange("households", insert={"id": np.array([0])}),
        RowChange("cases", update={"id": np.array([10, 10]), "state": np.array([2, 3])}),
        RowChange("rules", update={"id": np.array([1]), "body": np.array([77])}),
        RowChange("workers", update={"id": np.array([1]), "more_cells": objects([[77]])}),
        RowChange("workers", update={"id": np.array([1]), "more_cells": objects([[2]])}),  # a village is no cell
        RowChange("nothing", delete=np.array([1])),
    ],
)
def test_changes_that_do_not_fit_are_bugs(county: County, rows: RowChange) -> None:
    before = county.state
    with pytest.raises((InvalidChange, KeyError)):
        county.perform(edit(rows))
    assert county.state is before and len(county.store.history()) == 1


def test_columns_that_there_are_not_and_columns_of_different_length_are_bugs(county: County) -> None:
    with pytest.raises(ValueError, match="no column"):
        county.perform(edit(RowChange("units", update={"id": np.array([4]), "colour": objects(["x"])})))
    with pytest.raises(ValueError, match="differ in length"):
        county.perform(edit(RowChange("units", update={"id": np.array([4]), "name": objects(["x", "y"])})))


def test_undo_and_redo_bring_back_exactly(county: County) -> None:
    """Every kind of change: rows inserted, updated and deleted, in one table and in many, cells redrawn."""
    moved = RowChange("units", update={"id": np.array([5]), "geom": objects([square(2, 0)])})
    edits = [
        edit(renamed("甲"), renamed("乙", 5)),
        edit(RowChange("households", delete=np.array([2, 9])), RowChange("events", delete=np.array([1]))),
        edit(moved, RowChange("households", update={"id": np.array([1, 3]), "cell": np.array([4, 7]), "pinned": np.array([True, False])})),
        edit(
            RowChange(
                "households",
                insert={"id": np.array([2, 5]), "head": objects(["新", "人"])},
                update={"id": np.array([1]), "members": np.array([8])},
            )
        ),
        edit(RowChange("cases", update={"id": np.array([20]), "done": np.array(["2020-05-03"], "datetime64[s]"), "state": np.array([4])})),
        edit(RowChange("periods", update={"id": np.array([1]), "end": np.array(["2021-01-01"], "datetime64[s]")})),
        edit(RowChange("settings", update={"id": np.array([5]), "value": objects([12])})),
    ]
    states, tables = [county.state], [dump(county)]
    for each in edits:
        assert isinstance(county.perform(each), Changes)
        states.append(county.state)
        tables.append(dump(county))
    for _ in range(2):
        for state, table in zip(states[-2::-1], tables[-2::-1], strict=True):
            assert county.undo() is not None
            same_state(state, county.state)
            assert dump(county) == table
        for state, table in zip(states[1:], tables[1:], strict=True):
            assert county.redo() is not None
            same_state(state, county.state)
            assert dump(county) == table
        assert county.redo() is None
    same_state(county.state, county.store.load())


def dump(county: County) -> dict[str, list[str]]:
    """Return every value of every table as text."""
    from gis_app.county.tables import TABLES

    return {table: [f"{name}={array.tolist()}" for name, array in county.store.rows(table).items()] for table in TABLES}


def test_undo_goes_back_beyond_the_last_opening(county: County) -> None:
    before = county.state
    county.perform(edit(RowChange("units", update={"id": np.array([5]), "geom": objects([square(2, 0)])})))
    after = county.state
    county.close()
    again = open_county(county.store.name)
    changes = again.undo()
    assert changes is not None and changes.coverage
    same_state(before, again.state)
    assert again.undo() is not None and not again.state.units
    assert again.undo() is None
    assert again.redo() is not None and again.redo() is not None
    same_state(after, again.state)
    again.close()


def test_undo_and_redo_across_the_last_opening_keep_the_borders_apart(county: County) -> None:
    states = [county.state]
    for column in (2, 3):
        county.perform(edit(RowChange("units", update={"id": np.array([5]), "geom": objects([square(column, 0)])})))
        states.append(county.state)
        if column == 2:
            county.close()
            county = open_county(county.store.name)
    for state in (states[1], states[0]):
        assert county.undo() is not None
        same_state(county.state, state)
    for state in states[1:]:
        assert county.redo() is not None
        same_state(county.state, state)
    county.undo()
    same_state(county.state, states[1])
    county.close()


def test_a_new_edit_ends_what_could_be_made_again(county: County) -> None:
    county.perform(edit(renamed("甲")))
    county.undo()
    county.perform(edit(renamed("乙")))
    assert county.redo() is None
    assert [(str(entry.title), entry.undone) for entry in county.store.history()] == [("Do it", False)] * 2


def test_a_founding_edit_cannot_be_undone_and_ends_the_history(county: County) -> None:
    county.perform(edit(renamed("甲")))
    founding = replace(edit(renamed("乙")), founding=True)
    county.perform(founding)
    assert county.store.history() == []
    assert county.undo() is None
    assert county.redo() is None
    assert county.state.units[4].name == "乙"
    county.perform(edit(renamed("丙")))
    county.undo()
    assert county.undo() is None
    assert county.state.units[4].name == "乙"


def test_the_state_that_follows_changes_is_the_one_that_is_loaded(county: County) -> None:
    county.perform(edit(*whole_again()))
    same_state(county.state, county.store.load())


def whole_again() -> tuple[RowChange, ...]:
    """Return updates of every column of every row of the samples, with what was there."""
    rows = [change for change in whole() if change.table != "events"]
    return tuple(RowChange(change.table, update=change.insert) for change in rows)
