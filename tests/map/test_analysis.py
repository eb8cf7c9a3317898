"""Hotspots of what a scene shows, where there is little to show."""

from dataclasses import replace

import numpy as np

from gis_app.grid.coverage import Coverage, extent
from gis_app.map.analysis import density_shares, surface_of
from gis_app.map.scene import Scene


def test_a_county_without_cells_has_an_empty_surface(whistles: Scene) -> None:
    scene = replace(whistles, state=replace(whistles.state, coverage=Coverage()))
    surface = surface_of(scene, extent(scene.state.coverage))
    assert surface.values.shape == (1, 1) and not surface.values.any()
    assert np.isfinite(surface.extent).all() and not density_shares(surface).any()
