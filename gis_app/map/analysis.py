"""Hotspots of what a scene shows: the surface and the Gi* that its two layers draw."""

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.hotspots import GiStar, Surface, density, gi_star, suggested_bandwidth
from gis_app.grid.coverage import neighbours
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.figures import household_counts, tally
from gis_app.map.scene import Scene
from gis_app.map.values import case_mask, cell_ids

SQUARES = 480
"""Squares of the density surface along the longer side of the county."""

FAINTEST = 0.3
"""Below this share of what is drawn fully the surface is transparent."""

FULL = 0.985
"""The share of squares (of those with any whistles near) below which the surface is not drawn fully: one town must not hide the rest."""


def surface_of(scene: Scene, extent: tuple[float, float, float, float]) -> Surface:
    """Return the density of the whistles shown; for a county without cells (an extent of NaN) one empty square."""
    if not np.isfinite(extent).all():
        return Surface(np.zeros((1, 1)), (0.0, 0.0, 1.0, 1.0), 1.0, 1.0)
    cases, shown = scene.state.cases, case_mask(scene)
    x, y = cases.x[shown], cases.y[shown]
    size = max(extent[2] - extent[0], extent[3] - extent[1], 1.0) / SQUARES
    bandwidth = max(suggested_bandwidth(x, y), 2 * size)
    return density(x, y, extent, size, bandwidth, metres=metres_per_unit(scene.state.settings.crs))


def density_shares(surface: Surface) -> NDArray[np.float64]:
    """Return how strongly each square is coloured, 0 to 1: so that lesser heaps are seen beside the highest."""
    top = float(surface.values.max(initial=0.0))
    if top <= 0:
        return np.zeros(surface.values.shape)
    full = float(np.quantile(surface.values[surface.values > top * 0.005], FULL))
    return np.clip((surface.values / full - FAINTEST) / (1 - FAINTEST), 0, 1) ** 0.7


def gi_star_of(scene: Scene) -> GiStar:
    """Return Gi* of the whistles shown against what the households of the cells let expect."""
    ids = cell_ids(scene)
    counts = tally(ids.tolist(), scene.state.cases.cell[case_mask(scene)])
    return gi_star(ids, counts, neighbours(scene.state.coverage), household_counts(ids.tolist(), scene.state.households))
