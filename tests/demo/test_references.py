"""The reference layers of the demo county fit it: rivers along and through its cells, roads between its villages, houses at its homes."""

from pathlib import Path

import numpy as np
import shapely

from gis_app import bootstrap
from gis_app.county.references import drawn_order
from gis_app.grid.coverage import extent, polygons
from gis_app.map.qt.pyramid import cut_picture
from gis_app.map.reference.shelf import Shelf
from gis_app.map.reference.vectors import VectorLayer
from tests.journeys.command_line import gis_app, report


def test_rivers_and_roads_can_be_split_along(tmp_path: Path) -> None:
    features = report("demo", tmp_path / "a.gpkg", "--size", "small", "--references", tmp_path / "maps" / "r.gpkg")["features"]
    assert features["rivers"] >= 2 and features["roads"] >= 5 and features["buildings"] > 1000
    county = bootstrap.open_county(tmp_path / "a.gpkg")
    state = county.state
    assert [r.name for r in drawn_order(state.references)] == ["建筑物", "道路", "河流"]
    own = Shelf(tmp_path, state.settings.crs, lambda: extent(state.coverage), cut_picture, cache=tmp_path)
    layers = {r.name: own.open(r) for r in state.references.values()}
    rivers, roads, houses = (layers[name] for name in ("河流", "道路", "建筑物"))
    assert isinstance(rivers, VectorLayer) and isinstance(roads, VectorLayer) and isinstance(houses, VectorLayer)
    cells = list(polygons(state.coverage).values())
    crossed = 0
    for line in rivers.shapes:
        for cell in cells:
            if line.crosses(cell) and shapely.length(shapely.intersection(line, cell)) > 0.6 * np.sqrt(cell.area):
                crossed += 1
    assert crossed > 5  # cells that a river parts
    borders = [arc.points for arc in state.coverage.arcs.values()]
    assert not len(shapely.STRtree(houses.blocks).query(shapely.MultiLineString(borders), predicate="intersects"))  # nobody builds there
    assert shapely.is_valid(houses.blocks).all() and len(houses.blocks) == features["buildings"]
    own.close()
    county.close()
    again = gis_app("demo", tmp_path / "b.gpkg", "--size", "small", "--references", tmp_path / "maps" / "r.gpkg", code=2)
    assert "is there already" in again
