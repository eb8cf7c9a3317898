"""Fills of cells: a plain land, a classified figure, significant clusters."""

from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from gis_app.map.legend import Classification
from gis_app.map.network import Ints
from gis_app.map.qt.target import Target
from gis_app.map.scene import Figure, Layer

VERTICES_A_SLICE = 8000


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
    visible = target.network.cells.visible(target.viewport.extent)
    filled = np.array([colour is not None for colour in colours])
    visible = visible[filled[of[visible]]]
    yield from (_filling_each if target.vector else _filling_classes)(target, visible, of[visible], colours)


def _filling_classes(target: Target, cells: Ints, of: Ints, colours: Sequence[str | None]) -> Iterator[None]:
    """Fill the cells of a class as one path: four times as fast as cell by cell, and the same pixels."""
    painter = target.painter
    order = np.argsort(of, kind="stable")
    classes = of[order].tolist()
    number = 0
    for chunk in target.shapes.get(target.network.cells, cells[order]):
        begin = 0
        while begin < len(chunk):
            which, path, end = classes[number + begin], QPainterPath(), begin
            path.setFillRule(Qt.FillRule.WindingFill)  # holes run the other way; simplified neighbours may overlap by a hair
            while end < len(chunk) and classes[number + end] == which and path.elementCount() < VERTICES_A_SLICE:
                path.addPolygon(chunk[end])
                end += 1
            target.begin_shapes()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.fillPath(path, QBrush(QColor(colours[which] or 0)))
            painter.restore()
            begin = end
            yield None
        number += len(chunk)


def _filling_each(target: Target, cells: Ints, of: Ints, colours: Sequence[str | None]) -> Iterator[None]:
    """Fill cell by cell, on a page: viewers antialias, so a hair of the same colour around each closes the seams."""
    painter = target.painter
    brushes = [QBrush(QColor(colour or 0)) for colour in colours]
    classes = iter(of.tolist())
    for chunk in target.shapes.get(target.network.cells, cells):
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for polygon in target.mapped(chunk):
            brush = brushes[next(classes)]
            painter.setBrush(brush)
            painter.setPen(QPen(brush, 0.4 * target.scale))
            painter.drawPolygon(polygon, Qt.FillRule.OddEvenFill)
        painter.restore()
        yield None
