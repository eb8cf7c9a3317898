"""Counties and small files for the tests of other people's files."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from gis_app.bootstrap import create_county
from gis_app.county.changes import Changes, Edit
from gis_app.county.county import County
from gis_app.county.state import Settings
from gis_app.files.report import ImportReport

MakeCounty = Callable[..., County]


@pytest.fixture
def make_county(tmp_path: Path) -> Iterator[MakeCounty]:
    made: list[County] = []

    def make(**settings: Any) -> County:
        chosen = {"name": "示例县", "code": "230225", "crs": "EPSG:4549", **settings}
        made.append(create_county(tmp_path / f"county{len(made)}.gpkg", Settings(**chosen)))
        return made[-1]

    yield make
    for county in made:
        county.close()


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no test read or write the mappings that the user's own program remembers."""
    monkeypatch.setattr("gis_app.files.mapping.mappings_file", lambda: tmp_path / "mappings.json")


def perform(county: County, edit: Edit) -> ImportReport:
    """Perform an import and return its report."""
    changes = county.perform(edit)
    assert isinstance(changes, Changes), changes
    assert isinstance(changes.report, ImportReport)
    return changes.report


def write_map(
    path: Path,
    shapes: Sequence[Any],
    columns: dict[str, Sequence[Any]],
    crs: str | None = "EPSG:4549",
    driver: str | None = None,
    **options: Any,
) -> Path:
    """Write shapes with columns to a map file."""
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    values = [np.array(list(column), dtype=object if isinstance(column[0], str) else None) for column in columns.values()]
    blobs = shapely.to_wkb(np.array(list(shapes), dtype=object))
    kind = kinds.pop() if len(kinds) == 1 else "Unknown"
    pyogrio.raw.write(path, blobs, values, list(columns), geometry_type=kind, crs=crs, driver=driver, **options)
    return path


def squares(columns: int, rows: int, x: float = 500_000, y: float = 5_300_000, size: float = 1000) -> list[shapely.Polygon]:
    """Return squares side by side, west to east and north to south."""
    return [shapely.box(x + c * size, y - (r + 1) * size, x + (c + 1) * size, y - r * size) for r in range(rows) for c in range(columns)]
