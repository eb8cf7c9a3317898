"""The crosswalk of two divisions as a table: where each old cell went, by land and by households."""

from pathlib import Path

import numpy as np
import shapely

from gis_app.county.comparison import Comparison
from gis_app.county.state import CountyState
from gis_app.files.errors import FileError
from gis_app.files.writers import write_table
from gis_app.grid.coverage import polygons
from gis_app.grid.units import Unit
from gis_app.language import msg
from gis_app.progress import Progress, Steps

SUFFIXES = (".xlsx", ".csv", ".gpkg", ".geojson")


def write_crosswalk(before: CountyState, after: CountyState, comparison: Comparison, path: Path) -> Steps[int]:
    """Write one row for every pair of an old and a new cell with land or households in common; returns the number of rows.

    Areas are m², shares are of the old cell's land and households (0 to 1). A map format also holds the common land in the county's
    coordinate system. The file appears whole or not at all. Raises `FileError`.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise FileError(msg("{file}: the name must end in one of {suffixes}.", file=path.name, suffixes=", ".join(SUFFIXES)))
    if not path.parent.is_dir():
        raise FileError(msg("The folder {folder} does not exist; make it first.", folder=str(path.parent)))
    yield Progress(0.1, msg("Writing {file}", file=path.name))
    rows = comparison.crosswalk
    area = {cell.id: cell.before.area for cell in comparison.cells if cell.before}
    homes = {cell.id: cell.before.households for cell in comparison.cells if cell.before}

    def texts(units: list[Unit | None], name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
        return np.array([getattr(unit, name) if unit else "" for unit in units], object)

    old, new = [before.units.get(row.before) for row in rows], [after.units.get(row.after) for row in rows]
    columns = {
        "old_code": texts(old, "code"),
        "old_name": texts(old, "name"),
        "new_code": texts(new, "code"),
        "new_name": texts(new, "name"),
        "area": np.array([row.area for row in rows], np.float64),
        "area_share": np.array([row.area / area[row.before] if area.get(row.before) else np.nan for row in rows], np.float64),
        "households": np.array([row.households for row in rows], np.int64),
        "household_share": np.array([row.households / homes[row.before] if homes.get(row.before) else np.nan for row in rows], np.float64),
    }
    geometry = np.full(len(rows), None, object)
    if path.suffix.lower() in (".gpkg", ".geojson"):
        geometry[:] = _common_land(before, after, comparison)
    yield from write_table(path, "crosswalk", columns, geometry, "MultiPolygon", after.settings.crs)
    return len(rows)


def _common_land(before: CountyState, after: CountyState, comparison: Comparison) -> list[shapely.MultiPolygon | None]:
    """Return the land that each pair of the crosswalk has in common."""
    changed = {(exchange.before, exchange.after): exchange.shape for exchange in comparison.exchanges}
    staying = [row.before for row in comparison.crosswalk if row.before and row.before == row.after]
    one, two = polygons(before.coverage, staying), polygons(after.coverage, staying)
    common = shapely.intersection(np.array(list(one.values()), object), np.array(list(two.values()), object), grid_size=0.001)
    for cell, shape in zip(staying, common, strict=True):
        parts = [part for part in shapely.get_parts(shapely.get_parts(shape)).tolist() if isinstance(part, shapely.Polygon)]
        changed[cell, cell] = shapely.MultiPolygon(parts)
    return [changed.get((row.before, row.after)) for row in comparison.crosswalk]
