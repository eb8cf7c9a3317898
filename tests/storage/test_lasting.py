"""Undo and redo beside what lasts: steps of whistles are never taken away, and nothing that they name is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_app.bootstrap import open_county
from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.life_cycle import fold_columns
from gis_app.cases.routing import Place
from gis_app.county.case_edits import Registered, correct_case, record_event, register_case
from gis_app.county.changes import Changes, Edit, RowChange
from gis_app.county.content import objects
from gis_app.county.county import County
from gis_app.county.edits import rename_unit, route_cases
from gis_app.county.plan_edits import create_draft
from gis_app.county.unit_edits import lock_unit
from gis_app.files.points import PointOptions, point_edit
from gis_app.progress import finish
from gis_app.storage.errors import StorageError
from tests.county.samples import EAST, NORTH, edit, same_state, shapes

NOW = datetime(2020, 6, 1, tzinfo=UTC)


@pytest.fixture
def county(path: Path) -> Iterator[County]:
    opened = open_county(path)
    yield opened
    opened.close()


def done(county: County, what: Edit) -> Changes:
    answer = county.perform(what)
    assert isinstance(answer, Changes), answer
    return answer


def blow(county: County, **more: object) -> int:
    made = done(county, register_case(county.store, kind=CaseKind.HELP, **more)).report  # type: ignore[arg-type]
    assert isinstance(made, Registered)
    return made.case


def step(county: County, case: int, kind: EventKind, **more: object) -> None:
    done(county, record_event(county.store, case, kind, **more))  # type: ignore[arg-type]


def bring_in(county: County, folder: Path) -> list[int]:
    """Import two whistles from a file; return their ids."""
    file = folder / "register.csv"
    file.write_text(
        "id,blown,kind,body,text\nR1,2020-05-20 08:00,求助,住建局,路灯\nR2,2020-05-21 08:00,投诉,住建局,噪声\n", encoding="utf-8"
    )
    before = set(county.state.cases.id.tolist())
    done(county, point_edit(file, "cases", PointOptions(), county.store))
    return sorted(set(county.state.cases.id.tolist()) - before)


def whole(county: County) -> dict[str, object]:
    """Return all that the file holds of whistles, as plain values."""
    return {
        table: {name: column.tolist() for name, column in county.store.rows(table).items()} for table in ("cases", "events", "messages")
    }


def as_text(rows: dict[str, object]) -> str:
    return repr(rows)  # NaN is not equal to itself


def refused(county: County, *, back: bool = True) -> str:
    """Undo (or redo) what must not be; return why not, and make sure that nothing changed."""
    before, rows, entries = county.state, as_text(whole(county)), county.history()
    with pytest.raises(StorageError) as caught:
        county.undo() if back else county.redo()
    assert county.state is before and as_text(whole(county)) == rows and county.history() == entries
    same_state(county.state, county.store.load())
    return str(caught.value)


def test_an_import_is_undone_until_its_whistles_were_worked_on(county: County, tmp_path: Path) -> None:
    first, _ = bring_in(county, tmp_path)
    assert county.undo() is not None and first not in county.state.cases.id
    assert county.redo() is not None and first in county.state.cases.id
    step(county, first, EventKind.PICKED_UP)
    assert "Whistle R1 has been worked on since" in refused(county)


@pytest.mark.parametrize("table", ["attachments", "talks", "messages"])
def test_an_import_stays_whose_whistles_have_something(county: County, tmp_path: Path, table: str) -> None:
    first, _ = bring_in(county, tmp_path)
    row = {"id": np.array([0]), "case_id": np.array([first])}
    if table == "messages":
        row["sent"] = np.array(["2020-05-20T01:00:00"], "datetime64[s]")
    county.store.write([RowChange(table, insert=row)], edit().title, lasting=True)
    assert "Whistle R1 has been worked on since" in refused(county)


def test_messages_that_nobody_got_go_with_their_whistle_and_come_back_with_it(county: County, tmp_path: Path) -> None:
    first, _ = bring_in(county, tmp_path)
    row = {"id": np.array([0]), "case_id": np.array([first]), "kind": objects(["sms"]), "state": objects(["pending"])}
    county.store.write([RowChange("messages", insert=row)], edit().title, lasting=True)
    county.undo()
    assert len(county.store.rows("messages")["id"]) == 0
    county.redo()
    assert county.store.rows("messages")["case_id"].tolist() == [first]


def test_routing_is_undone_until_a_step_followed(county: County) -> None:
    done(county, route_cases())
    holder = int(county.state.cases.body[1])
    county.undo()
    assert county.state.cases.body[1] == 0 and holder
    county.redo()
    step(county, 20, EventKind.PICKED_UP)
    assert "worked on since" in refused(county)
    assert (county.state.cases.body[1], county.state.cases.state[1]) == (holder, State.PICKED_UP)


def test_what_was_undone_is_not_made_again_over_whistles_registered_since(county: County, tmp_path: Path) -> None:
    bring_in(county, tmp_path)
    county.undo()
    blow(county)
    assert "Whistles were registered since" in refused(county, back=False)


def test_routing_is_made_again_beside_steps_of_other_whistles_but_not_over_those_of_the_same(county: County) -> None:
    done(county, route_cases())
    county.undo()
    step(county, 10, EventKind.NOTED, note="beside")
    assert county.redo() is not None
    assert county.store.events(10)["note"].tolist()[-1] == "beside"
    assert county.store.events(20)["kind"].tolist() == ["blown", "handed_over"]
    assert len(set(county.store.rows("events")["id"].tolist())) == 5
    county.undo()
    step(county, 20, EventKind.HANDED_OVER, target=2)
    assert "worked on since" in refused(county, back=False)
    assert county.state.cases.body[1] == 2


def test_nothing_goes_that_a_whistle_names_which_was_blown_since(county: County) -> None:
    extra = RowChange("bodies", insert={"id": np.array([9]), "kind": objects(["department"]), "name": objects(["水务局"])})
    done(county, edit(extra))
    case = blow(county, body=9)
    assert "name a cell, body, person or category" in refused(county)
    step(county, case, EventKind.HANDED_OVER, target=3)
    assert "name a cell, body" in refused(county), "its story still names the body"
    home = RowChange("households", insert={"id": np.array([77]), "geom": np.array([[EAST + 5, NORTH + 5]])})
    done(county, edit(home))
    blow(county, place=Place(household=77))
    assert "name a cell, body" in refused(county)


def test_other_edits_are_undone_and_made_again_beside_steps(county: County) -> None:
    done(county, rename_unit(4, "新名"))
    case = blow(county)
    step(county, case, EventKind.PICKED_UP)
    done(county, correct_case(county.store, case, note="better", text="路灯不亮"))
    events = as_text(whole(county))
    for _ in range(2):
        assert county.undo() is not None and county.state.units[4].name == "永安村一组"
        assert county.redo() is not None and county.state.units[4].name == "新名"
    assert as_text(whole(county)) == events
    assert [entry.title.text for entry in county.history()][:1] == ["Rename {unit} to {name}"]
    same_state(county.state, county.store.load())


def test_a_step_between_two_edits_of_the_coverage_leads_nobody_astray(county: County) -> None:
    """A lasting edit stands in no history, so the way back over coverages must not count it."""
    moved = shapely.MultiPolygon([shapely.box(EAST, NORTH, EAST + 100, NORTH + 90)])
    before = shapes(county.state)
    done(county, edit(RowChange("units", update={"id": np.array([4]), "geom": objects([moved])})))
    after = shapes(county.state)
    blow(county)
    county.undo()
    assert shapes(county.state) == before == shapes(county.store.load())
    blow(county)
    county.redo()
    assert shapes(county.state) == after == shapes(county.store.load())


def test_a_step_while_a_draft_is_open_leaves_the_history_of_the_draft(county: County) -> None:
    done(county, create_draft("草案"))
    plan = max(county.state.plans)
    finish(county.opening_draft(plan))
    done(county, lock_unit(4, True))
    case = blow(county, place=Place(EAST + 20, NORTH + 20))
    step(county, case, EventKind.PICKED_UP)
    assert len(county.history()) == 1 and county.draft is not None
    assert case in county.draft.cases.id and case in county.state.cases.id
    assert county.undo() is not None
    step(county, case, EventKind.DONE, note="好了")
    assert county.redo() is not None and county.draft.units[4].locked
    row = int(np.searchsorted(county.state.cases.id, case))
    assert county.state.cases.state[row] == county.draft.cases.state[row] == State.DONE
    assert fold_columns(county.store.events(case)).state.tolist() == [State.DONE]
    county.close_draft()
    same_state(county.state, county.store.load())
