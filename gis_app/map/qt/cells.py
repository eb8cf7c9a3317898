"""Fills of cells: a plain land, a classified figure, significant clusters."""

from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from gis_app.map.legend import Classification
from gis_app.map.network import Ints
from gis_app.map.qt.target import Target
from gis_app.map.scene import Figure, Layer

VERTICES_A_SLICE = 5000


def painting_cells(target: Target, layer: Layer) -> Iterator[None]:
    """Fill every cell by the class of its figure, or with the colour of land."""
    network = target.network
    land = target.palette.map_land
    if layer.figure == Figure.NONE:
        yield from fill_cells(target, np.zeros(len(network.cell_ids), np.int64), (land,))
        return
    classes: Classification | None = None
    for classes in target.drawing.classes(target.scene):  # noqa: B007
        yield None
    assert classes is not None
    yield from fill_cells(target, classes.of, (*classes.colours, land))


def fill_cells(target: Target, of: Ints, colours: Sequence[str | None]) -> Iterator[None]:
    """Fill every visible cell with the colour of its class (-1: the last colour; a colour None: not filled). No antialiasing: no seams."""
    painter, network = target.painter, target.network
    visible = network.cells.visible(target.viewport.extent)
    brushes = [None if colour is None else QBrush(QColor(colour)) for colour in colours]
    if None in brushes:
        visible = visible[[brushes[i] is not None for i in of[visible].tolist()]]
    chosen = of[visible].tolist()
    number = vertices = 0
    for chunk in target.shapes.get(network.cells, visible):
        target.begin_shapes()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for polygon in target.mapped(chunk):
            brush = brushes[chosen[number]]
            painter.setBrush(brush)
            if target.vector:  # viewers antialias: a hair of the same colour closes the seams
                painter.setPen(QPen(brush, 0.4 * target.scale))
            painter.drawPolygon(polygon, Qt.FillRule.OddEvenFill)
            number += 1
            vertices += polygon.size()
            if vertices > VERTICES_A_SLICE:
                vertices = 0
                painter.restore()
                yield None
                target.begin_shapes()
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                painter.setPen(Qt.PenStyle.NoPen)
        painter.restore()
        yield None
