"""Which part of a picture an edit made untrue: only that is drawn anew."""

from collections.abc import Generator, Iterator
from math import ceil

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from gis_app.grid.units import Level
from gis_app.map.legend import Classification
from gis_app.map.network import OUTER, TOWNSHIP, Floats, Ints, Network
from gis_app.map.patching import Patch
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.lettering import SIZES, Placed, placing_names
from gis_app.map.qt.painter import rendering
from gis_app.map.scene import Figure, LayerKind, Scene
from gis_app.map.viewport import Viewport

AROUND = 12.0
"""Logical pixels that lines, halos and dots reach beyond what they belong to."""

STEP = 8
"""Parts begin and end at multiples of this many logical pixels, which are whole device pixels at every usual scale."""

MOST_PARTS = 12

MOST = 0.4
"""Of a picture with a larger share that is untrue the whole is drawn."""

OF_WHISTLES = (LayerKind.CASES, LayerKind.FLOWS, LayerKind.DENSITY, LayerKind.HOTSPOT_CELLS)


def mending(image: QImage, before: Scene, scene: Scene, viewport: Viewport, scale: float, drawing: Drawing) -> Iterator[QImage | None]:
    """Make the picture of a scene out of that of the scene before it, in slices: yields None, and at the end the picture.

    What looks different is drawn into the picture itself at one go, so that nobody ever sees half of it; where that is too much, or where
    it is not known, a whole new picture is drawn.
    """
    parts = yield from _untrue(before, scene, viewport, drawing)
    if parts is None:
        yield from rendering(scene, viewport, scale=scale, drawing=drawing)
        return
    pieces: list[QImage] = []
    for part in parts:
        for piece in rendering(scene, window(viewport, part), scale=scale, drawing=drawing, breadth=viewport.width):
            if piece is None:
                yield None
            else:
                pieces.append(piece)
    painter = QPainter(image)
    try:
        painter.scale(1 / image.devicePixelRatio(), 1 / image.devicePixelRatio())
        for part, piece in zip(parts, pieces, strict=True):
            painter.drawImage(round(part.x() * scale), round(part.y() * scale), piece)
    finally:
        painter.end()
    yield image


def window(viewport: Viewport, part: QRect) -> Viewport:
    """Return the viewport of a part (logical pixels) of a picture."""
    x, y = viewport.to_map(part.x() + part.width() / 2, part.y() + part.height() / 2)
    return Viewport(x, y, viewport.resolution, part.width(), part.height())


def comparable(before: Scene, scene: Scene) -> bool:
    """Tell whether two scenes differ in nothing but how the county is divided, as far as it is seen."""
    one, other = before.state, scene.state
    if one is other or before.palette is not scene.palette or before.layers != scene.layers or before.shelf is not scene.shelf:
        return False
    if before.unnamed != scene.unnamed:
        return False
    if any(reference.visible for reference in other.references.values()) or one.references is not other.references:
        return False
    for kind in OF_WHISTLES:
        layer = scene.layer(kind)
        if layer is not None and layer.visible:
            return False
    homes = one.households.x is other.households.x and one.households.y is other.households.y
    return homes and before.households is scene.households and one.settings == other.settings


def _untrue(before: Scene, scene: Scene, viewport: Viewport, drawing: Drawing) -> Generator[None, None, list[QRect] | None]:
    """Return the parts of a picture (logical pixels) that are not true any more; None for all of it."""
    network: Network | None = None
    for network in drawing.network(scene.state):  # noqa: B007
        yield None
    assert network is not None
    patch = drawing.patch(network)
    known = drawing.found("network", (before.state.coverage, before.state.units))
    if patch is None or patch.before is not known:
        return None
    boxes = [_of_shapes(patch)]
    layer = scene.layer(LayerKind.CELLS)
    if layer is not None and layer.visible and layer.figure != Figure.NONE:
        old, new = drawing.known_classes(before), None
        for new in drawing.classes(scene):  # noqa: B007
            yield None
        if old is None or new is None or (old.breaks, old.colours) != (new.breaks, new.colours):
            return None
        boxes.append(_of_classes(patch, old, new))
    screen = _seen(_on_screen(np.concatenate(boxes), viewport), viewport)
    if len(screen):  # what an edit touched lies together
        screen = np.concatenate([screen[:, :2].min(axis=0), screen[:, 2:].max(axis=0)])[None]
    names = scene.layer(LayerKind.LABELS)
    if names is not None and names.visible:
        placed: list[Placed] = []
        for state, of in ((before.state, known), (scene.state, network)):
            assert isinstance(of, Network)
            found: Placed | None = None
            for found in placing_names(drawing, state, of, viewport.resolution, None):  # noqa: B007
                yield None
            assert found is not None
            placed.append(found)
        screen = np.concatenate([screen, _seen(_of_names(placed[0], placed[1], viewport), viewport)])
    return _parts(screen, viewport)


def _of_shapes(patch: Patch) -> Floats:
    """Return the bounds of what looks different: cells, borders, and whole lines where their dashes move."""
    old, new = patch.before, patch.network
    found = [new.cells.bounds[patch.cells < 0], old.cells.bounds[_gone(len(old.cells), patch.cells)]]
    found += [new.borders.bounds[patch.arcs < 0], old.borders.bounds[_gone(len(old.arc_ids), patch.arcs)]]
    for rank, source in patch.lines.items():
        if rank in (TOWNSHIP, OUTER):
            found += [new.lines[rank].bounds[source < 0], old.lines[rank].bounds[_gone(len(old.lines[rank]), source)]]
    kept = np.flatnonzero(patch.arcs >= 0)
    found.append(new.borders.bounds[kept[new.rank[kept] != old.rank[patch.arcs[kept]]]])
    return np.concatenate(found)


def _gone(count: int, source: Ints) -> Ints:
    return np.setdiff1d(np.arange(count), source[source >= 0], assume_unique=False)


def _of_classes(patch: Patch, old: Classification, new: Classification) -> Floats:
    """Return the bounds of the cells whose class is another one."""
    place = np.searchsorted(old.ids, new.ids)
    inside = np.minimum(place, max(len(old.ids) - 1, 0))
    known = (place < len(old.ids)) & (old.ids[inside] == new.ids)
    differs = new.ids[~known | (old.of[inside] != new.of)]
    return patch.network.cells.bounds[patch.network.cell_positions(differs)]


def _of_names(old: Placed, new: Placed, viewport: Viewport) -> Floats:
    """Return the boxes (left, top, right, bottom in pixels) of the names that come, go, move or change."""
    boxes = []
    for _, level, x, y, moved, width in set(old.seen(viewport)) ^ set(new.seen(viewport)):
        px, py = viewport.to_screen(x, y)
        half, tall = width / 2 + AROUND, SIZES[Level(level)] + AROUND
        boxes.append((px - half, py + moved - tall, px + half, py + moved + tall))
    return np.array(boxes, np.float64).reshape(-1, 4)


def _on_screen(bounds: Floats, viewport: Viewport) -> Floats:
    """Return boxes of pixels around bounds in county coordinates."""
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    left, top = viewport.to_screen(bounds[:, 0], bounds[:, 3])  # type: ignore[arg-type]
    right, bottom = viewport.to_screen(bounds[:, 2], bounds[:, 1])  # type: ignore[arg-type]
    return np.stack([left - AROUND, top - AROUND, right + AROUND, bottom + AROUND], axis=1)


def _seen(boxes: Floats, viewport: Viewport) -> Floats:
    """Return what of boxes lies in the picture."""
    boxes = np.clip(boxes, 0, (viewport.width, viewport.height, viewport.width, viewport.height))
    return boxes[(boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])]


def _parts(boxes: Floats, viewport: Viewport) -> list[QRect] | None:
    """Join boxes to few rectangles of whole steps that do not overlap; None where these are too many or too large."""
    parts: list[QRect] = []
    for left, top, right, bottom in boxes.tolist():
        x, y = int(left) // STEP * STEP, int(top) // STEP * STEP
        part = QRect(x, y, -(-ceil(right) // STEP) * STEP - x, -(-ceil(bottom) // STEP) * STEP - y)
        while met := next((other for other in parts if other.intersects(part)), None):
            parts.remove(met)
            part = part.united(met)
        parts.append(part)
    whole = QRect(0, 0, viewport.width, viewport.height)
    parts = [part.intersected(whole) for part in parts]
    size = sum(part.width() * part.height() for part in parts)
    return parts if len(parts) <= MOST_PARTS and size <= MOST * viewport.width * viewport.height else None
