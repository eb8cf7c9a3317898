"""Reference layers on the map: placed to a pixel, without seams, below the cells or over their fills."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from gis_app.county.references import Reference, ReferenceKind
from gis_app.county.state import CountyState
from gis_app.map.palette import LIGHT
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.painter import rendering
from gis_app.map.qt.reference_layers import fill_share
from gis_app.map.reference.mercator import MercatorGrid, tile_coordinates, tile_places
from gis_app.map.reference.rasters import Piece
from gis_app.map.reference.shelf import Shelf
from gis_app.map.scene import Layer, LayerKind, Scene
from gis_app.map.viewport import Viewport
from tests.map.reference.made import CRS, colours, encoded, geotiff, mbtiles, placed, plain, quarters, shelf
from tests.map.reference.test_vectors import geojson
from tests.map.synthetic import NOW

TILES = Reference(1, "底图", ReferenceKind.TILES, "a.mbtiles")
AWAY = (640_000.0, 5_420_000.0)
"""A place without cells, so that nothing lies over what is looked at."""


def drawn(
    state: CountyState, own: Shelf, references: Mapping[int, Reference], view: Viewport, *layers: Layer, scale: float = 1.0
) -> QImage:
    scene = Scene(replace(state, references=references), LIGHT, NOW, layers, shelf=own)
    image: QImage | None = None
    for image in rendering(scene, view, scale=scale, drawing=Drawing()):  # noqa: B007
        pass
    assert image is not None
    return image


def near(place: tuple[float, float], level: int) -> Piece:
    grid = MercatorGrid(CRS)
    return grid.pieces((*place, *place), level)[0]


def views(grid: MercatorGrid, piece: Piece, resolution: float, size: int = 400) -> Viewport:
    x, y = grid.place(piece)(np.array([0.5]), np.array([0.5]))
    return Viewport(float(x[0]), float(y[0]), resolution, size, size)


@pytest.mark.parametrize("level", [8, 10, 13, 17])
@pytest.mark.parametrize("datum", ["", "gcj02"])
def test_a_tile_lies_where_it_belongs_to_a_pixel(state: CountyState, tmp_path: Path, level: int, datum: str) -> None:
    piece = near(AWAY, level)
    mbtiles(tmp_path / "a.mbtiles", [(piece, encoded(quarters()))])
    own = shelf(tmp_path)
    grid = MercatorGrid(CRS, datum or "wgs84")
    resolution = 156_543.034 * np.cos(np.radians(48.9)) / 2**level
    view = views(grid, piece, resolution)
    image = colours(drawn(state, own, {1: replace(TILES, options={"datum": datum})}, view))
    red = np.all(image == (255, 0, 0), axis=-1)
    blue = np.all(image == (0, 0, 255), axis=-1)
    assert red.sum() > 9000 and blue.sum() > 9000
    x, y = grid.place(piece)(np.array([0.0, 0.5, 0.5, 0.0, 0.5, 1.0]), np.array([0.0, 0.0, 0.5, 0.5, 1.0, 1.0]))
    corners = [view.to_screen(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    rows, columns = np.nonzero(red)
    (left, top), _, (middle_x, middle_y), _, _, (right, bottom) = corners
    # the quarter is a slightly turned square: its pixels' mean is the middle of its corners
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(_middle(grid, piece, view, 0.25, 0.25), abs=0.7)
    rows, columns = np.nonzero(blue)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(_middle(grid, piece, view, 0.75, 0.75), abs=0.7)
    assert left < middle_x < right and top < middle_y < bottom
    own.close()


def _middle(grid: MercatorGrid, piece: Piece, view: Viewport, u: float, v: float) -> tuple[float, float]:
    x, y = grid.place(piece)(np.array([u]), np.array([v]))
    return view.to_screen(float(x[0]), float(y[0]))


@pytest.mark.parametrize(("level", "scale", "opacity"), [(6, 1.0, 1.0), (9, 1.0, 1.0), (9, 2.0, 1.0), (12, 1.25, 1.0), (12, 1.0, 0.6)])
def test_tiles_leave_no_seams(state: CountyState, tmp_path: Path, level: int, scale: float, opacity: float) -> None:
    grid = MercatorGrid(CRS)
    resolution = 156_543.034 * np.cos(np.radians(48.9)) / 2**level / 1.3
    view = Viewport(*AWAY, resolution, 700, 500)
    white = encoded(plain("#102030"))
    mbtiles(tmp_path / "a.mbtiles", [(piece, white) for piece in grid.pieces(view.extent, level)])
    own = shelf(tmp_path)
    image = colours(drawn(state, own, {1: replace(TILES, opacity=opacity)}, view, scale=scale))
    assert len(np.unique(image.reshape(-1, 3), axis=0)) == 1
    own.close()


def test_beyond_the_finest_level_tiles_are_magnified(state: CountyState, tmp_path: Path) -> None:
    piece = near(AWAY, 10)
    mbtiles(tmp_path / "a.mbtiles", [(piece, encoded(quarters()))])
    own = shelf(tmp_path)
    view = views(MercatorGrid(CRS), piece, 2.0, 300)
    image = colours(drawn(state, own, {1: TILES}, view))
    assert np.all(image[75, 75] == (255, 0, 0)) and np.all(image[225, 225] == (0, 0, 255))
    own.close()


@pytest.mark.parametrize("form", ["geotiff", "world file"])
def test_a_scanned_map_lies_where_it_belongs_to_a_pixel(state: CountyState, tmp_path: Path, form: str) -> None:
    x0, y0, pixel = AWAY[0], AWAY[1], 3.0
    image = quarters(700)
    if form == "geotiff":
        source = geotiff(tmp_path / "旧图.tif", image, placed(x0, y0, pixel, projected=4550)).name
    else:
        source = "旧图.png"
        assert image.save(str(tmp_path / source))
        (tmp_path / "旧图.pgw").write_text(f"{pixel}\n0\n0\n-{pixel}\n{x0 + pixel / 2}\n{y0 - pixel / 2}\n")
    own = shelf(tmp_path)
    for resolution in (1.5, 3.0, 7.0):
        view = Viewport(x0 + 350 * pixel, y0 - 350 * pixel, resolution, 900, 900)
        found = colours(drawn(state, own, {1: Reference(1, "旧图", ReferenceKind.PICTURE, source)}, view))
        for (u, v), colour in {(0.25, 0.25): (255, 0, 0), (0.75, 0.25): (0, 255, 0), (0.25, 0.75): (255, 255, 0)}.items():
            right = np.all(np.abs(found - colour) < 90, axis=-1)
            rows, columns = np.nonzero(right)
            px, py = view.to_screen(x0 + 700 * pixel * u, y0 - 700 * pixel * v)
            wanted = 350 * pixel / resolution
            if wanted < 800 and px - wanted / 2 > 0 and px + wanted / 2 < 900 and py + wanted / 2 < 900 and py - wanted / 2 > 0:
                assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((px, py), abs=0.6)
                assert np.sqrt(right.sum()) == pytest.approx(wanted, abs=1.5)
    own.close()


def test_a_line_lies_where_it_belongs(state: CountyState, tmp_path: Path) -> None:
    line = np.array([[AWAY[0] - 400.0, AWAY[1] + 37.0], [AWAY[0] + 400.0, AWAY[1] + 37.0]])
    geojson(tmp_path / "river.geojson", [line], ["河"])
    own = shelf(tmp_path)
    river = Reference(1, "河流", ReferenceKind.VECTOR, "river.geojson", options={"colour": "#FF0000"})
    view = Viewport(*AWAY, 2.0, 300, 200)
    image = colours(drawn(state, own, {1: river}, view))
    rows, _ = np.nonzero((image[..., 0] > 200) & (image[..., 1] < 120))
    assert rows.mean() + 0.5 == pytest.approx(view.to_screen(0, AWAY[1] + 37.0)[1], abs=0.6)
    hidden = colours(drawn(state, own, {1: replace(river, visible=False)}, view))
    assert len(np.unique(hidden.reshape(-1, 3), axis=0)) == 1
    own.close()


def test_fills_let_a_picture_through_but_not_where_there_is_none(state: CountyState, tmp_path: Path) -> None:
    arc = next(iter(state.coverage.arcs.values()))
    middle = tuple(arc.points.mean(axis=0).tolist())
    view = Viewport(*middle, 20.0, 200, 200)
    grid = MercatorGrid(CRS)
    pieces = [piece for level in (12, 13) for piece in grid.pieces(view.extent, level)]
    mbtiles(tmp_path / "a.mbtiles", [(piece, encoded(plain("#000000"))) for piece in pieces])
    own, cells = shelf(tmp_path), Layer(LayerKind.CELLS)
    without = colours(drawn(state, own, {}, view, cells))
    beneath = colours(drawn(state, own, {1: TILES}, view, cells))
    assert beneath.mean() < 0.7 * without.mean()
    assert beneath.mean() > 0.2 * without.mean()
    missing = colours(drawn(state, own, {1: replace(TILES, source="none.mbtiles")}, view, cells))
    assert np.array_equal(missing, without)  # what cannot be read hides nothing
    own.close()


def test_a_scene_without_a_shelf_draws_no_references(state: CountyState) -> None:
    scene = Scene(replace(state, references={1: TILES}), LIGHT, NOW, (Layer(LayerKind.CELLS),))
    assert fill_share(scene, False) == 1.0


def test_remote_tiles_are_drawn_coarsely_until_they_come(state: CountyState, tmp_path: Path) -> None:
    from gis_app.map.qt.reference_layers import _ancestor, _made

    piece = near(AWAY, 10)
    mbtiles(tmp_path / "a.mbtiles", [(piece, encoded(plain("#FF0000")))])
    own = shelf(tmp_path)
    tiles = own.open(TILES)
    x, y = tile_coordinates(*tile_places(np.array([piece.column + 0.6]), np.array([piece.row + 0.6]), 10), 12)
    fine = Piece(12, int(x[0]), int(y[0]))
    tiles.lowest = 8  # type: ignore[union-attr]
    assert _ancestor(own, tiles, fine) == {}  # type: ignore[arg-type]
    own.pieces.want((tiles, piece), lambda: _made(tiles, piece)).result()  # type: ignore[arg-type]
    assert list(_ancestor(own, tiles, fine)) == [piece]  # type: ignore[arg-type]
    own.close()
