"""The three stories that the county tells, to the minute: on the command line, and through its edits with the file opened anew."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gis_app.bootstrap import building_demo, open_county
from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.clocks import case_clock, clocks, legs, reminders
from gis_app.cases.life_cycle import not_allowed
from gis_app.cases.routing import Place
from gis_app.county.calling import body_called, unit_called
from gis_app.county.case_edits import Registered, events_of, record_event, register_case
from gis_app.county.changes import Changes
from gis_app.county.county import County
from gis_app.county.responsible import category_of
from gis_app.progress import finish
from tests.cli import report, run

MINUTE = 60
HOUR = 60 * MINUTE


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stories") / "small.gpkg"
    finish(building_demo(path, "small"))
    return path


@pytest.fixture
def path(built: Path, tmp_path: Path) -> Path:
    """Return a small demo county of its own; it lives long after the stories, so none of their steps lies in the future."""
    return Path(shutil.copy(built, tmp_path / "county.gpkg"))


@pytest.fixture
def case(path: Path) -> Callable[..., dict[str, Any]]:
    """Return how a command of `gis-app case` is given: its name, what follows, and when it was."""

    def give(command: str, *more: object, at: str = "") -> dict[str, Any]:
        return report("case", path, command, *more, *(("--at", at) if at else ()))

    return give


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


# On the command line


def test_the_garages(case: Callable[..., dict[str, Any]]) -> None:
    """Story A: 53 h 17 min from the whistle to the end; 14 min at housing, 32 h 53 min and 20 h 10 min at natural resources."""
    blown = case(
        "blow", "--kind", "complain", "--category", "违法建设", "--unit", "东风社区", "--whistler", "worker",
        "--text", "利丰小区内有违建车库和仓房", "--to", "住建局", at="2020-05-01 12:20",
    )  # fmt: skip
    number = blown["number"]
    assert number.startswith("20200501-") and (blown["state"], blown["holder"]) == ("waiting", "县住建局")
    case("hand-over", number, "--to", "自然资源局", "--note", "属自然资源局职责", at="2020-05-01 12:34")
    waiting = case("show", number, at="2020-05-01 12:43")
    assert [(one["kind"], one["body"]) for one in waiting["reminders"]][-2:] == [("sms", "县自然资源局")] * 2, (
        "the robot call is not due yet"
    )
    case("pick-up", number, "--actor", "现场核查人", at="2020-05-02 21:27")
    case("done", number, "--result", "违建已拆除", at="2020-05-03T17:37")
    rated = case("rate", number, "--stars", "5,5,5", "--note", "很满意", at="2020-05-03T10:05Z")
    assert rated["state"] == "rated"

    told = case("show", number)
    housing, land = told["legs"]
    assert (housing["body"], housing["seconds_held"], housing["picked_up"]) == ("县住建局", 14 * MINUTE, None)
    assert (land["body"], land["seconds_to_pick_up"]) == ("县自然资源局", 32 * HOUR + 53 * MINUTE)
    assert land["seconds_handled"] == 20 * HOUR + 10 * MINUTE
    assert told["case_seconds"] == 53 * HOUR + 17 * MINUTE == housing["seconds_held"] + land["seconds_held"]
    calls = [one for one in told["reminders"] if (one["kind"], one["body"]) == ("robot_call", "县自然资源局")]
    assert [one["due"] for one in calls] == ["2020-05-01T12:44:00+08:00"]
    assert datetime.fromisoformat(calls[0]["due"]) == datetime(2020, 5, 1, 4, 44, tzinfo=UTC)
    assert [event["kind"] for event in told["events"]] == ["blown", "handed_over", "picked_up", "done", "rated"]
    assert (told["state"], told["holder"], told["result"]) == ("rated", "县自然资源局", "违建已拆除")
    assert told["events"][-1]["stars"] == [5, 5, 5]


def test_the_fire(case: Callable[..., dict[str, Any]]) -> None:
    """Story B: an anti-poverty whistle of a worker; the village team verifies, and 18,000 yuan of insurance are the result."""
    number = case(
        "blow", "--kind", "help", "--category", "防贫", "--unit", "富国村", "--whistler", "worker",
        "--text", "防贫哨：住房失火，有致贫风险", "--to", "富国村民委员会", at="2020-05-12 08:40",
    )["number"]  # fmt: skip
    case("pick-up", number, "--note", "村工作队入户核实", at="2020-05-12 08:52")
    case("start", number, at="2020-05-12 09:30")
    case("done", number, "--result", "防贫保险理赔 18000 元", at="2020-05-18 15:20")
    case("verify", number, "--actor", "县党群服务中心", at="2020-05-18 16:00")
    case("rate", number, "--stars", "5", at="2020-05-18 17:00")
    told = case("close", number, at="2020-05-19 09:00") and case("show", number)
    assert (told["state"], told["holder"], told["result"]) == ("closed", "富国村民委员会", "防贫保险理赔 18000 元")
    (team,) = told["legs"]
    assert (team["seconds_to_pick_up"], team["seconds_held"]) == (12 * MINUTE, told["case_seconds"])
    assert told["case_seconds"] == 6 * 24 * HOUR + 6 * HOUR + 40 * MINUTE
    assert [one["kind"] for one in told["reminders"]] == ["sms", "sms", "robot_call"], "twelve minutes are more than ten"


def test_blue_honeysuckle(case: Callable[..., dict[str, Any]]) -> None:
    """Story C: a helper asks the agronomist of the township; answered within minutes, closed on the same day."""
    number = case(
        "blow", "--kind", "consult", "--category", "E01", "--unit", "富国村", "--whistler", "helper", "--contact", "帮扶责任人",
        "--text", "蓝靛果如何栽植", "--to", "城关镇人民政府", at="2020-05-22 09:15",
    )["number"]  # fmt: skip
    case("pick-up", number, "--actor", "农业技术员", at="2020-05-22 09:21")
    case("done", number, "--result", "已到地头指导", at="2020-05-22 15:40")
    case("rate", number, "--stars", "5,5,4", at="2020-05-22 19:30")
    told = case("close", number, at="2020-05-22 19:31") and case("show", number)
    assert (told["state"], told["case_seconds"]) == ("closed", 6 * HOUR + 25 * MINUTE)
    assert [leg["seconds_to_pick_up"] for leg in told["legs"]] == [6 * MINUTE]
    assert [one["kind"] for one in told["reminders"]] == ["sms", "sms"], "picked up before the robot call"
    assert told["whistlers"][0]["name"] == "帮*"
    assert {event["time"][:10] for event in told["events"]} == {"2020-05-22"}


def test_a_step_that_is_not_open_names_those_that_are(path: Path, case: Callable[..., dict[str, Any]]) -> None:
    number = case("blow", "--text", "路灯不亮", at="2020-05-01 08:00")["number"]
    before = case("show", number)
    wrong = run("case", path, "done", number, "--at", "2020-05-01 09:00", code=2)
    assert "This case is “Waiting”" in wrong and "Possible are: " in wrong and "Pick-up, Hand-over" in wrong
    assert "has not come yet" in run("case", path, "pick-up", number, "--at", "2022-04-02 09:00", code=2)
    assert case("show", number) == before


# Through the edits, the file opened anew after every step


def _reopened(path: Path, edit_of: Callable[[County], Any]) -> Any:
    county = open_county(path)
    try:
        done = county.perform(edit_of(county))
        assert isinstance(done, Changes), done
        return done.report
    finally:
        county.close()


def _step(path: Path, case: int, kind: EventKind, time: str, **more: Any) -> None:
    _reopened(path, lambda county: record_event(county.store, case, kind, time=shanghai(time), **more))


def _blow(path: Path, kind: CaseKind, category: str, unit: str, body: str, time: str) -> int:
    def edit(county: County) -> Any:
        state = county.state
        where, to = Place(unit=unit_called(state, unit).id), body_called(state, body).id
        return register_case(
            county.store, kind=kind, category=category_of(state, category), place=where, body=to, blown=shanghai(time), whistler="worker"
        )

    made = _reopened(path, edit)
    assert isinstance(made, Registered)
    return made.case


def _id(path: Path, body: str) -> int:
    county = open_county(path)
    try:
        return body_called(county.state, body).id
    finally:
        county.close()


def test_the_garages_through_a_file_that_is_closed_after_every_step(path: Path) -> None:
    case = _blow(path, CaseKind.COMPLAIN, "A01", "东风社区", "住建局", "2020-05-01T12:20")
    housing, land = _id(path, "住建局"), _id(path, "自然资源局")
    _step(path, case, EventKind.HANDED_OVER, "2020-05-01T12:34", target=land)
    _step(path, case, EventKind.PICKED_UP, "2020-05-02T21:27")
    _step(path, case, EventKind.DONE, "2020-05-03T17:37", note="已拆除")
    _step(path, case, EventKind.RATED, "2020-05-03T18:05", stars=(5, 5, 5))

    county = open_county(path)
    try:
        state, events = county.state, events_of(county.store.events(case))
        now = state.settings.now()
        first, second = legs(events, now)
        assert (first.body, first.clock) == (housing, timedelta(minutes=14))
        assert (second.body, second.to_pick_up, second.handling) == (
            land,
            timedelta(hours=32, minutes=53),
            timedelta(hours=20, minutes=10),
        )
        assert case_clock(events, now) == timedelta(hours=53, minutes=17)
        due = reminders(second, state.settings.sms_minutes, state.settings.robot_call_minutes)
        assert (due.sms, due.robot_call) == (shanghai("2020-05-01T12:34"), datetime(2020, 5, 1, 4, 44, tzinfo=UTC))
        row = int(np.searchsorted(state.cases.id, case))
        assert (state.cases.state[row], state.cases.body[row]) == (State.RATED, land)
        read = clocks(state.cases, now)
        assert read.case[row] == np.timedelta64(53 * HOUR + 17 * MINUTE, "s")
        assert read.body[row] == np.timedelta64(53 * HOUR + 3 * MINUTE, "s")
        assert not not_allowed(county.store.events(case)).any()
    finally:
        county.close()


def test_the_fire_and_the_blue_honeysuckle_through_a_file_that_is_closed_after_every_step(path: Path) -> None:
    fire = _blow(path, CaseKind.HELP, "D02", "富国村", "富国村民委员会", "2020-05-12T08:40")
    _step(path, fire, EventKind.PICKED_UP, "2020-05-12T08:52")
    _step(path, fire, EventKind.DONE, "2020-05-18T15:20", note="防贫保险理赔 18000 元")
    orchard = _blow(path, CaseKind.CONSULT, "E01", "富国村", "城关镇人民政府", "2020-05-22T09:15")
    _step(path, orchard, EventKind.PICKED_UP, "2020-05-22T09:21")
    _step(path, orchard, EventKind.DONE, "2020-05-22T15:40", note="已到地头指导")
    _step(path, orchard, EventKind.RATED, "2020-05-22T19:30", stars=(5, 5, 5))
    _step(path, orchard, EventKind.CLOSED, "2020-05-22T19:31")

    county = open_county(path)
    try:
        rows = county.store.rows("cases", np.array([fire, orchard]), ["result", "state", "blown", "done"])
        assert rows["result"].tolist() == ["防贫保险理赔 18000 元", "已到地头指导"]
        assert rows["state"].tolist() == [State.DONE, State.CLOSED]
        assert (rows["done"] - rows["blown"]).tolist() == [timedelta(days=6, hours=6, minutes=40), timedelta(hours=6, minutes=25)]
        (leg,) = legs(events_of(county.store.events(orchard)), county.state.settings.now())
        assert leg.to_pick_up == timedelta(minutes=6)
        assert reminders(leg, 0, 10).robot_call is None
    finally:
        county.close()
