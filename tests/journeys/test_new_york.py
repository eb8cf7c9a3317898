"""A whole city from its files to a map on paper, by the command line: New York, 5 > 195 > 2,165 units and 6,765 requests."""

from pathlib import Path

import geopandas
import pandas as pd
import pytest

from tests.journeys.command_line import gis_app, report


@pytest.fixture(scope="module")
def city(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a county of New York's tracts and requests."""
    county = tmp_path_factory.mktemp("city") / "nyc.gpkg"
    report("new", county, "--crs", "EPSG:2263", "--name", "New York", "--code", "36")
    columns = ("--village-code", "NTACode", "--village-name", "NTAName", "--township-code", "BoroCode", "--township-name", "BoroName")
    tracts = report("import", "boundaries", county, shared_data / "nyc" / "tracts.zip", "--level", "cell", "--code", "BoroCT2010", *columns)
    assert (tracts["read"], tracts["imported"], tracts["rejected"]) == (2165, 2165, [])
    requests = report("import", "cases", county, shared_data / "nyc" / "requests.csv", "--create-bodies")
    assert (requests["read"], requests["imported"], requests["rejected"]) == (6765, 6765, [])
    return county


def test_every_request_is_in_the_tract_that_geopandas_finds(city: Path, shared_data: Path, tmp_path: Path) -> None:
    report("export", "data", city, tmp_path / "cases.csv", "--what", "cases")
    ours = pd.read_csv(tmp_path / "cases.csv", dtype=str, encoding="utf-8-sig").set_index("id")["cell"]
    table = pd.read_csv(shared_data / "nyc" / "requests.csv", dtype=str, encoding="utf-8-sig").set_index("Unique Key")
    table = table[table["Latitude"].notna()]
    points = geopandas.GeoDataFrame(
        table, geometry=geopandas.points_from_xy(table["Longitude"].astype(float), table["Latitude"].astype(float)), crs="EPSG:4326"
    ).to_crs("EPSG:2263")
    tracts = geopandas.read_file(shared_data / "nyc" / "tracts.zip")[["BoroCT2010", "geometry"]].to_crs("EPSG:2263")
    found = geopandas.sjoin(points, tracts, predicate="intersects").sort_values("BoroCT2010")
    theirs = found[~found.index.duplicated()]["BoroCT2010"]
    assert len(theirs) > 6_600
    different = theirs[theirs != ours.reindex(theirs.index).fillna("")]
    assert different.empty, different.head()


def test_defects_are_found_and_repaired_on_request(city: Path, shared_data: Path, tmp_path: Path) -> None:
    issues = report("check", city, code=1)
    assert not issues["valid"]
    assert {issue["kind"] for issue in issues["issues"]} & {"overlap", "missing_vertex", "gap"}
    mended = tmp_path / "mended.gpkg"
    report("new", mended, "--crs", "EPSG:2263", "--name", "New York")
    tracts = shared_data / "nyc" / "tracts.zip"
    assert report("import", "boundaries", mended, tracts, "--level", "cell", "--code", "BoroCT2010", "--repair")["repaired"]
    assert report("check", mended) == {"valid": True, "issues": []}


def test_a_map_goes_to_the_meeting(city: Path, tmp_path: Path) -> None:
    report("export", "map", city, tmp_path / "city.pdf", "--page", "A3", "--title", "New York")
    assert (tmp_path / "city.pdf").read_bytes().startswith(b"%PDF")
    report("export", "map", city, tmp_path / "borough.html", "--unit", "1")
    assert "<html" in (tmp_path / "borough.html").read_text(encoding="utf-8")[:200].lower()


def test_a_request_finds_its_agency(city: Path) -> None:
    routed = report("route", city, "--at", "-73.98,40.75", "--category", "Noise - Residential")
    assert routed["cell"] and routed["village"] and routed["township"] == "1"
    assert routed["why"]


def test_figures_are_counted(city: Path) -> None:
    figures = report("stats", city)
    assert figures["received"] == 6765
    assert figures["completed"] == 6765 - 4324
    assert "6,765" in gis_app("stats", city)
