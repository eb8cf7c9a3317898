"""Borders by rank: each exists once and is stroked once."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gis_app.map.colours import mixed
from gis_app.map.network import CELL, OUTER, TOWNSHIP, VILLAGE, Ints, Recipes
from gis_app.map.qt.target import Target
from gis_app.map.scene import Figure, LayerKind

LINES_A_SLICE = 250
VERTICES_A_SLICE = 6000


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
    seen = target.viewport.width * target.viewport.resolution / max(xmax - xmin, 1.0)
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
    join = Qt.PenJoinStyle.RoundJoin if width > 1.2 else Qt.PenJoinStyle.BevelJoin
    pen = QPen(ink, width * target.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, join)
    pen.setCosmetic(not target.vector)
    if dash:
        pen.setDashPattern([length / width * 1.6 for length in dash])
    yield from _lines(target, recipes, visible, pen)


def _lines(target: Target, recipes: Recipes, visible: Ints, pen: QPen) -> Iterator[None]:
    painter = target.painter
    for chunk in target.shapes.get(recipes, visible):
        lines = target.mapped(chunk)
        vertices = 0
        first = 0
        for last, line in enumerate(lines, start=1):
            vertices += line.size()
            if vertices > VERTICES_A_SLICE or last - first >= LINES_A_SLICE or last == len(lines):
                target.begin_shapes()
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
                painter.setPen(pen)
                for polyline in lines[first:last]:
                    painter.drawPolyline(polyline)
                painter.restore()
                first, vertices = last, 0
                yield None
