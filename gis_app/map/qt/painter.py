"""A scene on a painter: the same code draws the canvas, pictures and vector pages, in slices of a few milliseconds."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gis_app.map.legend import WHISTLE_FIGURES
from gis_app.map.network import Network
from gis_app.map.qt.borders import painting_cell_borders, painting_township_borders, painting_village_borders
from gis_app.map.qt.cells import painting_cells
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.flow_arrows import painting_flows
from gis_app.map.qt.lettering import painting_labels
from gis_app.map.qt.point_layers import painting_cases, painting_households
from gis_app.map.qt.reference_layers import fill_share, painting_rasters, painting_vectors
from gis_app.map.qt.shapes import image_pixels
from gis_app.map.qt.surfaces import painting_density, painting_gi_star
from gis_app.map.qt.target import Target
from gis_app.map.scene import Figure, Layer, LayerKind, Scene
from gis_app.map.values import depends_on
from gis_app.map.viewport import Viewport

BORDERS = (LayerKind.CELL_BORDERS, LayerKind.VILLAGE_BORDERS, LayerKind.TOWNSHIP_BORDERS)
FILLS = (LayerKind.CELLS, LayerKind.HOTSPOT_CELLS, LayerKind.DENSITY)
"""What reference lines are drawn over."""

KEPT = "kept layers"
"""The name under which a `Drawing` keeps pictures of layers."""

VECTOR_DENSITY = 3.0
"""Details of a vector page: this many times a logical pixel (about 290 dpi)."""


def paint_scene(
    painter: QPainter,
    scene: Scene,
    viewport: Viewport,
    *,
    scale: float = 1.0,
    vector: bool = False,
    pixels: NDArray[np.uint32] | None = None,
    drawing: Drawing | None = None,
    keeping: bool = False,
    breadth: float = 0.0,
) -> Iterator[LayerKind | None]:
    """Draw a scene in slices of a few milliseconds (exhaust the iterator); yields the kind of a layer when it is done, else None.

    The top left corner of the viewport is the painter's origin, one logical pixel is `scale` units; the caller clips. `vector` keeps texts
    texts, points shapes, and the document small. `drawing` keeps what the next call can use again; with `keeping`, whole layers that do
    not depend on which whistles are shown (only into `pixels`). `breadth` is how many logical pixels wide the picture is of which this is
    a part, so that lines are as wide as there.
    """
    drawing = drawing or Drawing()
    network: Network | None = None
    for network in drawing.network(scene.state):  # noqa: B007
        yield None
    assert network is not None
    finest = viewport.resolution / (VECTOR_DENSITY if vector else scale)
    target = Target(painter, scene, viewport, scale, vector, pixels, drawing, network, drawing.shapes(network, finest), breadth)
    painter.fillRect(QRectF(0, 0, ceil(viewport.width * scale), ceil(viewport.height * scale)), QColor(scene.palette.map_ground))
    for _ in painting_rasters(target):
        yield None
    filled = max((at for at, layer in enumerate(scene.layers) if layer.kind in FILLS), default=-1)
    done, lined = 0, False
    for lasting, layers in groupby(scene.layers, lambda layer: keeping and _is_lasting(layer)):
        group = tuple(layers)
        if not lined and done > filled:
            lined = True
            for _ in painting_vectors(target):
                yield None
        done += len(group)
        shown = tuple(layer for layer in group if layer.visible and layer.opacity > 0)
        if lasting and len(shown) > 1:
            for _ in _painting_kept(target, shown):
                yield None
        else:
            for layer in shown:
                for _ in _painting(target, layer):
                    yield None
        yield from (layer.kind for layer in group)
    if not lined:
        for _ in painting_vectors(target):
            yield None


def _is_lasting(layer: Layer) -> bool:
    """Tell whether a layer looks the same whichever whistles are shown; households, which need an opaque ground, are not counted."""
    return layer.kind in BORDERS or (layer.kind == LayerKind.CELLS and layer.figure not in WHISTLE_FIGURES)


def _painting_kept(target: Target, layers: tuple[Layer, ...]) -> Iterator[None]:
    """Lay layers over the picture that are kept as a picture of their own, which is drawn first where it is another view."""
    scene, state, view = target.scene, target.scene.state, target.viewport
    cells = scene.layer(LayerKind.CELLS)
    figure = cells.figure if cells is not None else Figure.NONE
    look = (cells, layers, scene.palette.name, view.x, view.y, view.resolution, view.width, view.height, target.scale)
    lasting = Figure.NONE if figure in WHISTLE_FIGURES else figure  # fills of whistles are not among these layers
    key = (look, state.units, *depends_on(scene, lasting))
    picture = target.drawing.found(KEPT, key)
    if not isinstance(picture, QImage):
        assert target.pixels is not None
        height, width = target.pixels.shape
        picture = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(0)
        painter = QPainter(picture)
        try:
            for layer in layers:
                for _ in _painting(replace(target, painter=painter, pixels=None), layer):
                    yield None
        finally:
            painter.end()
        target.drawing.keep(KEPT, key, picture, 2)
    target.painter.setOpacity(1.0)
    target.painter.drawImage(0, 0, picture)
    yield None


def _painting(target: Target, layer: Layer) -> Iterator[None]:
    kind = layer.kind
    painter = target.painter
    opacity = layer.opacity * faded(kind, target.ground)
    if kind == LayerKind.CELLS:
        opacity *= fill_share(target.scene, layer.figure == Figure.NONE)
    painter.setOpacity(opacity)
    if kind == LayerKind.CELLS:
        yield from painting_cells(target, layer)
    elif kind == LayerKind.HOTSPOT_CELLS:
        yield from painting_gi_star(target)
    elif kind == LayerKind.DENSITY:
        yield from painting_density(target)
    elif kind == LayerKind.CELL_BORDERS:
        yield from painting_cell_borders(target)
    elif kind == LayerKind.VILLAGE_BORDERS:
        yield from painting_village_borders(target)
    elif kind == LayerKind.TOWNSHIP_BORDERS:
        yield from painting_township_borders(target)
    elif kind == LayerKind.HOUSEHOLDS:
        yield from painting_households(target, layer)
    elif kind == LayerKind.CASES:
        yield from painting_cases(target, layer)
    elif kind == LayerKind.FLOWS:
        yield from painting_flows(target)
    elif kind == LayerKind.LABELS:
        yield from painting_labels(target)
    painter.setOpacity(1.0)


def faded(kind: LayerKind, ground: float) -> float:
    """Return how much of an analysis layer is left where a pixel is so many metres wide: near, where it fills the view, it only tints."""
    if kind not in (LayerKind.DENSITY, LayerKind.HOTSPOT_CELLS):
        return 1.0
    return float(np.interp(ground, [3.0, 40.0], [0.3, 1.0]))


def rendering(
    scene: Scene,
    viewport: Viewport,
    *,
    scale: float = 1.0,
    drawing: Drawing | None = None,
    keeping: bool = False,
    breadth: float = 0.0,
) -> Iterator[QImage | None]:
    """Draw a scene as a picture of `scale` pixels a logical pixel, in slices: yields None, and at the end the picture.

    `breadth`: see `paint_scene`.
    """
    image = QImage(round(viewport.width * scale), round(viewport.height * scale), QImage.Format.Format_RGB32)
    pixels = image_pixels(image)
    painter = QPainter(image)
    try:
        for _ in paint_scene(painter, scene, viewport, scale=scale, pixels=pixels, drawing=drawing, keeping=keeping, breadth=breadth):
            yield None
    finally:
        painter.end()
    yield image
