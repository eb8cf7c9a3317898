"""The edits that every room asks for, on the small county."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.life_cycle import fold_columns
from gis_app.cases.routing import Place
from gis_app.county import edits
from gis_app.county.changes import RowChange
from gis_app.county.content import objects
from gis_app.county.county import County
from gis_app.county.household_edits import pin_households
from gis_app.county.state import Settings
from gis_app.grid.households import Unassigned
from gis_app.grid.issues import IssueKind
from gis_app.grid.repair import Repaired
from gis_app.progress import finish
from tests.county.samples import EAST, NORTH, SETTINGS, done, edit, make, refused, same_state


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = make(tmp_path / "county.gpkg")
    yield made
    same_state(made.state, made.store.load())
    made.close()


def test_households_go_to_their_cells(county: County) -> None:
    changes = done(county, edits.assign_households())
    homes = county.state.households
    assert homes.cell.tolist() == [4, 4, 7, 0, 0], "the one on the border goes to the lower code"
    assert homes.reason.tolist() == [0, 0, 0, Unassigned.NO_COORDINATES, Unassigned.OUTSIDE_COUNTY]
    assert homes.distance[4] == pytest.approx(150.0)
    assert changes.ids["households"].tolist() == [1, 2, 3, 4, 9]
    assert not done(county, edits.assign_households()).ids, "nothing moves twice"


def test_workers_go_to_the_cells_of_their_villages(county: County) -> None:
    report = done(county, edits.assign_workers()).report
    assert isinstance(report, edits.WorkersAssigned)
    assert {worker.id: worker.cell for worker in county.state.workers.values()} == {1: 4, 2: 6}
    assert [unit.id for unit in report.vacant] == [7, 5] and report.free == ()


def test_a_pinned_household_stays_until_it_is_unpinned(county: County) -> None:
    done(county, edits.assign_households())
    done(county, pin_households([1], 7))
    done(county, edits.assign_households())
    assert county.state.households.cell[0] == 7 and county.state.households.pinned[0]
    done(county, pin_households([1], None))
    assert county.state.households.cell[0] == 4 and not county.state.households.pinned[0]
    assert refused(county, pin_households([77], 4)) == "no_household"
    assert refused(county, pin_households([1], 2)) == "no_cell"


def test_a_unit_gets_another_name(county: County) -> None:
    done(county, edits.rename_unit(2, " 新民村 "))
    assert county.state.units[2].name == "新民村" and county.state.units.children(2)
    assert refused(county, edits.rename_unit(99, "x")) == "no_unit"
    assert refused(county, edits.rename_unit(2, "  ")) == "no_name"
    assert not done(county, edits.rename_unit(2, "新民村")).ids


def test_settings_change(county: County) -> None:
    done(county, edits.change_settings(rural_floor=40, code_scheme="free", metadata={"a": [1]}))
    assert (county.state.settings.rural_floor, county.state.settings.code_scheme, county.state.settings.metadata) == (
        40,
        "free",
        {"a": [1]},
    )
    assert county.state.settings.name == SETTINGS.name
    assert refused(county, edits.change_settings(crs="EPSG:4529")) == "crs"
    assert refused(county, edits.change_settings(code_scheme="roman")) == "code_scheme"
    assert refused(county, edits.change_settings(overdue_hours=-1)) == "negative"
    assert not done(county, edits.change_settings(crs="EPSG:4550", rural_floor=40)).ids
    with pytest.raises(ValueError, match="colour"):
        edits.change_settings(colour="red")
    county.undo()
    assert county.state.settings == SETTINGS


def test_whistles_find_their_place_and_body(county: County) -> None:
    done(county, edits.assign_households())
    done(county, edits.route_cases())
    cases = county.state.cases
    assert cases.cell.tolist() == [4, 7, 5], "by its own cell, by its household, as it was"
    assert cases.body.tolist() == [3, 2, 1], "the centre and the department keep what they have; the community has no body, so its township"
    assert cases.border[0] == pytest.approx(20.0) and np.isnan(cases.border[1])
    assert not done(county, edits.route_cases()).ids


def test_a_whistle_that_nobody_holds_is_handed_over_by_an_event(county: County) -> None:
    done(county, edits.assign_households())
    done(county, edits.route_cases())
    events = county.store.events(20)
    assert events["kind"].tolist() == ["blown", "handed_over"] and events["target"].tolist() == [0, 2]
    assert events["time"][-1] == np.datetime64("2020-06-01T00:00:00"), "its body has it from now on"
    columns_are_the_fold(county, 20)
    county.undo()
    assert county.store.events(20)["kind"].tolist() == ["blown"] and county.state.cases.body[1] == 0


def test_a_closed_whistle_of_nobody_stays_closed(county: County) -> None:
    told = {
        "case_id": np.array([20, 20]),
        "kind": objects(["picked_up", "done"]),
        "time": np.array(["2020-05-03", "2020-05-04"], "datetime64[s]"),
    }
    standing = {"id": np.array([20]), "state": np.array([4]), "done": np.array(["2020-05-04"], "datetime64[s]")}
    done(county, edit(RowChange("events", insert={"id": np.zeros(2, np.int64), **told}), RowChange("cases", update=standing)))
    done(county, edits.route_cases())
    assert (county.state.cases.state[1], county.state.cases.body[1]) == (State.DONE, 0)
    assert county.store.events(20)["kind"].tolist() == ["blown", "picked_up", "done"]


def test_a_whistle_that_a_file_dates_after_now_is_handed_over_after_it(county: County) -> None:
    late = np.array(["2020-07-01"], "datetime64[s]")
    done(
        county,
        edit(
            RowChange("events", update={"id": np.array([1]), "time": late}),
            RowChange("cases", update={"id": np.array([20]), "blown": late}),
        ),
    )
    assert county.store.events(20)["time"].tolist() == late.tolist()
    done(county, edits.route_cases())
    columns_are_the_fold(county, 20)


def columns_are_the_fold(county: County, case: int) -> None:
    folded, cases = fold_columns(county.store.events(case)), county.state.cases
    row = int(np.searchsorted(cases.id, case))
    for name in ("state", "body", "blown", "arrived", "picked_up", "done", "deadline", "urged"):
        stored, told = getattr(cases, name)[row], getattr(folded, name)[0]
        assert stored == told or (np.isnat(stored) and np.isnat(told)), name


def test_a_whistle_is_registered_and_handled(county: County) -> None:
    """Blown at a point, picked up, handed over, picked up, done: derived columns are those of the events."""
    at = Place(EAST + 150, NORTH + 20, accuracy=60.0)
    changes = done(
        county, edits.register_case(county.store, kind=CaseKind.REPORT, category=1, text="违建", place=at, worker=1, actor="王强")
    )
    made = changes.report
    assert isinstance(made, edits.Registered)
    assert (made.case, made.number, made.route.cell, made.route.body) == (31, "20200601-001", 5, 3)
    assert made.route.uncertain and made.route.reasons
    row = county.store.rows("cases", np.array([31]))
    assert row["geom"].tolist() == [[EAST + 150, NORTH + 20]] and row["worker"].tolist() == [1] and row["text"].tolist() == ["违建"]
    steps = [
        edits.record_event(county.store, 31, EventKind.PICKED_UP),
        edits.record_event(county.store, 31, EventKind.HANDED_OVER, target=2, note="属于乡镇"),
        edits.record_event(county.store, 31, EventKind.PICKED_UP),
        edits.record_event(county.store, 31, EventKind.PROMISED, deadline=datetime(2020, 6, 3, tzinfo=UTC)),
        edits.record_event(county.store, 31, EventKind.DONE, note="已拆除"),
        edits.record_event(county.store, 31, EventKind.RATED, stars=(5, 4, 5)),
    ]
    for step in steps:
        done(county, step)
    events = county.store.events(31)
    assert events["kind"].tolist() == ["blown", "picked_up", "handed_over", "picked_up", "promised", "done", "rated"]
    assert events["body"].tolist() == [0, 3, 3, 2, 2, 2, 2]
    columns_are_the_fold(county, 31)
    assert county.state.cases.state[-1] == State.RATED
    assert county.store.rows("cases", np.array([31]), ["result"])["result"].tolist() == ["已拆除"]
    assert refused(county, edits.record_event(county.store, 31, EventKind.PICKED_UP)) == "not_open"


def test_whistles_that_cannot_be(county: County) -> None:
    kind = CaseKind.HELP
    assert refused(county, edits.register_case(county.store, kind=kind, category=9)) == "no_category"
    assert refused(county, edits.register_case(county.store, kind=kind, body=9)) == "no_body"
    assert refused(county, edits.register_case(county.store, kind=kind, worker=9)) == "no_worker"
    assert refused(county, edits.register_case(county.store, kind=kind, place=Place(unit=99))) == "no_place"
    assert refused(county, edits.register_case(county.store, kind=kind, place=Place(household=99))) == "no_place"
    assert refused(county, edits.register_case(county.store, kind=kind, blown=datetime(2020, 6, 2, tzinfo=UTC))) == "later"
    assert refused(county, edits.record_event(county.store, 99, EventKind.DONE)) == "no_case"
    assert refused(county, edits.record_event(county.store, 10, EventKind.HANDED_OVER)) == "no_body"
    for number in ("20200601-001", "20200601-002"):
        report = done(county, edits.register_case(county.store, kind=kind, place=Place(unit=2))).report
        assert isinstance(report, edits.Registered) and report.number == number


def test_boundaries_are_repaired_and_households_follow(county: County) -> None:
    """Cell 5 reaches 10 m into cell 4 and leaves 5 m to cell 7 free: found, repaired, told, undone."""
    done(county, edits.assign_households())
    bad = shapely.MultiPolygon([shapely.box(EAST + 90, NORTH, EAST + 200, NORTH + 95)])
    done(county, edit(RowChange("units", update={"id": np.array([5]), "geom": objects([bad])})))
    before = county.state
    found = {issue.kind for issue in finish(edits.check_county(county.state))}
    assert IssueKind.OVERLAP in found
    changes = done(county, edits.repair_coverage(gap_width=20.0))
    assert changes.coverage and changes.report.exchanges  # type: ignore[attr-defined]
    found = {issue.kind for issue in finish(edits.check_county(county.state))}
    assert not found & {IssueKind.OVERLAP, IssueKind.GAP, IssueKind.MISSING_VERTEX, IssueKind.INVALID_RING}
    after = county.state
    assert not done(county, edits.repair_coverage(gap_width=20.0)).ids
    county.undo()
    same_state(county.state, before)
    county.redo()
    same_state(county.state, after)


def test_a_county_without_cells_says_so(tmp_path: Path) -> None:
    from gis_app.bootstrap import create_county

    county = create_county(tmp_path / "empty.gpkg", Settings())
    for what in (edits.assign_households(), edits.assign_workers(), edits.route_cases(), edits.repair_coverage()):
        assert refused(county, what) == "no_cells"
    county.close()


def test_widths_are_metres_and_areas_square_metres_in_a_county_measured_in_feet(tmp_path: Path) -> None:
    """A gap of 200 ft (61 m) is closed by the repair, which by default goes up to 100 m; one of 400 ft (122 m) is left."""
    from gis_app.bootstrap import create_county

    frames = []
    for west, hole in ((0.0, 200.0), (2000.0, 400.0)):
        inner = shapely.box(west + 300, 300, west + 300 + hole, 300 + hole)
        frames += [shapely.box(west, 0, west + 1000, 1000).difference(inner)]
    columns = {"id": np.array([1, 2]), "geom": objects([shapely.MultiPolygon([frame]) for frame in frames]), "level": np.array([3, 3])}
    county = create_county(tmp_path / "feet.gpkg", Settings(crs="EPSG:2263", code_scheme="free"))
    done(county, edit(RowChange("units", insert={**columns, "kind": objects(["rural_cell"] * 2), "code": objects(["1", "2"])})))
    gaps = [issue for issue in finish(edits.check_county(county.state)) if issue.kind == IssueKind.GAP]
    assert [(issue.repairable, round(issue.area)) for issue in gaps] == [(True, 3716), (False, 14865)]
    assert "3,716 m²" in str(gaps[0].message)
    report = done(county, edits.repair_coverage()).report
    assert isinstance(report, Repaired) and [round(change.area) for change in report.exchanges] == [3716]
    left = [issue for issue in finish(edits.check_county(county.state)) if issue.kind == IssueKind.GAP]
    assert [issue.units for issue in left] == [(2,)]
    county.close()
