from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.datum import metres_per_unit
from gis_app.output.page import (
    SIZES,
    Frame,
    Orientation,
    fitting_scale,
    page_layout,
    pixels,
    round_scale,
    scale_bar,
    snapped,
    world_file,
)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("orientation", [Orientation.LANDSCAPE, Orientation.PORTRAIT])
@pytest.mark.parametrize("locator", [False, True])
def test_frames_lie_on_the_paper_and_never_overlap(size: str, orientation: Orientation, locator: bool) -> None:
    layout = page_layout(size, orientation, locator=locator)
    assert sorted((layout.width, layout.height)) == sorted(SIZES[size])
    assert layout.landscape == (orientation == Orientation.LANDSCAPE)
    assert (layout.locator is not None) == locator
    for frame in layout.frames:
        assert frame.width > 5
        assert frame.height > 3
        assert frame.x >= 8
        assert frame.y >= 8
        assert frame.right <= layout.width - 8
        assert frame.bottom <= layout.height - 6
    for one, other in combinations(layout.frames, 2):
        assert not one.overlaps(other), (one, other)
    assert layout.map.width * layout.map.height > 0.5 * layout.width * layout.height


def test_the_paper_is_turned_to_show_the_map_larger() -> None:
    assert page_layout("A4", aspect=2.0).landscape
    assert not page_layout("A4", aspect=0.5).landscape


def test_an_unknown_size_is_a_bug() -> None:
    with pytest.raises(ValueError, match="A5"):
        page_layout("A5")


@given(st.floats(10, 1e8))
def test_a_round_scale_is_never_larger_on_paper_and_at_most_a_quarter_smaller(denominator: float) -> None:
    rounded = round_scale(denominator)
    assert denominator * (1 - 1e-6) <= rounded <= denominator * 1.26


@given(st.floats(100, 1e7), st.floats(20, 80))
def test_a_scale_bar_is_round_and_fits(scale: float, width: float) -> None:
    bar = scale_bar(scale, width)
    assert width * 0.39 <= bar.width <= width * (1 + 1e-6)
    assert f"{bar.length:.1e}"[:3] in ("1.0", "2.0", "5.0")
    assert bar.step * bar.divisions == pytest.approx(bar.length)
    assert bar.width == pytest.approx(bar.length / scale * 1000)


def test_an_extent_fits_at_its_scale_whatever_the_unit() -> None:
    frame = Frame(10, 10, 180, 200)
    in_metres = fitting_scale((0, 0, 60_000, 50_000), frame)
    in_feet = fitting_scale((0, 0, 60_000 / 0.3048, 50_000 / 0.3048), frame, 0.3048)
    assert in_metres == in_feet == 350_000


@pytest.mark.parametrize(("crs", "metres"), [("EPSG:4550", 1.0), ("EPSG:2263", 0.3048006096), ("EPSG:4490", 111_320.0)])
def test_units_of_coordinate_systems(crs: str, metres: float) -> None:
    assert metres_per_unit(crs) == pytest.approx(metres)


@given(st.floats(1, 50), st.floats(1, 50), st.floats(50, 400), st.floats(50, 400), st.sampled_from([0.2, 25.4 / 120]))
def test_a_snapped_frame_is_a_little_smaller_and_on_the_grain(x: float, y: float, width: float, height: float, grain: float) -> None:
    frame = Frame(x, y, width, height)
    inside = snapped(frame, grain)
    for value in (inside.x, inside.y, inside.width, inside.height):
        assert value / grain == pytest.approx(round(value / grain), abs=1e-6)
    assert frame.x - 1e-6 <= inside.x
    assert inside.right <= frame.right + 1e-6
    assert inside.width > frame.width - 2 * grain - 1e-6


def test_a_world_file_leads_from_pixels_to_coordinates() -> None:
    frame = Frame(25.4, 50.8, 254, 127)
    a, d, b, e, c, f = (float(line) for line in world_file((500_000, 5_300_000, 510_000, 5_305_000), frame, 100).splitlines())
    assert (d, b) == (0, 0)
    left, top = pixels(frame.x, 100), pixels(frame.y, 100)
    assert (c + a * (left - 0.5), f + e * (top - 0.5)) == pytest.approx((500_000, 5_305_000))
    assert (c + a * (left + 999.5), f + e * (top + 499.5)) == pytest.approx((510_000, 5_300_000))
