"""Names drawn with a halo: cached pictures on the screen, texts on a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from gis_app.county.state import CountyState
from gis_app.grid.units import Level
from gis_app.map.colours import alpha_ramp, mixed
from gis_app.map.labels import Anchors, fitting, placing
from gis_app.map.network import Floats, Ints, Network
from gis_app.map.palette import Palette
from gis_app.map.points import Clusters
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.marks import font
from gis_app.map.qt.shapes import image_pixels
from gis_app.map.qt.target import Target
from gis_app.map.scene import LayerKind
from gis_app.map.viewport import Viewport

SIZES = {Level.TOWNSHIP: 16.0, Level.VILLAGE: 13.0, Level.CELL: 11.5}
"""Heights of names in logical pixels."""

HALO = 1.7
"""Width of the halo around letters in logical pixels."""

HALO_OPACITY = 0.88

STRENGTH, SOFTNESS = 2.5, 0.4
"""Fine strokes cover pixels in part only: with more weight, a halo spread from the pixels of letters looks like stroked outlines."""

LABELS_A_SLICE = 12
WIDTHS_A_SLICE = 250


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The names of a zoom: which of the anchors are shown, how far each stands below its place and how wide it is (logical pixels)."""

    anchors: Anchors
    chosen: Ints
    moved: Floats
    widths: Floats

    def seen(self, viewport: Viewport) -> list[tuple[str, int, float, float, float, float]]:
        """Return the names in a view: text, level, county coordinates, how far they are moved, width."""
        x, y = self.anchors.x[self.chosen], self.anchors.y[self.chosen]
        px, py = (x - viewport.x) / viewport.resolution + viewport.width / 2, (viewport.y - y) / viewport.resolution + viewport.height / 2
        half = self.widths[self.chosen] / 2 + HALO + 2
        inside = (px + half > 0) & (px - half < viewport.width) & (np.abs(py + self.moved - viewport.height / 2) < viewport.height / 2 + 40)
        found = []
        for i in np.flatnonzero(inside).tolist():
            at = int(self.chosen[i])
            level, width = int(self.anchors.levels[at]), float(self.widths[at])
            found.append((self.anchors.texts[at], level, float(x[i]), float(y[i]), float(self.moved[i]), width))
        return found


def placing_names(
    drawing: Drawing, state: CountyState, network: Network, resolution: float, clusters: Clusters | None
) -> Iterator[Placed | None]:
    """Choose the names that find room at a resolution, in small steps: yields None, and at the end the names."""
    anchors: Anchors | None = None
    for anchors in drawing.anchors(state, network):  # noqa: B007
        yield None
    assert anchors is not None
    widths: Floats | None = None
    for widths in drawing.preparing("widths", (anchors,), lambda: _measuring(anchors), most=3):  # noqa: B007
        yield None
    assert widths is not None
    found: tuple[Ints, Floats] | None = None
    key = (anchors, resolution, clusters)
    for found in drawing.preparing("places", key, lambda: _placing(anchors, widths, resolution, clusters), most=4):  # noqa: B007
        yield None
    assert found is not None
    yield Placed(anchors, *found, widths)


def known_names(drawing: Drawing, resolution: float) -> Placed | None:
    """Return the names that were placed last at a resolution; None where they are not known (yet)."""
    for (anchors, at, *_), found in drawing.newest("places"):
        widths = drawing.found("widths", (anchors,))
        if at == resolution and isinstance(anchors, Anchors) and isinstance(widths, np.ndarray) and isinstance(found, tuple):
            chosen, moved = found
            return Placed(anchors, chosen, moved, widths)
    return None


def painting_labels(target: Target) -> Iterator[None]:
    """Draw the names that find room, the higher level first; which ones depends on the zoom alone, not on where the map was moved."""
    scene, resolution = target.scene, target.viewport.resolution
    layer = scene.layer(LayerKind.CASES)
    clusters = target.drawing.clusters(scene, resolution) if layer is not None and layer.visible else None
    placed: Placed | None = None
    for placed in placing_names(target.drawing, scene.state, target.network, resolution, clusters):  # noqa: B007
        yield None
    assert placed is not None
    anchors, chosen, moved, widths = placed.anchors, placed.chosen, placed.moved, placed.widths
    x, y = target.to_device(anchors.x[chosen], anchors.y[chosen])
    y = y + moved * target.scale
    half = (widths[chosen] / 2 + HALO + 2) * target.scale
    width, height = target.viewport.width * target.scale, target.viewport.height * target.scale
    inside = (x + half > 0) & (x - half < width) & (y > -40) & (y < height + 40)
    inks = _inks(target.palette)
    for number, i in enumerate(np.flatnonzero(inside).tolist()):
        anchor = int(chosen[i])
        if int(anchors.units[anchor]) in scene.unnamed:
            continue
        level = Level(int(anchors.levels[anchor]))
        _draw(target, anchors.texts[anchor], level, float(x[i]), float(y[i]), inks[level])
        if number % LABELS_A_SLICE == LABELS_A_SLICE - 1:
            yield None
    yield None


def _measuring(anchors: Anchors) -> Iterator[Floats | None]:
    """Measure all names in logical pixels; the same name (third cell of its village) is measured once."""
    metrics = {level: QFontMetricsF(_letters(level, 1.0)) for level in Level}
    pairs = list(zip(anchors.texts, anchors.levels.tolist(), strict=True))
    known: dict[tuple[str, int], float] = {}
    for number, pair in enumerate(dict.fromkeys(pairs)):
        known[pair] = metrics[Level(pair[1])].horizontalAdvance(pair[0])
        if number % WIDTHS_A_SLICE == WIDTHS_A_SLICE - 1:
            yield None
    yield np.array([known[pair] for pair in pairs])


def _placing(anchors: Anchors, widths: Floats, resolution: float, clusters: Clusters | None) -> Iterator[tuple[Ints, Floats] | None]:
    """Choose the names of a zoom: positions among the anchors, and how far each stands below its place in pixels."""
    candidates = fitting(anchors, widths, resolution)
    yield None
    heights = np.array([SIZES[Level(level)] * 1.25 for level in anchors.levels[candidates].tolist()])
    x, y = anchors.x[candidates] / resolution, -anchors.y[candidates] / resolution
    marks = None
    if clusters is not None:
        radius = np.where(clusters.count > 1, 11.0, 5.0)
        marks = np.stack([clusters.x / resolution, -clusters.y / resolution, radius], axis=1)
    for found in placing(x, y, widths[candidates], heights, marks=marks, must=anchors.levels[candidates] == Level.TOWNSHIP):
        yield None if found is None else (candidates[found[0]], found[1])


def _letters(level: Level, scale: float) -> QFont:
    return font(SIZES[level] * scale, bold=level != Level.CELL)


def _inks(palette: Palette) -> dict[Level, str]:
    """Return the colours of names."""
    return {
        Level.TOWNSHIP: palette.township_border,
        Level.VILLAGE: palette.label,
        Level.CELL: mixed(palette.label, palette.label_halo, 0.25),
    }


def _draw(target: Target, text: str, level: Level, x: float, y: float, colour: str) -> None:
    palette = target.palette
    if target.vector:
        _draw_text(target.painter, text, _letters(level, target.scale), x, y, colour, palette.label_halo, HALO * target.scale)
        return
    sprite = _sprite(text, level, target.scale, colour, palette.label_halo)
    target.painter.drawImage(round(x - sprite.width() / 2), round(y - sprite.height() / 2), sprite)


@lru_cache(maxsize=4000)
def _sprite(text: str, level: Level, scale: float, colour: str, halo: str) -> QImage:
    """Return a name with its halo in device pixels, its middle in the middle."""
    letters = _letters(level, scale)
    metrics = QFontMetricsF(letters)
    margin = HALO * scale + 2
    width, height = round(metrics.horizontalAdvance(text) + 2 * margin), round(metrics.height() + 2 * margin)
    image = _written(QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied), text, letters, colour)
    cover = np.minimum((image_pixels(image) >> np.uint32(24)) * (STRENGTH / 255), 1.0)
    around = np.ascontiguousarray(alpha_ramp(halo, spread(cover, HALO * scale + SOFTNESS), HALO_OPACITY))
    ground = QImage(around.tobytes(), width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()
    painter = QPainter(ground)
    try:
        painter.drawImage(0, 0, image)
    finally:
        painter.end()
    return ground


def _written(image: QImage, text: str, letters: QFont, colour: str) -> QImage:
    """Write a text into the middle of an emptied picture."""
    image.fill(0)
    painter = QPainter(image)
    try:
        painter.setFont(letters)
        painter.setPen(QColor(colour))
        painter.drawText(_start(text, letters, image.width() / 2, image.height() / 2), text)
    finally:
        painter.end()
    return image


def spread(cover: Floats, radius: float) -> Floats:
    """Return how much of each pixel (0 to 1) lies within a radius of what `cover` covers.

    A halo made like this takes a twentieth of the time that Qt needs to stroke the outlines of Chinese letters.
    """
    height, width = cover.shape
    reach = int(np.ceil(radius))
    padded = np.pad(cover, reach)
    result = np.zeros_like(cover)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            share = min(1.0, radius + 0.5 - float(np.hypot(dx, dy)))
            if share > 0:
                moved = padded[reach + dy : reach + dy + height, reach + dx : reach + dx + width]
                np.maximum(result, moved * share, out=result)
    return result


def _start(text: str, letters: QFont, x: float, y: float) -> QPointF:
    """Return where the baseline of a text begins whose middle is at a place."""
    metrics = QFontMetricsF(letters)
    return QPointF(x - metrics.horizontalAdvance(text) / 2, y + (metrics.ascent() - metrics.descent()) / 2)


def _draw_text(painter: QPainter, text: str, letters: QFont, x: float, y: float, colour: str, halo: str, width: float) -> None:
    """Draw a text around a middle: first its outline as the halo, then the text itself (so that it stays text on a page)."""
    start = _start(text, letters, x, y)
    path = QPainterPath()
    path.addText(start, letters, text)
    ink = QColor(halo)
    ink.setAlphaF(HALO_OPACITY)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.strokePath(path, QPen(ink, width * 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setFont(letters)
    painter.setPen(QColor(colour))
    painter.drawText(start, text)
