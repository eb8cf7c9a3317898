"""Real townships, with islands and ragged borders, and households in clusters: each is divided, the floor kept or the reason said."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_app.grid.coverage import polygons
from gis_app.grid.partition.proposal import Wanted, propose
from gis_app.progress import finish


def clustered(land: shapely.Geometry, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return places in villages of some hundred metres, and some apart."""
    west, south, east, north = land.bounds
    found = np.zeros((0, 2))
    while len(found) < count:
        middles = rng.uniform((west, south), (east, north), (12, 2))
        near = middles[rng.integers(0, 12, count)] + rng.normal(0, 250, (count, 2))
        more = np.concatenate([near, rng.uniform((west, south), (east, north), (count // 4, 2))])
        found = np.concatenate([found, np.round(more[shapely.contains_xy(land, more[:, 0], more[:, 1])], 3)])
    return np.unique(found[rng.permutation(len(found))[:count]], axis=0)


def test_the_townships_of_chiayi_are_divided(shared_data: Path) -> None:
    import geopandas

    towns = geopandas.read_file(shared_data / "chiayi" / "towns.geojson").to_crs(3826)
    assert len(towns) == 18
    lands = shapely.make_valid(shapely.set_precision(towns.geometry.to_numpy(), 0.001))
    for at, (name, land) in enumerate(zip(towns["TOWNNAME"], lands, strict=True)):
        rng = np.random.default_rng(at)
        places = clustered(land, 400, rng)
        weights = rng.integers(1, 4, len(places))
        found = finish(propose(land, places, weights, Wanted(50)))
        cells = np.array(list(polygons(found.coverage).values()), object)
        assert shapely.is_valid(cells).all() and shapely.area(cells).sum() == pytest.approx(land.area, rel=1e-6), name
        assert found.below == 0 and found.problem is None, (name, found.loads)
        assert found.loads.sum() == weights.sum() and len(found.loads) >= weights.sum() // 50 - 2
