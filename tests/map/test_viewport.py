import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.map.viewport import Viewport

places = st.floats(-1e7, 1e7)
viewports = st.builds(Viewport, places, places, st.floats(0.05, 1000), st.integers(50, 4000), st.integers(50, 4000))
pixels = st.floats(-5000, 5000)


@given(viewports, pixels, pixels)
def test_pixel_and_map_are_inverse(viewport: Viewport, px: float, py: float) -> None:
    assert viewport.to_screen(*viewport.to_map(px, py)) == pytest.approx((px, py), abs=1e-4)


@given(viewports, pixels, pixels, st.floats(0.1, 10))
def test_zooming_leaves_the_pixel_under_the_pointer(viewport: Viewport, px: float, py: float, factor: float) -> None:
    zoomed = viewport.zoomed(factor, px, py)
    assert zoomed.to_map(px, py) == pytest.approx(viewport.to_map(px, py), abs=1e-3)
    assert zoomed.resolution == pytest.approx(viewport.resolution / factor)


@given(viewports, pixels, pixels)
def test_moving_there_and_back_changes_nothing(viewport: Viewport, dx: float, dy: float) -> None:
    back = viewport.moved(dx, dy).moved(-dx, -dy)
    assert (back.x, back.y) == pytest.approx((viewport.x, viewport.y), abs=1e-4)


@given(places, places, st.floats(1, 1e5), st.floats(1, 1e5), st.integers(50, 4000), st.integers(50, 4000))
def test_fitting_shows_the_whole_extent(x: float, y: float, across: float, up: float, width: int, height: int) -> None:
    seen = Viewport.fitting((x, y, x + across, y + up), width, height).extent
    assert seen[0] <= x and seen[1] <= y and seen[2] >= x + across - 1e-6 and seen[3] >= y + up - 1e-6
