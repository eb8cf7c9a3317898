"""`gis-app plan`: drafts without a window."""

from pathlib import Path

import pytest

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
