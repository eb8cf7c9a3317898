"""Reference layers on pages: as on the map, in vector and in picture, with their operators named."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from gis_app.county.references import Reference, ReferenceKind
from gis_app.county.state import CountyState
from gis_app.grid.coverage import extent
from gis_app.map.palette import LIGHT
from gis_app.map.reference.servers import ServerSettings, TileServer
from gis_app.map.scene import Layer, LayerKind, Scene
from gis_app.output.qt.pages import write_map
from gis_app.progress import finish
from tests.map.reference.made import colours, encoded, mbtiles, plain, shelf, tiles_over
from tests.map.reference.test_vectors import geojson
from tests.map.synthetic import NOW, synthetic_state


@pytest.fixture(scope="module")
def state() -> CountyState:
    return synthetic_state(cells=90, villages=12, townships=3, households=400, cases=90, bends=12)


def scene(state: CountyState, folder: Path, *references: Reference, settings: ServerSettings | None = None) -> Scene:
    own = shelf(folder, settings=settings or ServerSettings())
    layers = (Layer(LayerKind.CELLS), Layer(LayerKind.TOWNSHIP_BORDERS))
    return Scene(replace(state, references={r.id: r for r in references}), LIGHT, NOW, layers, shelf=own)


@pytest.mark.parametrize("opacity", [1.0, 0.5])
def test_tiles_and_lines_are_on_a_picture(state: CountyState, tmp_path: Path, opacity: float) -> None:
    area = extent(state.coverage)
    green = encoded(plain("#00A000"))
    mbtiles(tmp_path / "a.mbtiles", [(p, green) for level in (10, 11, 12, 13) for p in tiles_over(area, level)])
    middle = (area[1] + area[3]) / 2
    geojson(tmp_path / "river.geojson", [np.array([[area[0], middle], [area[2], middle]])], ["河"])
    tiles = Reference(1, "底图", ReferenceKind.TILES, "a.mbtiles", opacity=opacity)
    river = Reference(2, "河流", ReferenceKind.VECTOR, "river.geojson", options={"colour": "#FF0000"})
    plain_page, page = tmp_path / "without.png", tmp_path / "with.png"
    finish(write_map(scene(state, tmp_path), plain_page, dpi=72))
    whole = scene(state, tmp_path, tiles, river)
    finish(write_map(whole, page, dpi=72))
    before, after = colours(QImage(str(plain_page))), colours(QImage(str(page)))
    red = (after[..., 0] > 190) & (after[..., 1] < 110) & (after[..., 2] < 110)
    assert red.sum() > 200 and not ((before[..., 0] > 240) & (before[..., 1] < 60)).any()
    assert (after[..., 1] - after[..., 0] > 15).sum() > 3 * (before[..., 1] - before[..., 0] > 15).sum() + 1000


def test_a_vector_page_holds_tiles_as_one_picture(state: CountyState, tmp_path: Path) -> None:
    area = extent(state.coverage)
    green = encoded(plain("#00A000"))
    mbtiles(tmp_path / "a.mbtiles", [(p, green) for level in (10, 11, 12, 13) for p in tiles_over(area, level)])
    path = tmp_path / "map.pdf"
    finish(write_map(scene(state, tmp_path, Reference(1, "底图", ReferenceKind.TILES, "a.mbtiles")), path))
    content = path.read_bytes()
    assert content.count(b"/Subtype /Image") <= 3
    assert len(content) < 3_000_000


def test_the_operator_of_a_tile_server_is_named(state: CountyState, tmp_path: Path) -> None:
    settings = ServerSettings((TileServer("地图", "http://127.0.0.1:1/{z}/{x}/{y}", credit="© 某某地图"),))
    path = tmp_path / "map.svg"
    finish(write_map(scene(state, tmp_path, Reference(1, "a", ReferenceKind.SERVER, "地图"), settings=settings), path))
    content = path.read_text(encoding="utf-8")
    assert "©" in content and "某某地图" in content  # another font for each
