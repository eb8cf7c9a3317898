"""The same two cells from every format that a county may send."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
import shapely

from gis_app.errors import UserError
from gis_app.files.boundaries import BoundaryOptions, boundary_edit
from gis_app.files.preview import guess_mapping, preview
from gis_app.grid.coverage import areas, polygons
from gis_app.grid.units import Level
from tests.files.conftest import MakeCounty, perform, squares, write_map

CELLS = BoundaryOptions(Level.CELL, code="code", name="name")
COLUMNS = {"code": ["230225100001001", "230225100001002"], "name": ["永安一网格", "永安二网格"]}


def _written(folder: Path, kind: str) -> Path:
    shapes = squares(2, 1)
    degrees = [shapely.box(120.0, 23.0, 120.1, 23.1), shapely.box(120.1, 23.0, 120.2, 23.1)]
    match kind:
        case "gpkg" | "fgb":
            return write_map(folder / f"cells.{kind}", shapes, COLUMNS)
        case "shp":
            return write_map(folder / "cells.shp", shapes, COLUMNS, encoding="UTF-8")
        case "gb18030 shp":
            return write_map(folder / "cells.shp", shapes, COLUMNS, encoding="GB18030")
        case "shp.zip":
            write_map(folder / "cells.shp", shapes, COLUMNS, encoding="UTF-8")
            with zipfile.ZipFile(folder / "cells.zip", "w") as packed:
                for part in folder.glob("cells.*"):
                    if part.suffix != ".zip":
                        packed.write(part, part.name)
            return folder / "cells.zip"
        case "gdb":
            return write_map(folder / "cells.gdb", [shapely.MultiPolygon([s]) for s in shapes], COLUMNS, driver="OpenFileGDB")
        case "gdb.zip":
            write_map(folder / "cells.gdb", [shapely.MultiPolygon([s]) for s in shapes], COLUMNS, driver="OpenFileGDB")
            return Path(shutil.make_archive(str(folder / "cells"), "zip", folder, "cells.gdb"))
        case "geojson":
            return write_map(folder / "cells.geojson", degrees, COLUMNS, crs="EPSG:4326")
        case "utf-16 geojson":
            path = write_map(folder / "cells.geojson", degrees, COLUMNS, crs="EPSG:4326")
            path.write_text(path.read_text(encoding="utf-8"), encoding="utf-16")
            return path
        case "kml":
            return write_map(folder / "cells.kml", degrees, COLUMNS, crs="EPSG:4326", driver="KML")
        case "gml":
            return write_map(folder / "cells.gml", shapes, COLUMNS)
        case "tab":
            return write_map(folder / "cells.tab", shapes, COLUMNS, driver="MapInfo File", ENCODING="UTF-8")
        case _:
            return _topojson(folder / "cells.topojson")


def _topojson(path: Path) -> Path:
    ring = [
        [[120.1, 23.0], [120.1, 23.1]],
        [[120.1, 23.1], [120.0, 23.1], [120.0, 23.0], [120.1, 23.0]],
        [[120.1, 23.0], [120.2, 23.0], [120.2, 23.1], [120.1, 23.1]],
    ]
    geometries = [
        {"type": "Polygon", "arcs": [arcs], "properties": {"code": COLUMNS["code"][at], "name": COLUMNS["name"][at]}}
        for at, arcs in enumerate(([[0, 1]], [[2, -1]]))
        for arcs in arcs
    ]
    topology = {"type": "Topology", "objects": {"cells": {"type": "GeometryCollection", "geometries": geometries}}, "arcs": ring}
    path.write_text(json.dumps(topology, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "kind",
    ["gpkg", "fgb", "shp", "gb18030 shp", "shp.zip", "gdb", "gdb.zip", "geojson", "utf-16 geojson", "kml", "gml", "tab", "topojson"],
)
def test_cells_come_in_from_every_format(kind: str, tmp_path: Path, make_county: MakeCounty) -> None:
    path = _written(tmp_path, kind)
    found = preview(path)
    assert {"code", "name"} <= {column.lower() for column in found.columns}
    assert found.count in (2, -1)  # GML does not say before it is read
    county = make_county()
    report = perform(county, boundary_edit(path, CELLS))
    assert (report.read, report.imported, report.rejected) == (2, 2, ())
    assert [(u.code, u.name) for u in county.state.units.at_level(Level.CELL)] == list(zip(*COLUMNS.values(), strict=True))
    assert [u.code for u in county.state.units.at_level(Level.VILLAGE)] == ["230225100001"]
    assert [u.code for u in county.state.units.at_level(Level.TOWNSHIP)] == ["230225100"]
    shared = [arc for arc in county.state.coverage.arcs.values() if arc.left and arc.right]
    assert len(shared) == 1
    if kind in ("gpkg", "fgb", "shp", "gb18030 shp", "shp.zip", "gdb", "gdb.zip", "gml"):
        assert list(areas(county.state.coverage).values()) == pytest.approx([1e6, 1e6])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_closed_polylines_of_a_drawing_become_cells_named_by_the_texts_in_them(
    encoding: str, tmp_path: Path, make_county: MakeCounty
) -> None:
    path = tmp_path / "cells.dxf"
    path.write_text(_dxf(), encoding=encoding)
    assert guess_mapping(preview(path), "cell") == {"name": "label"}
    county = make_county(code_scheme="free")
    report = perform(county, boundary_edit(path, BoundaryOptions(Level.CELL, name="label", crs="EPSG:4549")))
    assert report.imported == 2
    assert report.rejected == ()
    assert [unit.name for unit in county.state.units.at_level(Level.CELL)] == ["网格甲", "网格乙"]
    assert len(report.repaired) == 2
    assert shapely.union_all(list(polygons(county.state.coverage).values())).area == pytest.approx(2e6)


def _dxf() -> str:
    """Return a drawing of two closed polylines with a text in each, in the plainest DXF that programs write."""
    lines = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1021", "0", "ENDSEC", "0", "SECTION", "2", "ENTITIES"]
    for number, (name, square) in enumerate(zip(("网格甲", "网格乙"), squares(2, 1), strict=True)):
        corners = list(square.exterior.coords)[:-1]
        lines += [
            "0",
            "LWPOLYLINE",
            "5",
            f"{2 * number + 16:X}",
            "8",
            "边界",
            "100",
            "AcDbEntity",
            "100",
            "AcDbPolyline",
            "90",
            "4",
            "70",
            "1",
        ]
        for x, y in corners:
            lines += ["10", f"{x}", "20", f"{y}"]
        centre = square.centroid
        lines += ["0", "TEXT", "5", f"{2 * number + 17:X}", "8", "注记", "10", f"{centre.x}", "20", f"{centre.y}", "40", "10", "1", name]
    return "\n".join([*lines, "0", "ENDSEC", "0", "EOF", ""])


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.xls is an old Excel workbook"),
        ("broken.zip", b"PK\x03\x04 nothing", "broken.zip is no whole zip archive"),
        ("broken.xlsx", b"PK\x03\x04 nothing", "broken.xlsx is damaged or no Excel workbook"),
        ("words.gpkg", b"hello", "words.gpkg is no GeoPackage file"),
        ("words.shp", b"hello", "words.shp is no Shapefile file"),
        ("cut.gpkg", b"SQLite format 3\x00" + bytes(200), "cut.gpkg is damaged"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe\x81" + bytes(90), "picture.png"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(name: str, content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        preview(path)


def test_a_path_that_is_not_there_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        preview(tmp_path / "nothing.shp")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="folder is a folder"):
        preview(tmp_path / "folder")
