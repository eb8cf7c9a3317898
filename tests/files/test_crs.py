import numpy as np
import pytest

from gis_app.errors import UserError
from gis_app.files.crs import crs_name, guess, named_or_guessed, parse_crs, transform, usual_bounds

CHIAYI = (120.1, 23.2, 121.0, 23.6)
GANNAN = (123.2, 47.6, 123.9, 48.3)


def _projected(bounds: tuple[float, float, float, float], crs: str) -> tuple[float, float, float, float]:
    corners = np.array([[bounds[0], bounds[1]], [bounds[2], bounds[3]]])
    (west, south), (east, north) = transform(corners, "EPSG:4326", crs).tolist()
    return west, south, east, north


@pytest.mark.parametrize("crs", ["EPSG:4550", "EPSG:4529", "EPSG:4499", "EPSG:3857", "EPSG:4326"])
def test_coordinates_of_gannan_tell_their_system(crs: str) -> None:
    bounds = _projected(GANNAN, crs)
    found = guess(bounds, "", "EPSG:4550")
    assert transform(np.array([[bounds[0], bounds[1]]]), found.crs, "EPSG:4326")[0] == pytest.approx(GANNAN[:2], abs=1e-6)
    assert not found.swapped
    assert not found.declared


def test_a_system_without_zone_is_told_by_where_the_county_is() -> None:
    bounds = _projected(CHIAYI, "EPSG:4549")
    assert guess(bounds, "", "EPSG:3826").crs == "EPSG:4549"
    assert guess(bounds, "", "EPSG:4549").crs == "EPSG:4549"
    assert guess(bounds, "").crs == ""
    county = _projected(CHIAYI, "EPSG:4550")
    assert guess(bounds, "", "EPSG:4550", county).crs == "EPSG:4549"


def test_the_zone_number_tells_the_system_without_a_county() -> None:
    assert guess(_projected(CHIAYI, "EPSG:4528"), "").crs == "EPSG:4528"
    assert guess(_projected(GANNAN, "EPSG:4529"), "").crs == "EPSG:4529"


def test_a_zone_number_that_the_declared_system_does_not_have_wins() -> None:
    bounds = _projected(GANNAN, "EPSG:4529")
    assert guess(bounds, "EPSG:4550", "EPSG:4550").crs == "EPSG:4529"
    assert guess(bounds, "EPSG:4529", "EPSG:4550").declared


def test_the_web_map_projection_has_no_zones() -> None:
    found = guess(_projected(GANNAN, "EPSG:3857"), "EPSG:3857", "EPSG:4550")
    assert (found.crs, found.declared) == ("EPSG:3857", True)


def test_numbers_that_leave_no_doubt_win_over_what_the_user_names() -> None:
    zone = named_or_guessed("EPSG:4550", _projected(GANNAN, "EPSG:4529"), "", "EPSG:4550", None)
    assert (zone.crs, zone.declared) == ("EPSG:4529", False)
    named = named_or_guessed("EPSG:4549", _projected(CHIAYI, "EPSG:4549"), "EPSG:4326", "EPSG:4550", None)
    assert (named.crs, named.declared) == ("EPSG:4549", True)
    datum = named_or_guessed("GCJ02", (GANNAN[1], GANNAN[0], GANNAN[3], GANNAN[2]), "", "EPSG:4550", None)
    assert (datum.crs, datum.swapped) == ("gcj02", True)


def test_latitude_first_is_seen() -> None:
    swapped = (GANNAN[1], GANNAN[0], GANNAN[3], GANNAN[2])
    assert guess(swapped, "EPSG:4326").swapped
    assert guess((40.5, -74.3, 40.9, -73.7), "EPSG:4326", "EPSG:2263").swapped
    assert not guess((-74.3, 40.5, -73.7, 40.9), "EPSG:4326", "EPSG:2263").swapped
    urumqi = (43.5, 87.3, 44.0, 87.9)  # both numbers might be latitudes
    assert guess(urumqi, "").swapped


@pytest.mark.parametrize("crs", ["EPSG:4550", "EPSG:4529", "EPSG:4499"])
@pytest.mark.parametrize("named", ["", "EPSG:4550", "its own"])
def test_northing_first_as_surveyors_write_it(crs: str, named: str) -> None:
    west, south, east, north = _projected(GANNAN, crs)
    found = named_or_guessed(crs if named == "its own" else named, (south, west, north, east), "", "EPSG:4550", None)
    assert found.swapped
    assert transform(np.array([[west, south]]), found.crs, "EPSG:4326")[0] == pytest.approx(GANNAN[:2], abs=1e-6)
    assert not found.declared
    assert "northing" in str(found.reason)


def test_degrees_under_a_projected_system_are_degrees() -> None:
    found = guess(GANNAN, "EPSG:4550", "EPSG:4550")
    assert found.crs == "EPSG:4326"
    assert not found.declared


def test_a_few_wrong_points_do_not_count() -> None:
    x = np.r_[np.linspace(123.2, 123.9, 200), 0.0, 1e308, np.nan]
    y = np.r_[np.linspace(47.6, 48.3, 200), 0.0, 1.0, 1.0]
    found = usual_bounds(x, y)
    assert found is not None
    assert found[0] > 123
    assert usual_bounds(np.array([np.nan]), np.array([1.0])) is None


def test_names_of_systems() -> None:
    assert crs_name("4550") == "EPSG:4550"
    assert crs_name("") == ""
    assert parse_crs("EPSG:4490").is_geographic
    with pytest.raises(UserError, match="EPSG:nothing is no coordinate system"):
        parse_crs("EPSG:nothing")
