"""Borders by rank: each exists once and is stroked once."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gis_app.map.colours import mixed
from gis_app.map.network import CELL, OUTER, TOWNSHIP, VILLAGE, Ints, Recipes
from gis_app.map.qt.shapes import polygon_array, to_polygon
from gis_app.map.qt.target import Target
from gis_app.map.scene import Figure, LayerKind

VERTICES_A_SLICE = 3000
LONG = 60
"""Lines of more vertices are cut to what is seen."""


def painting_cell_borders(target: Target) -> Iterator[None]:
    """Stroke the borders between cells of one village: thin and pale."""
    palette, layer = target.palette, target.scene.layer(LayerKind.CELLS)
    filled = layer is not None and layer.visible and layer.figure != Figure.NONE
    colour = mixed(palette.cell_border, palette.village_border, 0.3) if filled else palette.cell_border
    yield from _stroking(target, CELL, colour, 1.0)


def painting_village_borders(target: Target) -> Iterator[None]:
    """Stroke the borders between villages of one township."""
    yield from _stroking(target, VILLAGE, target.palette.village_border, 1.4 * _borders_width(target))


def _borders_width(target: Target) -> float:
    """Return how much thinner borders are when the whole county is seen."""
    xmin, _, xmax, _ = target.network.extent
    seen = target.across / max(xmax - xmin, 1.0)
    return float(np.interp(seen, [0.15, 0.8], [1.0, 0.65]))


def painting_township_borders(target: Target) -> Iterator[None]:
    """Stroke the borders between townships, dashed on a soft halo, and the outer border of the county."""
    palette, wide = target.palette, _borders_width(target)
    yield from _stroking(target, TOWNSHIP, palette.township_halo, 5.5 * wide, soft=0.75)
    yield from _stroking(target, OUTER, palette.township_halo, 6.5 * wide, soft=0.75)
    yield from _stroking(target, TOWNSHIP, palette.township_border, 1.7 * wide, dash=(6.0, 2.5))
    yield from _stroking(target, OUTER, palette.county_border, 2.0 * wide)


def _stroking(
    target: Target, rank: int, colour: str, width: float, *, dash: tuple[float, float] | None = None, soft: float = 1.0
) -> Iterator[None]:
    """Stroke all visible lines of a rank; each border exists once and is drawn once."""
    recipes = target.network.lines[rank]
    margin = width * target.viewport.resolution
    xmin, ymin, xmax, ymax = target.viewport.extent
    visible = recipes.visible((xmin - margin, ymin - margin, xmax + margin, ymax + margin))
    ink = QColor(colour)
    ink.setAlphaF(soft)
    join = Qt.PenJoinStyle.RoundJoin if target.vector else Qt.PenJoinStyle.BevelJoin  # on the screen nobody can tell, and it is faster
    pen = QPen(ink, width * target.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, join)
    pen.setCosmetic(not target.vector)
    if dash:
        pen.setDashPattern([length / width * 1.6 for length in dash])
    yield from _lines(target, recipes, visible, pen)


def _lines(target: Target, recipes: Recipes, visible: Ints, pen: QPen) -> Iterator[None]:
    """Draw lines in slices; of a long one only what is seen, its dashes where they would be if it were drawn from its start."""
    painter = target.painter
    pattern = pen.dashPattern() if pen.style() == Qt.PenStyle.CustomDashLine else []
    period = sum(pattern) * pen.widthF()
    for chunk in target.shapes.get(recipes, visible):
        vertices = 0
        target.begin_shapes()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(pen)
        for line in chunk:
            for piece, start in _seen(target, line) if line.size() > LONG else [(line, 0.0)]:
                if period:
                    pen.setDashOffset(start * target.scale / target.viewport.resolution % period / pen.widthF())
                    painter.setPen(pen)
                painter.drawPolyline(target.mapped([piece])[0])
                vertices += piece.size() + 4
            if vertices > VERTICES_A_SLICE / max(pen.widthF() / target.scale, 1.0):
                vertices = 0
                painter.restore()
                yield None
                target.begin_shapes()
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
                painter.setPen(pen)
        painter.restore()
        yield None


def _seen(target: Target, line: QPolygonF) -> list[tuple[QPolygonF, float]]:
    """Return the runs of a line's segments that can be seen (with a margin), each with the length of the line before it in metres."""
    xy = polygon_array(line)
    (left, top), margin = target.shapes.origin, 20 * target.viewport.resolution
    xmin, ymin, xmax, ymax = target.viewport.extent
    low, high = np.minimum(xy[:-1], xy[1:]), np.maximum(xy[:-1], xy[1:])
    meets = (low[:, 0] <= xmax - left + margin) & (high[:, 0] >= xmin - left - margin)
    meets &= (low[:, 1] <= top - ymin + margin) & (high[:, 1] >= top - ymax - margin)
    if meets.all():
        return [(line, 0.0)]
    before = np.concatenate(([0.0], np.cumsum(np.hypot(*(xy[1:] - xy[:-1]).T))))
    edges = np.flatnonzero(np.diff(np.concatenate(([False], meets, [False])).astype(np.int8)))
    return [(to_polygon(xy[first : last + 1]), float(before[first])) for first, last in edges.reshape(-1, 2).tolist()]
