"""Building the coverage and assigning households, with geopandas.sjoin in the same run: `python -m benchmarks.bench_grid`."""

import geopandas
import numpy as np
import shapely

from benchmarks.county import demo_file
from benchmarks.measure import cpu_seconds, report
from gis_app import bootstrap
from gis_app.county.state import CountyState
from gis_app.grid.coverage import build_coverage, polygons, unions
from gis_app.grid.locate import Locator
from gis_app.grid.units import Level

SIZES = ((120_000, "<= 0.25 s CPU"), (1_000_000, "<= 1.3 s CPU"))


def measure_coverage(state: CountyState) -> None:
    """Build the coverage from its polygons, and the villages from its arcs."""
    shapes = polygons(state.coverage)
    ids, geometries = list(shapes), list(shapes.values())
    vertices = int(shapely.get_num_coordinates(geometries).sum())
    seconds = cpu_seconds(lambda: build_coverage(ids, geometries))
    report(f"build the coverage: {len(ids):,} cells, {vertices:,} ring vertices", "<= 1 s CPU", f"{seconds:.2f} s")
    villages = {unit.id: [cell.id for cell in state.units.cells(unit.id)] for unit in state.units.at_level(Level.VILLAGE)}
    ours = cpu_seconds(lambda: unions(state.coverage, villages), 3)
    peer = cpu_seconds(lambda: [shapely.coverage_union_all([shapes[cell] for cell in cells]) for cells in villages.values()], 3)
    report(f"{len(villages)} villages from arcs", "", f"{ours:.2f} s", f"shapely.coverage_union_all {peer:.2f} s")


def measure_assignment(state: CountyState) -> None:
    """Assign points to cells, against geopandas.sjoin on the same points and polygons."""
    shapes = polygons(state.coverage)
    frame = geopandas.GeoDataFrame({"cell": list(shapes)}, geometry=list(shapes.values()), crs=state.settings.crs)
    homes = state.households
    rng = np.random.default_rng(1)
    known = np.flatnonzero(np.isfinite(homes.x))
    locator = Locator(state.coverage)  # both keep their index of cells from the first run on
    for count, budget in SIZES:
        picked = known[rng.integers(0, len(known), count)]
        xy = np.column_stack([homes.x[picked], homes.y[picked]]) + rng.normal(0, 40, (count, 2))
        points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(xy[:, 0], xy[:, 1]), crs=state.settings.crs)
        ours = cpu_seconds(lambda xy=xy: locator.cells_at(xy), 3)  # type: ignore[misc]
        peer = cpu_seconds(lambda points=points: geopandas.sjoin(points, frame, predicate="within"), 3)  # type: ignore[misc]
        report(f"assign {count:,} households", budget, f"{ours:.2f} s", f"geopandas.sjoin {peer:.2f} s: {peer / ours:.1f} times as long")


def main() -> None:
    """Measure on the demo county."""
    with demo_file() as path:
        county = bootstrap.open_county(path)
        measure_coverage(county.state)
        measure_assignment(county.state)
        county.close()


if __name__ == "__main__":
    main()
