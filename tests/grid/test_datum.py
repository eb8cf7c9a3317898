import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.grid.datum import (
    DATUMS,
    DatumError,
    bd09_to_gcj02,
    from_county,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    to_county,
    wgs84_to_gcj02,
)

COUNTY = "EPSG:4550"


def test_known_positions() -> None:
    """Tian'anmen, as the common converters have it."""
    assert np.stack(wgs84_to_gcj02(116.404, 39.915)) == pytest.approx([116.41024449916938, 39.91640428150164], abs=1e-9)
    assert np.stack(gcj02_to_bd09(116.404, 39.915)) == pytest.approx([116.41036949371029, 39.92133699351021], abs=1e-9)


@settings(deadline=None)
@given(st.floats(73.0, 135.0), st.floats(18.0, 53.5))
def test_the_way_back_ends_below_a_millimetre(lon: float, lat: float) -> None:
    there = wgs84_to_gcj02(lon, lat)
    assert np.stack(gcj02_to_wgs84(*there)) == pytest.approx([lon, lat], abs=5e-9)
    assert np.stack(bd09_to_gcj02(*gcj02_to_bd09(*there))) == pytest.approx(np.stack(there), abs=5e-9)


def test_positions_outside_china_stay() -> None:
    for shift in (wgs84_to_gcj02, gcj02_to_wgs84, gcj02_to_bd09, bd09_to_gcj02):
        assert np.stack(shift(-73.9, 40.7)).tolist() == [-73.9, 40.7]


def test_a_phone_is_some_hundred_metres_off() -> None:
    right = np.stack(to_county(123.5, 47.9, "wgs84", COUNTY))
    wrong = np.stack(to_county(*wgs84_to_gcj02(123.5, 47.9), "wgs84", COUNTY))
    assert 300 < np.hypot(*(wrong - right)) < 800
    assert np.stack(to_county(*wgs84_to_gcj02(123.5, 47.9), "gcj02", COUNTY)) == pytest.approx(right, abs=0.001)
    assert np.stack(to_county(*gcj02_to_bd09(*wgs84_to_gcj02(123.5, 47.9)), "BD09", COUNTY)) == pytest.approx(right, abs=0.001)


@pytest.mark.parametrize("datum", [*DATUMS, "EPSG:4529", "epsg:32651"])
def test_every_datum_comes_back(datum: str) -> None:
    x, y = np.array([537000.0, 500000.0, np.nan]), np.array([5307000.0, 5250000.0, 1.0])
    there = from_county(x, y, COUNTY, datum)
    back = to_county(*there, datum, COUNTY)
    assert np.stack(back)[:, :2] == pytest.approx(np.stack([x, y])[:, :2], abs=0.001)
    assert np.isnan(np.stack(back)[:, 2]).all()


def test_cgcs2000_and_wgs84_are_one_position() -> None:
    one, other = to_county(123.5, 47.9, "cgcs2000", COUNTY), to_county(123.5, 47.9, "wgs84", COUNTY)
    assert np.stack(one) == pytest.approx(np.stack(other), abs=1e-3)


def test_what_cannot_be_there_becomes_nan() -> None:
    assert np.isnan(to_county([np.inf, 123.5], [47.9, 147.9], "wgs84", COUNTY)).all()


@pytest.mark.parametrize(("datum", "crs"), [("wgs85", COUNTY), ("", COUNTY), ("EPSG:999999", COUNTY), ("wgs84", "nothing")])
def test_unknown_systems_are_named(datum: str, crs: str) -> None:
    with pytest.raises(DatumError, match=r"EPSG:4550"):
        to_county(1, 2, datum, crs)
