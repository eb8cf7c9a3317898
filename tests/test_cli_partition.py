"""`gis-app partition`: proposals reported, a draft divided by one, villages below the floor told, wrong options refused."""

from pathlib import Path

import pytest

from gis_app import bootstrap
from gis_app.county.changes import Changes
from gis_app.county.unit_edits import lock_unit
from gis_app.grid.units import Level
from gis_app.language import format_code
from tests.journeys.command_line import gis_app, report

VILLAGE = "230225100001"
VILLAGE_KEYS = {
    "code",
    "name",
    "floor",
    "cells",
    "below_floor",
    "spread",
    "mean_polsby_popper",
    "cut_metres",
    "households_with_other_worker",
    "problem",
    "remarks",
}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a small demo county on the command line."""
    path = tmp_path_factory.mktemp("partition") / "small.gpkg"
    report("demo", path, "--size", "small")
    return path


def test_a_village_is_reported_cell_by_cell(county: Path) -> None:
    found = report("partition", county, "--unit", VILLAGE)
    (village,) = found["villages"]
    assert set(village) == VILLAGE_KEYS
    assert village["code"] == VILLAGE
    assert "draft" not in found
    households = [cell["households"] for cell in village["cells"]]
    assert len(households) == found["cells"]
    assert sum(households) == found["households"] > 0
    assert min(households) >= village["floor"] == 100
    assert found["problems"] == []


def test_a_village_that_cannot_reach_the_floor_is_told(county: Path) -> None:
    found = report("partition", county, "--unit", VILLAGE, "--floor", "5000", code=1)
    assert found["cells_below_floor"] > 0
    assert found["problems"] == [found["villages"][0]["problem"]]
    assert "one cell with" in gis_app("partition", county, "--unit", VILLAGE, "--floor", "5000", code=1)


def test_borders_follow_the_lines_of_the_county_or_those_that_are_named(tmp_path: Path) -> None:
    path = tmp_path / "lines.gpkg"
    report("demo", path, "--size", "small", "--references", tmp_path / "maps.gpkg")
    usual = report("partition", path, "--unit", VILLAGE)
    assert usual["along"] == ["河流", "道路"], "all layers of lines, no buildings"
    river = report("partition", path, "--unit", VILLAGE, "--along", "河流")
    assert river["along"] == ["河流"]
    straight, bent = report("partition", path, "--all", "--within", "0"), report("partition", path, "--all", "--within", "60")
    assert straight["along"] == []
    assert straight["cut_metres"] != bent["cut_metres"], "borders that follow roads run elsewhere"
    assert straight["along_metres"] == 0 < bent["along_metres"] < bent["cut_metres"]
    assert "Borders follow: 河流 (" in gis_app("partition", path, "--unit", VILLAGE, "--along", "河流")
    said = gis_app("partition", path, "--unit", VILLAGE, "--along", "铁路", code=2)
    assert "There is no layer 铁路 that borders could follow; there are: 河流, 道路." in said
    assert "建筑物" in gis_app("partition", path, "--unit", VILLAGE, "--along", "建筑物", code=2), "borders of buildings are none to follow"


def test_a_locked_village_is_left_out_of_all_and_told(tmp_path: Path) -> None:
    path = tmp_path / "locked.gpkg"
    report("demo", path, "--size", "small")
    opened = bootstrap.open_county(path)
    village = next(unit for unit in opened.state.units.at_level(Level.VILLAGE) if unit.code == VILLAGE)
    assert isinstance(opened.perform(lock_unit(village.id, True)), Changes)
    opened.close()
    found = report("partition", path, "--all")
    assert [one["code"] for one in found["left_out"]] == [VILLAGE] and village.name in found["left_out"][0]["reason"]
    assert VILLAGE not in {one["code"] for one in found["villages"]} and found["villages"]
    assert "locked" in gis_app("partition", path, "--unit", VILLAGE, code=2), "alone, it is refused"


def test_a_draft_is_divided_as_reported(county: Path) -> None:
    divided = report("partition", county, "--unit", VILLAGE, "--cells", "2", "--draft", "Two cells")
    assert divided["draft"] == "Two cells"
    assert divided["cells"] == 2
    again = report("partition", county, "--unit", VILLAGE, "--draft", "Two cells")
    assert again["cells_before"] == 2
    published = report("partition", county, "--unit", VILLAGE)
    assert published["cells_before"] == divided["cells_before"] > 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "Name villages with --unit"),
        (("--all", "--unit", VILLAGE), "Name villages with --unit"),
        (("--unit", VILLAGE, "--floor", "9", "--max", "3"), "at least 9 and at most 3"),
        (("--unit", VILLAGE + "001"), "is a cell; name a village or a township"),
    ],
)
def test_wrong_options_are_refused_in_one_sentence(county: Path, options: tuple[str, ...], sentence: str) -> None:
    assert sentence in gis_app("partition", county, *options, code=2)


def test_a_mistyped_code_is_no_other_unit(county: Path) -> None:
    opened = bootstrap.open_county(county)
    cell = opened.state.units.at_level(Level.CELL)[0]
    opened.close()
    for command in (("partition", county), ("assign", county, "workers", "--optimal", "--dry-run")):
        assert f"There is no unit {cell.id}." in gis_app(*command, "--unit", str(cell.id), code=2)
        assert "is a cell; name a village or a township." in gis_app(*command, "--unit", cell.code, code=2)


def test_a_code_may_be_written_as_it_is_shown(county: Path) -> None:
    shown = format_code(VILLAGE)
    assert shown != VILLAGE and report("partition", county, "--unit", shown)["villages"][0]["code"] == VILLAGE


def test_where_there_are_no_lines_it_is_said(county: Path) -> None:
    said = gis_app("partition", county, "--unit", VILLAGE, "--along", "河流", code=2)
    assert "the county has no layers of roads or rivers" in said
