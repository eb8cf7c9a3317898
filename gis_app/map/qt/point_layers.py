"""Households as fine dots; whistles as marks by state or category, in clusters where they would lie on one another."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gis_app.cases.display import DONE
from gis_app.map.legend import STATE_SYMBOLS, Symbol, category_colours, state_colours
from gis_app.map.network import Floats
from gis_app.map.points import DISCS, Clusters, dotted, seen, stamping
from gis_app.map.qt.marks import SIZES, cluster_sprite, draw_cluster, draw_mark, mark_sprite
from gis_app.map.qt.shapes import to_polygon
from gis_app.map.qt.target import Target
from gis_app.map.scene import CaseStyle, Layer
from gis_app.map.values import case_mask, case_states

MARKS_A_SLICE = 60
MOST_SHAPES = 8_000
"""More dots than these are laid on a page as one picture."""

DOTS_DENSITY = 2.0
"""Pixels a logical pixel of such a picture (192 a printed inch)."""


def household_size(ground: float) -> float:
    """Return the width of a household's dot in logical pixels where a pixel is so many metres wide."""
    return float(np.interp(ground, [0.5, 2.0, 6.0, 30.0], [5.0, 3.0, 2.0, 1.0]))


def painting_households(target: Target, layer: Layer) -> Iterator[None]:
    """Draw the households in view."""
    households, ground = target.scene.state.households, target.ground
    rim = 3 * target.viewport.resolution  # dots just beyond the edge reach into the picture
    west, south, east, north = target.viewport.extent
    visible = seen(households.x, households.y, (west - rim, south - rim, east + rim, north + rim), target.scene.households)
    size = household_size(ground)
    opacity = float(np.interp(ground, [2.0, 20.0, 60.0], [0.75, 0.5, 0.3])) * layer.opacity
    yield None
    x, y = target.to_device(households.x[visible], households.y[visible])
    yield from _dots(target, x, y, target.palette.household, opacity, size)


def _dots(target: Target, x: Floats, y: Floats, colour: str, opacity: float, size: float) -> Iterator[None]:
    if target.pixels is not None:
        wanted = size * target.scale
        yield from stamping(target.pixels, x, y, colour, opacity, min(DISCS, key=lambda known: abs(known - wanted)))
        return
    painter = target.painter
    step = target.scale * (0.5 if target.vector else 1.0)  # what lies on one spot of the page is written once
    spots = np.unique(np.round(np.stack([x, y], axis=1) / step), axis=0) * step
    yield None
    if target.vector and len(spots) > MOST_SHAPES:
        _draw_dotted(target, x, y, colour, opacity, size)
        yield None
        return
    ink = QColor(colour)
    ink.setAlphaF(min(opacity * 1.2, 1.0) if target.vector else opacity)
    painter.setPen(QPen(ink, max(size, 1.2 if target.vector else 1.0) * target.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for first in range(0, len(spots), 4000):
        painter.drawPoints(to_polygon(spots[first : first + 4000]))
        yield None


def _draw_dotted(target: Target, x: Floats, y: Floats, colour: str, opacity: float, size: float) -> None:
    """Lay dots on a page as one transparent picture: a hundred thousand shapes would make megabytes."""
    factor = DOTS_DENSITY / target.scale
    width, height = round(target.viewport.width * DOTS_DENSITY), round(target.viewport.height * DOTS_DENSITY)
    wanted = max(size, 1.2) * DOTS_DENSITY
    disc = min(DISCS, key=lambda known: abs(known - wanted))
    pixels = dotted(width, height, x * factor, y * factor, colour, min(opacity * 1.2, 1.0), disc)
    image = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    target.painter.drawImage(QRectF(0, 0, width / factor, height / factor), image)


def painting_cases(target: Target, layer: Layer) -> Iterator[None]:
    """Draw the whistles in view: those done as small dots, the open ones above them as marks or clusters."""
    scene, cases = target.scene, target.scene.state.cases
    states = case_states(scene)
    shown = case_mask(scene) & np.isfinite(cases.x)
    yield None
    by_category = layer.style == CaseStyle.CATEGORY
    done = seen(cases.x, cases.y, target.viewport.extent, shown & (states == DONE))
    width = float(np.interp(target.ground, [4.0, 20.0, 60.0], [5.0, 3.0, 2.0]))
    colours = category_colours(scene) if by_category else {}
    groups = [(done[cases.category[done] == i], colour) for i, colour in colours.items()] if by_category else [(done, target.palette.done)]
    for which, colour in groups:
        x, y = target.to_device(cases.x[which], cases.y[which])
        if width >= 4:
            yield from _dots(target, x, y, target.palette.label_halo, 0.9 * layer.opacity, width + 1.5)
        yield from _dots(target, x, y, colour, (0.95 if width >= 4 else 0.6) * layer.opacity, width - 1 if width >= 4 else width)
    clusters = target.drawing.clusters(scene, target.viewport.resolution)
    yield None
    yield from _marks(target, clusters, colours if by_category else None)


def _marks(target: Target, clusters: Clusters, categories: dict[int, str] | None) -> Iterator[None]:
    palette, painter, scale = target.palette, target.painter, target.scale
    state_ink = state_colours(target.scene)
    x, y = target.to_device(clusters.x, clusters.y)
    margin = 24 * scale
    inside = (x > -margin) & (x < target.viewport.width * scale + margin) & (y > -margin) & (y < target.viewport.height * scale + margin)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number, i in enumerate(np.flatnonzero(inside).tolist()):
        count, worst = int(clusters.count[i]), int(clusters.worst[i])
        symbol, colour, at_x, at_y = STATE_SYMBOLS[worst], state_ink[worst], float(x[i]), float(y[i])
        if categories is not None:
            category = int(target.scene.state.cases.category[clusters.order[clusters.starts[i]]])
            symbol, colour = Symbol.CIRCLE, categories.get(category, palette.done) if count == 1 else palette.village_border
        inks = (colour, palette.panel, palette.text)
        if target.vector:
            if count == 1:
                draw_mark(painter, symbol, at_x, at_y, SIZES[symbol] * scale, colour, palette.label_halo)
            else:
                draw_cluster(painter, symbol, at_x, at_y, count, scale, inks)
        else:
            single = count == 1
            sprite = mark_sprite(symbol, scale, colour, palette.label_halo) if single else cluster_sprite(symbol, count, scale, inks)
            painter.drawImage(QPointF(round(at_x - sprite.width() / 2), round(at_y - sprite.height() / 2)), sprite)
        if number % MARKS_A_SLICE == MARKS_A_SLICE - 1:
            yield None
    yield None
