"""Which reference layers borders may follow: lines at first, areas if somebody chooses them, buildings and broken files never."""

from pathlib import Path

import numpy as np

from gis_app.county.references import Reference, ReferenceKind
from gis_app.map.reference.guides import followed, guides, lines_of
from tests.map.reference.made import shelf
from tests.map.reference.test_vectors import RIVER, geojson

VECTOR = ReferenceKind.VECTOR


def lake(path: Path) -> None:
    """Write an area whose ring is the river and back."""
    geojson(path, [np.concatenate([RIVER, np.add(RIVER[:1], (300.0, 900.0)), RIVER[:1]])], ["湖"])
    path.write_text(
        path.read_text(encoding="utf-8").replace('"LineString", "coordinates": [', '"Polygon", "coordinates": [[').replace("]]}}", "]]]}}")
    )


def test_lines_are_followed_at_first_and_areas_only_when_chosen(tmp_path: Path) -> None:
    for name in ("river.geojson", "楼.geojson"):
        geojson(tmp_path / name, [RIVER], ["河"])
    lake(tmp_path / "lake.geojson")
    references = {
        1: Reference(1, "河", VECTOR, "river.geojson", visible=False),
        2: Reference(2, "湖泊", VECTOR, "lake.geojson"),
        3: Reference(3, "楼", VECTOR, "楼.geojson"),
        4: Reference(4, "没有", VECTOR, "missing.geojson"),
        5: Reference(5, "扫描图", ReferenceKind.PICTURE, "scan.tif"),
    }
    own = shelf(tmp_path)
    known = guides(own, references)
    assert [(one.key, one.name, one.usual) for one in known] == [("2", "湖泊", False), ("1", "河", True)]
    assert [one.name for one in followed(known, {})] == ["河"]
    assert [one.name for one in followed(known, {"2": True, "1": False, "9": True})] == ["湖泊"]
    (line,) = lines_of(followed(known, {}))
    assert np.allclose(line, RIVER, atol=0.01)
    (ring,) = lines_of(followed(known, {"2": True, "1": False}))
    assert np.allclose(ring[0], ring[-1])
    own.close()
