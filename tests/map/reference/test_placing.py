"""Where tiles and scanned maps lie in the county: true to half a pixel at every level."""

import numpy as np
import pytest

from gis_app.grid.datum import to_county
from gis_app.map.reference.mercator import MercatorGrid, tile_coordinates, tile_places
from gis_app.map.reference.placing import MOST, Mesh, mesh, projected
from gis_app.map.reference.rasters import Piece

GANNAN = (480_000.0, 5_280_000.0, 560_000.0, 5_360_000.0)


def test_tile_coordinates_are_those_of_web_maps() -> None:
    x, y = tile_coordinates(np.array([123.5]), np.array([47.9]), 10)
    assert (int(x[0]), int(y[0])) == (863, 356)
    lon, lat = tile_places(x, y, 10)
    assert lon == pytest.approx([123.5]) and lat == pytest.approx([47.9])


def test_the_projective_transform_meets_its_corners() -> None:
    corners = Mesh(np.array([[0.0, 10.0], [1.0, 12.0]]), np.array([[5.0, 6.0], [-5.0, -4.0]]))
    x, y = projected(corners, np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0]))
    assert x == pytest.approx([0.0, 10.0, 12.0, 1.0]) and y == pytest.approx([5.0, 6.0, -4.0, -5.0])


@pytest.mark.parametrize(("crs", "extent"), [("EPSG:4550", GANNAN), ("EPSG:2263", (950_000.0, 150_000.0, 1_050_000.0, 250_000.0))])
@pytest.mark.parametrize("level", [5, 7, 8, 9, 10, 12, 15, 18])
@pytest.mark.parametrize("datum", ["wgs84", "gcj02"])
def test_every_place_of_a_tile_is_true_to_half_a_pixel(crs: str, extent: tuple[float, float, float, float], level: int, datum: str) -> None:
    grid = MercatorGrid(crs, datum)
    rng = np.random.default_rng(level)
    middle = (extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2
    for piece in grid.pieces((*middle, *middle), level):
        lies = grid.mesh(piece)
        assert lies is not None
        parts = lies.parts
        u, v = rng.uniform(0, 1, (2, 400))
        true_x, true_y = grid.place(piece)(u, v)
        i, j = np.minimum((v * parts).astype(int), parts - 1), np.minimum((u * parts).astype(int), parts - 1)
        pixel = float(np.hypot(lies.x[0, -1] - lies.x[0, 0], lies.y[0, -1] - lies.y[0, 0])) / 256
        for a, b in {(int(a), int(b)) for a, b in zip(i, j, strict=True)}:
            inside = (i == a) & (j == b)
            corner = Mesh(lies.x[a : a + 2, b : b + 2], lies.y[a : a + 2, b : b + 2])
            x, y = projected(corner, u[inside] * parts - b, v[inside] * parts - a)
            assert np.hypot(x - true_x[inside], y - true_y[inside]).max() / pixel < 2 * MOST


def test_shifted_tiles_lie_where_the_shift_says() -> None:
    grid, shifted = MercatorGrid("EPSG:4550"), MercatorGrid("EPSG:4550", "gcj02")
    piece = Piece(15, 27623, 11401)
    a, b = grid.mesh(piece), shifted.mesh(piece)
    assert a is not None and b is not None
    away = np.hypot(a.x[0, 0] - b.x[0, 0], a.y[0, 0] - b.y[0, 0])
    assert 300 < away < 900
    lon, lat = tile_places(np.array([27623.0]), np.array([11401.0]), 15)
    x, y = to_county(lon, lat, "gcj02", "EPSG:4550")
    assert (b.x[0, 0], b.y[0, 0]) == pytest.approx((x[0], y[0]))


def test_the_level_suits_the_resolution() -> None:
    grid = MercatorGrid("EPSG:4550", lowest=3, highest=16)
    levels = [grid.level_for(resolution, GANNAN) for resolution in (200.0, 100.0, 50.0, 10.0, 1.0, 0.01, 1e7)]
    assert levels == [9, 10, 11, 13, 16, 16, 3]
    assert grid.pieces(GANNAN, 16) == []  # thousands of tiles are not drawn


def test_what_has_no_place_is_left_out() -> None:
    assert mesh(lambda u, v: (np.full_like(u, np.nan), v), 256) is None
