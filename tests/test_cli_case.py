"""`gis-app case`: every step without a window, what it refuses, and what it keeps to itself."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from gis_app.bootstrap import building_demo, open_county
from gis_app.cases.case import EventKind
from gis_app.cases.schedule import ReminderKind
from gis_app.cli_case import command_of
from gis_app.county.changes import Changes
from gis_app.county.county import County
from gis_app.county.outbox_edits import Attempt, messages_of, queue_due, record_attempts
from gis_app.files.photos import position
from gis_app.grid.datum import from_county
from gis_app.progress import finish
from tests.cli import report, run
from tests.files.test_photos import photo
from tests.journeys.command_line import gis_app


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cases") / "small.gpkg"
    finish(building_demo(path, "small"))
    return path


@pytest.fixture
def path(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "county.gpkg"))


@pytest.fixture
def county(built: Path, tmp_path: Path) -> Iterator[County]:
    """Look at the demo county without holding the file that the commands work on."""
    opened = open_county(Path(shutil.copy(built, tmp_path / "looked_at.gpkg")))
    yield opened
    opened.close()


def blow(path: Path, *more: object, at: str = "2020-05-04 08:00") -> str:
    number = report("case", path, "blow", "--text", "路灯不亮", "--to", "住建局", "--at", at, *more)["number"]
    assert isinstance(number, str)
    return number


def test_every_step_of_the_loop_has_a_command(path: Path) -> None:
    one, other = blow(path), blow(path)

    def step(command: str, at: str, *more: str, of: str = one) -> str:
        state = report("case", path, command, of, "--at", f"2020-05-{at}", "--actor", "周杰", *more)["state"]
        assert isinstance(state, str)
        return state

    assert step("pick-up", "04 08:05") == "picked_up"
    assert step("submit", "04 08:10") == "under_review"
    assert step("review", "04 08:20") == "in_progress"
    assert step("promise", "04 08:30", "--until", "2020-05-09") == "promised"
    assert report("case", path, "steps", one)["deadline"] == "2020-05-09T23:59:00+08:00", "a promised day lasts until its end"
    assert step("start", "04 08:40") == "in_progress"
    assert step("suspend", "04 09:00", "--until", "2020-05-06 12:00", "--note", "等待配件") == "suspended"
    assert step("urge", "05 09:00", "--note", "请抓紧") == "suspended"
    assert step("resume", "06 12:00") == "in_progress"
    assert step("pass-up", "06 12:10") == "waiting"
    assert step("meet", "06 13:00", "--to", "水务局", "--with", "住建局", "--with", "财政局") == "meeting"
    assert step("pick-up", "06 13:05") == "picked_up"
    assert step("return", "06 13:10", "--note", "不属于合理诉求") == "returned"
    assert step("appeal", "06 14:00", "--note", "请再核实") == "waiting"
    assert step("pick-up", "06 14:05") == "picked_up"
    assert step("done", "06 15:00", "--result", "已更换灯具") == "done"
    assert step("reopen", "06 16:00", "--note", "又不亮了", "--to", "住建局") == "waiting"
    assert step("note", "06 16:01", "--note", "已电话告知") == "waiting"
    assert step("pick-up", "06 16:02") == "picked_up"
    assert step("done", "06 17:00", "--result", "线路已修复") == "done"
    assert step("verify", "06 18:00") == "verified"
    assert step("rate", "06 19:00", "--stars", "5,4,3") == "rated"
    assert step("close", "06 19:30") == "closed"
    assert step("duplicate", "06 20:00", "--of", one, of=other) == "duplicate"

    told = report("case", path, "show", one)
    assert [leg["body"] for leg in told["legs"]] == ["县住建局", "县党群服务中心", "县水务局", "县水务局", "县住建局"]
    meeting = next(event for event in told["events"] if event["kind"] == "meeting")
    assert (meeting["target"], meeting["supporting"]) == ("县水务局", ["县住建局", "县财政局"])
    assert told["result"] == "线路已修复" and told["urged"]
    assert [whistler["number"] for whistler in told["whistlers"]] == [one, other], "who blew the second whistle waits as well"
    assert report("case", path, "show", other)["duplicate_of"] == told["case"]
    assert report("case", path, "steps", one)["possible"] == ["reopen", "correct", "note"]


def test_every_kind_of_step_but_telling_has_a_command() -> None:
    assert [kind for kind in EventKind if not command_of(kind.value)] == [EventKind.TOLD]


def test_show_says_where_a_whistle_comes_from(path: Path, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("编号,内容,吹哨时间,电话\n7,路灯不亮,2020-05-01 10:00,13812341234\n", encoding="utf-8")
    report("import", "cases", path, table, "--source", "市民热线")
    told = report("case", path, "show", "7")
    assert told["source"] == "市民热线" and "13812341234" not in str(told)
    full = report("case", path, "show", "7", "--private")
    assert full["original"] == {"编号": "7", "内容": "路灯不亮", "吹哨时间": "2020-05-01 10:00", "电话": "13812341234"}


def test_show_tells_a_case_as_it_stood(path: Path) -> None:
    number = blow(path)
    run("case", path, "pick-up", number, "--at", "2020-05-04 09:00")
    run("case", path, "done", number, "--result", "好了", "--at", "2020-05-05 09:00")
    early = report("case", path, "show", number, "--at", "2020-05-04 10:00")
    assert (early["state"], early["result"], len(early["events"]), early["case_seconds"]) == ("picked_up", None, 2, 7200)
    words = run("case", path, "show", number)
    assert (
        "Done, with 县住建局" in words
        and "Clock of the case: 25 h 0 min" in words
        and "Robot call to 县住建局, due 2020-05-04 08:10, not sent" in words
    )


def test_show_tells_what_was_sent_and_when(path: Path) -> None:
    number = blow(path)
    opened = open_county(path)
    try:
        case = int(opened.state.cases.id[-1])
        now = datetime(2020, 5, 4, 0, 6, tzinfo=UTC)
        assert isinstance(opened.perform(queue_due(opened.store, now)), Changes)
        first = next(message for message in messages_of(opened.store, [case]) if message.kind == ReminderKind.SMS)
        sent = first.due + timedelta(minutes=1)
        assert isinstance(opened.perform(record_attempts(opened.store, [Attempt(first.id, sent, "file")])), Changes)
    finally:
        opened.close()
    told = report("case", path, "show", number, "--at", "2020-05-04 09:00")["reminders"]
    assert [(one["kind"], one["again"], one["sent"]) for one in told] == [
        ("sms", False, "2020-05-04T08:01:00+08:00"),
        ("sms", True, None),
        ("robot_call", False, None),
    ]
    late = report("case", path, "show", number, "--at", "2020-05-09 09:00")
    assert [one["kind"] for one in late["deadlines"]] == ["due_soon", "overdue"]


def test_places_are_said_in_many_ways(path: Path, county: County) -> None:
    state = county.state
    homes = state.households
    at = int((homes.cell > 0).argmax())
    code, address = (str(county.store.rows("households", homes.id[[at]], [name])[name][0]) for name in ("code", "address"))
    x, y = from_county([homes.x[at]], [homes.y[at]], state.settings.crs)
    cell = state.units[int(homes.cell[at])].code
    worker = next(worker for worker in state.workers.values() if worker.cell == homes.cell[at])
    for place in (
        ("--at-place", f"{x[0]:.7f},{y[0]:.7f}"),
        ("--household", code or str(homes.id[at])),
        ("--unit", cell),
        ("--address", address),
        ("--worker", worker.code),
    ):
        told = report("case", path, "show", blow(path, *place))
        assert told["cell"] == cell, place
    assert report("case", path, "show", blow(path, "--address", "一个没有人住的地方"))["cell"] is None


def test_who_reported_a_wrongdoing_is_hidden(path: Path) -> None:
    number = blow(path, "--kind", "report", "--contact", "李检举", "--phone", "13812341234", "--address", "东风街9号")
    run("case", path, "correct", number, "--phone", "13912341234", "--note", "号码记错", "--at", "2020-05-04 08:10")
    for told in (run("case", path, "show", number, "--json"), run("case", path, "show", number)):
        assert not [secret for secret in ("李", "138", "139", "东风街") if secret in told]
    whole = run("case", path, "show", number, "--json", "--private")
    assert all(word in whole for word in ("李检举", "13812341234", "13912341234", "东风街9号"))
    masked = run("case", path, "show", blow(path, "--kind", "help", "--contact", "李求助", "--phone", "13812341234"), "--json")
    assert "李*" in masked and "138****1234" in masked and "李求助" not in masked


def test_a_correction_says_whom_the_rules_name_now(path: Path) -> None:
    number = blow(path, "--category", "A03", "--unit", "东风社区")
    moved = report("case", path, "correct", number, "--category", "供水", "--note", "选错类别", "--at", "2020-05-04 09:00")
    assert (moved["holder"], moved["by_rules"], moved["another_body"]) == ("县住建局", "县供水公司", True)
    assert report("case", path, "show", number)["events"][-1]["changes"]["category"] == [3, 6]


def test_a_moved_pin_says_where_it_lies_now(path: Path, county: County) -> None:
    state = county.state
    before, after = (int(cell) for cell in np.unique(state.households.cell[state.households.cell > 0])[:2])
    number = blow(path, "--unit", before)
    told = run("case", path, "correct", number, "--unit", after, "--note", "说错了", "--at", "2020-05-04 09:00")
    assert f"Cell: {state.units[before].code} → {state.units[after].code}" in told


def test_show_names_the_supporting_bodies_and_the_lead_is_none_of_them(path: Path) -> None:
    number = blow(path)
    run("case", path, "meet", number, "--to", "水务局", "--with", "水务局", "--with", "财政局", "--at", "2020-05-04 08:05")
    assert "→ 县水务局 (with 县财政局)" in run("case", path, "show", number)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("pick-up", "20200504-999"), "There is no whistle 20200504-999"),
        (("hand-over", "{}", "--to", "自然资源大局"), "There is no receiving body 自然资源大局. Near to it are: 县自然资源局"),
        (("hand-over", "{}", "--to", "县人"), "县人 could be any of these: 县人大办公室"),
        (("hand-over", "{}"), "Choose the body that the case goes to"),
        (("done", "{}"), "Possible are: "),
        (("pick-up", "{}", "--at", "gestern"), "--at gestern: write a time as 2020-05-01 12:34"),
        (("pick-up", "{}", "--at", "2020-05-03 08:00"), "The last step was recorded at 2020-05-04 08:00"),
        (("pick-up", "{}", "--at", "2030-01-01 08:00"), "has not come yet"),
        (("rate", "{}", "--stars", "5,5"), "--stars 5,5"),
        (("duplicate", "{}"), "Say which other case"),
        (("duplicate", "{}", "--of", "{}"), "Say which other case"),
        (("correct", "{}", "--note", "x"), "Nothing was corrected"),
        (("blow", "--unit", "没有村"), "There is no unit 没有村"),
        (("blow", "--worker", "没有人"), "There is no worker called 没有人"),
        (("blow", "--household", "没有户"), "There is no household 没有户"),
        (("blow", "--category", "没有类"), "no such category"),
        (("blow", "--at-place", "47.9"), "--at-place 47.9: write longitude,latitude"),
        (("blow", "--at-place", "47.9,123.5"), "longitude comes first"),
        (("blow", "--number", "{}", "--text", "路灯坏了"), "has the number"),
        (("blow",), "Say what the whistle is about, or where"),
        (("blow", "--at-place", "123.5,47.9", "--accuracy", "-5"), "--accuracy -5: write metres, 0 or more"),
        (("blow", "--at-place", "123.5,47.9", "--accuracy", "nan"), "--accuracy nan: write metres, 0 or more"),
        (("correct", "{}", "--at-place", "123.5,47.9", "--accuracy", "-5", "--note", "x"), "--accuracy -5: write metres"),
        (("show", "{}", "--at", "2020-05-03 08:00"), "was blown at 2020-05-04 08:00 only"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence_and_changes_nothing(path: Path, arguments: tuple[str, ...], words: str) -> None:
    number = blow(path)
    before = path.read_bytes()
    assert words in run("case", path, *(part.format(number) for part in arguments), code=2)
    assert path.read_bytes() == before


def test_photos_are_attached_offer_their_place_and_leave_without_it(path: Path, county: County, tmp_path: Path) -> None:
    number, state = blow(path), county.state
    at = int((state.households.cell > 0).argmax())
    x, y = from_county([state.households.x[at]], [state.households.y[at]], state.settings.crs)
    file = tmp_path / "现场.jpg"
    file.write_bytes(photo(float(x[0]), float(y[0])))
    added = report("case", path, "attach", number, file, "--note", "正面", "--actor", "王强", "--at", "2020-05-04 08:30")
    assert added["position"] == pytest.approx([x[0], y[0]], abs=1e-6)
    where = ",".join(str(value) for value in added["position"])
    run("case", path, "correct", number, "--at-place", where, "--note", "按照片定位", "--at", "2020-05-04 08:31")
    told = report("case", path, "show", number)
    assert told["cell"] == state.units[int(state.households.cell[at])].code
    assert [(one["id"], one["name"], one["note"]) for one in told["attachments"]] == [(added["attachment"], "现场.jpg", "正面")]
    assert told["events"][1]["attachment"] == "现场.jpg"
    out = tmp_path / "out.jpg"
    run("case", path, "attachment", added["attachment"], out)
    assert b"SECRET" in file.read_bytes() and b"SECRET" not in out.read_bytes() and position(out.read_bytes()) is None
    assert "There is no attachment 99" in run("case", path, "attachment", 99, out, code=2)
    assert "is a county file" in run("case", path, "attachment", added["attachment"], path, code=2)


@pytest.mark.parametrize(("name", "content"), [("现场.jpg", b"hello"), ("现场.png", b"hello"), ("现场.jpg", photo()[:30])])
def test_a_photo_that_is_none_is_not_attached(path: Path, tmp_path: Path, name: str, content: bytes) -> None:
    number, file = blow(path), tmp_path / name
    file.write_bytes(content)
    before = path.read_bytes()
    assert f"{name} is no picture, or a damaged one: it cannot be read." in run("case", path, "attach", number, file, code=2)
    assert path.read_bytes() == before


def test_exit_codes_of_a_process_of_its_own(path: Path) -> None:
    number = blow(path)
    assert "已接哨" in gis_app("case", path, "pick-up", number, language="zh_CN")
    assert "可以" in gis_app("case", path, "pick-up", number, code=2, language="zh_CN")
