"""What lies under the pointer: a whistle, a household, or a cell."""

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.locate import Locator
from gis_app.map.points import Clusters
from gis_app.map.scene import LayerKind, MapHit, Scene
from gis_app.map.viewport import Viewport

CASE_REACH = 7.0
HOUSEHOLD_REACH = 4.0
CLUSTER_REACH = 12.0
"""How near the pointer must be, in logical pixels."""

HOUSEHOLDS_BELOW = 12.0
"""Metres per pixel from which households are too fine to be pointed at."""


def hit(
    scene: Scene, viewport: Viewport, px: float, py: float, *, locator: Locator | None, clusters: Clusters | None = None
) -> MapHit | None:
    """Return what lies at a pixel: a mark of open whistles, a whistle, a household (where these layers are shown), else the cell.

    `clusters` are the marks of the zoom; without a locator there are no cells yet.
    """
    x, y = viewport.to_map(px, py)
    resolution = viewport.resolution
    if _shown(scene, LayerKind.CASES):
        cases = scene.state.cases
        if clusters is not None and len(clusters.x):
            distance = np.hypot(clusters.x - x, clusters.y - y) / resolution
            reach = np.where(clusters.count > 1, CLUSTER_REACH, CASE_REACH)
            near = np.flatnonzero(distance <= reach)
            if len(near):
                mark = int(near[-1])  # the one drawn last lies on top
                members = cases.id[clusters.members(mark)]
                crowd = tuple(members.tolist()) if len(members) > 1 else ()
                return MapHit("cases", int(members[0]), float(clusters.x[mark]), float(clusters.y[mark]), crowd)
        found = nearest(cases.x, cases.y, x, y, CASE_REACH * resolution, scene.cases)
        if found is not None:
            return MapHit("cases", int(cases.id[found]), float(cases.x[found]), float(cases.y[found]))
    if _shown(scene, LayerKind.HOUSEHOLDS) and resolution * scene.metres <= HOUSEHOLDS_BELOW:
        households = scene.state.households
        found = nearest(households.x, households.y, x, y, HOUSEHOLD_REACH * resolution, scene.households)
        if found is not None:
            return MapHit("households", int(households.id[found]), float(households.x[found]), float(households.y[found]))
    cell = locator.cell_at(x, y) if locator is not None else 0
    return MapHit("units", cell, x, y) if cell else None


def nearest(
    xs: NDArray[np.float64], ys: NDArray[np.float64], x: float, y: float, reach: float, mask: NDArray[np.bool_] | None
) -> int | None:
    """Return the position of the point nearest to a place within `reach`, or None."""
    near = (np.abs(xs - x) <= reach) & (np.abs(ys - y) <= reach)
    if mask is not None:
        near &= mask
    which = np.flatnonzero(near)
    if not len(which):
        return None
    distance = np.hypot(xs[which] - x, ys[which] - y)
    best = int(np.argmin(distance))
    return int(which[best]) if distance[best] <= reach else None


def _shown(scene: Scene, kind: LayerKind) -> bool:
    layer = scene.layer(kind)
    return layer is not None and layer.visible and layer.opacity > 0
