import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app import language
from gis_app.grid.datum import metres_per_unit
from gis_app.map.measure import scale_bar, scale_denominator


def test_feet_are_told_from_metres() -> None:
    assert metres_per_unit("EPSG:4550") == 1
    assert metres_per_unit("EPSG:2263") == pytest.approx(0.3048006, rel=1e-6)


@given(st.floats(0.01, 5000))
def test_the_scale_bar_is_round_and_as_long_as_may_be(resolution: float) -> None:
    bar = scale_bar(resolution, "EPSG:4550", 130)
    assert 130 / 2.5 * 0.999 <= bar.pixels <= 130.0001
    assert float(f"{bar.metres:.0e}") == pytest.approx(bar.metres)


def test_texts_of_the_scale_bar() -> None:
    assert scale_bar(20, "EPSG:4550", 130).text == "2 km"
    assert scale_bar(0.5, "EPSG:4550", 130).text == "50 m"
    language.use("zh_CN")
    assert scale_bar(20, "EPSG:4550", 130).text == "2 公里"


def test_the_scale_is_that_of_paper() -> None:
    assert scale_denominator(10, "EPSG:4550") == pytest.approx(10 / 0.0254 * 96)
