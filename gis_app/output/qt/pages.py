"""Maps for meetings: a page with the county, a unit or the present view as PDF, PNG or SVG."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QPolygonF

from gis_app.county.state import CountyState
from gis_app.grid.coverage import extent as coverage_extent
from gis_app.grid.coverage import unions
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.units import Level, Unit
from gis_app.language import msg, tr
from gis_app.map.flows import with_room
from gis_app.map.legend import LegendEntry, legend, legend_title, without_counts
from gis_app.map.palette import LIGHT
from gis_app.map.qt.painter import paint_scene, rendering
from gis_app.map.scene import Figure, LayerKind, Scene
from gis_app.map.viewport import Viewport
from gis_app.output.contents import Contents, contents, find_unit, unit_name
from gis_app.output.errors import OutputError
from gis_app.output.page import Extent, Frame, Orientation, PageLayout, fitting_scale, page_layout, snapped, world_file
from gis_app.output.qt.application import ensure_application
from gis_app.output.qt.furniture import draw_figures, draw_footer, draw_legend, draw_locator, draw_north, draw_scale, draw_title
from gis_app.output.qt.sheet import Sheet, check_kind, drawing_on
from gis_app.output.writing import replacing
from gis_app.progress import Progress, Steps

DPI = 300
"""Resolution of pictures, and of the units of vector pages."""

LOGICAL_DPI = 120
"""Logical pixels of the map view in one inch of paper: names of villages become 7.8 points high."""

FADED = 0.66
"""How much of the neighbours is covered on the map of a unit."""

PAPER = replace(LIGHT, map_ground="#F7F8FA")
"""The colours of a page: the light ones, with a ground that costs little toner."""

_GRAIN = 25.4 / LOGICAL_DPI


def write_map(
    scene: Scene,
    path: Path,
    *,
    size: str = "A4",
    orientation: Orientation = Orientation.AUTO,
    title: str = "",
    unit: str | None = None,
    extent: Extent | None = None,
    dpi: int = DPI,
) -> Steps[None]:
    """Write a scene as a page: .pdf (vector, texts can be selected), .png (with world file) or .svg.

    It shows the unit with the code `unit`, with its neighbours faded; else `extent` (county coordinates); else the whole county.
    Colours are always the light ones; the scale is round. Raises `OutputError`.
    """
    suffix = check_kind(path)
    state = scene.state
    if not state.coverage.cells:
        raise OutputError(msg("This county has no cells yet: import boundaries before writing a map."))
    ensure_application()
    yield Progress(0.0, msg("Laying out the page"))
    scene = replace(scene, palette=PAPER, shelf=scene.shelf.waiting() if scene.shelf is not None else None)
    chosen = find_unit(state, unit) if unit else None
    shape = unit_shape(state, chosen) if chosen else None
    seen: Extent = tuple(shape.bounds) if shape is not None else extent or _county_extent(scene)
    aspect = (seen[2] - seen[0]) / max(seen[3] - seen[1], 1e-9)
    layout = page_layout(size, orientation, aspect, locator=shape is not None)
    layout = replace(layout, map=snapped(layout.map, _GRAIN))
    metres = metres_per_unit(state.settings.crs)
    scale = fitting_scale(seen, layout.map, metres)
    viewport = page_viewport(seen, layout.map, scale, metres)
    written = contents(state, scene.now, title=title, subtitle=_subtitle(scene), unit=chosen)
    with replacing(path) as temporary:
        with drawing_on(temporary, layout, written.title, dpi) as sheet:
            yield from _map_frame(sheet, layout, scene, viewport, shape)
            yield Progress(0.85, msg("Drawing legend and title"))
            entries = legend(scene) if shape is None and extent is None else without_counts(legend(scene))
            _furniture(sheet, layout, scene, written, scale, entries)
            if layout.locator is not None and shape is not None:
                townships = {u.id: [c.id for c in state.units.cells(u.id)] for u in state.units.at_level(Level.TOWNSHIP)}
                whole = list(unions(state.coverage, townships).values())
                draw_locator(sheet, layout.locator, whole, shape, coverage_extent(state.coverage), scene.palette)
            yield Progress(0.9, msg("Writing {file}", file=path.name))
        if suffix == ".png":
            _place_picture(path, viewport.extent, layout.map, dpi, state.settings.crs)
    yield Progress(1.0, msg("Writing {file}", file=path.name))


def _county_extent(scene: Scene) -> Extent:
    """Return the extent of the county, with room for the bodies beside it where hand-overs are shown."""
    whole = coverage_extent(scene.state.coverage)
    flows = scene.layer(LayerKind.FLOWS)
    return with_room(whole) if flows is not None and flows.visible else whole


def page_viewport(seen: Extent, frame: Frame, scale: float, metres: float) -> Viewport:
    """Return the viewport of a map frame at a scale, centred on an extent. Its pixels are 1/120 inch of paper."""
    width, height = round(frame.width / _GRAIN), round(frame.height / _GRAIN)
    return Viewport((seen[0] + seen[2]) / 2, (seen[1] + seen[3]) / 2, scale * _GRAIN / 1000 / metres, width, height)


def unit_shape(state: CountyState, unit: Unit) -> shapely.MultiPolygon:
    """Return the area of a unit; raises `OutputError` where it has no cells."""
    cells = [cell.id for cell in state.units.cells(unit.id) if cell.id in state.coverage.cells]
    if not cells:
        raise OutputError(msg("{unit} has no cells: there is nothing to draw.", unit=unit_name(unit)))
    return unions(state.coverage, {unit.id: cells})[unit.id]


def _subtitle(scene: Scene) -> str:
    layer = scene.layer(LayerKind.CELLS)
    shown = [kind for kind in (LayerKind.DENSITY, LayerKind.CASES) if (found := scene.layer(kind)) and found.visible]
    titles = [str(legend_title(scene, kind)) for kind in shown]
    if layer is not None and layer.visible and layer.figure != Figure.NONE:
        titles.insert(0, str(legend_title(scene, LayerKind.CELLS)))
    return tr(", ").join(titles)


def _map_frame(sheet: Sheet, layout: PageLayout, scene: Scene, viewport: Viewport, shape: shapely.Geometry | None) -> Steps[None]:
    """Draw the map into its frame, slice by slice."""
    painter, frame = sheet.painter, layout.map
    scale = sheet.dpi / LOGICAL_DPI
    rect = sheet.rect(frame)
    x, y = round(rect.x()), round(rect.y())
    painter.save()
    painter.setClipRect(rect)
    painter.translate(x, y)
    layers = max(len(scene.layers), 1)
    done = 0
    if sheet.vector:
        for kind in paint_scene(painter, scene, viewport, scale=scale, vector=True):
            done += kind is not None
            yield Progress(0.05 + 0.75 * done / layers, msg("Drawing the map"))
    else:
        for image in rendering(scene, viewport, scale=scale):
            if image is not None:
                painter.drawImage(QPointF(0, 0), image)
            yield Progress(0.05, msg("Drawing the map"))
    if shape is not None:
        _fade_neighbours(sheet, scene, viewport, scale, shape)
    painter.restore()
    painter.setPen(sheet.pen(scene.palette.secondary, 0.18))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)


def _fade_neighbours(sheet: Sheet, scene: Scene, viewport: Viewport, scale: float, shape: shapely.Geometry) -> None:
    """Cover everything outside a unit with a veil, and draw its border."""
    border = QPainterPath()
    for part in shapely.get_parts(shapely.simplify(shape, viewport.resolution / 6)):
        for ring in (part.exterior, *part.interiors):
            xy = np.asarray(ring.coords)
            px = (viewport.width / 2 + (xy[:, 0] - viewport.x) / viewport.resolution) * scale
            py = (viewport.height / 2 - (xy[:, 1] - viewport.y) / viewport.resolution) * scale
            border.addPolygon(QPolygonF([QPointF(a, b) for a, b in zip(px.tolist(), py.tolist(), strict=True)]))
    veil = QPainterPath()
    veil.addRect(QRectF(-1, -1, viewport.width * scale + 2, viewport.height * scale + 2))
    veil.addPath(border)
    colour = QColor(scene.palette.panel)
    colour.setAlphaF(FADED)
    painter = sheet.painter
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPath(veil)
    ink = QColor(scene.palette.accent)
    painter.setPen(QPen(ink, 2.4 * scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(border)


def _furniture(sheet: Sheet, layout: PageLayout, scene: Scene, written: Contents, scale: float, entries: tuple[LegendEntry, ...]) -> None:
    palette = scene.palette
    draw_title(sheet, layout, written, palette)
    draw_legend(sheet, layout, scene, entries)
    draw_figures(sheet, layout, written, palette)
    draw_scale(sheet, layout, scale, palette)
    draw_north(sheet, layout, palette)
    credits = scene.shelf.credits(scene.state.references) if scene.shelf is not None else ()
    draw_footer(sheet, layout, written, " · ".join((tr("Aggregated figures; no names or phones"), *credits)), palette)


def _place_picture(path: Path, extent: Extent, frame: Frame, dpi: int, crs: str) -> None:
    """Write where a picture lies: a world file, and its coordinate system as GDAL and QGIS read it (.aux.xml)."""
    from xml.sax.saxutils import escape

    from pyproj import CRS
    from pyproj.enums import WktVersion

    with replacing(path.with_suffix(".pgw")) as temporary:
        temporary.write_text(world_file(extent, frame, dpi), encoding="ascii")
    wkt = CRS.from_user_input(crs).to_wkt(WktVersion.WKT1_GDAL)
    with replacing(path.with_name(path.name + ".aux.xml")) as temporary:
        temporary.write_text(f"<PAMDataset>\n  <SRS>{escape(wkt)}</SRS>\n</PAMDataset>\n", encoding="utf-8")
