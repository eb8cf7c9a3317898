"""`gis-app assign`: households by their places, workers one after the other or at the least travel."""

from pathlib import Path

import pytest

from tests.journeys.command_line import gis_app, report


@pytest.fixture
def county(tmp_path: Path) -> Path:
    path = tmp_path / "county.gpkg"
    gis_app("demo", path, "--size", "small")
    return path


def test_workers_are_matched_and_the_change_is_told(county: Path) -> None:
    tried = report("assign", county, "workers", "--optimal", "--dry-run", "--keep", "0")
    assert tried["dry_run"]
    assert tried["mean_metres_after"] <= tried["mean_metres_before"] or tried["vacant_before"] > tried["vacant_after"]
    assert report("assign", county, "workers", "--optimal", "--dry-run", "--keep", "0") == tried, "a trial changes nothing"
    done = report("assign", county, "workers", "--optimal", "--keep", "0")
    assert done["changes"] == tried["changes"] and done["vacant_after"] == 0
    for row in done["changes"]:
        assert row["why"] and row["after"] and row["name"].endswith("*"), "names are masked"
    again = report("assign", county, "workers", "--optimal", "--keep", "0")
    assert not again["changes"] and again["vacant_before"] == 0


def test_wrong_wishes_get_a_sentence(county: Path) -> None:
    assert "belong to --optimal" in gis_app("assign", county, "workers", "--dry-run", code=2)
    assert "Only workers" in gis_app("assign", county, "households", "--optimal", code=2)
    assert "no unit" in gis_app("assign", county, "workers", "--optimal", "--unit", "999", code=2)
    assert "metres" in gis_app("assign", county, "workers", "--optimal", "--keep", "-1", code=2)
