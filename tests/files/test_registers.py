"""Exports of New York's and Baltimore's 311 are known by their headers."""

from pathlib import Path
from typing import Any

from gis_app.cases.case import EventKind, State
from gis_app.county.case_edits import record_event
from gis_app.county.county import County
from gis_app.files.mapping import Target
from gis_app.files.points import PointOptions, point_edit
from gis_app.files.preview import guess_mapping, preview
from gis_app.files.registers import BALTIMORE, NEW_YORK, OPEN311, recognised
from tests.files import whistles
from tests.files.conftest import perform
from tests.files.whistles import CODES, HERE, THERE, baltimore, cells, kinds

county = whistles.county

HOLE: dict[str, Any] = {
    "SRRecordID": "5001200000AbCdEAAV",
    "ServiceRequestNum": "23-00000123",
    "SRType": "TRM-Potholes",
    "MethodReceived": "Phone",
    "CreatedDate": "2023/01/03 13:05:00+00",
    "SRStatus": "Open",
    "StatusDate": "2023/01/03 13:06:00+00",
    "DueDate": "2023/01/05 13:05:00+00",
    "Agency": "Transportation",
    "Address": "100 HOLLIDAY ST, Baltimore City, 21202",
    "Latitude": HERE[1],
    "Longitude": HERE[0],
}
CLOSED: dict[str, Any] = {
    "SRStatus": "Closed",
    "StatusDate": "2023/01/04 15:00:00+00",
    "CloseDate": "2023/01/04 15:00:00+00",
    "Outcome": "Filled",
}


def test_headers_tell_the_system() -> None:
    assert recognised(whistles.BALTIMORE) is BALTIMORE
    assert recognised(["service_request_id", "requested_datetime"]) is OPEN311
    new_york = ["Unique Key", "Created Date", "Closed Date", "Agency", "Agency Name", "Complaint Type", "Descriptor", "Status"]
    assert recognised(new_york) is NEW_YORK
    assert recognised(["编号", "吹哨时间"]) is None


def test_requests_of_baltimore_become_cases(tmp_path: Path, county: County) -> None:
    path = baltimore(
        tmp_path / "311.csv",
        HOLE,
        HOLE | CLOSED | {"ServiceRequestNum": "23-00000124", "Latitude": THERE[1], "Longitude": THERE[0]},
        HOLE | {"ServiceRequestNum": "23-00000125", "SRStatus": "Closed (Duplicate)", "StatusDate": "2023/01/03 14:00:00+00"},
        HOLE | {"ServiceRequestNum": "23-00000126", "SRStatus": "In Progress", "Latitude": "", "Longitude": ""},
        HOLE | {"ServiceRequestNum": "", "SRRecordID": "5001200000AbCdFAAV"},
    )
    report = perform(county, point_edit(path, "cases", PointOptions(create_bodies=True), county.store))
    assert (report.read, report.imported, report.outside) == (5, 4, 1)
    assert [(item.row, str(item.problem)) for item in report.rejected] == [(6, "the row has no number")]
    assert report.routed == (("Transportation", 4),)
    assert cells(county) == [CODES[0], CODES[5], CODES[0], ""]
    assert county.state.cases.state.tolist() == [State.WAITING, State.DONE, State.WAITING, State.IN_PROGRESS]
    assert "1 rows are closed but do not say when; their whistles stay open." in map(str, report.notes)
    assert kinds(county, "23-00000126") == ["blown", "picked_up", "started"]
    stored = county.store.rows("cases")
    assert set(stored["source"].tolist()) == {"Baltimore 311"}
    assert stored["original"][1]["Outcome"] == "Filled"
    assert stored["original"][0]["SRRecordID"] == HOLE["SRRecordID"]
    assert stored["result"].tolist()[1] == "Filled"
    assert str(county.state.cases.blown[0]) == "2023-01-03T13:05:00"


def test_a_rejected_row_stays_no_open_whistle(tmp_path: Path, county: County) -> None:
    path = baltimore(tmp_path / "311.csv", HOLE, HOLE | {"ServiceRequestNum": "23-9", "CreatedDate": "soon", "SRStatus": "Closed"})
    report = perform(county, point_edit(path, "cases", PointOptions(create_bodies=True), county.store))
    assert (report.imported, len(report.rejected)) == (1, 1)
    assert not any("stay open" in str(note) for note in report.notes)


def test_times_without_a_zone_are_those_of_the_city(tmp_path: Path, county: County) -> None:
    path = baltimore(tmp_path / "311.csv", HOLE | {"CreatedDate": "01/03/2023 08:05:00 AM", "StatusDate": ""})
    perform(county, point_edit(path, "cases", None, county.store))
    assert str(county.state.cases.blown[0]) == "2023-01-03T13:05:00"


def test_a_newer_export_under_another_name_moves_its_cases_on(tmp_path: Path, county: County) -> None:
    perform(county, point_edit(baltimore(tmp_path / "january.csv", HOLE), "cases", None, county.store))
    newer = point_edit(baltimore(tmp_path / "february.csv", HOLE | CLOSED), "cases", None, county.store)
    report = perform(county, newer)
    assert (report.imported, report.known, report.updated) == (0, 0, 1)
    assert "1 whistles of the county have moved on in the file; what is new was added." in map(str, report.notes)
    assert county.state.cases.state.tolist() == [State.DONE]
    assert kinds(county, "23-00000123") == ["blown", "done"]
    assert county.store.rows("cases")["result"].tolist() == ["Filled"]
    assert county.store.rows("cases")["original"][0]["SRStatus"] == "Closed"
    again = perform(county, newer)
    assert (again.imported, again.known, again.updated) == (0, 1, 0)
    assert kinds(county, "23-00000123") == ["blown", "done"]


def test_what_its_system_opens_again_is_reopened_but_not_what_was_closed_here(tmp_path: Path, county: County) -> None:
    other = HOLE | {"ServiceRequestNum": "23-00000200"}
    perform(
        county, point_edit(baltimore(tmp_path / "1.csv", HOLE | CLOSED, other), "cases", PointOptions(create_bodies=True), county.store)
    )
    for kind in (EventKind.PICKED_UP, EventKind.DONE):
        county.perform(record_event(county.store, 2, kind, note="done here"))
    later = {"SRStatus": "Open", "StatusDate": "2039/01/05 10:00:00+00"}
    report = perform(county, point_edit(baltimore(tmp_path / "2.csv", HOLE | later, other | later), "cases", None, county.store))
    assert report.updated == 1
    assert kinds(county, "23-00000123") == ["blown", "done", "reopened"]
    assert kinds(county, "23-00000200") == ["blown", "picked_up", "done"]


def test_states_of_new_york_become_events(tmp_path: Path, county: County) -> None:
    header = [
        "Unique Key", "Created Date", "Closed Date", "Agency", "Agency Name", "Complaint Type", "Descriptor", "Status",
        "Resolution Action Updated Date", "Latitude", "Longitude",
    ]  # fmt: skip
    rows = [
        ["1", "10/21/18 0:00", "", "DSNY", "Sanitation", "Litter", "Basket", "Assigned", "10/22/18 0:00", HERE[1], HERE[0]],
        ["2", "10/21/18 0:00", "10/21/18 0:59", "NYPD", "Police", "Noise", "Music", "Closed", "10/21/18 0:59", HERE[1], HERE[0]],
    ]
    perform(county, point_edit(whistles.table(tmp_path / "nyc.csv", header, *rows), "cases", None, county.store))
    assert kinds(county, "1") == ["blown", "picked_up"]
    assert kinds(county, "2") == ["blown", "done"]
    assert str(county.state.cases.blown[0]) == "2018-10-21T04:00:00"


def test_the_assistant_is_offered_the_columns_of_a_known_system(tmp_path: Path) -> None:
    mapping = guess_mapping(preview(baltimore(tmp_path / "311.csv", HOLE)), Target.CASES)
    assert (mapping["id"], mapping["category"], mapping["blown"]) == ("ServiceRequestNum", "SRType", "CreatedDate")
    assert (mapping["done"], mapping["state"]) == ("CloseDate", "SRStatus")
