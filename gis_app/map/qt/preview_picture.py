"""The picture of a preview: the touched cells with their new borders, in the colours of their new figures, and the old borders faint."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from gis_app.county.consequences import CellConsequence, CellFigures
from gis_app.county.following import rows_in
from gis_app.grid.coverage import OUTSIDE, Arc, Coverage, polygons, ring_points
from gis_app.grid.edits.edited import Edited
from gis_app.grid.units import Level
from gis_app.language import format_number, tr
from gis_app.map.colours import mixed
from gis_app.map.legend import Classification
from gis_app.map.network import CELL, OUTER, TOWNSHIP, VILLAGE
from gis_app.map.palette import Palette
from gis_app.map.qt.marks import font
from gis_app.map.qt.point_layers import household_size
from gis_app.map.qt.previewing import Preview
from gis_app.map.qt.reference_layers import AREA_WIDTH, LINE_WIDTH, fill_share, shown
from gis_app.map.qt.shapes import to_polygon
from gis_app.map.reference.rasters import Extent
from gis_app.map.reference.style import colour_of
from gis_app.map.reference.vectors import VectorLayer
from gis_app.map.scene import Figure, LayerKind, Scene
from gis_app.map.viewport import Viewport

Floats = NDArray[np.float64]

MOST_WORDS = 12
"""So many touched cells have their households written on them at most."""

MOST_TRACED = 1000
"""Of a layer with more lines or areas (the houses of a town) none are drawn: nobody could trace them, and frames would be late."""


@dataclass(frozen=True, slots=True, eq=False)
class PreviewPicture:
    """What a preview looks like, in metres from `origin` with y growing down: made once, drawn in every frame.

    `fills` are paths with their colours, `kept` the borders that stay by rank, `new` and `old` those that come and go, `traced` the lines
    of reference layers that the fills would hide, with colour and width, `homes` the places of households, `words` what is written where,
    and whether it warns; `bounds` is what all borders cover.
    """

    origin: tuple[float, float]
    fills: tuple[tuple[QPainterPath, str], ...]
    kept: Mapping[int, tuple[QPolygonF, ...]]
    new: tuple[QPolygonF, ...]
    old: tuple[QPolygonF, ...]
    traced: tuple[tuple[tuple[QPolygonF, ...], str, float], ...]
    homes: QPolygonF
    words: tuple[tuple[float, float, str, bool], ...]
    bounds: QRectF


def picture_of(preview: Preview, scene: Scene, classes: Classification | None) -> PreviewPicture | None:
    """Return the picture of a preview; None for one that is refused."""
    edited = preview.tried
    if not isinstance(edited, Edited):
        return None
    before, after = preview.state.coverage, edited.coverage
    told = {found.cell for found in preview.consequences} or edited.cells  # not those that only got a vertex
    cells = sorted(cell for cell in told if cell in after.cells)
    now, then = _arcs_of(after, cells), _arcs_of(before, sorted((told | edited.removed) & before.cells.keys()))
    if not now:
        return None
    origin = next((float(arc.points[0, 0]), float(arc.points[0, 1])) for arc in now.values())
    figures = {found.cell: found for found in preview.consequences}
    fills = tuple((_path(after, cell, origin), _colour(scene, classes, cell, figures.get(cell))) for cell in cells)
    fills = (*fills, *((path, scene.palette.map_ground) for path in _leaving(edited, origin)))
    above = _parents(preview, edited)
    kept: dict[int, list[QPolygonF]] = {}
    for number, arc in now.items():
        if before.arcs.get(number) is arc or _same_points(before.arcs.get(number), arc):
            kept.setdefault(_rank(arc, above), []).append(_line(arc, origin))
    new = tuple(_line(arc, origin) for number, arc in now.items() if not _same_points(before.arcs.get(number), arc))
    gone = {number: arc for number, arc in then.items() if not _same_points(after.arcs.get(number), arc)}
    old = tuple(_moved(differing_stretch(arc, after.arcs.get(number)), origin) for number, arc in gone.items())
    bounds = QRectF()
    for line in (*(line for lines in kept.values() for line in lines), *new, *old):
        bounds = bounds.united(line.boundingRect())
    seen = (origin[0] + bounds.left(), origin[1] - bounds.bottom(), origin[0] + bounds.right(), origin[1] - bounds.top())
    return PreviewPicture(
        origin,
        fills,
        {rank: tuple(lines) for rank, lines in kept.items()},
        new,
        old,
        tuple(_traced(scene, seen, origin)),
        _homes(preview, edited, origin),
        _words(preview, edited),
        bounds,
    )


def draw_preview(painter: QPainter, picture: PreviewPicture, scene: Scene, viewport: Viewport, pixel: float, exposed: QRectF) -> None:
    """Draw a preview over the map, if any of it is `exposed`; `pixel` is the number of device pixels a logical one."""
    palette = scene.palette
    x, y = viewport.to_screen(*picture.origin)
    factor = 1 / viewport.resolution
    place = QTransform(factor, 0, 0, factor, x, y)
    if not place.mapRect(picture.bounds).adjusted(-60, -20, 60, 20).intersects(exposed):
        return
    painter.save()
    painter.setTransform(place, True)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setOpacity(fill_share(scene, False))  # a scanned map beneath stays in sight
    for path, colour in picture.fills:
        painter.fillPath(path, QColor(colour))
    painter.setOpacity(1.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for lines, colour, width in picture.traced:
        _stroke(painter, lines, _pen(QColor(colour), width * pixel))
    if picture.homes.size():
        ink = QColor(palette.household)
        ink.setAlphaF(0.55)
        painter.setPen(_pen(ink, max(household_size(viewport.resolution * scene.metres), 1.5) * pixel, cap=Qt.PenCapStyle.SquareCap))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawPoints(picture.homes)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for rank, colour, width in (
        (CELL, mixed(palette.cell_border, palette.village_border, 0.3), 1.0),
        (VILLAGE, palette.village_border, 1.4),
        (TOWNSHIP, palette.township_border, 1.7),
        (OUTER, palette.county_border, 2.0),
    ):
        _stroke(painter, picture.kept.get(rank, ()), _pen(QColor(colour), width * pixel))
    faint = _pen(QColor(palette.secondary), 1.2 * pixel, 0.7)
    faint.setDashPattern([3.0, 3.0])
    _stroke(painter, picture.old, faint)
    _stroke(painter, picture.new, _pen(QColor(palette.selection), 2.4 * pixel))
    painter.restore()
    _write(painter, picture, palette, viewport)


def word_boxes(picture: PreviewPicture, viewport: Viewport) -> list[QRectF]:
    """Return where the words of a picture stand, in pixels: at their places, or above or below where another one stands already."""
    metrics = QFontMetrics(font(12, bold=True))
    boxes: list[QRectF] = []
    for x, y, text, _ in picture.words:
        at = QPointF(*viewport.to_screen(x, y))
        width = metrics.horizontalAdvance(text) + 12
        tried = [QRectF(at.x() - width / 2, at.y() - 11 + aside, width, 22) for aside in (0, 25, -25, 50, -50)]
        boxes.append(next((box for box in tried if not any(box.intersects(other) for other in boxes)), tried[0]))
    return boxes


def _write(painter: QPainter, picture: PreviewPicture, palette: Palette, viewport: Viewport) -> None:
    """Write the resident households of the touched cells on them, those below the floor in red with a sign."""
    painter.setFont(font(12, bold=True))
    for (_, _, text, warns), box in zip(picture.words, word_boxes(picture, viewport), strict=True):
        ground = QColor(palette.panel)
        ground.setAlphaF(0.88)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(QColor(palette.danger if warns else palette.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _arcs_of(coverage: Coverage, cells: Iterable[int]) -> dict[int, Arc]:
    numbers = {abs(arc) for cell in cells for part in coverage.cells[cell] for ring in part for arc in ring}
    return {number: coverage.arcs[number] for number in sorted(numbers)}


def _same_points(one: Arc | None, other: Arc) -> bool:
    """Tell whether two borders run the same way; who lies beside them does not matter."""
    return one is other or (one is not None and (one.points is other.points or np.array_equal(one.points, other.points)))


def _moved(points: Floats, origin: tuple[float, float]) -> QPolygonF:
    return to_polygon(np.ascontiguousarray((points - origin) * (1.0, -1.0)))


def _line(arc: Arc, origin: tuple[float, float]) -> QPolygonF:
    return _moved(arc.points, origin)


def _path(coverage: Coverage, cell: int, origin: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()  # odd and even: holes stay holes
    for part in coverage.cells[cell]:
        for ring in part:
            path.addPolygon(_moved(ring_points(coverage, ring), origin))
    return path


def _leaving(edited: Edited, origin: tuple[float, float]) -> list[QPainterPath]:
    """Return the land that leaves the county."""
    gone = shapely.get_parts(shapely.union_all([piece.shape for piece in edited.pieces if piece.owner == OUTSIDE]))
    paths = []
    for polygon in gone:
        path = QPainterPath()
        for ring in shapely.get_rings(polygon):
            path.addPolygon(_moved(shapely.get_coordinates(ring), origin))
        paths.append(path)
    return paths


def _traced(scene: Scene, seen: Extent, origin: tuple[float, float]) -> Iterator[tuple[tuple[QPolygonF, ...], str, float]]:
    """Yield what a planner traces where cells change: lines and outlines of areas of the reference layers that are shown."""
    for reference in shown(scene, False):
        layer = scene.shelf.found(reference) if scene.shelf is not None else None
        if not isinstance(layer, VectorLayer):
            continue
        near = layer.within(seen)
        for dimension, width in ((2, AREA_WIDTH), (1, LINE_WIDTH)):
            shapes = layer.shapes[near[layer.dimensions[near] == dimension]]
            if len(shapes) > MOST_TRACED:
                continue
            parts = shapely.get_parts(shapes)
            lines = shapely.get_rings(parts) if dimension == 2 else parts
            cut = shapely.get_parts(shapely.clip_by_rect(lines, *seen))
            found = [_moved(shapely.get_coordinates(line), origin) for line in cut[shapely.get_dimensions(cut) == 1]]
            if found:
                yield tuple(found), colour_of(reference, layer, scene.palette), width


def _colour(scene: Scene, classes: Classification | None, cell: int, found: CellConsequence | None) -> str:
    """Return the colour of a cell's new figure; land, where the map does not show one that the preview knows."""
    layer = scene.layer(LayerKind.CELLS)
    if classes is None or layer is None or not layer.visible or classes.figure == Figure.NONE or not classes.colours:
        return scene.palette.map_land
    value = value_of(classes.figure, found.after) if found is not None else None
    if found is None or value is None:
        place = int(np.searchsorted(classes.ids, cell))
        known = place < len(classes.ids) and classes.ids[place] == cell and classes.of[place] >= 0
        return classes.colours[int(classes.of[place])] if known else scene.palette.map_land
    return classes.colours[int(np.searchsorted(np.array(classes.breaks), value, side="right"))]


def value_of(figure: Figure, figures: CellFigures | None) -> float | None:
    """Return the figure of a fill from the figures of a consequence; None for one that they do not hold."""
    if figures is None:
        return None
    square = figures.area / 1e6
    match figure:
        case Figure.HOUSEHOLDS:
            return float(figures.households)
        case Figure.LOAD:
            return figures.households / figures.floor if figures.floor else None
        case Figure.OPEN_CASES:
            return float(figures.whistles)
        case Figure.AREA:
            return square
        case Figure.DENSITY:
            return figures.households / square if square else None
        case Figure.COMPACTNESS:
            return figures.compactness
    return None


def _parents(preview: Preview, edited: Edited) -> dict[int, tuple[int, int]]:
    """Return township and village of the touched cells and their neighbours; a new cell lies where its land came from."""
    units = preview.state.units
    origins = {piece.owner: piece.origin for piece in edited.pieces if piece.owner not in units and piece.origin in units}
    sides = {
        side
        for arc in _arcs_of(edited.coverage, sorted(edited.cells & edited.coverage.cells.keys())).values()
        for side in (arc.left, arc.right)
    }
    found = {}
    for cell in sides - {OUTSIDE}:
        path = {unit.level: unit.id for unit in units.path(origins.get(cell, cell))}
        found[cell] = (path.get(Level.TOWNSHIP, 0), path.get(Level.VILLAGE, 0))
    return found


def differing_stretch(arc: Arc, other: Arc | None) -> Floats:
    """Return the stretch of a border (n, 2) that is not as in the other one, with a point on either side."""
    if other is None:
        return arc.points
    count = min(len(arc.points), len(other.points))
    ahead = (arc.points[:count] == other.points[:count]).all(axis=1)
    back = (arc.points[-count:] == other.points[-count:]).all(axis=1)[::-1]
    head = int(np.argmin(np.append(ahead, False)))
    tail = min(int(np.argmin(np.append(back, False))), count - head)
    return arc.points[max(head - 1, 0) : len(arc.points) - max(tail - 1, 0)]


def _rank(arc: Arc, above: Mapping[int, tuple[int, int]]) -> int:
    if OUTSIDE in (arc.left, arc.right):
        return OUTER
    left, right = above.get(arc.left, (0, 0)), above.get(arc.right, (0, 0))
    return TOWNSHIP if left[0] != right[0] else VILLAGE if left[1] != right[1] else CELL


def _homes(preview: Preview, edited: Edited, origin: tuple[float, float]) -> QPolygonF:
    homes = preview.state.households
    rows = rows_in(homes.cell, sorted((edited.cells | edited.removed) & preview.state.coverage.cells.keys()))
    places = np.stack([homes.x[rows], homes.y[rows]], axis=1)
    return _moved(places[np.isfinite(places).all(axis=1)], origin)


def _words(preview: Preview, edited: Edited) -> tuple[tuple[float, float, str, bool], ...]:
    told = [found for found in preview.consequences if found.after is not None and found.cell in edited.coverage.cells][:MOST_WORDS]
    shapes = polygons(edited.coverage, [found.cell for found in told])
    words = []
    for found, point in zip(told, shapely.point_on_surface(list(shapes.values())) if told else (), strict=True):
        if found.after is not None and not point.is_empty:
            count = tr("{count} resident", count=format_number(found.after.households))
            warns = found.after.below_floor or found.after.above_maximum
            words.append((float(point.x), float(point.y), f"▲ {count}" if warns else count, warns))
    return tuple(words)


def _pen(ink: QColor, width: float, opacity: float = 1.0, cap: Qt.PenCapStyle = Qt.PenCapStyle.FlatCap) -> QPen:
    ink.setAlphaF(ink.alphaF() * opacity)
    pen = QPen(ink, width, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.BevelJoin)  # nobody can tell, and it is faster
    pen.setCosmetic(True)
    return pen


def _stroke(painter: QPainter, lines: Iterable[QPolygonF], pen: QPen) -> None:
    painter.setPen(pen)
    for line in lines:
        painter.drawPolyline(line)
