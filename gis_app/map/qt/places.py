"""Where things lie on the canvas: units, clusters, and what is under the pointer."""

from gis_app.grid.coverage import extent
from gis_app.grid.units import Level
from gis_app.map import hits
from gis_app.map.flows import with_room
from gis_app.map.network import Network
from gis_app.map.qt.drawing import Drawing
from gis_app.map.scene import LayerKind, MapHit, Scene
from gis_app.map.viewport import Viewport

Extent = tuple[float, float, float, float]

POINT = 60.0
"""Metres shown at least on every side of something that has no extent."""


def county_extent(drawing: Drawing, scene: Scene) -> Extent:
    """Return the extent of a county, with the bodies beside it where flows are shown; of one without cells, a square beside the origin."""
    if scene.state.coverage.arcs:
        network = drawing.found("network", (scene.state.coverage, scene.state.units))
        found = network.extent if isinstance(network, Network) else extent(scene.state.coverage)
        xmin, ymin, xmax, ymax = with_room(found) if _shows_flows(scene) else found
        return xmin, ymin, xmax, ymax
    return (0.0, 0.0, 10_000.0, 10_000.0)


def _shows_flows(scene: Scene) -> bool:
    layer = scene.layer(LayerKind.FLOWS)
    return layer is not None and layer.visible


def widened(around: Extent, scene: Scene | None) -> Extent:
    """Return an extent, or, of a point, that of its surroundings."""
    xmin, ymin, xmax, ymax = around
    least = POINT / scene.metres if scene is not None else POINT
    if xmax - xmin >= least or ymax - ymin >= least:
        return around
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    return x - least, y - least, x + least, y + least


def prepared_network(drawing: Drawing, scene: Scene) -> Network:
    """Return the network of a scene, made at one go where it is not there yet."""
    network: Network | None = None
    for network in drawing.network(scene.state):  # noqa: B007
        pass
    assert network is not None
    return network


def unit_extent(drawing: Drawing, scene: Scene, ids: tuple[int, ...]) -> Extent | None:
    """Return the extent of some units, or None where they have no cells."""
    network = prepared_network(drawing, scene)
    cells = [cell.id for unit in ids for cell in scene.state.units.cells(unit)]
    bounds = network.cells.bounds[network.cell_positions(cells)]
    if not len(bounds):
        return None
    low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def hit_at(drawing: Drawing, scene: Scene, viewport: Viewport, x: float, y: float) -> MapHit | None:
    """Return what lies at a pixel."""
    clusters = drawing.clusters(scene, viewport.resolution)
    return hits.hit(scene, viewport, x, y, locator=drawing.locator(scene.state), clusters=clusters)


def cell_at(drawing: Drawing, scene: Scene, viewport: Viewport, x: float, y: float) -> int:
    """Return the cell at a pixel, 0 outside the county or while the map is being prepared."""
    locator = drawing.locator(scene.state)
    return locator.cell_at(*viewport.to_map(x, y)) if locator is not None else 0


def nearer_unit(drawing: Drawing, scene: Scene, viewport: Viewport, cell: int) -> Viewport | None:
    """Return the view of the largest unit around a cell that brings the map clearly nearer; None outside the county."""
    for unit in scene.state.units.path(cell):
        around = unit_extent(drawing, scene, (unit.id,))
        if around is not None:
            nearer = Viewport.fitting(around, viewport.width, viewport.height, 0.12)
            if nearer.resolution < viewport.resolution / 1.4 or unit.level == Level.CELL:
                return nearer
    return None


def opened_cluster(scene: Scene, viewport: Viewport, cluster: MapHit) -> Viewport | None:
    """Return the view of the whistles of a cluster; None for what is no cluster, and where no zoom can part them."""
    if not cluster.members:
        return None
    cases = scene.state.cases
    position = {int(i): n for n, i in enumerate(cases.id)}
    where = [position[i] for i in cluster.members]
    x, y = cases.x[where], cases.y[where]
    around = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    nearer = Viewport.fitting(around, viewport.width, viewport.height, 0.2)
    one_spot = max(around[2] - around[0], around[3] - around[1]) * scene.metres < 1.0
    return None if one_spot or nearer.resolution >= viewport.resolution else nearer
