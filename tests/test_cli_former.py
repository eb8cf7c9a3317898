"""`gis-app crosswalk`, `import former` and `former`: networks of other offices without a window."""

from pathlib import Path

import openpyxl
import pytest

from gis_app.bootstrap import open_county
from gis_app.cli_former import FIELDS
from gis_app.files.mapping import FIELDS as KNOWN
from gis_app.files.mapping import Target
from tests.cli import report, run
from tests.county.villages import county as made_county
from tests.files.test_former import police


@pytest.fixture
def county(tmp_path: Path) -> Path:
    made_county(tmp_path / "county.gpkg").close()
    return tmp_path / "county.gpkg"


def test_the_help_knows_the_fields() -> None:
    assert KNOWN[Target.FORMER] == FIELDS


def test_a_crosswalk_is_written_and_nothing_is_loaded(county: Path, tmp_path: Path) -> None:
    old, out = police(tmp_path / "公安.gpkg"), tmp_path / "对照.xlsx"
    found = report("crosswalk", county, old, out)
    assert (found["units"], found["nowhere"], found["errors"]) == (2, 0, [])
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None and sheet.max_row == found["pairs"] + 1
    assert report("former", county, "list") == {"grids": []}


def test_a_kept_grid_is_loaded_and_found_by_its_old_number(county: Path, tmp_path: Path) -> None:
    old, out = police(tmp_path / "公安.gpkg"), tmp_path / "对照.csv"
    found = report("crosswalk", county, old, out, "--keep", "公安警务网格", "--office", "公安局")
    assert found["name"] == "公安警务网格" and out.read_text("utf-8-sig").count("\n") == found["pairs"] + 1
    (unit,) = report("former", county, "find", "0101")["units"]
    assert unit["grid"] == "公安警务网格" and unit["name"] == "东风一区" and len(unit["cells"]) == 6
    assert "东风一区" in run("former", county, "find", "0101")
    assert "No former grid has a unit 9999" in run("former", county, "find", "9999", code=2)


def test_grids_are_imported_laid_over_one_another_and_removed(county: Path, tmp_path: Path) -> None:
    one, two = police(tmp_path / "公安.gpkg"), police(tmp_path / "民政.gpkg")
    assert report("import", "former", county, one, two)["imported"] == 4
    laid = report("former", county, "overlay", "公安", "民政")
    assert laid["agreement"]["area"] == 1 and laid["differences"] == []
    cells = report("former", county, "overlay", "公安", "cells")
    assert 0 < cells["agreement"]["area"] < 0.5 and cells["differences"][0]["at"]
    assert "They agree on" in run("former", county, "overlay", "公安", "2")
    assert "has: 公安、民政" in run("former", county, "overlay", "公安", "城管", code=2)
    assert report("former", county, "remove", "民政") == {"removed": "民政"}
    assert "公安: 2 units, 0 errors" in run("former", county, "list")
    opened = open_county(county)
    assert len(opened.state.former_grids) == 1
    opened.close()


def test_bad_input_is_one_sentence(county: Path, tmp_path: Path) -> None:
    old = police(tmp_path / "公安.gpkg")
    assert "FIELD=COLUMN" in run("crosswalk", county, old, tmp_path / "x.xlsx", "--map", "name", code=2)
    assert "must end in one of .xlsx, .csv" in run("crosswalk", county, old, tmp_path / "x.pdf", code=2)
    assert "is a county file" in run("crosswalk", county, old, county, code=2)
    assert "one by one" in run("import", "former", county, old, old, "--name", "x", code=2)
