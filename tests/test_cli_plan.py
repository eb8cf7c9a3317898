"""`gis-app plan`: drafts without a window."""

from collections import Counter
from pathlib import Path

import pyogrio
import pytest
from openpyxl import load_workbook

from gis_app.bootstrap import open_county
from gis_app.county.boundary_edits import boundary_edit, split_equally
from gis_app.county.changes import Changes
from gis_app.progress import finish
from tests.journeys.command_line import gis_app, report


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a small demo county on the command line."""
    path = tmp_path_factory.mktemp("plans") / "small.gpkg"
    report("demo", path, "--size", "small")
    return path


def test_a_draft_is_made_copied_renamed_discarded_and_published(county: Path) -> None:
    made = report("plan", county, "create", "夏季方案")
    assert (made["id"], made["status"], made["base"], made["edits"]) == (2, "draft", 1, 0)
    assert report("plan", county, "copy", "2", "副本")["base"] == 2
    assert report("plan", county, "rename", "副本", "秋季方案")["name"] == "秋季方案"
    assert [plan["name"] for plan in report("plan", county, "list")["plans"]] == ["2020年4月网格方案", "夏季方案", "秋季方案"]
    assert report("plan", county, "discard", "秋季方案")["discarded"]
    published = report("plan", county, "publish", "夏季方案", "--from", "2020-07-01")
    assert (published["plan"], published["archived"], published["valid_from"]) == (2, 1, "2020-07-01")
    assert published["cells_changed"] == [] and published["households_moved"] == 0
    plans = {plan["id"]: plan for plan in report("plan", county, "list")["plans"]}
    assert (plans[1]["status"], plans[1]["valid_to"], plans[2]["status"]) == ("archived", "2020-07-01", "published")
    words = gis_app("plan", county, "list", language="zh_CN")
    assert "已发布" in words and "2020-07-01" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("publish", "没有"), "There is no plan 没有. The county has: "),
        (("publish", "1"), "is not a draft"),
        (("create", " "), "A plan needs a name"),
        (("create", "x", "--lang", "zh_CN", "y"), "y"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(county: Path, arguments: tuple[str, ...], words: str) -> None:
    assert words in gis_app("plan", county, *arguments, code=2)


def test_a_day_is_written_as_a_date(county: Path) -> None:
    report("plan", county, "create", "冬季方案")
    assert "is no date" in gis_app("plan", county, "publish", "冬季方案", "--from", "1.7.2026", code=2)
    assert "cannot be valid from 1999-01-01" in gis_app("plan", county, "publish", "冬季方案", "--from", "1999-01-01", code=2)


def test_any_two_plans_are_compared(county: Path, tmp_path: Path) -> None:
    made = report("plan", county, "create", "拆分方案")
    opened = open_county(county)
    finish(opened.opening_draft(made["id"]))
    homes = Counter(opened.working.households.cell.tolist())
    cell = max(opened.working.coverage.cells, key=lambda cell: homes[cell])
    code = opened.working.units[cell].code
    assert isinstance(opened.perform(boundary_edit(split_equally(cell, 2))), Changes)
    opened.close()
    published = next(plan["name"] for plan in report("plan", county, "list")["plans"] if plan["status"] == "published")
    crosswalk, residents = tmp_path / "crosswalk.xlsx", tmp_path / "residents.gpkg"
    found = report("plan", county, "diff", published, "拆分方案", "--crosswalk", crosswalk, "--residents", residents)
    assert found["cells"]["new"] == 1 and found["cells"]["changed"] == 1 and found["cells"]["closed"] == 0
    redrawn = next(difference for difference in found["differences"] if difference["fate"] == "changed")
    assert redrawn["before"]["code"] == code and redrawn["lost"] == pytest.approx(
        redrawn["before"]["area"] - redrawn["after"]["area"], abs=0.1
    )
    assert found["households_moved"] == redrawn["before"]["households"] - redrawn["after"]["households"] > 0
    assert [row["households"] for row in found["crosswalk"]] == [found["households_moved"]] and found["crosswalk"][0]["before"] == code
    rows = list(load_workbook(crosswalk).active.values)
    assert sum(row[0] == code for row in rows) == 2
    assert len(pyogrio.read_dataframe(residents)) == found["households_with_other_worker"] > 0
    back = report("plan", county, "diff", "拆分方案", published)
    assert back["cells"]["closed"] == 1 and back["area_changed"] == pytest.approx(found["area_changed"])
    report("plan", county, "publish", "拆分方案", "--from", "2030-01-01")
    words = gis_app("plan", county, "diff", published, "拆分方案", language="zh_CN")
    assert "边界调整" in words and "户" in words, "an archived plan can still be compared"
    assert "is a folder" in gis_app("plan", county, "diff", published, "拆分方案", "--crosswalk", tmp_path, code=2)
    assert "must end in" in gis_app("plan", county, "diff", published, "拆分方案", "--residents", tmp_path / "x.doc", code=2)
