"""Tasks go down to cells, are reported back and counted; talks are recorded."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gis_app.bootstrap import open_county
from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.county import County
from gis_app.county.edits import assign_workers
from gis_app.county.talk_edits import HeldBy, held_by_text, record_talk, talks_of
from gis_app.county.task_edits import close_task, give_task, report_task, task_cells_of, tasks_of
from tests.county.samples import done, make

NOW = datetime(2020, 6, 1, tzinfo=UTC)
VILLAGE, TOWNSHIP, DEPARTMENT, CENTRE = 1, 2, 3, 4


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = make(tmp_path / "county.gpkg")
    assert isinstance(made.perform(assign_workers()), Changes)
    yield made
    made.close()


def code(county: County, edit: Edit) -> str:
    before = {table: len(county.store.rows(table)["id"]) for table in ("tasks", "task_cells", "talks")}
    answer = county.perform(edit)
    assert isinstance(answer, Refusal)
    assert before == {table: len(county.store.rows(table)["id"]) for table in before}
    return answer.code


def counts(county: County, task: int, now: datetime = NOW) -> tuple[int, int, int, int]:
    found = next(one for one in tasks_of(county.store, now) if one.id == task)
    return found.given, found.reported, found.done, found.overdue


def test_a_task_is_given_reported_counted_and_closed(county: County, tmp_path: Path) -> None:
    store, due = county.store, NOW + timedelta(days=2)
    task = done(county, give_task(store, TOWNSHIP, "防汛排查", text="逐户查看", units=[1, 4], due=due, actor="张主任")).report
    assert isinstance(task, int) and [one.cell for one in task_cells_of(store, task)] == [6, 7, 4, 5], "each cell once, by code"
    known = {worker.cell: worker.id for worker in county.state.workers.values() if worker.cell}
    assert [one.worker for one in task_cells_of(store, task)] == [known.get(cell, 0) for cell in (6, 7, 4, 5)] and known
    assert counts(county, task) == (4, 0, 0, 0)
    assert counts(county, task, due + timedelta(seconds=1)) == (4, 0, 0, 4)

    done(county, report_task(store, task, 4, note="两户低洼"))
    assert counts(county, task, due + timedelta(hours=1)) == (4, 1, 0, 4)
    done(county, report_task(store, task, 4, note="已转移", done=True))
    done(county, report_task(store, task, 5, done=True))
    assert counts(county, task, due + timedelta(hours=1)) == (4, 2, 2, 2)
    assert task_cells_of(store, task)[2].note == "2020-06-01 08:00 两户低洼\n2020-06-01 08:00 已转移", "nothing of it is lost"

    other = done(county, give_task(store, VILLAGE, "登记", units=[5])).report
    assert other == task + 1 and counts(county, task + 1, NOW + timedelta(days=999)) == (1, 0, 0, 0), "it is due on no day"
    assert [one.id for one in tasks_of(store, NOW, TOWNSHIP)] == [task]
    done(county, close_task(store, task))
    assert counts(county, task, due + timedelta(hours=1)) == (4, 2, 2, 0), "what is closed is not overdue"
    assert code(county, report_task(store, task, 6, done=True)) == code(county, close_task(store, task)) == "closed"
    assert all(entry.title.text == assign_workers().title.text for entry in county.history()[:1])
    county.close()
    again = open_county(tmp_path / "county.gpkg")
    assert [(one.title, one.actor, one.due) for one in tasks_of(again.store, NOW)] == [("防汛排查", "张主任", due), ("登记", "", None)]
    again.close()


def test_tasks_that_cannot_be(county: County) -> None:
    store = county.store
    assert code(county, give_task(store, DEPARTMENT, "x", units=[4])) == code(county, give_task(store, 99, "x", units=[4])) == "no_body"
    assert code(county, give_task(store, CENTRE, " ", units=[4])) == "no_title"
    assert code(county, give_task(store, CENTRE, "x", units=[])) == "no_cells"
    assert code(county, give_task(store, CENTRE, "x", units=[4, 99])) == "no_unit"
    assert code(county, give_task(store, VILLAGE, "x", units=[4, 6])) == "not_theirs"
    assert code(county, give_task(store, CENTRE, "x", units=[4], due=NOW)) == "due"
    task = done(county, give_task(store, CENTRE, "x", units=[4])).report
    assert isinstance(task, int)
    assert code(county, report_task(store, 99, 4, done=True)) == code(county, close_task(store, 99)) == "no_task"
    assert code(county, report_task(store, task, 5, done=True)) == "no_cell"
    assert code(county, report_task(store, task, 4)) == "no_note"
    done(county, report_task(store, task, 4, done=True))
    assert code(county, report_task(store, task, 4, done=True)) == "done"


def test_talks_are_recorded_and_found(county: County) -> None:
    store = county.store
    done(county, record_talk(store, DEPARTMENT, "2020-05", held_by="superior", note="三件超期", case=10, actor="李书记"))
    done(county, record_talk(store, DEPARTMENT, "2020-04", held_by=HeldBy.DISCIPLINE, note="退回过多", time=NOW - timedelta(days=9)))
    done(county, record_talk(store, VILLAGE, "2020-05", held_by=HeldBy.ORGANISATION, note="接哨慢"))
    assert [one.note for one in talks_of(store, DEPARTMENT)] == ["三件超期", "退回过多"]
    (one,) = talks_of(store, DEPARTMENT, "2020-05")
    assert (one.case, one.held_by, one.actor, one.time) == (10, HeldBy.SUPERIOR, "李书记", NOW)
    assert [talk.body for talk in talks_of(store, month="2020-05")] == [DEPARTMENT, VILLAGE]
    assert len({str(held_by_text(kind)) for kind in HeldBy}) == 3


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"body": 99}, "no_body"),
        ({"case": 99}, "no_case"),
        ({"month": "2020-5"}, "month"),
        ({"month": "2020-13"}, "month"),
        ({"month": "2020-07"}, "month"),
        ({"held_by": "friend"}, "held_by"),
        ({"note": " "}, "no_note"),
        ({"time": NOW + timedelta(minutes=1)}, "later"),
    ],
)
def test_talks_that_cannot_be(county: County, wrong: dict[str, object], expected: str) -> None:
    given = {"body": DEPARTMENT, "month": "2020-05", "held_by": "superior", "note": "x"} | wrong
    body, month = given.pop("body"), given.pop("month")
    assert code(county, record_talk(county.store, body, month, **given)) == expected  # type: ignore[arg-type]
