"""Whistles on their way to other systems, masked unless asked for, and back again."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest

from gis_app.cases.case import CaseKind, EventKind, Urgency
from gis_app.cases.routing import Place
from gis_app.county.case_edits import correct_case, record_event, register_case
from gis_app.county.changes import Changes, Edit
from gis_app.county.county import County
from gis_app.errors import UserError
from gis_app.files.case_export import export_cases
from gis_app.files.points import PointOptions, point_edit
from gis_app.progress import finish
from tests.files import whistles
from tests.files.conftest import MakeCounty, perform
from tests.files.whistles import six_cells, table

county = whistles.county


def _day(day: int, hour: int = 12) -> datetime:
    return datetime(2020, 5, day, hour, tzinfo=UTC)


def _do(county: County, edit: Edit) -> None:
    changes = county.perform(edit)
    assert isinstance(changes, Changes), changes


def _ready(folder: Path, county: County) -> None:
    """Give a county departments, a household, a worker and categories."""
    perform(county, point_edit(table(folder / "d.csv", ["单位名称"], ["住建局"], ["自然资源局"]), "departments", None, county.store))
    household = table(folder / "h.csv", ["户编号", "户主", "x坐标", "y坐标"], ["H1", "赵六", "500500", "5299500"])
    perform(county, point_edit(household, "households", PointOptions(datum="EPSG:4550"), county.store))
    worker = table(folder / "w.csv", ["网格员编号", "姓名", "网格编码"], ["W1", "王小五", whistles.CODES[0]])
    perform(county, point_edit(worker, "workers", None, county.store))
    first = table(folder / "c.csv", ["编号", "类别", "吹哨时间"], ["0", "违法建设", "2020-04-01 08:00"])
    perform(county, point_edit(first, "cases", None, county.store))


@pytest.fixture
def lived(tmp_path: Path, county: County) -> County:
    """Return a county in which much has happened to five whistles."""
    _ready(tmp_path, county)
    store, bodies = county.store, {body.name: body.id for body in county.state.bodies.values()}
    place = Place(500_500.123, 5_299_500.456, 20.0)
    _do(
        county,
        register_case(
            store, kind=CaseKind.COMPLAIN, category=1, urgency=Urgency.URGENT, text="漏水", place=place, address="1号", blown=_day(1),
            number="A-1", contact="张三", phone="13812341234", body=bodies["住建局"], actor="李四",
        ),
    )  # fmt: skip
    _do(
        county,
        register_case(
            store, kind=CaseKind.REPORT, text="某某违建", place=Place(household=1), blown=_day(2), number="A-2", whistler="worker",
            worker=1, body=bodies["住建局"], contact="周七", phone="13912345678",
        ),
    )  # fmt: skip
    _do(county, register_case(store, kind=CaseKind.HELP, text="又漏水", place=place, blown=_day(3), number="A-3", body=bodies["住建局"]))
    _do(
        county,
        register_case(store, kind=CaseKind.CONSULT, text="问", place=Place(unit=1), blown=_day(4), number="A-4", body=bodies["住建局"]),
    )
    _do(county, record_event(store, 2, EventKind.PICKED_UP, time=_day(1, 13), actor="接哨员甲"))
    _do(county, record_event(store, 2, EventKind.HANDED_OVER, time=_day(1, 14), target=bodies["自然资源局"], note="不归我们管"))
    _do(county, record_event(store, 2, EventKind.PICKED_UP, time=_day(1, 15)))
    _do(county, record_event(store, 2, EventKind.PROMISED, time=_day(1, 16), deadline=_day(20)))
    data = {"supporting": [bodies["住建局"]]}
    _do(county, record_event(store, 3, EventKind.MEETING, time=_day(5), target=bodies["自然资源局"], data=data))
    _do(county, record_event(store, 4, EventKind.DUPLICATE, time=_day(6), data={"of": 2}))
    _do(county, record_event(store, 5, EventKind.PICKED_UP, time=_day(6)))
    _do(county, record_event(store, 5, EventKind.DONE, time=_day(7), note="答复了"))
    _do(county, record_event(store, 5, EventKind.RATED, time=_day(8), stars=(5, 4, 3), note="谢谢"))
    _do(county, correct_case(store, 5, time=_day(9), note="听错了", text="问低保"))
    return county


SAME = (
    "number", "text", "address", "result", "whistler", "accuracy", "kind", "category", "urgency", "state", "body", "cell", "household",
    "worker", "unit", "blown", "arrived", "picked_up", "done", "deadline", "urged", "duplicate", "contact", "phone",
)  # fmt: skip
EVENT = ("case_id", "kind", "time", "actor", "body", "target", "note", "deadline", "attitude", "speed", "outcome", "data")


def _another(folder: Path, make_county: MakeCounty) -> County:
    other = six_cells(folder, make_county)
    _ready(folder, other)
    return other


def test_what_is_written_as_open311_and_read_again_gives_the_same_cases(lived: County, tmp_path: Path, make_county: MakeCounty) -> None:
    path = tmp_path / "out.json"
    assert finish(export_cases(lived, path, show_private=True, start=_day(1, 0))) == 4
    other = _another(tmp_path, make_county)
    report = perform(other, point_edit(path, "cases", None, other.store))
    assert (report.imported, report.rejected, report.notes) == (4, (), ())
    before, after = lived.store.rows("cases"), other.store.rows("cases")
    for name in SAME:
        assert before[name].tolist() == after[name].tolist() or name == "accuracy", name
    assert np.array_equal(before["accuracy"], after["accuracy"], equal_nan=True)
    assert np.allclose(before["geom"], after["geom"], atol=0.002, equal_nan=True)
    for case in (2, 3, 4, 5):
        mine, theirs = lived.store.events(case), other.store.events(case)
        for name in EVENT:
            assert [value or None for value in mine[name].tolist()] == [value or None for value in theirs[name].tolist()], (case, name)
    again = perform(other, point_edit(path, "cases", None, other.store))
    assert (again.imported, again.known, again.updated) == (0, 4, 0)


def test_a_later_export_brings_the_events_that_are_new(lived: County, tmp_path: Path, make_county: MakeCounty) -> None:
    path = tmp_path / "out.json"
    finish(export_cases(lived, path, show_private=True))
    other = six_cells(tmp_path, make_county)
    options = PointOptions(create_bodies=True, create_categories=True)
    perform(other, point_edit(path, "cases", options, other.store))
    _do(lived, record_event(lived.store, 2, EventKind.DONE, time=_day(19), note="修好了"))
    finish(export_cases(lived, path, show_private=True))
    report = perform(other, point_edit(path, "cases", options, other.store))
    assert (report.imported, report.known, report.updated) == (0, 4, 1)
    assert other.store.events(2)["kind"].tolist() == lived.store.events(2)["kind"].tolist()
    assert other.store.rows("cases")["result"].tolist()[1] == "修好了"


def test_masked_by_default(lived: County, tmp_path: Path) -> None:
    for name in ("a.json", "a.csv", "a.xlsx", "a.gpkg"):
        path = tmp_path / name
        assert finish(export_cases(lived, path)) == 5
        said = _content(path)
        for secret in (
            "13812341234",
            "张三",
            "周七",
            "13912345678",
            "某某违建",
            "H1",
            "W1",
            "王小五",
            "李四",
            "接哨员甲",
            "不归我们管",
            "听错了",
        ):
            assert secret not in said, (name, secret)
        assert "138****1234" in said
        assert "张*" in said
        assert "139****5678" not in said  # of who reported a wrongdoing not even this
        assert "漏水" in said
        finish(export_cases(lived, path, show_private=True))
        said = _content(path)
        assert all(word in said for word in ("13812341234", "张三", "某某违建", "周七")), name


def _content(path: Path) -> str:
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        return str([list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets])
    return str(pyogrio.read_dataframe(path).to_dict()) if path.suffix == ".gpkg" else path.read_text(encoding="utf-8-sig")


def test_json_holds_the_fields_of_the_specification(lived: County, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    finish(export_cases(lived, path, start=_day(1, 0), end=_day(2, 0)))
    (request,) = json.loads(path.read_text(encoding="utf-8"))
    own = request.pop("extended_attributes")["gis_app"]
    lon, lat = whistles.lonlat(500_500.123, 5_299_500.456)
    assert (request.pop("long"), request.pop("lat")) == (pytest.approx(lon, abs=1e-6), pytest.approx(lat, abs=1e-6))
    assert request == {
        "service_request_id": "A-1",
        "status": "open",
        "status_notes": "",
        "service_name": "违法建设",
        "service_code": "违法建设",
        "description": "漏水",
        "agency_responsible": "自然资源局",
        "service_notice": "",
        "requested_datetime": "2020-05-01T20:00:00+08:00",
        "updated_datetime": "2020-05-02T00:00:00+08:00",
        "expected_datetime": "2020-05-20T20:00:00+08:00",
        "address": "1号",
        "address_id": "",
        "zipcode": "",
        "media_url": "",
    }
    assert [event["kind"] for event in own["events"]] == ["blown", "picked_up", "handed_over", "picked_up", "promised"]
    assert (own["kind"], own["urgency"]) == ("complain", "urgent")


def test_csv_comes_back_with_its_states(lived: County, tmp_path: Path, make_county: MakeCounty) -> None:
    path = tmp_path / "a.csv"
    finish(export_cases(lived, path, show_private=True, start=_day(1, 0)))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    assert [row["status"] for row in rows] == ["open", "open", "closed", "closed"]
    other = _another(tmp_path, make_county)
    assert perform(other, point_edit(path, "cases", None, other.store)).imported == 4
    states = [row["case_state"] for row in rows]
    assert states == ["promised", "meeting", "duplicate", "rated"]
    ends = [other.store.events(case)["kind"].tolist()[-1] for case in (2, 3, 4, 5)]
    assert ends == ["started", "blown", "duplicate", "done"]
    assert other.state.cases.kind.tolist()[1:] == [CaseKind.COMPLAIN, CaseKind.REPORT, CaseKind.HELP, CaseKind.CONSULT]


@pytest.mark.parametrize("name", ["a.json", "a.csv", "a.xlsx", "a.gpkg"])
@pytest.mark.parametrize("show_private", [False, True])
def test_what_comes_back_into_its_own_county_adds_no_whistle(name: str, show_private: bool, lived: County, tmp_path: Path) -> None:
    """Also masked, where the text of a report of wrongdoing is left out."""
    finish(export_cases(lived, tmp_path / name, show_private=show_private))
    report = perform(lived, point_edit(tmp_path / name, "cases", None, lived.store))
    assert (report.read, report.imported, report.known, report.rejected) == (5, 0, 5, ())


def test_one_corrected_since_its_export_is_still_the_same(lived: County, tmp_path: Path) -> None:
    finish(export_cases(lived, tmp_path / "a.json", show_private=True))
    _do(lived, correct_case(lived.store, 2, time=_day(9), note="又看了一次", text="漏水两处"))
    report = perform(lived, point_edit(tmp_path / "a.json", "cases", None, lived.store))
    assert (report.imported, report.known) == (0, 5)


def test_an_empty_period_gives_an_empty_list(lived: County, tmp_path: Path) -> None:
    assert finish(export_cases(lived, tmp_path / "a.json", start=_day(30))) == 0
    assert json.loads((tmp_path / "a.json").read_text()) == []


@pytest.mark.parametrize(("name", "sentence"), [("a.docx", "must end in one of .json, .csv"), ("no/a.json", "no does not exist")])
def test_what_cannot_be_written_is_told(name: str, sentence: str, lived: County, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=sentence):
        finish(export_cases(lived, tmp_path / name))


def test_only_chosen_whistles_are_written(lived: County, tmp_path: Path) -> None:
    path, ids = tmp_path / "a.json", np.array([3, 4, 999], np.int64)
    assert finish(export_cases(lived, path, only=ids)) == 2
    assert [one["service_request_id"] for one in json.loads(path.read_text(encoding="utf-8"))] == ["A-2", "A-3"]
    assert finish(export_cases(lived, path, only=ids, end=_day(3, 0))) == 1, "within the period as well"
