"""Hotspots: the density of whistles as a soft surface, and cells that are significantly hot or cold."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from gis_app.cases.hotspots import GiStar, Surface
from gis_app.map.analysis import density_shares
from gis_app.map.colours import alpha_ramp
from gis_app.map.legend import gi_star_colours
from gis_app.map.qt.cells import fill_cells
from gis_app.map.qt.target import Target

STRONGEST = {"light": 0.55, "dark": 0.6}
"""Opacity of the surface where it is highest."""

STRIP = 96
"""Height of the strips in which the surface is drawn, in device pixels (about 3 ms each)."""


def painting_density(target: Target) -> Iterator[None]:
    """Draw the density of the whistles shown, transparent where it is low."""
    surface: Surface | None = None
    for surface in target.drawing.surface(target.scene):  # noqa: B007
        yield None
    if surface is None:
        return
    palette = target.palette
    key = (surface, palette.name)
    image = target.drawing.once("surface picture", key, lambda: _picture(surface, palette.hotspot, STRONGEST[palette.name]))
    yield None
    x0, y0, x1, y1 = surface.extent
    left, top = target.viewport.to_screen(x0, y1)
    right, bottom = target.viewport.to_screen(x1, y0)
    scale, painter = target.scale, target.painter
    place = QRectF(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale)
    seen = place.intersected(QRectF(0, 0, target.viewport.width * scale, target.viewport.height * scale))
    if seen.isEmpty():
        return
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if target.vector:
        painter.drawImage(place, image)
        return
    y = float(np.floor(seen.top()))
    while y < seen.bottom():
        strip = QRectF(np.floor(seen.left()), y, np.ceil(seen.width()) + 1, STRIP)
        painter.save()
        painter.setClipRect(strip)
        painter.drawImage(place, image)
        painter.restore()
        y += STRIP
        yield None


def _picture(surface: Surface, colour: str, strongest: float) -> QImage:
    pixels = np.ascontiguousarray(alpha_ramp(colour, density_shares(surface), strongest))
    height, width = pixels.shape
    return QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()


def painting_gi_star(target: Target) -> Iterator[None]:
    """Fill the cells whose whistles pile up, or are missing, beyond chance."""
    found: GiStar | None = None
    for found in target.drawing.gi_star(target.scene):  # noqa: B007
        yield None
    if found is None:
        return
    colours = gi_star_colours(target.scene)
    position = np.searchsorted(target.network.cell_ids, found.cells)
    of = np.full(len(target.network.cell_ids), -1, np.int64)
    sure = np.where(found.q < 0.01, 1, 0)
    of[position[found.hot]] = 2 + sure[found.hot]
    of[position[found.cold]] = 1 - sure[found.cold]
    yield from fill_cells(target, of, (*colours, None))
