"""Hotspots as a report and as a file: whatever the county holds, and never at the cost of a file that is something else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gis_app.county.state import CountyState
from gis_app.grid.coverage import build_coverage
from gis_app.output.errors import OutputError
from gis_app.output.hotspots import check_target, find_hotspots, write_hotspots
from tests.output.made import SIDE, SOUTH, WEST, small_state


def whistles_at(x: list[float], y: list[float]) -> CountyState:
    """Return the small county with its first whistles moved to these places."""
    state = small_state(cases=len(x))
    return replace(state, cases=replace(state.cases, x=np.array(x), y=np.array(y)))


@pytest.mark.parametrize("method", ["density", "gi-star"])
def test_a_county_without_cells_is_told_so(method: str) -> None:
    state = replace(small_state(), coverage=build_coverage([], []))
    with pytest.raises(OutputError, match="no cells yet"):
        find_hotspots(state, method)


def test_a_county_without_whistles_has_no_hotspots(tmp_path: Path) -> None:
    state = whistles_at([], [])
    for method in ("density", "gi-star"):
        found = find_hotspots(state, method)
        assert found.lines() == ["No hotspots."]
        write_hotspots(state, found, tmp_path / f"{method}.gpkg")


@pytest.mark.parametrize("count", [1, 2, 50])
def test_whistles_at_one_place_are_one_peak_on_a_surface_of_sensible_size(count: int) -> None:
    found = find_hotspots(whistles_at([WEST + 250.0] * count, [SOUTH + 250.0] * count), "density")
    assert found.layer.values.size < 2_000_000  # type: ignore[union-attr]
    assert [place["cell"] for place in found.places] == ["230225100201001"]


def test_a_whistle_far_outside_changes_nothing() -> None:
    rng = np.random.default_rng(2)
    x, y = WEST + rng.uniform(0, SIDE, 30), SOUTH + rng.uniform(0, SIDE, 30)
    near = find_hotspots(whistles_at(x.tolist(), y.tolist()), "density")
    far = find_hotspots(whistles_at([*x, WEST - 900_000], [*y, SOUTH - 900_000]), "density")
    assert far.places == near.places


def test_the_table_of_a_surface_says_where_its_squares_are(tmp_path: Path) -> None:
    state = small_state()
    found = find_hotspots(state, "density")
    write_hotspots(state, found, tmp_path / "squares.csv")
    table = pd.read_csv(tmp_path / "squares.csv", encoding="utf-8-sig")
    assert {"lon", "lat", "density"} <= set(table.columns)
    densest, place = table.loc[table["density"].idxmax()], found.places[0]
    assert (densest["lon"], densest["lat"]) == pytest.approx((place["lon"], place["lat"]), abs=1e-5)


def test_another_ending_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.gpkg, \.geojson or \.csv"):
        check_target(tmp_path / "spots.shp")
