"""Tables of whistles: a dry run, new columns, and newer versions of the same list."""

from pathlib import Path
from typing import Any

from gis_app.cases.case import EventKind, State, Urgency
from gis_app.county.case_edits import record_event
from gis_app.county.county import County
from gis_app.files.points import PointOptions, point_edit
from tests.files import whistles
from tests.files.conftest import perform
from tests.files.whistles import HERE, kinds, table

county = whistles.county

HEADER = [
    "工单编号",
    "问题类别",
    "承办单位",
    "诉求内容",
    "吹哨时间",
    "办结时间",
    "办理状态",
    "经度",
    "纬度",
    "紧急程度",
    "联系人",
    "联系电话",
]


def _list(path: Path, *rows: list[Any]) -> Path:
    return table(path, HEADER, *rows)


def _row(number: str, text: str = "漏水", done: str = "", state: str = "", urgency: str = "") -> list[Any]:
    return [number, "供水", "住建局", text, "2020-05-01 12:20", done, state, *HERE, urgency, "张三", "13812341234"]


def test_a_dry_run_tells_everything_and_writes_nothing(tmp_path: Path, county: County) -> None:
    path = _list(tmp_path / "a.csv", _row("1"), _row("2"), [*_row("3")[:4], "待定", *_row("3")[5:]])
    before, history = county.state, county.history()
    report = perform(county, point_edit(path, "cases", PointOptions(create_bodies=True, dry_run=True), county.store))
    assert report.dry_run
    assert (report.read, report.imported, report.routed, report.outside) == (3, 2, (("住建局", 2),), 0)
    assert [str(item.problem) for item in report.rejected] == ["待定 is no time"]
    assert county.state is before
    assert county.history() == history
    assert not len(county.store.rows("cases")["id"])
    real = perform(county, point_edit(path, "cases", PointOptions(create_bodies=True), county.store))
    assert (real.imported, real.routed, real.dry_run) == (2, report.routed, False)
    again = perform(county, point_edit(path, "cases", PointOptions(create_bodies=True, dry_run=True), county.store))
    assert (again.imported, again.known) == (0, 2)


def test_urgency_and_who_called_are_kept(tmp_path: Path, county: County) -> None:
    urgencies = ["特急", "紧急", "不紧急", "一般", "", "2"]
    path = _list(tmp_path / "a.csv", *(_row(str(at), urgency=text) for at, text in enumerate(urgencies)))
    perform(county, point_edit(path, "cases", None, county.store))
    expected = [Urgency.EMERGENCY, Urgency.URGENT, Urgency.LOW, Urgency.NORMAL, Urgency.NOT_SAID, Urgency.URGENT]
    assert county.state.cases.urgency.tolist() == expected
    stored = county.store.rows("cases")
    assert stored["contact"].tolist() == ["张三"] * 6
    assert stored["phone"].tolist() == ["13812341234"] * 6


def test_a_newer_version_of_a_list_adds_what_has_happened_since(tmp_path: Path, county: County) -> None:
    path = tmp_path / "list.csv"
    edit = point_edit(path, "cases", PointOptions(create_bodies=True), county.store)
    _list(path, _row("1"), _row("2"))
    assert perform(county, edit).imported == 2
    _list(path, _row("1", done="2020-05-03 17:37", state="已办结"), _row("2"), _row("3"))
    report = perform(county, edit)
    assert (report.imported, report.known, report.updated) == (1, 1, 1)
    assert county.state.cases.state.tolist() == [State.DONE, State.WAITING, State.WAITING]
    assert kinds(county, "1") == ["blown", "done"]
    assert (perform(county, edit).updated, len(county.store.rows("events")["id"])) == (0, 4)


def test_an_imported_end_does_not_overrule_what_was_done_here_since(tmp_path: Path, county: County) -> None:
    path = tmp_path / "list.csv"
    edit = point_edit(path, "cases", PointOptions(create_bodies=True), county.store)
    _list(path, _row("1"), _row("2"))
    perform(county, edit)
    county.perform(record_event(county.store, 1, EventKind.PICKED_UP))
    _list(path, _row("1", done="2020-05-03 17:37"), _row("2"))
    assert perform(county, edit).updated == 1
    assert kinds(county, "1") == ["blown", "done", "picked_up"]
    assert county.state.cases.state.tolist() == [State.PICKED_UP, State.WAITING]
    assert perform(county, edit).updated == 0


def test_lists_of_two_townships_with_the_same_numbers_are_two_lists(tmp_path: Path, county: County) -> None:
    one, other = _list(tmp_path / "one.csv", _row("1", "漏水")), _list(tmp_path / "other.csv", _row("1", "路灯坏了"))
    assert perform(county, point_edit(one, "cases", None, county.store)).imported == 1
    assert perform(county, point_edit(other, "cases", None, county.store)).imported == 1
    renamed = _list(tmp_path / "one (2).csv", _row("1", "漏水"))
    assert perform(county, point_edit(renamed, "cases", None, county.store)).known == 1
    said = PointOptions(source="a third system")
    assert perform(county, point_edit(renamed, "cases", said, county.store)).imported == 1
    assert county.store.rows("cases")["source"].tolist() == ["one.csv", "other.csv", "a third system"]


def test_categories_are_made_only_where_they_may_be(tmp_path: Path, county: County) -> None:
    path = _list(tmp_path / "a.csv", _row("1"))
    report = perform(county, point_edit(path, "cases", PointOptions(create_categories=False), county.store))
    assert not county.state.categories
    assert "1 categories are not known, so their whistles have none: 供水." in map(str, report.notes)
    perform(county, point_edit(_list(tmp_path / "b.csv", _row("2")), "cases", None, county.store))
    assert [category.name for category in county.state.categories.values()] == ["供水"]
