"""A county on both banks of a river, and a planner at a window on it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gis_app import bootstrap
from gis_app.demo.places import SIZES, Size, TownshipSpec
from gis_app.grid.units import UnitKind
from gis_app.gui.window import Window
from gis_app.progress import finish
from tests.gui.conftest import empty_window, own_folders
from tests.journeys.planner import Planner

__all__ = ["empty_window", "own_folders"]  # fixtures

WEST = TownshipSpec("204", "宝泉乡", UnitKind.TOWNSHIP, ("宝安村", "富国村", "渔光村"))
EAST = TownshipSpec("100", "城关镇", UnitKind.TOWN, ("东郊村", "富强村", "长胜村"), ("东风社区",))
BANKS = Size((WEST, EAST), cells=64, households=4200, whistles=400, area=160e6, vertices=9000, west=1)


@pytest.fixture(scope="session")
def banks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo county of two townships with a river between them (county.gpkg), and of its rivers, roads and buildings
    (maps.gpkg), which the county does not know of."""
    folder = tmp_path_factory.mktemp("banks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SIZES, "banks", BANKS)  # type: ignore[arg-type]
        finish(bootstrap.building_demo(folder / "county.gpkg", "banks"))
        copy = Path(shutil.copy(folder / "county.gpkg", folder / "copy.gpkg"))
        county = bootstrap.open_county(copy)
        finish(bootstrap.building_references(county, folder / "maps.gpkg"))
        county.close()
    return folder


@pytest.fixture
def county_file(banks: Path, tmp_path: Path) -> Path:
    """A copy of the county that a story may change, with the maps beside it."""
    shutil.copy(banks / "maps.gpkg", tmp_path / "maps.gpkg")
    return Path(shutil.copy(banks / "county.gpkg", tmp_path / "county.gpkg"))


@pytest.fixture
def planner(qtbot: QtBot, empty_window: Window, county_file: Path, tmp_path: Path) -> Iterator[Planner]:
    """A planner at a window on the county."""
    empty_window.open_county(county_file)
    planner = Planner(qtbot, empty_window, tmp_path / "window.ini")
    planner.settle()
    yield planner
    planner.close()
