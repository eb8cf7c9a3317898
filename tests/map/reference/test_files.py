"""Tiles from files and scanned maps: every usual form is read, what is wrong is said in words."""

from pathlib import Path

import numpy as np
import pytest

from gis_app.files.errors import FileError
from gis_app.map.qt.pyramid import cut_picture
from gis_app.map.reference.georeference import georeference
from gis_app.map.reference.pictures import open_picture
from gis_app.map.reference.rasters import Piece
from gis_app.map.reference.tile_files import MbTiles, TileFolder
from tests.map.reference.made import CRS, encoded, geotiff, keys, mbtiles, placed, plain

RED = encoded(plain("#FF0000"))


@pytest.mark.parametrize("scheme", ["tms", "xyz"])
def test_mbtiles_count_rows_from_the_south_or_as_they_say(tmp_path: Path, scheme: str) -> None:
    piece = Piece(10, 863, 356)
    tiles = MbTiles(mbtiles(tmp_path / "a.mbtiles", [(piece, RED)], scheme=scheme), CRS)
    assert tiles.read(piece) == RED and tiles.read(Piece(10, 863, 357)) is None
    assert (tiles.lowest, tiles.highest) == (10, 10)
    west, south, east, north = tiles.bounds or (0, 0, 0, 0)
    assert west < 123.5 < east and south < 47.9 < north  # of the tile, since the file does not say them
    tiles.close()


def test_the_bounds_of_an_mbtiles_file_keep_it_from_being_asked_elsewhere(tmp_path: Path) -> None:
    tiles = MbTiles(mbtiles(tmp_path / "a.mbtiles", [(Piece(10, 863, 356), RED)], bounds="123.4,47.8,123.6,48.0"), CRS)
    assert tiles.pieces((100_000, 5_000_000, 200_000, 5_100_000), 10) == []
    assert Piece(10, 863, 356) in tiles.pieces((400_000, 5_200_000, 700_000, 5_400_000), 10)
    extent = tiles.extent()
    assert extent is not None and extent[0] < 530_000 < extent[2]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no database at all, but long enough to be looked at " * 40, "damaged or no MBTiles"), (None, "does not exist")],
)
def test_a_bad_mbtiles_file_is_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "bad.mbtiles"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError, match=words):
        MbTiles(path, CRS)


def test_vector_tiles_and_empty_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="vector tiles"):
        MbTiles(mbtiles(tmp_path / "a.mbtiles", [(Piece(1, 0, 0), b"\x1f\x8b\x08vector")]), CRS)
    with pytest.raises(FileError, match="no tiles"):
        MbTiles(mbtiles(tmp_path / "b.mbtiles", []), CRS)


def test_a_folder_of_tiles_is_read(tmp_path: Path) -> None:
    for row in (356, 357):
        file = tmp_path / "tiles" / "10" / "863" / f"{row}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(RED)
    tiles = TileFolder(tmp_path / "tiles", CRS)
    assert (tiles.lowest, tiles.highest) == (10, 10)
    assert tiles.read(Piece(10, 863, 356)) == RED and tiles.read(Piece(10, 1, 1)) is None
    assert TileFolder(tmp_path / "tiles", CRS, tms=True).read(Piece(10, 863, 1023 - 356)) == RED
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileError, match="holds no tiles"):
        TileFolder(tmp_path / "empty", CRS)


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_the_tags_of_a_geotiff_are_read(tmp_path: Path, big: bool, order: str) -> None:
    path = geotiff(tmp_path / "a.tif", plain("#FF0000", 8), placed(500_000.0, 5_300_000.0, 2.0, projected=4550), big=big, order=order)
    found = georeference(path)
    assert found.crs == "EPSG:4550"
    assert found.affine == (2.0, 0.0, 500_000.0, 0.0, -2.0, 5_300_000.0)


def test_pixels_that_are_points_lie_half_a_pixel_to_the_upper_left(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "a.tif", plain("#FF0000", 8), placed(500_000.0, 5_300_000.0, 2.0, projected=4550, point=True))
    assert georeference(path).affine == (2.0, 0.0, 499_999.0, 0.0, -2.0, 5_300_001.0)


def test_a_turned_geotiff_and_one_with_tie_points_are_placed(tmp_path: Path) -> None:
    matrix = (1.0, 0.5, 0.0, 100.0, -0.5, -1.0, 0.0, 200.0, 0, 0, 0, 0, 0, 0, 0, 1)
    turned = georeference(geotiff(tmp_path / "a.tif", plain("#FF0000", 8), {34264: ("d", matrix), 34735: keys(projected=4550)}))
    assert turned.affine == (1.0, 0.5, 100.0, -0.5, -1.0, 200.0)
    points = [(0, 0), (8, 0), (0, 8), (8, 8)]
    ties = tuple(float(n) for c, r in points for n in (c, r, 0, 100 + c + 0.5 * r, 200 - 0.5 * c - r, 0))
    fitted = georeference(geotiff(tmp_path / "b.tif", plain("#FF0000", 8), {33922: ("d", ties)}))
    assert fitted.affine == pytest.approx((1.0, 0.5, 100.0, -0.5, -1.0, 200.0)) and fitted.crs == ""


@pytest.mark.parametrize(
    ("picture", "world"), [("a.png", "a.pgw"), ("a.JPG", "a.jgw"), ("a.png", "a.wld"), ("a.png", "A.PGW"), ("a.png", "a.pngw")]
)
def test_world_files_are_found_beside_a_picture(tmp_path: Path, picture: str, world: str) -> None:
    (tmp_path / picture).write_bytes(RED)
    (tmp_path / world).write_text("2.0\n0.0\n0.0\n-2.0\n500001.0\n5299999.0\n")
    found = georeference(tmp_path / picture)
    assert found.affine == (2.0, 0.0, 500_000.0, 0.0, -2.0, 5_300_000.0)  # numbers are the middle of the first pixel


def test_a_coordinate_system_beside_a_picture_is_read(tmp_path: Path) -> None:
    import pyproj

    (tmp_path / "a.png").write_bytes(RED)
    (tmp_path / "a.pgw").write_text("2.0 0.0 0.0 -2.0 500001.0 5299999.0")
    (tmp_path / "a.prj").write_text(pyproj.CRS.from_epsg(4550).to_wkt("WKT1_ESRI"))
    assert georeference(tmp_path / "a.png").crs == "EPSG:4550"


def test_a_picture_without_a_place_says_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(RED)
    with pytest.raises(FileError, match=r"world file beside it \(a\.pgw\)"):
        georeference(tmp_path / "a.png")
    (tmp_path / "a.pgw").write_text("2.0 0.0")
    with pytest.raises(FileError, match="six numbers"):
        georeference(tmp_path / "a.png")
    (tmp_path / "b.tif").write_bytes(b"II*\0 no")
    with pytest.raises(FileError, match="no TIFF"):
        georeference(tmp_path / "b.tif")


def test_a_large_picture_is_cut_once_into_levels(tmp_path: Path) -> None:
    image = plain("#3366CC", 1300)
    assert image.save(str(tmp_path / "a.png"))
    (tmp_path / "a.pgw").write_text("2.0 0.0 0.0 -2.0 500001.0 5299999.0")
    made: list[Path] = []

    def cut(path: Path, target: Path) -> None:
        made.append(path)
        cut_picture(path, target)

    for _ in range(2):
        picture = open_picture(tmp_path / "a.png", CRS, None, tmp_path / "cache", cut)
        assert (picture.width, picture.height, picture.levels) == (1300, 1300, 3)
        assert [len(picture.pieces((0, 0, 1e6, 1e7), level)) for level in range(3)] == [9, 4, 1]
        assert picture.extent() == pytest.approx((500_000, 5_297_400, 502_600, 5_300_000))
        assert all(picture.read(piece) for piece in picture.pieces((0, 0, 1e6, 1e7), 0))
        picture.close()
    assert len(made) == 1
    assert not list((tmp_path / "cache").rglob("*.half"))


def test_a_picture_that_cannot_be_decoded_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(RED[: len(RED) // 2])
    (tmp_path / "a.pgw").write_text("2.0 0.0 0.0 -2.0 500001.0 5299999.0")
    with pytest.raises(FileError, match=r"a\.png cannot be decoded"):
        open_picture(tmp_path / "a.png", CRS, None, tmp_path / "cache", cut_picture)
    assert not [file for file in (tmp_path / "cache").rglob("*") if file.is_file()]


def test_a_picture_in_degrees_lies_in_the_county(tmp_path: Path) -> None:
    image = plain("#3366CC", 100)
    assert image.save(str(tmp_path / "a.png"))
    (tmp_path / "a.pgw").write_text("0.001 0 0 -0.001 123.4505 47.9495")
    picture = open_picture(tmp_path / "a.png", CRS, None, tmp_path / "cache", cut_picture)
    x, y = picture.positions(np.array([50.0]), np.array([50.0]))
    from gis_app.grid.datum import to_county

    true_x, true_y = to_county(123.5, 47.9, "wgs84", CRS)
    assert (x[0], y[0]) == pytest.approx((float(true_x), float(true_y)), abs=0.001)
    picture.close()


def test_a_large_picture_is_cut_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gis_app.map.qt import pyramid

    monkeypatch.setattr(pyramid, "LARGE", 1000)
    assert plain("#3366CC", 600).save(str(tmp_path / "a.png"))
    (tmp_path / "a.pgw").write_text("2.0 0.0 0.0 -2.0 500001.0 5299999.0")
    picture = open_picture(tmp_path / "a.png", CRS, None, tmp_path / "cache", pyramid.cut_beside)
    assert (picture.width, picture.levels) == (600, 2)
    assert {picture.read(piece) is not None for piece in picture.pieces((0, 0, 1e6, 1e7), 0)} == {True}
    picture.close()
    whole = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match="cannot be decoded"):
        open_picture(tmp_path / "a.png", CRS, None, tmp_path / "cache", pyramid.cut_beside)
