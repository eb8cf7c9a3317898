"""Vector reference layers: any map file, in any encoding and system; their lines are what tools snap to and split along."""

import json
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from gis_app.files.errors import FileError
from gis_app.grid.datum import from_county
from gis_app.map.reference.vectors import VectorLayer, reading_vectors
from gis_app.progress import finish
from tests.map.reference.made import CRS

RIVER = np.array([[520_000.0, 5_300_000.0], [521_000.0, 5_300_500.0], [522_000.0, 5_300_000.0]])
LOWER = np.array([[522_000.0, 5_300_000.0], [523_000.0, 5_299_000.0]])


def geojson(path: Path, lines: list[np.ndarray], names: list[str], datum: str = "wgs84") -> Path:
    features = []
    for line, name in zip(lines, names, strict=True):
        lon, lat = from_county(line[:, 0], line[:, 1], CRS, datum)
        shape = {"type": "LineString", "coordinates": np.column_stack([lon, lat]).tolist()}
        features.append({"type": "Feature", "properties": {"name": name}, "geometry": shape})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), encoding="utf-8")
    return path


def read(path: Path, **options: str) -> VectorLayer:
    return finish(reading_vectors(path, CRS, (480_000, 5_280_000, 560_000, 5_360_000), **options))


@pytest.fixture
def river(tmp_path: Path) -> VectorLayer:
    return read(geojson(tmp_path / "river.geojson", [RIVER, LOWER], ["诺敏河", "诺敏河"]))


def test_lines_come_into_the_county(river: VectorLayer) -> None:
    lines = river.lines()
    assert len(lines) == 2 and river.names.tolist() == ["诺敏河", "诺敏河"]
    assert np.abs(lines[0] - RIVER).max() < 0.01
    assert river.lines((530_000, 0, 540_000, 1e7)) == []
    assert river.extent() == pytest.approx((520_000, 5_299_000, 523_000, 5_300_500), abs=0.01)


def test_shifted_coordinates_are_moved_back(tmp_path: Path) -> None:
    path = geojson(tmp_path / "gaode.geojson", [RIVER], [""], "gcj02")
    assert np.abs(read(path, crs="gcj02").lines()[0] - RIVER).max() < 0.01
    assert np.abs(read(path).lines()[0] - RIVER).max() > 300


def test_a_shapefile_in_gbk_without_a_system_is_read(tmp_path: Path) -> None:
    path = tmp_path / "道路.shp"
    shapes = shapely.to_wkb(np.array([shapely.LineString(RIVER), shapely.LineString(LOWER)]))
    names = np.array(["中兴大街", "富强路"], object)
    pyogrio.raw.write(path, shapes, [names], ["名称"], geometry_type="LineString", encoding="GBK", crs=CRS, driver="ESRI Shapefile")
    for ending in (".cpg", ".prj"):
        path.with_suffix(ending).unlink(missing_ok=True)
    found = read(path)
    assert found.names.tolist() == ["中兴大街", "富强路"]
    assert np.abs(found.lines()[0] - RIVER).max() < 0.001
    assert found.remark is not None


def test_the_line_under_the_pointer_is_found_and_joined(river: VectorLayer) -> None:
    assert river.feature_at(520_500, 5_300_240, 50) == 0
    assert river.feature_at(520_500, 5_302_000, 50) is None
    (alone,) = river.lines_of(0)
    assert len(alone) == 3
    (whole,) = river.whole_line(0)  # two pieces of one river
    assert len(whole) == 4 and {tuple(np.round(whole[i])) for i in (0, -1)} == {tuple(RIVER[0]), tuple(LOWER[-1])}


def test_snapping_finds_lines_and_rings(river: VectorLayer) -> None:
    line = river.references.line_at(520_500, 5_300_240, 50)
    assert line is not None and len(line) == 4  # both pieces


def test_areas_are_blocks_and_their_rings_lines(tmp_path: Path) -> None:
    path = tmp_path / "blocks.gpkg"
    square = shapely.box(520_000, 5_300_000, 520_100, 5_300_100)
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    bow = shapely.affinity.translate(bow, 520_500, 5_300_000)
    holed = shapely.Polygon(shapely.box(0, 0, 50, 50).exterior.coords, [shapely.box(10, 10, 20, 20).exterior.coords])
    holed = shapely.affinity.translate(holed, 521_000, 5_300_000)
    shapes = shapely.to_wkb(np.array([square, bow, holed]))
    pyogrio.raw.write(path, shapes, [], [], geometry_type="Polygon", crs=CRS, driver="GPKG")
    found = read(path)
    assert len(found.lines()) == 4  # the last one has a hole
    assert shapely.is_valid(found.blocks).all() and (shapely.get_type_id(found.blocks) == 3).all()
    assert len(found.blocks) == 4  # the bow became two


def test_features_without_a_place_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    lon, lat = from_county(RIVER[:, 0], RIVER[:, 1], CRS)
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": np.column_stack([lon, lat]).tolist()}},
        {"type": "Feature", "properties": {}, "geometry": None},
        {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [[123.4, 47.9], [1e308, 47.9]]}},
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    found = read(path)
    assert len(found.shapes) == 1 and found.left_out == 2


def test_what_cannot_be_shown_says_why(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("name,x\na,1\n")
    with pytest.raises(FileError, match="table without lines or areas"):
        read(table)
    empty = tmp_path / "b.geojson"
    empty.write_text('{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"a": 1}, "geometry": null}]}')
    with pytest.raises(FileError):
        read(empty)
    with pytest.raises(FileError, match="does not exist"):
        read(tmp_path / "none.shp")
