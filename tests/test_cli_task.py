"""`gis-app task`: instructions to the workers of cells without a window."""

from pathlib import Path

import pytest

from gis_app.bootstrap import building_demo, open_county
from gis_app.progress import finish
from tests.cli import report, run


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tasks") / "small.gpkg"
    finish(building_demo(path, "small"))
    return path


def test_a_task_is_given_reported_listed_and_closed(path: Path) -> None:
    opened = open_county(path)
    village = next(unit for unit in opened.state.units.values() if unit.name == "东风社区")
    cells = [cell.code for cell in opened.state.units.cells(village.id)]
    opened.close()
    given = report("task", path, "give", "消防检查", "--by", "东风社区", "--unit", "东风社区", "--due", "2022-04-05", "--text", "查灭火器")
    assert (given["by"], given["due"], given["given"]) == ("东风社区居民委员会", "2022-04-05T23:59:00+08:00", len(cells))
    task = given["task"]
    assert report("task", path, "report", task, cells[0], "--note", "缺两个")["reported"] == 1
    assert report("task", path, "report", task, cells[1], "--done")["done"] == 1
    (listed,) = report("task", path, "list", "--by", "东风社区", "--cells")["tasks"]
    assert [cell["done"] for cell in listed["cells"]] == [False, True] + [False] * (len(cells) - 2)
    assert listed["cells"][0]["note"].endswith("缺两个")
    assert f"given to {len(cells)} cells, reported 2, done 1, overdue 0" in run("task", path, "list")
    assert report("task", path, "close", task)["closed"]
    assert "This task is closed" in run("task", path, "report", task, cells[2], "--done", code=2)
    assert "Tasks are given by the county centre" in run("task", path, "give", "x", "--by", "住建局", "--unit", "东风社区", code=2)
    assert "does not belong to" in run("task", path, "give", "x", "--by", "富国村", "--unit", "东风社区", code=2)
